"""
The promised next update: a clock for customers, and one for our own people where the playbook has one (COMM-2, COMM-3).

Owns when such a clock is met and begins again. Must not know what an update says, or who is told.
"""

from dataclasses import replace
from typing import Literal

from escalation.case.base_event import BaseEvent
from escalation.case.estimate import Estimate
from escalation.case.lifecycle import WORKING
from escalation.case.state import Escalation
from escalation.case.state_changes import last_update_after
from escalation.case.work import Work
from escalation.kernel.clock_name import ClockName
from escalation.kernel.reasons import Reason, reason
from escalation.kernel.values import CustomerText, InternalText, frozen


@frozen
class UpdateSent(BaseEvent):
    kind: Literal["update_sent"] = "update_sent"
    customer_text: CustomerText | None = None
    internal_note: InternalText | None = None
    is_holding: bool = False
    """Sent by itself because an update was missed (COMM-3)."""
    is_last_holding: bool = False
    """No more of these until a person writes to customers."""
    approves: int | None = None
    """Number of the waiting text that it was (COMM-6)."""
    estimate: Estimate | None = None

    @property
    def told_customers(self) -> CustomerText | None:
        return self.customer_text

    def applied_to(self, now: Escalation) -> Escalation:
        return replace(
            now,
            last_update=last_update_after(now, self.customer_text, self),
            estimate=self.estimate or now.estimate,
            holding_updates=_in_a_row(now, self),
        )

    def sentence(self) -> Reason:
        said = reason(f"{self.code}.{_sort_of(self)}")
        return reason("and_also", said, self.estimate.sentence()) if self.estimate else said


def restart_next_update(work: Work, clock: ClockName) -> None:
    """An update meets its clock, and promises the next; while a resolution is verified both wait."""
    if work.state.state in WORKING and work.state.is_clock_running(clock):
        work.end(clock)
        work.start(clock)


def adapt_updates_to_plan(work: Work) -> None:
    """Another priority or plan may promise updates to our own people where none were, or none any more."""
    name = ClockName.INTERNAL_UPDATE
    if name not in work.state.rules.targets:
        work.cancel_clocks(name)
    elif work.state.state in WORKING and not work.state.is_clock_running(name):
        work.start(name)


def _in_a_row(now: Escalation, event: UpdateSent) -> int:
    """Holding updates so far; whatever a person writes to customers begins the count again."""
    if event.is_holding:
        return now.holding_updates + 1
    return 0 if event.customer_text else now.holding_updates


def _sort_of(update: UpdateSent) -> str:
    if update.is_holding:
        return "last_holding" if update.is_last_holding else "holding"
    if update.customer_text:
        return "both" if update.internal_note else "customers"
    return "us"
