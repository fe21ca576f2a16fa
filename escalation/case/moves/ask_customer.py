"""Ask a customer something, with what it is needed for and by when; clocks can stand still meanwhile (TALK-4)."""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from escalation.case import text_approval
from escalation.case.base_event import BaseEvent
from escalation.case.customer_question import CustomerQuestion
from escalation.case.follow_up import require_affected
from escalation.case.lifecycle import Move, allows
from escalation.case.move_command import MoveCommand
from escalation.case.moves.pause import pause_for
from escalation.case.question_reminder import restart_answer_clock, send_question
from escalation.case.state import Escalation
from escalation.case.work import Work
from escalation.kernel.budgets import QUESTIONS
from escalation.kernel.reasons import Reason, reason
from escalation.kernel.refusals import BadRequest, Fault, MoveNotAllowed
from escalation.kernel.text_fields import READ_BY_CUSTOMERS
from escalation.kernel.values import CustomerText, InputInstant, Name, frozen


@frozen
class CustomerAsked(BaseEvent):
    kind: Literal["customer_asked"] = "customer_asked"
    question: CustomerQuestion

    @property
    def added(self) -> str:
        return str(self.question.text)

    def applied_to(self, now: Escalation) -> Escalation:
        return replace(now, questions=(*now.questions, self.question), questions_asked=self.question.number)

    def sentence(self) -> Reason:
        asked = self.question
        return reason(self.code, asked.number, asked.account, asked.due_at)


class AskCustomer(MoveCommand):
    """Ask a customer something; clocks stand still until they answer. It may have to be approved first."""

    move = Move.ASK_CUSTOMER
    kind: Literal["ask_customer"] = "ask_customer"
    account: Annotated[Name, Field(description="The affected customer who is asked.")]
    text: Annotated[
        CustomerText,
        Field(min_length=1, max_length=2000, description="The question, in the words that they will read."),
    ]
    what_for: Annotated[
        CustomerText,
        Field(min_length=1, max_length=1000, description="What you need it for; customers read it."),
    ]
    due_at: Annotated[
        InputInstant,
        Field(description="When you need the answer.", examples=["2030-01-31T12:00:00Z"]),
        READ_BY_CUSTOMERS,
    ]

    def carry_out(self, work: Work) -> None:
        """TALK-4, COMM-6: asked at once, or when somebody has approved its text."""
        now = work.state
        require_affected(now, self.account)
        question = CustomerQuestion(
            number=0,
            account=self.account,
            text=self.text,
            what_for=self.what_for,
            due_at=self.due_at,
            by=self.by,
        )
        if now.plan.text_approval is None:
            ask_question(work, question)
            return
        _require_askable(work, question)
        text_approval.submit_text(work, self.text, question=question)


def ask_question(work: Work, question: CustomerQuestion) -> None:
    """
    Ask it now, with the pause of the reason that the playbook names; none where the clocks are held already (TALK-4).

    Raises:
        EscalationError: If it cannot be asked any more.
    """
    _require_askable(work, question)
    now = work.state
    question = replace(question, number=now.questions_asked + 1)
    work.record(CustomerAsked(question=question))
    restart_answer_clock(work)
    because = now.plan.question_pause
    if because and now.pause is None and allows(now.state, Move.PAUSE):
        pause_for(work, because)
    send_question(work, question)


def _require_askable(work: Work, question: CustomerQuestion) -> None:
    """
    Raises:
        BadRequest: If the answer would be due before now.
        MoveNotAllowed: If too many questions are open already.
    """
    now = work.state
    if question.due_at <= work.now:
        fault = Fault(
            where="due_at",
            given=reason("as_written", question.due_at),
            allowed=reason("allowed.later_than_now"),
        )
        raise BadRequest.because(reason("of.question", now.key), (fault,))
    if len(now.questions) >= QUESTIONS:
        raise MoveNotAllowed(reason("too_many_questions", QUESTIONS), subject=now.key)
