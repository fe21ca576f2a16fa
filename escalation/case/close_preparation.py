"""Steps of closing: RCA, related records, the gate, close and cancel (CLOSE)."""

from dataclasses import replace
from typing import Literal

from escalation.case.audience import notify
from escalation.case.base_event import BaseEvent
from escalation.case.lifecycle import Move, RcaState, State
from escalation.case.state import Escalation
from escalation.case.state_changes import rca_after
from escalation.case.work import Work
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Outcome
from escalation.kernel.values import NO_NOTE, InternalText, frozen
from escalation.notifications.notification import Occasion


@frozen
class RcaRequested(BaseEvent):
    kind: Literal["rca_requested"] = "rca_requested"
    note: InternalText = NO_NOTE

    def applied_to(self, now: Escalation) -> Escalation:
        return replace(now, rca=rca_after(now, Move.REQUEST_RCA))


def begin_closing(work: Work) -> None:
    """
    Request the RCA where the playbook says so, and start the clock that comes next (CLOSE-2).

    An RCA that was shared before this verification explained a resolution that did not hold: it is requested again.
    """
    now = work.state
    if now.rca.state is RcaState.SHARED or _lacks_its_rca(now):
        work.record(RcaRequested())
    start_next_rca_clock(work)


def _lacks_its_rca(now: Escalation) -> bool:
    return now.rules.rca_required and now.rca.state is RcaState.NONE


def adapt_rca_to_plan(work: Work) -> None:
    """Request an RCA if the new playbook wants one of what is closing already (CLOSE-2, CLOCK-4)."""
    if work.state.state is State.CLOSING and _lacks_its_rca(work.state):
        ask_for_requested_rca(work)


def start_next_rca_clock(work: Work) -> None:
    """Start the one of the three closing clocks that fits where the RCA stands; exactly one runs (CLOSE-5)."""
    match work.state.rca.state:
        case RcaState.REQUESTED:
            wanted = ClockName.INTERNAL_RCA
        case RcaState.DRAFTED | RcaState.DERIVED | RcaState.APPROVED:
            wanted = ClockName.CUSTOMER_RCA
        case _:
            wanted = ClockName.CLOSING
    if not work.state.is_clock_running(wanted):
        work.start(wanted)
        if wanted is ClockName.INTERNAL_RCA:
            _ask_for_rca(work)


def _ask_for_rca(work: Work) -> None:
    now = work.state
    who = now.plan.problem_coordinators or now.plan.escalation_managers
    clock = now.clock(ClockName.INTERNAL_RCA)
    records = now.request.problem_records
    notify(work, Occasion.RCA_WANTED, who, due_at=clock.due_at if clock else None, items=records)


def ask_for_requested_rca(work: Work, note: InternalText = NO_NOTE) -> None:
    work.record(RcaRequested(note=note))
    if work.state.state is State.CLOSING:
        work.cancel_clocks(ClockName.CLOSING)
        start_next_rca_clock(work)


def end_all_clocks(work: Work) -> None:
    for clock in work.state.running_clocks:
        work.end(clock.name, Outcome.CANCELLED)
