"""Declare it resolved: clocks stand still while somebody else verifies it (RESOLVE-4, RESOLVE-5)."""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from escalation.case import task_forces
from escalation.case.audience import notify, person_of
from escalation.case.base_event import BaseEvent
from escalation.case.clock_table import HELD_WHILE_VERIFYING
from escalation.case.lifecycle import Move, step
from escalation.case.move_command import MoveCommand
from escalation.case.moves.pause import resume
from escalation.case.resolution import Resolution, ResolutionKind
from escalation.case.state import VERIFYING, Escalation
from escalation.case.state_changes import with_pause
from escalation.case.work import Work
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Pause
from escalation.kernel.reasons import Person, Reason, reason
from escalation.kernel.values import CustomerText, InternalText, frozen
from escalation.notifications.notification import Occasion


@frozen
class ResolutionDeclared(BaseEvent):
    kind: Literal["resolution_declared"] = "resolution_declared"
    resolution: ResolutionKind
    done: InternalText
    customer_text: CustomerText | None = None
    holds: tuple[ClockName, ...]
    """Clocks that stand still until the verdict (RESOLVE-5)."""

    def applied_to(self, now: Escalation) -> Escalation:
        declared = replace(
            now,
            state=step(now.state, Move.DECLARE_RESOLVED),
            access={},
            resolution=Resolution(
                kind=self.resolution,
                done=self.done,
                customer_text=self.customer_text,
                declared_at=self.at,
                declared_by=self.by,
            ),
        )
        hold = Pause(reason=VERIFYING, stops=self.holds, started_at=self.at)
        return with_pause(declared, hold)

    def sentence(self) -> Reason:
        return reason(self.code, Person(self.by), self.resolution)


class DeclareResolved(MoveCommand):
    """Declare it resolved, by a fix or a workaround. Somebody verifies it next; customers hear of it then."""

    move = Move.DECLARE_RESOLVED
    kind: Literal["declare_resolved"] = "declare_resolved"
    resolution: Annotated[
        ResolutionKind,
        Field(description="A fix removes the cause; a workaround helps customers until it is removed"),
    ]
    done: Annotated[
        InternalText,
        Field(min_length=1, description="For our own people; whoever verifies it goes by this."),
    ]
    customer_text: Annotated[
        CustomerText | None,
        Field(description="It goes out with the verification, not before; whoever verifies it approves it."),
    ] = None

    def carry_out(self, work: Work) -> None:
        """
        Record a fix or a workaround (RESOLVE-4), and ask the architects to verify it (RESOLVE-5).

        They read what customers will: their verification approves that text, too (COMM-6).
        """
        resume(work)
        work.cancel_clocks(ClockName.ACKNOWLEDGEMENT_EXPIRY, ClockName.ON_DUTY)
        work.record(
            ResolutionDeclared(
                resolution=self.resolution,
                done=self.done,
                customer_text=self.customer_text,
                holds=HELD_WHILE_VERIFYING,
            )
        )
        task_forces.stand_all_down(work, reason("resolution_declared"))
        work.start(ClockName.VERIFICATION)
        now = work.state
        why = reason("declared_by", self.resolution, person_of(now, self.by))
        verifiers = now.plan.architects or now.plan.escalation_managers
        for_customers = (str(self.customer_text),) if self.customer_text else ()
        notify(work, Occasion.VERIFICATION_WANTED, verifiers, why=why, text=self.done, items=for_customers)
