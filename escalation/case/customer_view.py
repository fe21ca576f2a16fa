"""
The view of a customer: all that one contact of a customer reads of an escalation on their page (COMM-6, TALK-5).

Made of customer texts and of words that customers said, so that by their types no text of our own people fits in. Of
what customers said and were asked, it has what concerns the contact's own accounts; another customer of the same outage
does not exist here.
"""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

from escalation.case.audience import customer_recipients, script
from escalation.case.estimate import Estimate
from escalation.case.events import Event
from escalation.case.lifecycle import RcaState, State
from escalation.case.moves.add_evidence import EvidenceAdded
from escalation.case.moves.answer_question import QuestionAnswered
from escalation.case.moves.ask_customer import CustomerAsked
from escalation.case.moves.record_customer_message import CustomerMessageRecorded
from escalation.case.moves.share_rca import RcaShared
from escalation.case.moves.state_impact import ImpactStated
from escalation.case.moves.verify_resolution import ResolutionVerified
from escalation.case.next_update import UpdateSent
from escalation.case.rca_content import CustomerRca
from escalation.case.state import Escalation
from escalation.kernel.budgets import CONVERSATION, last_of
from escalation.kernel.values import CustomerText, CustomerWords, Instant, frozen
from escalation.notifications.links import reader_of
from escalation.policy.classification import Priority
from escalation.policy.people import Recipient


class EntryKind(StrEnum):
    """Kinds of what was said. The values name the words of the page."""

    UPDATE = "update"
    QUESTION = "question"
    SOLUTION = "solution"
    RCA = "rca"
    MESSAGE = "message"
    ANSWER = "answer"
    IMPACT = "impact"
    EVIDENCE = "evidence"


_OURS = frozenset({EntryKind.UPDATE, EntryKind.QUESTION, EntryKind.SOLUTION, EntryKind.RCA})


@frozen
class ConversationEntry:
    """One thing that we told a customer, or that they told us."""

    kind: EntryKind
    at: Instant
    told: CustomerText | None = None
    """By us."""
    said: CustomerWords | None = None
    """By somebody of their account."""

    @property
    def is_ours(self) -> bool:
        """True if we told them so."""
        return self.kind in _OURS


@frozen
class OpenQuestion:
    """A question that waits for the customer's answer (TALK-4)."""

    number: int
    text: CustomerText
    what_for: CustomerText
    due_at: Instant


@frozen
class CustomerView:
    """An escalation as one contact of a customer reads it."""

    reference: str
    subject: CustomerText
    priority: Priority
    state: State
    opened_at: Instant
    ended_at: Instant | None = None
    merged_into: str | None = None
    """Key of the escalation that it went over into."""
    contact: str
    """Recipient id of the contact, who makes the moves of the page."""
    accounts: tuple[str, ...]
    """The accounts that they speak for."""
    language: str
    time_zone: str
    owner: str
    desk: str = ""
    telephone: str = ""
    email: str = ""
    next_update_at: Instant | None = None
    estimate: Estimate | None = None
    impact: CustomerWords | None = None
    questions: tuple[OpenQuestion, ...] = ()
    is_access_asked: bool = False
    """True if they are to say whether they can use the service again."""
    is_survey_asked: bool = False
    rca: CustomerRca | None = None
    rca_shared_at: Instant | None = None
    conversation: tuple[ConversationEntry, ...] = ()
    """The oldest first; of a very long case, the latest."""

    @property
    def several_accounts(self) -> tuple[str, ...]:
        """The accounts of a contact who speaks for several, as letters name them."""
        return self.accounts if len(self.accounts) > 1 else ()

    @property
    def takes_words(self) -> bool:
        """True while the contact can tell us something."""
        return self.ended_at is None


@frozen
class CustomerPage:
    """The answer to whoever opens a link to a page."""

    escalation: str
    """Id of the escalation that answers."""
    has_ended: bool
    view: CustomerView | None = None
    """None: the link is of no contact, or was revoked."""


