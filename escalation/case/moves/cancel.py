"""Cancel it: withdrawn, a duplicate, merged, or ended by the operator (CLOSE-10)."""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from escalation.case import task_forces, text_approval
from escalation.case.audience import followers_of, notify, notify_customers
from escalation.case.base_event import BaseEvent
from escalation.case.close_preparation import end_all_clocks
from escalation.case.follow_up import line
from escalation.case.lifecycle import Move, step
from escalation.case.move_command import MoveCommand
from escalation.case.question_reminder import end_questions
from escalation.case.state import Escalation
from escalation.case.work import Work
from escalation.kernel.ids import Key
from escalation.kernel.reasons import Part, Person, Reason, reason
from escalation.kernel.refusals import BadRequest, Fault, MoveNotAllowed, quote_input
from escalation.kernel.text_fields import WhyText
from escalation.kernel.values import InternalText, frozen
from escalation.notifications.notification import Occasion
from escalation.policy.classification import CancelCause


@frozen
class Cancelled(BaseEvent):
    kind: Literal["cancelled"] = "cancelled"
    cause: CancelCause
    into: str | None = None
    why: Part

    def applied_to(self, now: Escalation) -> Escalation:
        ended = replace(now, state=step(now.state, Move.CANCEL), ended_at=self.at, merged_into=self.into)
        return replace(ended, alerts=())

    def sentence(self) -> Reason:
        if self.into:
            return reason(f"{self.code}.into", Person(self.by), self.cause, self.into)
        return reason(self.code, Person(self.by), self.cause)


class Cancel(MoveCommand):
    """Cancel it: withdrawn, a duplicate, or merged into another."""

    move = Move.CANCEL
    kind: Literal["cancel"] = "cancel"
    cause: Annotated[CancelCause, Field(description="Why it ends")] = CancelCause.WITHDRAWN
    into: Annotated[
        Key | None,
        Field(
            description="Needed for a duplicate or a merge: the open escalation that it goes on as, with its customers."
        ),
    ] = None
    why: WhyText

    def carry_out(self, work: Work) -> None:
        """CLOSE-10: from any open state, with the reason; stakeholders are told, also of the actions that were open."""
        now = work.state
        require_target(now, self)
        told = (
            reason("cancelled_for", self.cause, self.into) if self.into else reason("as_written", self.cause)
        )
        cancel_because(work, self.cause, self.into, self.why)
        _notify_cancelled(work, told, self.why, self.cause)


def require_target(now: Escalation, command: Cancel) -> None:
    """
    A duplicate and a merge name the other escalation; what is withdrawn names none.

    Raises:
        EscalationError: If they do not, or it is itself.
    """
    is_withdrawn = command.cause is CancelCause.WITHDRAWN
    if is_withdrawn is bool(command.into):
        fault = Fault(
            where="into",
            given=quote_input(command.into) if command.into else reason("nothing"),
            allowed=reason("allowed.no_other") if is_withdrawn else reason("allowed.other", command.cause),
        )
        raise BadRequest.because(reason("of.cancellation", now.key), (fault,))
    if command.into == now.key:
        raise MoveNotAllowed(reason("merged_into_itself"), subject=now.key)


def cancel_by_operator(work: Work) -> None:
    """The operator ended the run itself; it is told like any other cancellation (CLOSE-10)."""
    if work.state.is_open:
        cause, why = CancelCause.WITHDRAWN, reason("ended_by_operator")
        cancel_because(work, cause, None, why)
        _notify_cancelled(work, reason("cancelled_for", cause, why))


def cancel_because(work: Work, cause: CancelCause, into: str | None, why: Part) -> None:
    end_all_clocks(work)
    task_forces.stand_all_down(work, reason("escalation_cancelled"))
    text_approval.reject_all_texts(work, why)
    end_questions(work)
    work.record(Cancelled(cause=cause, into=into, why=why))


def _notify_cancelled(
    work: Work, why: Reason, text: InternalText | None = None, cause: CancelCause | None = None
) -> None:
    still_to_do = tuple(map(line, work.state.open_actions))
    notify(work, Occasion.CANCELLED, followers_of(work.state), why=why, text=text, items=still_to_do)
    if not work.state.merged_into:  # else that one writes to them, and says which reference is theirs now
        notify_customers(work, Occasion.CANCELLED, cause=cause)
