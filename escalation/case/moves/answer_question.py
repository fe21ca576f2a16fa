"""Answer a question to a customer: by their contact, or by an agent in their words (TALK-4)."""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from escalation.case.audience import notify
from escalation.case.base_event import BaseEvent
from escalation.case.customer_contact import find_contact
from escalation.case.customer_question import CustomerQuestion
from escalation.case.follow_up import require_own_account
from escalation.case.lifecycle import Move
from escalation.case.move_command import MoveCommand
from escalation.case.moves.pause import resume
from escalation.case.question_reminder import restart_answer_clock
from escalation.case.state import Escalation
from escalation.case.work import Work
from escalation.kernel.reasons import Person, Reason, reason
from escalation.kernel.refusals import MoveNotAllowed, UnknownName
from escalation.kernel.values import CustomerWords, InternalText, Mover, frozen
from escalation.notifications.notification import Occasion


@frozen
class QuestionAnswered(BaseEvent):
    kind: Literal["question_answered"] = "question_answered"
    number: int
    account: str
    contact: str = ""
    """Recipient id of whoever answered; empty: somebody of the account."""
    answer: CustomerWords

    @property
    def added(self) -> str:
        return str(self.answer)

    def applied_to(self, now: Escalation) -> Escalation:
        return replace(now, questions=tuple(each for each in now.questions if each.number != self.number))

    def sentence(self) -> Reason:
        return reason(self.code, Person(self.contact) if self.contact else self.account, self.number)


class AnswerQuestion(MoveCommand):
    """Record a customer's answer to a question; the clocks run on once nothing else is asked."""

    move = Move.ANSWER_QUESTION
    kind: Literal["answer_question"] = "answer_question"
    answer: Annotated[CustomerWords, Field(min_length=1, description="What they answer, in their words.")]
    number: Annotated[
        int | None, Field(ge=1, description="Which question, by its number; needed if several are open.")
    ] = None
    contact: Annotated[
        Mover | None,
        Field(description="Who says so, by e-mail address. If omitted: somebody of the customer."),
    ] = None

    @classmethod
    def obstacle(cls, now: Escalation) -> Reason | None:
        return None if now.questions else reason("no_question")

    def carry_out(self, work: Work) -> None:
        """TALK-4: the last answer ends the pause that the playbook names for questions, whoever began it."""
        now = work.state
        question = _question(now, self)
        require_own_account(now, self.move, self.by, question.account)
        contact = find_contact(now, question.account, self.contact, self.by)
        answered = QuestionAnswered(
            number=question.number,
            account=question.account,
            contact=contact.id if contact else "",
            answer=self.answer,
        )
        work.record(answered)
        restart_answer_clock(work)
        if not work.state.questions and now.pause and now.pause.reason == now.plan.question_pause:
            resume(work)
        why = reason("answered_by", contact.name if contact else question.account, question.number)
        people = (now.owner, question.by)
        text, items = InternalText(self.answer), (str(question.text),)
        notify(work, Occasion.QUESTION_ANSWERED, people, why=why, text=text, items=items)


def _question(now: Escalation, command: AnswerQuestion) -> CustomerQuestion:
    """
    Return the open question that is meant: the one of that number, or the only one that *by* can answer.

    Raises:
        MoveNotAllowed: If none is named, and several are open.
        UnknownName: If there is none of that number.
    """
    own = now.customer_contact(command.by)
    asked = [each for each in now.questions if own is None or each.account in own.speaks_for] or now.questions
    if command.number is None and len(asked) == 1:
        return asked[0]
    numbers = tuple(str(each.number) for each in asked)
    if command.number is None:
        raise MoveNotAllowed(reason("which_question", numbers), subject=now.key)
    found = next((each for each in now.questions if each.number == command.number), None)
    if found is None:
        raise UnknownName.of(reason("no.question"), str(command.number), numbers, subject=now.key)
    return found
