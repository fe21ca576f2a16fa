"""
Questions to customers: what is asked, of whom, by when, and what came of it (TALK-4).

Owns what the case keeps of a question, and when the clock of the answers runs. A pause of the playbook's reason holds
the clocks meanwhile; how a pause works is not known here.
"""

from dataclasses import replace
from typing import Literal

from escalation.case.audience import customer_recipients, notify, notify_customers
from escalation.case.base_event import BaseEvent
from escalation.case.customer_question import CustomerQuestion
from escalation.case.state import Escalation
from escalation.case.work import Work
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Outcome
from escalation.kernel.reasons import Reason, reason
from escalation.kernel.values import InternalText, frozen
from escalation.notifications.notification import Occasion


@frozen
class QuestionReminded(BaseEvent):
    """The time for the answer is over; the customer was asked once more."""

    kind: Literal["question_reminded"] = "question_reminded"
    number: int
    account: str

    def applied_to(self, now: Escalation) -> Escalation:
        questions = (
            replace(each, is_reminded=True) if each.number == self.number else each for each in now.questions
        )
        return replace(now, questions=tuple(questions))

    def sentence(self) -> Reason:
        return reason(self.code, self.number, self.account)


@frozen
class QuestionsEnded(BaseEvent):
    """The escalation ended before the customer answered; nobody waits for it any more."""

    kind: Literal["questions_ended"] = "questions_ended"
    numbers: tuple[int, ...]

    def applied_to(self, now: Escalation) -> Escalation:
        return replace(now, questions=())

    def sentence(self) -> Reason:
        return reason(self.code, tuple(map(str, self.numbers)))


def end_questions(work: Work) -> None:
    """End what is still open, because the escalation ends: a new one asks again what it still needs."""
    if work.state.questions:
        work.record(QuestionsEnded(numbers=tuple(each.number for each in work.state.questions)))


def send_question(work: Work, question: CustomerQuestion, *, is_reminder: bool = False) -> None:
    """Ask each contact of the account."""
    to = tuple(each for each in customer_recipients(work.state) if question.account in each.speaks_for)
    notify_customers(
        work,
        Occasion.CUSTOMER_QUESTION,
        to=to,
        text=question.text,
        question=question,
        is_reminder=is_reminder,
    )


def restart_answer_clock(work: Work) -> None:
    """One clock waits for all answers: until the next of the due times that nobody was reminded of."""
    waiting = [each.due_at for each in work.state.questions if not each.is_reminded]
    if waiting:
        work.start_until(ClockName.CUSTOMER_ANSWER, min(waiting))
    else:
        work.end(ClockName.CUSTOMER_ANSWER, Outcome.MET)


def remind_of_questions(work: Work) -> None:
    """TALK-4: no answer came: the customer is reminded once, and the owner is notified. A pause lasts on."""
    for question in work.state.questions:
        if question.due_at <= work.now and not question.is_reminded:
            work.record(QuestionReminded(number=question.number, account=question.account))
            send_question(work, question, is_reminder=True)
            now = work.state
            why = reason("no_answer", question.number, question.account)
            text = InternalText(question.text)
            notify(work, Occasion.QUESTION_UNANSWERED, (now.owner, question.by), why=why, text=text)
    restart_answer_clock(work)
