"""Stand a task force down (RESOLVE-3)."""

from typing import Annotated, Literal

from pydantic import Field

from escalation.case.audience import person_of
from escalation.case.lifecycle import Move
from escalation.case.move_command import MoveCommand
from escalation.case.state import Escalation
from escalation.case.task_forces import stand_one_down
from escalation.case.work import Work
from escalation.kernel.reasons import Reason, reason
from escalation.kernel.refusals import MoveNotAllowed, RoleNotAllowed, UnknownName
from escalation.kernel.text_fields import WhyText
from escalation.kernel.values import Name
from escalation.task_force.state import TaskForceSummary


class StandDownTaskForce(MoveCommand):
    """Stand a task force down: its work is done, or it is not needed any more."""

    move = Move.STAND_DOWN_TASK_FORCE
    kind: Literal["stand_down_task_force"] = "stand_down_task_force"
    name: Annotated[Name, Field(description="The task force that is stood down.")]
    why: WhyText
    hand_over_to: Annotated[
        Name | None,
        Field(
            description="Who goes on with open tasks. If omitted, they are listed, and the owner has them."
        ),
    ] = None

    @property
    def named(self) -> tuple[str, ...]:
        return (self.hand_over_to,) if self.hand_over_to else ()

    @classmethod
    def obstacle(cls, now: Escalation) -> Reason | None:
        return reason("no_standing_force") if not now.standing_forces else None

    def carry_out(self, work: Work) -> None:
        """RESOLVE-3: because its work is done, or by order; whoever only leads another one cannot."""
        now = work.state
        names = [force.name for force in now.task_forces]
        force = next((force for force in now.task_forces if force.name == self.name), None)
        if force is None:
            raise UnknownName.of(reason("no.task_force"), self.name, names, subject=now.key)
        if not force.is_standing:
            raise MoveNotAllowed(reason("force_stood_down", force.name), subject=now.key)
        _require_own(now, force, self)
        if self.hand_over_to:
            now.plan.contact(self.hand_over_to)
        stand_one_down(work, force, self.why, self.hand_over_to)


def _require_own(now: Escalation, force: TaskForceSummary, command: StandDownTaskForce) -> None:
    """A lead stands down what they lead; any other role that may, each of them."""
    roles = set(now.plan.permissions.get(command.move, ()))
    mine = now.roles_of(now.plan.contact(command.by)) & roles
    if mine == {"task_force_lead"} and force.lead != command.by:
        obstacle = reason("may_not_stand_down", person_of(now, command.by), force.name, force.lead)
        raise RoleNotAllowed(obstacle, subject=now.key)
