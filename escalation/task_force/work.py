"""
One decision about a task force in the making: the state so far, the events recorded, the effects asked for.

Knows how to record and to tell, and nothing of rules.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from escalation.kernel import decision
from escalation.kernel.clock_loop import ClockedWork
from escalation.kernel.clock_name import ClockName
from escalation.kernel.reasons import Part, reason
from escalation.kernel.values import InternalText
from escalation.notifications.notification import InternalFacts, InternalNotification, Occasion
from escalation.policy.open_hours_horizon import CompileOpenHours
from escalation.task_force.state import TaskForce
from escalation.task_force.state_changes import apply_event

if TYPE_CHECKING:
    from escalation.task_force.events import TaskForceEvent

TaskForceEffect = InternalNotification | CompileOpenHours
TaskForceDecision = decision.Decision[TaskForce, "TaskForceEvent", TaskForceEffect]


@dataclass(slots=True)
class TaskForceWork(ClockedWork[TaskForce, "TaskForceEvent", TaskForceEffect]):
    def after(self, event: "TaskForceEvent") -> TaskForce:
        return apply_event(self.state, event)

    def tell(
        self,
        occasion: Occasion,
        people: Iterable[str],
        *,
        why: Part,
        due_at: datetime | None = None,
        text: InternalText | None = None,
        items: tuple[Part, ...] = (),
    ) -> None:
        """Tell people of the task force, each once; whoever made the move is not told of it."""
        charter, about = self.state.charter, self.state.charter.about
        to = tuple(charter.contact(person).recipient for person in dict.fromkeys(people) if person != self.by)
        if not to:
            return
        facts = InternalFacts(
            key=about.key,
            subject=about.subject,
            priority=about.priority,
            state=about.state,
            level=about.level,
            level_name=about.level_name,
            owner=about.owner,
            by=charter.name_of(self.by),
            why=reason("of_task_force", charter.name, why),
            clock=ClockName.TASK_FORCE_STATUS if due_at else None,
            due_at=due_at,
            task_force=charter.name,
            text=text,
            items=items,
        )
        self.do(
            InternalNotification(
                escalation=charter.id,
                seq=self.state.sequence,
                cause=self.name_cause(occasion),
                occasion=occasion,
                to=to,
                facts=facts,
            )
        )
