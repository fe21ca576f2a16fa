"""
The end: the gate, the close, the cancellation, and the successor (CLOSE-1, CLOSE-8 to CLOSE-10).
"""

import pytest
from pydantic import ValidationError

from escalation.case.engine import decide
from escalation.case.lifecycle import State
from escalation.case.moves.cancel import Cancel, Cancelled
from escalation.case.moves.close import Close, Closed
from escalation.case.moves.settle_ticket import SettleTicket
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Outcome
from escalation.kernel.refusals import NotReadyToClose
from escalation.kernel.values import InternalText
from escalation.notifications.system_commands import CancelByOperator, Tick
from escalation.policy.classification import CancelCause
from tests.builders import (
    JO,
    RCA_COURSE,
    a_customer,
    after,
    an_acknowledged,
    clock,
    happened,
    internal,
    monday,
    one_in,
    ready_to_close,
    the,
    told,
)
from tests.said import lines, said

WHY = InternalText("because it is")
CLOSE = Close(by="ed")


def test_the_close_is_refused_with_all_that_is_missing() -> None:
    """
    CLOSE-8: access of each customer, each related record, the RCA: at once, not one by one.
    """
    customers = (a_customer("ACME"), a_customer("BOLT"))
    closing = one_in(State.CLOSING, priority="P2", customers=customers, linked_tickets=["INC-1", "INC-2"])

    with pytest.raises(NotReadyToClose) as refused:
        decide(closing, CLOSE, monday("09:10"))

    assert [
        "ACME/4711: cannot close yet; missing:",
        "  access of ACME is neither confirmed nor waived",
        "  access of BOLT is neither confirmed nor waived",
        "  INC-1 is neither closed nor listed with a reason to stay open",
        "  INC-2 is neither closed nor listed with a reason to stay open",
        "  the RCA is requested, not shared",
    ] == refused.value.message.splitlines()


def test_each_thing_that_is_missing_refuses_the_close_alone() -> None:
    """
    CLOSE-8: leave any one out, and it stays open.
    """
    closing = one_in(State.CLOSING, priority="P2", linked_tickets=["INC-1"])
    needed = ready_to_close(closing)

    for left_out in needed:
        rest = [command for command in needed if command is not left_out]
        if left_out in RCA_COURSE:
            rest = rest[: needed.index(left_out)]  # the course goes step by step
        with pytest.raises(NotReadyToClose):
            decide(after(closing, *rest), CLOSE, monday("09:10"))
    assert State.CLOSED is after(closing, *needed, CLOSE).state


def test_before_its_time_the_gate_says_that_nothing_is_verified() -> None:
    """
    CLOSE-8: what people see as missing, while it is still being worked on.
    """
    assert (
        "the resolution is not verified",
        "access of ACME is neither confirmed nor waived",
    ) == lines(one_in(State.RESOLVING).missing_to_close)


def test_a_close_tells_everybody_and_ends_every_clock() -> None:
    """
    CLOSE-8: but not whoever closed it.
    """
    ready = after(one_in(State.CLOSING), *ready_to_close(one_in(State.CLOSING)))
    decision = decide(ready, Close(by="ed", note=WHY), monday("09:30"))

    assert (State.CLOSED, ["closed"]) == (decision.state.state, happened(decision))
    assert ["closed: ana", f"closed: {JO}"] == told(decision)
    assert (monday("09:30"), None, ()) == (
        decision.state.ended_at,
        decision.state.wake_at,
        decision.state.running_clocks,
    )
    assert Outcome.MET is clock(decision.state, ClockName.CLOSING).outcome
    assert ("ed", WHY) == (the(Closed, decision).by, the(Closed, decision).note)


