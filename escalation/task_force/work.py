"""
One decision about a task force in the making: the state so far, the events recorded, the effects asked for.

Knows how to record and to tell, and nothing of rules.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Clock
from escalation.kernel.event import stamped
from escalation.kernel.reasons import Part, reason
from escalation.kernel.values import ENGINE, InternalText
from escalation.notifications.notification import InternalFacts, InternalNotification, Occasion
from escalation.policy.open_hours import CompileOpenHours
from escalation.task_force import events as e
from escalation.task_force.fold import apply_event
from escalation.task_force.state import TaskForce
from escalation.task_force.state_changes import new_clock

TaskForceEffect = InternalNotification | CompileOpenHours


@dataclass(frozen=True, slots=True)
class TaskForceDecision:
    """The answer to a command: the new state, what happened, and what must be done."""

    force: TaskForce
    events: tuple[e.TaskForceEvent, ...]
    effects: tuple[TaskForceEffect, ...]


@dataclass(slots=True)
class TaskForceWork:
    force: TaskForce
    now: datetime
    by: str = ENGINE
    events: list[e.TaskForceEvent] = field(default_factory=list)
    effects: list[TaskForceEffect] = field(default_factory=list)

    def record(self, event: e.TaskForceEvent) -> None:
        """Record that this happened, now, by whoever is at work."""
        event = stamped(event, self.force.sequence + 1, self.now, self.by)
        self.events.append(event)
        self.force = apply_event(self.force, event)

    def do(self, effect: TaskForceEffect) -> None:
        self.effects.append(effect)

    def clock(self, name: ClockName) -> Clock | None:
        """A fresh one, started now; None where none was given."""
        pattern = self.force.charter.pattern(name)
        return new_clock(self.force.charter, replace(pattern, started_at=self.now)) if pattern else None

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
        charter, about = self.force.charter, self.force.charter.about
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
                escalation=charter.id, seq=self.force.sequence, occasion=occasion, to=to, facts=facts
            )
        )

    def decision(self) -> TaskForceDecision:
        return TaskForceDecision(self.force, tuple(self.events), tuple(self.effects))
