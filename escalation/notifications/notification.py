"""Notifications: what the rules decide to say, on which occasion, with which facts, and to whom. No text yet."""

from dataclasses import field
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Base64Bytes, Field

from escalation.kernel.clock_name import ClockName
from escalation.kernel.ids import RunId, task_force_id
from escalation.kernel.reasons import Part, Reason
from escalation.kernel.values import CustomerText, Instant, InternalText, frozen
from escalation.policy.classification import CancelCause, Degree, EscalationReason, Priority
from escalation.policy.people import Recipient


@frozen
class ReportedFigure:
    name: str
    """Of its measure."""
    value: float
    """In the unit of its measure."""


@frozen
class ReviewPack:
    """A period in figures: the first of them, and the page with all."""

    first: date
    last: date
    """It counts too."""
    time_zone: str
    figures: tuple[ReportedFigure, ...] = ()
    """Empty: nothing was opened."""
    page: Base64Bytes
    """HTML, compressed by gzip."""

    @property
    def seq(self) -> int:
        """The part of the idempotency key that tells one period from another (COMM-12): 20261116."""
        return int(f"{self.first:%Y%m%d}")


class Occasion(StrEnum):
    """What a message is about."""

    CASE_RECEIVED = "case_received"
    FIRST_NOTIFICATION = "first_notification"
    ASSIGNED = "assigned"
    EVIDENCE_WANTED = "evidence_wanted"
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
    """What an internal message can say."""

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
    """When it happened; a message may be read much later."""
    review: ReviewPack | None = None
    """It is about a period, and not about an escalation."""
    next_update_at: Instant | None = None
    """When everybody who follows it hears next, if the playbook promises that."""
    task_force: str = ""
    """The name of the one that it is about."""
    account: str = ""
    """It is about the sponsorship of this account, and not about an escalation (SPONSOR)."""


@frozen
class CustomerFacts:
    """What a customer's message can say."""

    reference: str
    formerly: str = ""
    """The reference that was theirs before this one, if another case went over into it (CLOSE-10)."""
    subject: CustomerText
    priority: Priority
    owner: str
    urgency: Degree | None = None
    resolve_by: Instant | None = None
    """The SLA that applies; told in the receipt only (COMM-1, COMM-5)."""
    next_update_at: Instant | None = None
    reason: EscalationReason | None = None
    """Why it was handed over, as a code: the words are the template's (COMM-4)."""
    cause: CancelCause | None = None
    """Why it was cancelled, as a code; None: nobody said."""
    text: CustomerText | None = None
    texts: dict[str, CustomerText] = field(default_factory=dict)
    """*text* by language, where the playbook has it in several: each reader gets theirs."""
    actions: tuple[CustomerText, ...] = ()
    at: Instant | None = None
    """When it happened; a message may be read much later."""
    apologise: bool = False
    """The company is at fault (COMM-8): `notify_customers` says so, by the reason or because a promised time passed."""
    is_promise_missed: bool = False
    """A time that was promised has passed; to be at fault is less."""


@frozen
class InternalNotification:
    audience: Literal["internal"] = "internal"
    escalation: str
    """The escalation's id."""
    seq: int
    """The event that occasioned it; part of the idempotency key (COMM-12)."""
    occasion: Occasion
    to: tuple[Recipient, ...]
    facts: InternalFacts


@frozen
class CustomerNotification:
    audience: Literal["customer"] = "customer"
    escalation: str
    seq: int
    occasion: Occasion
    to: tuple[Recipient, ...]
    facts: CustomerFacts


Notification = Annotated[InternalNotification | CustomerNotification, Field(discriminator="audience")]


def message_key(notice: InternalNotification | CustomerNotification, recipient: Recipient) -> str:
    """
    The idempotency key of one message to one person: the same on every repeat (COMM-12).

    Retry attempt and worker are no part of it; the channel joins it where one is chosen.
    """
    return f"{notice.escalation}:{notice.seq}:{notice.occasion}:{recipient.id}"


def reference_of(notice: InternalNotification | CustomerNotification) -> str:
    """The escalation's key, whoever is told."""
    return notice.facts.key if isinstance(notice, InternalNotification) else notice.facts.reference


def senders_of(id_: str) -> tuple[str, ...]:
    """The ids of workflows that may run for *id_*: an escalation's follow-up and its key, or a task force."""
    key, task_force = RunId.read(id_)
    if task_force:
        return (task_force_id(key, task_force),)
    return (id_, key) if key else (id_,)


def is_pressing(notice: InternalNotification | CustomerNotification) -> bool:
    """
    Whether it waits for no quiet hours (COMM-11): all that is P1, and every breach. What goes out by itself and says
    nothing new wakes no customer.
    """
    if notice.occasion is Occasion.HOLDING:
        return False
    return notice.occasion is Occasion.BREACH or notice.facts.priority is Priority.P1


@frozen
class NotificationBatch:
    """All messages that go out together: one activity, whatever their number."""

    notices: tuple[Notification, ...]
    is_repeat: bool = False
    """Each of them may have left already, or be waiting: by an activity whose end nobody has seen."""

    @property
    def says(self) -> str:
        """The occasions, for people who watch: ``receipt, assigned, first notification``."""
        return ", ".join(dict.fromkeys(notice.occasion.value.replace("_", " ") for notice in self.notices))
