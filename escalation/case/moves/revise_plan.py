"""TODO."""

from typing import Annotated, Literal

from pydantic import Field

from escalation.case.base_event import BaseEvent
from escalation.case.lifecycle import State
from escalation.case.move_command import MoveCommand, OptionalWhyText
from escalation.case.moves.begin_resolution import begin_resolution
from escalation.case.state import Step
from escalation.case.work import Work
from escalation.kernel.budgets import STEPS
from escalation.kernel.values import NO_NOTE, InternalText, frozen
from escalation.policy.move_name import Move


@frozen
class PlanRevised(BaseEvent):
    kind: Literal["plan_revised"] = "plan_revised"
    version: int
    steps: tuple[Step, ...]
    why: InternalText = InternalText("")


class RevisePlan(MoveCommand):
    """Write a new version of the action plan."""

    move = Move.REVISE_PLAN
    kind: Literal["revise_plan"] = "revise_plan"
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=STEPS)]
    why: OptionalWhyText = NO_NOTE

    @property
    def named(self) -> tuple[str, ...]:
        return tuple(step.owner for step in self.steps)


def revise_plan(work: Work, command: RevisePlan) -> None:
    """COMM-10, RESOLVE-1: a plan that exists begins the resolution."""
    now = work.escalation
    for step in command.steps:
        now.plan.contact(step.owner)
    version = now.action_plan.version + 1 if now.action_plan else 1
    work.record(PlanRevised(version=version, steps=command.steps, why=command.why))
    if work.escalation.state is State.COMMUNICATING:
        begin_resolution(work)
