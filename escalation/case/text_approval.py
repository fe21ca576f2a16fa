"""
Texts for customers that somebody must approve before they leave (COMM-6), and how they leave.

Owns who may approve which text. What a text says, and whether any needs approval, is not decided here.
"""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from escalation.case.audience import notify, notify_customers, person_of
from escalation.case.base_event import BaseEvent
from escalation.case.customer_question import CustomerQuestion
from escalation.case.customer_texts import PendingText
from escalation.case.estimate import Estimate
from escalation.case.lifecycle import Move
from escalation.case.move_command import MoveCommand
from escalation.case.next_update import restart_next_update
from escalation.case.state import Escalation
from escalation.case.work import Work
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Outcome
from escalation.kernel.reasons import Part, Person, Reason, reason
from escalation.kernel.refusals import BadRequest, Fault, MoveNotAllowed, RoleNotAllowed, UnknownName
from escalation.kernel.values import CustomerText, InternalText, frozen
from escalation.notifications.notification import Occasion


@frozen
class TextEvent(BaseEvent):
    """Something that happened to a text that waits for approval."""

    number: int

    def sentence(self) -> Reason:
        return reason(self.code, self.number, Person(self.by))


@frozen
class TextDecided(TextEvent):
    """The text waits no longer."""

    def applied_to(self, now: Escalation) -> Escalation:
        left = tuple(held for held in now.pending_texts if held.number != self.number)
        return replace(now, pending_texts=left)


@frozen
class TextSubmitted(TextEvent):
    """A text for customers waits for approval (COMM-6)."""

    kind: Literal["text_submitted"] = "text_submitted"
    text: CustomerText
    apologise: bool = False
    estimate: Estimate | None = None
    question: CustomerQuestion | None = None

    def applied_to(self, now: Escalation) -> Escalation:
        held = PendingText(
            number=self.number,
            text=self.text,
            by=self.by,
            held_at=self.at,
            apologise=self.apologise,
            estimate=self.estimate,
            question=self.question,
        )
        return replace(now, pending_texts=(*now.pending_texts, held), texts_submitted=self.number)


@frozen
class TextRejected(TextDecided):
    kind: Literal["text_rejected"] = "text_rejected"
    why: Part


class PendingTextCommand(MoveCommand):
    """A move about a text that waits for approval."""

    number: Annotated[
        int | None, Field(ge=1, description="Which text, by its number; needed if several wait.")
    ] = None

    @classmethod
    def obstacle(cls, now: Escalation) -> Reason | None:
        return reason("no_pending_text") if not now.pending_texts else None


def send_customer_update(
    work: Work, text: CustomerText, *, apologise: bool = False, estimate: Estimate | None = None
) -> None:
    """Send an update to customers; it meets the cadence and starts it again (COMM-3)."""
    restart_next_update(work, ClockName.NEXT_UPDATE)
    notify_customers(work, Occasion.UPDATE, text=text, apologise=apologise, estimate=estimate)


def text_approvers(now: Escalation) -> tuple[str, ...]:
    """Return who is asked to approve; the escalation managers, where nobody else is."""
    approval = now.plan.text_approval
    return (approval.approvers if approval else ()) or now.plan.escalation_managers


def submit_text(
    work: Work,
    text: CustomerText,
    *,
    apologise: bool = False,
    estimate: Estimate | None = None,
    question: CustomerQuestion | None = None,
) -> None:
    """Have a text wait for approval: an update, or a question with all that the customer would read of it."""
    number = work.state.texts_submitted + 1
    submitted = TextSubmitted(
        number=number, text=text, apologise=apologise, estimate=estimate, question=question
    )
    work.record(submitted)
    if number == work.state.pending_texts[0].number:
        work.start(ClockName.CUSTOMER_TEXT)
    why = reason("text_by", number, person_of(work.state, work.by))
    ask_approvers(work, reason("and_also", why, estimate.sentence()) if estimate else why, text, question)


def reject_all_texts(work: Work, because: Part) -> None:
    """Reject all texts that wait, because the escalation is cancelled; their authors are notified (CLOSE-10)."""
    for held in work.state.pending_texts:
        work.record(TextRejected(number=held.number, why=because))
        notify_author(work, held, because)


def notify_author(work: Work, held: PendingText, because: Part) -> None:
    why = reason("text_rejected_by", held.number, person_of(work.state, work.by))
    if isinstance(because, InternalText):
        notify(work, Occasion.TEXT_REJECTED, (held.by,), why=why, text=because)
    else:
        notify(work, Occasion.TEXT_REJECTED, (held.by,), why=reason("and_also", why, because))


def ask_approvers(
    work: Work, why: Reason, text: CustomerText, question: CustomerQuestion | None = None
) -> None:
    now = work.state
    clock = now.clock(ClockName.CUSTOMER_TEXT)
    notify(
        work,
        Occasion.TEXT_APPROVAL_WANTED,
        text_approvers(now),
        why=why,
        due_at=clock.due_at if clock and clock.is_running else None,
        text=InternalText("\n\n".join((text, question.what_for) if question else (text,))),
    )


def continue_after_approval(work: Work) -> None:
    """One clock runs, for the text that has waited longest."""
    now = work.state
    oldest = now.pending_texts[0] if now.pending_texts else None
    clock = now.clock(ClockName.CUSTOMER_TEXT)
    if oldest is None:
        work.end(ClockName.CUSTOMER_TEXT, Outcome.MET)
    elif clock is None or not clock.is_running or clock.started_at != oldest.held_at:
        work.end(ClockName.CUSTOMER_TEXT, Outcome.MET)
        work.start(ClockName.CUSTOMER_TEXT, oldest.held_at)


def adapt_texts_to_plan(work: Work) -> None:
    """Start the clock of texts that wait already, where another plan sets one: as of when the oldest came (CLOCK-4)."""
    now = work.state
    if now.pending_texts and not now.is_clock_running(ClockName.CUSTOMER_TEXT):
        work.start(ClockName.CUSTOMER_TEXT, now.pending_texts[0].held_at)


def pending_text(now: Escalation, number: int | None, move: Move) -> PendingText:
    """
    Raises:
        EscalationError: If none of that number waits, or none is named and several wait.
    """
    numbers = [str(held.number) for held in now.pending_texts]
    if number is None:
        if len(numbers) != 1:
            fault = Fault(where="number", given=reason("nothing"), allowed=reason("one_of", tuple(numbers)))
            raise BadRequest.because(reason("refused.subject", now.key, reason("as_written", move)), (fault,))
        return now.pending_texts[0]
    found = now.held_text(number)
    if found is None:
        raise UnknownName.of(reason("no.pending_text"), str(number), numbers, subject=now.key)
    return found


def require_approver(now: Escalation, held: PendingText, by: str, move: Move) -> None:
    """
    Raises:
        RoleNotAllowed: If *by* is none of those who approve.
        MoveNotAllowed: If it is their own text, and the playbook wants a second pair of eyes.
    """
    approvers = text_approvers(now)
    if by not in approvers and not any(by in now.plan.contact(each).members for each in approvers):
        who = tuple(person_of(now, each) for each in approvers)
        raise RoleNotAllowed(reason("people_who_may", person_of(now, by), move, who), subject=now.key)
    may = now.plan.text_approval is not None and now.plan.text_approval.author_may
    if move is Move.APPROVE_TEXT and by == held.author and not may:
        raise MoveNotAllowed(reason("wrote_the_text", person_of(now, by), held.number), subject=now.key)