def customer_page(now: Escalation, events: Sequence[Event], reader: str, at: Instant) -> CustomerPage:
    """Return the page of the contact whom links call *reader*, at the instant *at*."""
    # Each contact's digest is made, about two microseconds apiece: a list of them would have to be kept up with moves.
    contacts = (each for each in customer_recipients(now) if reader_of(now.id, each) == reader)
    contact = next(contacts, None)
    view = customer_view(now, events, contact, at) if contact else None
    return CustomerPage(escalation=now.id, has_ended=not now.is_open, view=view)


def customer_view(now: Escalation, events: Sequence[Event], contact: Recipient, at: Instant) -> CustomerView:
    """Return what *contact* reads at the instant *at*; *events*: the latest ones, the oldest first."""
    # Field by field, from what customers may read: a new field of the state reaches nobody until somebody adds it here.
    told, accounts = script(now, at), contact.speaks_for
    impacts = [now.impacts[account] for account in accounts if account in now.impacts]
    is_shared = now.rca.state is RcaState.SHARED
    return CustomerView(
        reference=now.key,
        subject=now.request.subject,
        priority=now.priority,
        state=now.state,
        opened_at=now.opened_at,
        ended_at=now.ended_at,
        merged_into=now.merged_into,
        contact=contact.id,
        accounts=accounts,
        language=contact.language,
        time_zone=contact.time_zone,
        owner=told.owner,
        desk=told.desk,
        telephone=told.telephone,
        email=told.email,
        next_update_at=told.next_update_at if now.is_open else None,
        estimate=now.estimate if now.is_open else None,
        impact=CustomerWords("; ".join(impacts)) if impacts else None,
        questions=tuple(_open_questions(now, accounts)) if now.is_open else (),
        is_access_asked=now.state is State.CLOSING and any(each not in now.access for each in accounts),
        is_survey_asked=now.is_surveyed and contact.id not in now.survey,
        rca=now.rca.customer if is_shared else None,
        rca_shared_at=_shared_at(events) if is_shared else None,
        conversation=_conversation(events, contact),
    )


def _open_questions(now: Escalation, accounts: Sequence[str]) -> Iterator[OpenQuestion]:
    for each in now.questions:
        if each.account in accounts:
            yield OpenQuestion(number=each.number, text=each.text, what_for=each.what_for, due_at=each.due_at)


def _shared_at(events: Iterable[Event]) -> Instant | None:
    return max((each.at for each in events if isinstance(each, RcaShared)), default=None)


def _conversation(events: Iterable[Event], contact: Recipient) -> tuple[ConversationEntry, ...]:
    """Return what was said, by when that was; an agent may write down later what was said on the phone."""
    return last_of(sorted(_entries(events, contact), key=lambda each: each.at), CONVERSATION)


def _entries(events: Iterable[Event], contact: Recipient) -> Iterator[ConversationEntry]:
    for event in events:
        if entry := _told(event, contact.speaks_for) or _said(event, contact):
            yield entry


def _told(event: Event, accounts: Sequence[str]) -> ConversationEntry | None:
    match event:
        case UpdateSent(customer_text=CustomerText() as text):
            return ConversationEntry(kind=EntryKind.UPDATE, at=event.at, told=text)
        case CustomerAsked(question=asked) if asked.account in accounts:
            return ConversationEntry(kind=EntryKind.QUESTION, at=event.at, told=asked.text)
        case ResolutionVerified(customer_text=text):
            return ConversationEntry(kind=EntryKind.SOLUTION, at=event.at, told=text)
        case RcaShared():
            return ConversationEntry(kind=EntryKind.RCA, at=event.at)
        case _:
            return None


def _said(event: Event, contact: Recipient) -> ConversationEntry | None:
    accounts = contact.speaks_for
    match event:
        case CustomerMessageRecorded() if event.account in accounts:
            return ConversationEntry(kind=EntryKind.MESSAGE, at=event.said_at, said=event.text)
        case QuestionAnswered() if event.account in accounts:
            return ConversationEntry(kind=EntryKind.ANSWER, at=event.at, said=event.answer)
        case ImpactStated() if event.account in accounts:
            return ConversationEntry(kind=EntryKind.IMPACT, at=event.at, said=event.impact)
        case EvidenceAdded() if event.by == contact.id:  # its text is for our own people, by its type
            return ConversationEntry(kind=EntryKind.EVIDENCE, at=event.at)
        case _:
            return None
