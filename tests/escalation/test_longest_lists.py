"""
Each list that people send names the most that it takes: what is made of an entry is larger than the entry.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from escalation.case.engine import decide
from escalation.case.follow_up_actions import Action, Origin
from escalation.case.merge import TakeOver
from escalation.case.move_index import PERSONS_COMMANDS
from escalation.case.moves.join_outage import JoinOutage
from escalation.case.request import StartRequest
from escalation.case.state import Escalation
from escalation.kernel.budgets import (
    CRITERIA,
    EVIDENCE,
    LINKED_TICKETS,
    OPEN_ACTIONS,
    PROBLEM_RECORDS,
    SERVICES,
)
from escalation.kernel.refusals import BadRequest, faults_of
from escalation.kernel.values import InternalText, reader_of
from escalation.notifications.inbox_view import Release
from escalation.policy.classification import CancelCause
from escalation.sponsorship.move_index import PERSONS_COMMANDS as SPONSORSHIP_COMMANDS
from escalation.task_force.commands import MEMBERS_COMMANDS
from tests.builders import a_request, an_acknowledged, monday

NOW = monday("09:30")
WIDE = "\U0001f4a7"
"""A character of four bytes, the longest that there are."""
LONGEST = {
    "services": SERVICES,
    "linked_tickets": LINKED_TICKETS,
    "problem_records": PROBLEM_RECORDS,
    "criteria": CRITERIA,
    "evidence": EVIDENCE,
}


def listed(field: str, count: int, width: int = 0) -> tuple[Any, ...]:
    """*count* entries of one list of a start."""
    if field == "criteria":
        return ("tools",) * count
    if field == "evidence":
        return tuple({"kind": "call", "what": f"call {number}"} for number in range(count))
    return tuple(f"{field[:3]}-{number}".ljust(width, WIDE) for number in range(count))


@pytest.mark.parametrize(("field", "most"), LONGEST.items())
def test_a_list_of_a_start_is_refused_when_it_is_too_long(field: str, most: int) -> None:
    """
    START-6: with the limit and what was given, even if each entry is short.
    """
    assert most == len(getattr(a_request(**{field: listed(field, most)}), field))

    with pytest.raises(ValidationError, match=field) as refused:
        a_request(**{field: listed(field, 60_000)})

    said = BadRequest.because("the start", faults_of(refused.value)).message
    assert f"{field}: given a list of 60,000; allowed: at most {most} of these" in said


ASKED: tuple[type, ...] = (
    StartRequest,
    *PERSONS_COMMANDS,
    *MEMBERS_COMMANDS,
    *SPONSORSHIP_COMMANDS,
    Release,
)


def endless(schema: Any, path: str = "") -> Iterator[str]:
    """Yield the places where *schema* takes a list or a mapping of any length."""
    if isinstance(schema, list):
        schema = dict(enumerate(schema))
    if isinstance(schema, dict):
        if schema.get("type") == "array" and "maxItems" not in schema:
            yield path
        if schema.get("additionalProperties") and "maxProperties" not in schema:
            yield path
        for name, part in schema.items():
            yield from endless(part, f"{path}.{name}")


@pytest.mark.parametrize("kind", ASKED, ids=lambda kind: kind.__name__)
def test_whatever_people_send_names_the_most_of_each_list(kind: type) -> None:
    """
    START-6: bytes alone are no limit, since what is made of an entry is larger than the entry.
    """
    assert [] == [*endless(reader_of(kind).json_schema())]


@pytest.mark.parametrize("field", ["services", "linked_tickets", "problem_records", "evidence"])
def test_what_comes_together_is_refused_when_a_list_gets_too_long(field: str) -> None:
    """
    START-5, CLOSE-10: what both have counts once, and nothing has changed.
    """
    most = LONGEST[field]
    now = an_acknowledged(**{field: listed(field, most)})
    again = joining(now, **{field: getattr(now.request, field)})
    decide(now, again, NOW)

    more = a_request(**{field: listed("more" if field != "evidence" else field, most + 1)[-1:]})
    with pytest.raises(BadRequest, match=rf"to {most + 1:,} .*; allowed: at most {most:,} "):
        decide(now, joining(now, **{field: getattr(more, field)}), NOW)


def joining(now: Escalation, **lists: Any) -> JoinOutage:
    return JoinOutage(by="ana", case_key="ACME/4712", customers=now.request.customers, **lists)


def test_a_merge_is_refused_when_it_brings_too_many_open_actions() -> None:
    """
    CLOSE-10: with the limit and what it would come to.
    """
    now = an_acknowledged()
    promised = tuple(
        Action(number=n, what=InternalText("dry it"), owner="ana", due=NOW.date(), origin=Origin.RCA)
        for n in range(1, OPEN_ACTIONS + 2)
    )
    merge = TakeOver(
        by="ana",
        case_key="ACME/4712",
        merged="ACME/4712@1",
        into=now.key,
        cause=CancelCause.MERGED,
        why=InternalText("the same"),
        customers=now.request.customers,
        actions=promised,
    )

    with pytest.raises(BadRequest, match="to 501 open actions; allowed: at most 500 open actions"):
        decide(now, merge, NOW)
