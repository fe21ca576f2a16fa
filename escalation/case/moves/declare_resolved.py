"""TODO."""

from typing import Annotated, Literal

from pydantic import Field

from escalation.case import task_forces
from escalation.case.audience import name_of, notify
from escalation.case.base_event import BaseEvent
from escalation.case.move_command import MoveCommand
from escalation.case.moves.pause import resume
from escalation.case.resolution import HELD_WHILE_VERIFYING
from escalation.case.state import ResolutionKind
from escalation.case.work import Work
from escalation.kernel.clock_name import ClockName
from escalation.kernel.reasons import Sentence
from escalation.kernel.values import CustomerText, InternalText, frozen
from escalation.notifications.notification import Occasion
from escalation.policy.move_name import Move


@frozen
class ResolutionDeclared(BaseEvent):
    kind: Literal["resolution_declared"] = "resolution_declared"
    resolution: ResolutionKind
    done: InternalText
    customer_text: CustomerText | None = None
    holds: tuple[ClockName, ...]
    """Clocks that stand still until the verdict (RESOLVE-5)."""


class DeclareResolved(MoveCommand):
    """Declare it resolved, by a fix or a workaround; it is verified next."""

    move = Move.DECLARE_RESOLVED
    kind: Literal["declare_resolved"] = "declare_resolved"
    resolution: ResolutionKind
    done: Annotated[InternalText, Field(min_length=1)]
    """What was done."""
    customer_text: CustomerText | None = None
    """What customers are told once it is verified; whoever verifies it approves these words (COMM-6)."""


def declare_resolved(work: Work, command: DeclareResolved) -> None:
    """
    RESOLVE-4: a fix or a workaround; the architects are asked to verify it (RESOLVE-5).

    They read what customers will: their verification approves that text, too (COMM-6).
    """
    resume(work)
    work.cancel_clocks(ClockName.ACKNOWLEDGEMENT_EXPIRY, ClockName.ON_DUTY)
    work.record(
        ResolutionDeclared(
            resolution=command.resolution,
            done=command.done,
            customer_text=command.customer_text,
            holds=HELD_WHILE_VERIFYING,
        )
    )
    task_forces.stand_all_down(work, Sentence.RESOLUTION_DECLARED.of())
    work.start(ClockName.VERIFICATION)
    now = work.escalation
    why = Sentence.DECLARED_BY.of(command.resolution, name_of(now, command.by))
    verifiers = now.plan.architects or now.plan.escalation_managers
    for_customers = (str(command.customer_text),) if command.customer_text else ()
    notify(work, Occasion.VERIFICATION_WANTED, verifiers, why=why, text=command.done, items=for_customers)
