"""Notifications: what the rules decide to say, on which occasion, with which facts, and to whom. No text yet."""

from dataclasses import field
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Base64Bytes, Field

from escalation.kernel.clock_name import ClockName
from escalation.kernel.ids import RunId, task_force_id
from escalation.kernel.reasons import Part, Reason
from escalation.kernel.values import CustomerText, CustomerWords, Instant, InternalText, frozen
from escalation.policy.classification import CancelCause, Degree, EscalationReason, Priority
from escalation.policy.people import Recipient


@frozen
class ReportedFigure:
    name: str
    """Name of its measure."""
    value: float
    """In the unit of its measure."""


@frozen
class ReviewPack:
    """A period in figures: the first of them, and the page with all."""

    first: date
    last: date
    """Last day of the period, included."""
    time_zone: str
    figures: tuple[ReportedFigure, ...] = ()
    """Empty: nothing was opened."""
    page: Base64Bytes
    """HTML, compressed by gzip."""

    @property
    def seq(self) -> int:
        """Number that tells one period from another: 20261116."""
        return int(f"{self.first:%Y%m%d}")


class Occasion(StrEnum):
    """Subjects of messages."""

    CASE_RECEIVED = "case_received"
    FIRST_NOTIFICATION = "first_notification"
    ASSIGNED = "assigned"
    EVIDENCE_WANTED = "evidence_wanted"
    EVIDENCE_ADDED = "evidence_added"
    MENTIONED = "mentioned"
    CUSTOMER_MESSAGE = "customer_message"
    CUSTOMER_QUESTION = "customer_question"
    QUESTION_ANSWERED = "question_answered"
    QUESTION_UNANSWERED = "question_unanswered"
    REMINDER = "reminder"
    ACKNOWLEDGEMENT_EXPIRED = "acknowledgement_expired"
    NOBODY_ON_CALL = "nobody_on_call"
    PAUSE_ENDED = "pause_ended"
    REBASED = "rebased"
    LEVEL_RAISED = "level_raised"
    BREACH = "breach"
    HAND_OVER = "hand_over"
    PRIORITY_CHANGED = "priority_changed"
    UPDATE = "update"
    HOLDING = "holding"
    TEXT_APPROVAL_WANTED = "text_approval_wanted"
    TEXT_REJECTED = "text_rejected"
    BROUGHT_IN = "brought_in"
    VERIFICATION_WANTED = "verification_wanted"
    RESOLUTION_REJECTED = "resolution_rejected"
    RESOLVED = "resolved"
    ACCESS_WANTED = "access_wanted"
    ACCESS_QUESTION = "access_question"
    REOPENED = "reopened"
    RCA_WANTED = "rca_wanted"
    RCA_APPROVAL_WANTED = "rca_approval_wanted"
    RCA_SENT_BACK = "rca_sent_back"
    RCA_READY = "rca_ready"
    RCA = "rca"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    MERGED = "merged"
    SURVEY = "survey"
    LOW_SCORE = "low_score"
    ACTION_DUE = "action_due"
    TASK_FORCE_INVITED = "task_force_invited"
    TASK_FORCE_STATUS_WANTED = "task_force_status_wanted"
    TASK_FORCE_REPORT = "task_force_report"
    TASK_FORCE_STOOD_DOWN = "task_force_stood_down"
    SPONSORSHIP_PROPOSED = "sponsorship_proposed"
    UNDELIVERABLE = "undeliverable"
    SPONSOR_ENROLLED = "sponsor_enrolled"
    TOUCH_POINT = "touch_point"
    SPONSORSHIP_REVIEW = "sponsorship_review"
    SPONSORSHIP_ENDED = "sponsorship_ended"
    REVIEW_PACK = "review_pack"
    TASK_FORCE_TASK_DUE = "task_force_task_due"
    TASK_FORCE_DEPLOYED = "task_force_deployed"
    TASK_FORCE_UPDATE = "task_force_update"
    TASK_FORCE_TASK = "task_force_task"


@frozen
class InternalFacts:
    """Facts that an internal template can name."""

    key: str
    subject: str
    priority: Priority
    state: str
    level: int
    level_name: str
    owner: str
    by: str = ""
    why: Reason | None = None
    """The reason: a window that ended, a trigger, a person's wish."""
    clock: ClockName | None = None
    due_at: Instant | None = None
    next_due_at: Instant | None = None
    text: InternalText | None = None
    items: tuple[Part, ...] = ()
    """Responses to work through, evidence that is missing, records to look at."""
    at: Instant | None = None
    """Time of the event; a message may be read much later."""
    review: ReviewPack | None = None
    """Figures of a period; then the message is about no escalation."""
    next_update_at: Instant | None = None
    """Time of the next update for everybody who follows it, if the playbook promises one."""
    task_force: str = ""
    """Name of the task force that it is about."""
    impacts: tuple[Part, ...] = ()
    """The impact on the customers' business, in their words (TALK-6)."""
    account: str = ""
    """Account whose sponsorship it is about; then it is about no escalation (SPONSOR)."""


