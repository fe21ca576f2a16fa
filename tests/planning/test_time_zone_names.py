"""Names of time zones: an offset is none, and is never answered with its opposite."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.kernel.refusals import BadRequest
from escalation.policy.classification import Priority
from planning.calendars.time_zone_names import describe_odd_zone, suggest_time_zone, time_zone_of
from planning.forecast.export_map import read_map
from planning.forecast.sample_request import make_request
from planning.plan.compiler import compile_plan
from planning.plan.report_readers import read_schedule
from planning.playbook.loader import examine_playbook
from tests.planning.builders import PLAYBOOKS, faults_with, reference_with, the_reference, utc
from tests.said import said

WINTER, SUMMER = datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        # offsets, in every spelling: a place whose clocks always have it
        ("GMT+7", "Asia/Jakarta"),
        ("UTC+7", "Asia/Jakarta"),
        ("utc +07:00", "Asia/Jakarta"),
        ("+07:00", "Asia/Jakarta"),
        ("+0700", "Asia/Jakarta"),
        ("GMT+5:30", "Asia/Kolkata"),
        ("UTC+05:45", "Asia/Kathmandu"),
        ("GMT-5", "America/Bogota"),
        ("UTC−3", "America/Sao_Paulo"),  # a minus sign, not a hyphen
        ("GMT-0", "UTC"),
        ("UTC+3", "Europe/Istanbul"),
        # no zone has them, or nobody can say which sign is meant
        ("UTC+19", ""),
        ("UTC+5:20", ""),
        ("Etc/GMT +7", ""),
        # abbreviations
        ("WIB", "Asia/Jakarta"),
        ("PST", "America/Los_Angeles"),
        ("trt", "Europe/Istanbul"),
        ("MSK", "Europe/Moscow"),
        ("Z", "UTC"),
        # as Outlook calls them; cities; slips
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("New York", "America/New_York"),
        ("asia/jakrta", "Asia/Jakarta"),
        ("Mars", ""),
    ],
)
def test_what_was_meant_is_a_place(given: str, meant: str) -> None:
    """
    CLOCK-5.
    """
    assert meant == suggest_time_zone(given)


@given(
    st.sampled_from(["", "GMT", "UTC", "gmt", "Z", "UTC "]),
    st.sampled_from("+-"),
    st.integers(0, 14),
    st.sampled_from(["", ":00", "00", ":30", ":45"]),
)
def test_an_offset_is_never_answered_with_another_one(
    prefix: str, sign: str, hours: int, minutes: str
) -> None:
    """
    CLOCK-5: in winter and in summer.
    """
    meant = suggest_time_zone(f"{prefix}{sign}{hours}{minutes}")

    away = timedelta(hours=hours, minutes=int(minutes.strip(":") or 0))
    if meant:
        expected = away if sign == "+" else -away
        assert [expected] * 2 == [at.astimezone(ZoneInfo(meant)).utcoffset() for at in (WINTER, SUMMER)]


@given(st.sampled_from(sorted(available_timezones())))
def test_every_zone_of_the_database_is_taken(name: str) -> None:
    """
    CLOCK-5: nothing that the tz database has is refused, but what is another zone on each machine.
    """
    if name not in {"localtime", "Factory"}:
        assert name == time_zone_of(name).key


@pytest.mark.parametrize(
    "name", ["localtime", "posixrules", "right/Europe/London", "posix/Europe/London", "Europe", "", "../x"]
)
def test_what_differs_from_machine_to_machine_is_no_zone(name: str) -> None:
    """
    CLOCK-5.
    """
    with pytest.raises(ValueError, match="a time zone such as"):
        time_zone_of(name)


@pytest.mark.parametrize(
    ("name", "odd", "better"),
    [
        ("Etc/GMT+7", "7 hours behind UTC", "America/Phoenix"),
        ("Etc/GMT-7", "7 hours ahead of UTC", "Asia/Jakarta"),
        ("Etc/GMT-1", "1 hour ahead of UTC", "Africa/Lagos"),
        ("EST", "no summer time", "America/New_York"),
        ("Asia/Jakarta", "", ""),
        ("UTC", "", ""),
    ],
)
def test_a_valid_zone_that_is_hardly_meant_says_so(name: str, odd: str, better: str) -> None:
    """
    CLOCK-5.
    """
    found = describe_odd_zone(name)

    assert odd in found[0]
    assert better in found[1]


LONDON = "time_zone: Europe/London"


def test_a_playbook_answers_an_offset_with_a_place() -> None:
    """
    CLOCK-5, START-6.
    """
    (fault,) = faults_with((LONDON, "time_zone: GMT+7"))

    assert ("'GMT+7'", "Asia/Jakarta") == (fault.given, fault.suggestion)
    assert "Etc/GMT" not in str(fault)


def test_a_playbook_is_warned_of_a_zone_with_its_sign_the_other_way_round(tmp_path: Path) -> None:
    """
    CLOCK-5: it is valid, so it is no fault.
    """
    path = tmp_path / "reference.yaml"
    path.write_text(reference_with((LONDON, "time_zone: Etc/GMT+7")), encoding="utf-8")

    examined = examine_playbook(path, utc("2026-11-20 16:30"))

    assert () == examined.faults
    assert any("7 hours behind UTC" in said(caution.given) for caution in examined.warnings)


def test_a_contact_of_a_customer_is_answered_the_same() -> None:
    """
    START-6: whoever starts it, by whichever door.
    """
    playbook = the_reference()
    request = make_request(playbook, "complaint", Priority.P3)
    contact = replace(request.customers[0].contacts[0], time_zone="UTC+7")
    customer = replace(request.customers[0], contacts=(contact,))

    with pytest.raises(BadRequest) as refused:
        compile_plan(playbook, replace(request, customers=(customer,)), utc("2026-11-20 16:30"))

    (fault,) = refused.value.faults
    assert ("customers.0.contacts.0.time_zone", "Asia/Jakarta") == (fault.where, fault.suggestion)


def test_the_map_of_an_import_and_a_report_are_answered_the_same() -> None:
    """
    CLOCK-5: wherever a zone is read.
    """
    written = (PLAYBOOKS / "maps" / "servicenow.yaml").read_bytes()
    report = {"rhythm": "weekly", "at": "mon 09:00", "time_zone": "GMT+7", "to": ["elena"]}

    with pytest.raises(BadRequest, match=r"time_zone: given 'GMT\+7'.*did you mean Asia/Jakarta\?"):
        read_map(written.replace(b"time_zone: UTC", b"time_zone: GMT+7"), "servicenow.yaml")
    with pytest.raises(BadRequest, match=r"time_zone: given 'GMT\+7'.*did you mean Asia/Jakarta\?"):
        read_schedule(report, the_reference())
