"""Change the priority; every due time follows from the original start (CLOCK-4)."""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from escalation.case.audience import followers_of, notify
from escalation.case.base_event import BaseEvent
from escalation.case.clock_table import CLOCKS
from escalation.case.level_managers import managers_of
from escalation.case.levels import raise_to_entry_level
from escalation.case.lifecycle import WORKING, Move
from escalation.case.move_command import MoveCommand
from escalation.case.next_update import adapt_updates_to_plan
from escalation.case.state import Escalation
from escalation.case.work import Work
from escalation.kernel.reasons import Reason, reason
from escalation.kernel.refusals import MoveNotAllowed
from escalation.kernel.text_fields import Note
from escalation.kernel.values import NO_NOTE, InternalText, frozen
from escalation.notifications.notification import Occasion
from escalation.policy.classification import Priority


@frozen
class PriorityChanged(BaseEvent):
    kind: Literal["priority_changed"] = "priority_changed"
    from_priority: Priority
    to_priority: Priority
    note: InternalText = NO_NOTE

    def applied_to(self, now: Escalation) -> Escalation:
        changed = replace(now, priority=self.to_priority)
        return changed.with_clocks(CLOCKS[clock.name].retarget(changed, clock) for clock in changed.clocks)

    def sentence(self) -> Reason:
        return reason(self.code, str(self.from_priority), str(self.to_priority))


class ChangePriority(MoveCommand):
    """Change the priority; due times follow from the original start."""

    move = Move.CHANGE_PRIORITY
    kind: Literal["change_priority"] = "change_priority"
    priority: Annotated[Priority, Field(description="How bad it is now; due times follow from it")]
    note: Note = NO_NOTE

    def carry_out(self, work: Work) -> None:
        """KIND-3, CLOCK-4: due times follow from the original start; new stakeholders are told."""
        before = work.state
        if self.priority is before.priority:
            raise MoveNotAllowed(reason("has_priority_already", str(before.priority)), subject=before.key)
        work.record(PriorityChanged(from_priority=before.priority, to_priority=self.priority, note=self.note))
        adapt_updates_to_plan(work)
        now = work.state
        why = reason("priority_changed", str(before.priority), str(now.priority))
        joined = [person for person in now.rules.stakeholders if person not in before.rules.stakeholders]
        notify(work, Occasion.FIRST_NOTIFICATION, joined, why=why)
        others = [person for person in (*followers_of(now), *managers_of(now)) if person not in joined]
        notify(work, Occasion.PRIORITY_CHANGED, others, why=why, text=self.note or None)
        if now.state in WORKING:
            raise_to_entry_level(work)
