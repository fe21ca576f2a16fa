"""Revise the action plan; earlier versions stay on record (COMM-10)."""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from escalation.case.action_plan import ActionPlan, Step
from escalation.case.base_event import BaseEvent
from escalation.case.lifecycle import Move, State
from escalation.case.move_command import MoveCommand
from escalation.case.moves.begin_resolution import ResolutionBegun
from escalation.case.state import Escalation
from escalation.case.work import Work
from escalation.kernel.budgets import STEPS
from escalation.kernel.reasons import Reason, reason
from escalation.kernel.text_fields import OptionalWhyText
from escalation.kernel.values import NO_NOTE, InternalText, frozen


@frozen
class PlanRevised(BaseEvent):
    kind: Literal["plan_revised"] = "plan_revised"
    version: int
    steps: tuple[Step, ...]
    why: InternalText = NO_NOTE

    def applied_to(self, now: Escalation) -> Escalation:
        steps = ActionPlan(version=self.version, steps=self.steps, by=self.by, at=self.at, why=self.why)
        return replace(now, action_plan=steps)

    def sentence(self) -> Reason:
        return reason(self.code, self.version, len(self.steps))


class RevisePlan(MoveCommand):
    """Write a new version of the action plan."""

    move = Move.REVISE_PLAN
    kind: Literal["revise_plan"] = "revise_plan"
    steps: Annotated[
        tuple[Step, ...],
        Field(
            min_length=1, max_length=STEPS, description="All that is to be done; it replaces the plan before."
        ),
    ]
    why: OptionalWhyText = NO_NOTE

    @property
    def named(self) -> tuple[str, ...]:
        return tuple(step.owner for step in self.steps)

    def carry_out(self, work: Work) -> None:
        """COMM-10, RESOLVE-1: a plan that exists begins the resolution."""
        now = work.state
        for step in self.steps:
            now.plan.contact(step.owner)
        version = now.action_plan.version + 1 if now.action_plan else 1
        work.record(PlanRevised(version=version, steps=self.steps, why=self.why))
        if work.state.state is State.COMMUNICATING:
            work.record(ResolutionBegun())