@frozen
class CustomerFacts:
    """Facts that a customer's template can name."""

    reference: str
    formerly: str = ""
    """The reference that was theirs before this one, if another case went over into it (CLOSE-10)."""
    subject: CustomerText
    priority: Priority
    owner: str
    desk: str = ""
    """Name of the desk, if the number and the address are the desk's and not the owner's (TALK-5)."""
    telephone: str = ""
    email: str = ""
    urgency: Degree | None = None
    resolve_by: Instant | None = None
    """The SLA that applies; only the receipt of a case says it (COMM-1, COMM-5)."""
    next_update_at: Instant | None = None
    reason: EscalationReason | None = None
    """Code of the reason for which it was handed over: the words are the template's (COMM-4)."""
    cause: CancelCause | None = None
    """Code of the cause of the cancellation; None: nobody gave one."""
    text: CustomerText | None = None
    texts: dict[str, CustomerText] = field(default_factory=dict)
    """*text* by language, where the playbook has it in several: each reader gets theirs."""
    actions: tuple[CustomerText, ...] = ()
    question: int = 0
    """Number of the question that *text* asks; 0: it asks none (TALK-4)."""
    what_for: CustomerText | None = None
    answer_by: Instant | None = None
    is_reminder: bool = False
    impact: CustomerWords | None = None
    """The impact on the reader's own business, in their words (TALK-6)."""
    estimate: Instant | None = None
    """The time by which it is expected to be solved."""
    estimate_sure: Degree | None = None
    estimate_before: Instant | None = None
    """The estimate that this one replaces."""
    estimate_why: CustomerText | None = None
    at: Instant | None = None
    """Time of the event; a message may be read much later."""
    apologise: bool = False
    """The company is at fault (COMM-8): `notify_customers` says so, by the reason or because a promised time passed."""
    is_promise_missed: bool = False
    """True if a promised time has passed; that is less than to be at fault."""


@frozen
class InternalNotification:
    audience: Literal["internal"] = "internal"
    escalation: str
    """The escalation's id."""
    seq: int
    """Number of the event that caused it."""
    cause: str
    """Name of its cause, the same whenever the same is said again; part of the idempotency key (COMM-12)."""
    occasion: Occasion
    to: tuple[Recipient, ...]
    facts: InternalFacts


@frozen
class CustomerNotification:
    audience: Literal["customer"] = "customer"
    escalation: str
    seq: int
    cause: str
    occasion: Occasion
    to: tuple[Recipient, ...]
    facts: CustomerFacts


Notification = Annotated[InternalNotification | CustomerNotification, Field(discriminator="audience")]


def message_key(notice: InternalNotification | CustomerNotification, recipient: Recipient) -> str:
    """
    Return the idempotency key of one message to one person: the same on every repeat (COMM-12).

    Retry attempt and worker are no part of it; the channel joins it where one is chosen.
    """
    return f"{notice.escalation}:{notice.cause}:{notice.occasion}:{recipient.id}"


def reference_of(notice: InternalNotification | CustomerNotification) -> str:
    """Return the escalation's key, whoever the recipient is."""
    return notice.facts.key if isinstance(notice, InternalNotification) else notice.facts.reference


def senders_of(id_: str) -> tuple[str, ...]:
    """Return the workflow ids that may run for *id_*: a follow-up and the key, or a task force."""
    key, task_force = RunId.read(id_)
    if task_force:
        return (task_force_id(key, task_force),)
    return (id_, key) if key else (id_,)


def is_pressing(notice: InternalNotification | CustomerNotification) -> bool:
    """
    Return whether *notice* leaves even in quiet hours (COMM-11): all that is P1, and every breach. A holding update
    says nothing new and wakes no customer.
    """
    if notice.occasion is Occasion.HOLDING:
        return False
    return notice.occasion is Occasion.BREACH or notice.facts.priority is Priority.P1


@frozen
class NotificationBatch:
    """All messages that go out together: one activity, whatever their number."""

    notices: tuple[Notification, ...]
    is_repeat: bool = False
    """True if each of them may have left already, or be waiting: nobody saw the end of the activity before."""

    @property
    def says(self) -> str:
        """Occasions in words, for people who watch: ``case received, assigned, first notification``."""
        return ", ".join(dict.fromkeys(notice.occasion.value.replace("_", " ") for notice in self.notices))
