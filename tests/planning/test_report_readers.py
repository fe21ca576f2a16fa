"""Readers of a schedule of reports."""

from typing import Any

import pytest

from escalation.kernel.refusals import BadRequest
from escalation.kernel.values import from_plain
from escalation.measures.report_schedule import ReportSchedule
from planning.plan.report_readers import read_schedule, readers_of
from planning.playbook.loader import load_playbook
from tests.planning.builders import REFERENCE
from tests.said import said

PLAYBOOK = load_playbook(REFERENCE)


def written(*to: str, **changes: Any) -> dict[str, Any]:
    return {"rhythm": "weekly", "at": "07:00", "time_zone": "Asia/Jakarta", "to": list(to), **changes}


def a_schedule(*to: str, **changes: Any) -> ReportSchedule:
    return from_plain(ReportSchedule, written(*to, **changes))


def test_people_roles_teams_and_addresses_are_told_once_each() -> None:
    """
    COMM-12: whoever is meant twice gets one letter.
    """
    schedule = a_schedule("daniel", "director", "finance", "ana@example.com", "email:ana@example.com")

    told = readers_of(schedule, PLAYBOOK)

    assert ["daniel", "finance", "email:ana@example.com"] == [each.id for each in told.known]
    assert () == told.unknown


def test_a_plain_address_is_told_as_the_schedule_says() -> None:
    """
    COMM-9: in its language and zone; people of the playbook have their own.
    """
    daniel, ana = readers_of(a_schedule("daniel", "ana@example.com", language="id"), PLAYBOOK).known

    assert ("en", "UTC") == (daniel.language, daniel.time_zone)
    assert ("id", "Asia/Jakarta") == (ana.language, ana.time_zone)


def test_a_name_that_has_left_the_playbook_keeps_nobody_from_being_told() -> None:
    """
    RECORD-3: schedules outlive playbooks.
    """
    told = readers_of(a_schedule("gone", "daniel"), PLAYBOOK)

    assert (["daniel"], ("gone",)) == ([each.id for each in told.known], told.unknown)


def test_every_fault_of_a_schedule_is_told_at_once() -> None:
    """
    RECORD-3: which, when, where and to whom, with what is allowed and what was probably meant.
    """
    with pytest.raises(BadRequest) as refused:
        read_schedule(
            written("danial", "email:nonsense", rhythm="daily", at="7", time_zone="Mars", language="?"),
            PLAYBOOK,
        )

    assert [
        ("rhythm", "'daily'"),
        ("at", "'7'"),
        ("time_zone", "'Mars'"),
        ("language", "'?'"),
        ("to", "'danial'"),
        ("to", "'email:nonsense'"),
    ] == [(fault.where, fault.given) for fault in refused.value.faults]
    assert "daniel" == refused.value.faults[4].suggestion
    assert "an address such as ana@example.com" in said(refused.value.faults[5].allowed)


def test_a_schedule_to_nobody_is_refused() -> None:
    """
    RECORD-3: nobody would read it.
    """
    with pytest.raises(BadRequest, match=r"to: given .*; allowed: at least 1 of these"):
        read_schedule(written(), PLAYBOOK)
