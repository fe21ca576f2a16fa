"""The moves that an escalation waits for, and of whom: one row for each stage of its life."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from escalation.case.follow_up_actions import due_at_of
from escalation.case.lifecycle import Move, State
from escalation.case.moves.confirm_access import ConfirmAccess
from escalation.case.moves.reject_resolution import RejectResolution
from escalation.case.resolution import AccessAnswer
from escalation.case.state import Escalation
from escalation.case.wanted_moves import NextDue, find_next_due, list_wanted_moves
from escalation.kernel.clock_name import ClockName
from escalation.kernel.values import InternalText
from escalation.notifications.system_commands import Tick
from tests.builders import JO, RCA_COURSE, after, an_escalation, monday, one_in
from tests.escalation.plans import a_plan, levels_with
from workflows import search_attributes as sa
from workflows import web_ui


def closing(*steps: int) -> Escalation:
    """One that is closing with the RCA on its way: so many of its steps are done."""
    now = one_in(State.CLOSING, priority="P1")
    return after(now, now.opened_at, *RCA_COURSE[: steps[0] if steps else 0])


REJECT = RejectResolution(by="ari", why=InternalText("the new pallets are wet, too"))
TO_DECLARE_AGAIN: dict[Move, tuple[str, ...]] = {Move.SEND_UPDATE: ("ana",), Move.DECLARE_RESOLVED: ("ana",)}
WAITED_FOR: dict[str, tuple[Callable[[], Escalation], dict[Move, tuple[str, ...]]]] = {
    "nobody has acknowledged": (an_escalation, {Move.ACKNOWLEDGE: ("ana",)}),
    "the owner promised an update": (lambda: one_in(State.RESOLVING), {Move.SEND_UPDATE: ("ana",)}),
    "its evidence is missing": (
        lambda: one_in(State.RESOLVING, evidence=[]),
        {Move.SEND_UPDATE: ("ana",), Move.ADD_EVIDENCE: ("ana",)},
    ),
    "the verification was rejected": (lambda: after(one_in(State.VERIFYING), REJECT), TO_DECLARE_AGAIN),
    "a customer has no access": (
        lambda: after(one_in(State.CLOSING), ConfirmAccess(by=JO, account="ACME", answer=AccessAnswer.NO)),
        TO_DECLARE_AGAIN,
    ),
    "a resolution is to be verified": (
        lambda: one_in(State.VERIFYING),
        {Move.VERIFY_RESOLUTION: ("ari",)},
    ),
    "the RCA is wanted": (closing, {Move.FILE_RCA: ("cora",), Move.CONFIRM_ACCESS: ("ed",)}),
    "a draft is on file": (
        lambda: closing(1),
        {Move.DERIVE_RCA: ("cora",), Move.CONFIRM_ACCESS: ("ed",), Move.FINISH_ACTION: ("max",)},
    ),
    "it is derived": (
        lambda: closing(2),
        {Move.APPROVE_RCA: ("pia",), Move.CONFIRM_ACCESS: ("ed",), Move.FINISH_ACTION: ("max",)},
    ),
    "cancelled: nobody": (lambda: one_in(State.CANCELLED), {}),
}


@pytest.mark.parametrize("case", WAITED_FOR)
def test_each_stage_waits_for_its_own_people(case: str) -> None:
    """
    ROLE-1: those who are asked, and nobody else.
    """
    stage, expected = WAITED_FOR[case]

    assert expected == {wanted.move: wanted.who for wanted in list_wanted_moves(stage())}


def test_a_team_is_its_members_and_the_first_due_stands_first() -> None:
    """
    MATRIX-1: whoever looks is a person, and looks for their own name.
    """
    now = an_escalation(plan=a_plan(levels=levels_with(1, contacts=("finance",))))

    (wanted,) = list_wanted_moves(now)
    clock = now.clock(ClockName.ACKNOWLEDGE)

    assert clock
    assert (("fay",), clock.due_at) == (wanted.who, wanted.due_at)


def test_a_list_shows_what_is_late_or_due_next_and_of_what() -> None:
    """
    CLOCK-6, CLOSE-7: a breach that waits for somebody first, then the next due time; an action is late after its day.
    """
    new, drafted = an_escalation(), closing(1)
    late = after(an_escalation(level=7), monday("09:31"), Tick())
    (action,) = drafted.open_actions
    alone = replace(drafted, clocks=())

    assert ClockName.ACKNOWLEDGE is shown(new).what is shown(late).what
    assert (monday("09:30"), monday("09:30")) == (shown(new).at, shown(late).at)
    assert ClockName.CUSTOMER_RCA is shown(drafted).what
    assert (Move.FINISH_ACTION, due_at_of(action)) == (shown(alone).what, shown(alone).at)
    assert ("finish_action", None) == tuple(
        web_ui.search_values(each)[sa.NEXT_DUE_OF] for each in (alone, one_in(State.CANCELLED))
    )


def shown(now: Escalation) -> NextDue:
    found = find_next_due(now)
    assert found
    return found


def test_lists_find_it_by_the_people_it_waits_for() -> None:
    """
    The attribute has each person once, and goes when nobody is asked any more.
    """
    assert ["cora", "ed"] == web_ui.search_values(closing())[sa.WAITS_FOR]
    assert web_ui.search_values(one_in(State.CANCELLED))[sa.WAITS_FOR] is None