@pytest.mark.parametrize("state", [State.RESOLVING, State.VERIFYING, State.CLOSING])
def test_related_records_are_closed_or_stay_open_with_a_reason(state: State) -> None:
    """
    CLOSE-1: at any time before the close; a later word replaces an earlier one.
    """
    now = one_in(state, linked_tickets=["INC-1", "PRB-2"])
    settled = after(
        now,
        SettleTicket(by="ed", record="INC-1"),
        SettleTicket(by="ed", record="PRB-2"),
        SettleTicket(by="cora", record="PRB-2", stays_open_because=InternalText("the roof takes a month")),
    )

    assert {"INC-1": "", "PRB-2": "the roof takes a month"} == settled.settled


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_record_does_not_stay_open_for_no_reason(reason: str) -> None:
    """
    CLOSE-1: an empty reason is refused; it must not pass for closed.
    """
    with pytest.raises(ValidationError):
        SettleTicket.model_validate({"by": "ed", "record": "INC-1", "stays_open_because": reason})


@pytest.mark.parametrize(
    "state", [State.STARTED, State.COMMUNICATING, State.RESOLVING, State.VERIFYING, State.CLOSING]
)
def test_it_can_be_cancelled_from_any_open_state(state: State) -> None:
    """
    CLOSE-10: with the reason; stakeholders and customers are told, no clock runs on.
    """
    command = Cancel(by="ed", cause=CancelCause.WITHDRAWN, why=WHY)
    decision = decide(one_in(state, priority="P2"), command, monday("09:10"))

    assert State.CANCELLED is decision.state.state
    assert ["cancelled: ana, csm, ae", f"cancelled: {JO}"] == told(decision)
    facts = internal(decision, "cancelled").facts
    assert ("withdrawn", WHY) == (said(facts.why), facts.text)
    assert () == decision.state.running_clocks
    assert None is decision.state.wake_at


def test_a_cancellation_lists_the_actions_that_were_open() -> None:
    """
    CLOSE-7, CLOSE-10: nobody is reminded of them any more.
    """
    filed = after(one_in(State.CLOSING, priority="P2"), RCA_COURSE[0])
    decision = decide(filed, Cancel(by="ed", cause=CancelCause.WITHDRAWN, why=WHY), monday("09:10"))

    assert ("1. repair the roof (max, due 2026-03-16, RCA)",) == lines(
        internal(decision, "cancelled").facts.items
    )


def test_a_cancellation_keeps_what_was_breached() -> None:
    """
    CLOSE-10, CLOCK-1: it does not hide that we were late.
    """
    late = after(an_acknowledged(priority="P1", level=7), monday("13:00"), Tick())
    cancelled = after(late, Cancel(by="ed", cause=CancelCause.WITHDRAWN, why=WHY))

    assert Outcome.BREACHED is clock(cancelled, ClockName.RESOLUTION).outcome
    assert cancelled.is_breached


def test_an_operator_who_ends_the_run_cancels_it() -> None:
    """
    CLOSE-10: told like any other cancellation; once it has ended there is nothing to cancel.
    """
    decision = decide(an_acknowledged(), CancelByOperator(), monday("09:10"))
    again = decide(decision.state, CancelByOperator(), monday("09:11"))

    assert ["cancelled: ana, ed", f"cancelled: {JO}"] == told(decision)
    assert ("engine", CancelCause.WITHDRAWN) == (
        the(Cancelled, decision).by,
        the(Cancelled, decision).cause,
    )
    letter = internal(decision, "cancelled").facts
    assert ("withdrawn (the operator ended it in Temporal)", None) == (said(letter.why), letter.text), (
        "COMM-9"
    )
    assert ((), ()) == (again.events, again.effects)


@pytest.mark.parametrize("state", [State.CLOSED, State.CANCELLED])
def test_time_does_nothing_to_what_has_ended(state: State) -> None:
    """
    Section 11: a late wake finds nothing to do.
    """
    ended = one_in(state)
    decision = decide(ended, Tick(), monday("09:00").replace(year=2030))

    assert (ended, (), ()) == (decision.state, decision.events, decision.effects)
