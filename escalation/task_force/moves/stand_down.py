"""Stand the task force down: by order of its escalation, or because that has ended (RESOLVE-3)."""

from dataclasses import replace
from typing import ClassVar, Literal

from escalation.kernel.clock_name import ClockName
from escalation.kernel.reasons import Part, Reason, reason, sentences
from escalation.kernel.values import Name, frozen
from escalation.notifications.notification import Occasion
from escalation.task_force.base_event import BaseEvent
from escalation.task_force.lifecycle import TaskForceMove, step
from escalation.task_force.moves.keep_informed import Informed
from escalation.task_force.state import EscalationSummary, TaskForce
from escalation.task_force.work import TaskForceWork


@frozen
class StoodDown(BaseEvent):
    kind: Literal["stood_down"] = "stood_down"
    why: Part
    left: tuple[Reason, ...] = ()
    """Tasks that are still open."""

    def applied_to(self, now: TaskForce) -> TaskForce:
        return replace(now, state=step(now.state, TaskForceMove.STAND_DOWN), ended_at=self.at)

    def sentence(self) -> Reason:
        left = sentences(self.left)
        return reason(f"{self.code}.open", self.why, left) if self.left else reason(self.code, self.why)


@frozen
class StandDown:
    """Stand down, as the escalation orders."""

    kind: ClassVar[str] = "stand_down"
    id: str
    """Id of the task force that is meant; another one of that name ignores it."""
    by: Name
    why: Part
    about: EscalationSummary
    hand_over_to: Name | None = None
    """Name of the person who goes on with what is still open; None: the escalation's owner."""

    def carry_out(self, work: TaskForceWork) -> None:
        """Tell members of whoever goes on; who gave the order knows."""
        owner = self.hand_over_to or self.about.owner
        work.record(Informed(about=replace(self.about, owner=owner)))
        work.by = self.by
        end_task_force(work, self.why)


def end_task_force(work: TaskForceWork, why: Part) -> None:
    """Stand it down, if it stands: everybody hears of it, and of the tasks that are left."""
    force = work.state
    if force.is_standing:
        left = tuple(reason("task_undated", task.what, task.owner) for task in force.open_tasks)
        work.cancel_clocks(ClockName.TASK_FORCE_STATUS)
        work.record(StoodDown(why=why, left=left))
        work.tell(Occasion.TASK_FORCE_STOOD_DOWN, force.engaged, why=why, items=left)
