"""
What the shell must do: compile the plan, tell people, compile open hours further, keep the record.

Facts for customers and facts for our own people are different types, and so are their texts: an internal note has
no way into a customer's message (COMM-6). The core says who is told what; how it reads and how it travels is not
known here.
"""

from dataclasses import field
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field

from escalation.case.events import CancelCause, Event
from escalation.case.request import Degree, StartRequest
from escalation.kernel.clocks import Clock
from escalation.kernel.ids import Key
from escalation.kernel.values import CustomerText, Instant, InternalText, Name, frozen
from escalation.measures.report_schedule import ReviewPack
from escalation.policy.plan import Calendar, Contact, EscalationReason, Plan, PlaybookRef, Priority, Recipient
from escalation.task_force.state import Charter, EscalationSummary, task_force_id

__all__ = [
    "CheckStart",
    "CompileOpenHours",
    "CompilePlan",
    "CompiledStart",
    "CustomerFacts",
    "CustomerNotification",
    "Effect",
    "FindOnCall",
    "ForTaskForces",
    "InternalFacts",
    "InternalNotification",
    "Notification",
    "NotificationBatch",
    "Occasion",
    "OnCallFound",
    "OpenSuccessor",
    "OrderStandDown",
    "OutageRequest",
    "ProposeSponsorship",
    "Recipient",
    "RecompilePlan",
    "RecordBatch",
    "RecordResult",
    "SenderCheck",
    "StartTaskForce",
    "UpdateTaskForce",
    "is_pressing",
    "message_key",
]


class Occasion(StrEnum):
    """What a message is about."""

    RECEIPT = "receipt"
    FIRST_NOTICE = "first_notice"
    ASSIGNED = "assigned"
    EVIDENCE_WANTED = "evidence_wanted"
    REMINDER = "reminder"
    ACKNOWLEDGEMENT_EXPIRED = "acknowledgement_expired"
    NOBODY_ON_CALL = "nobody_on_call"
    PAUSE_ENDED = "pause_ended"
    REBASED = "rebased"
    RISE = "rise"
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
    TASK_FORCE_NEWS = "task_force_news"
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
    why: str = ""
    """The reason, in our words: a window that ended, a trigger, a person's wish."""
    clock: str = ""
    due_at: Instant | None = None
    next_due_at: Instant | None = None
    text: InternalText | None = None
    items: tuple[str, ...] = ()
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


@frozen
class CompilePlan:
    """Before the first decision: make a plan of the playbook for this request."""

    key: str
    """The subject that the request must name."""
    request: dict[str, Any]
    """As it was written; every fault in it is told at once (START-6)."""


@frozen
class CompiledStart:
    """The answer to ``CompilePlan``."""

    request: StartRequest
    plan: Plan
    priority: Priority


@frozen
class OutageRequest:
    """A subject is part of an outage: join the escalation that runs for it, or open that (START-5)."""

    key: str
    """Of the subject."""
    request: dict[str, Any]
    """As it was written."""
    escalation_workflow: str
    """The type of workflow that is opened."""


@frozen
class MergeRequest:
    """An escalation goes over into another one: find it, and have it taken over (CLOSE-10)."""

    key: Key
    id: str
    into: Key
    """As somebody named it: its key, or that of a subject that joined it."""


@frozen
class MergeQuestion:
    """What one that is to take another over is asked; it asks that one itself what comes over."""

    key: Key
    """Of the one that ends."""
    id: str
    known_as: tuple[str, ...] = ()
    """Keys that mean the one that goes on: added by itself."""


@frozen
class RecompilePlan:
    """Make a plan of the playbook of today for an escalation that is open since *opened_at*."""

    request: StartRequest
    opened_at: Instant
    named: tuple[str, ...] = ()
    """Whom moves have named: those of them whom the playbook has are in the plan as well."""


@frozen
class FindNamed:
    """A move names people whom the plan does not have; the playbook may."""

    named: tuple[str, ...]


@frozen
class CompileOpenHours:
    """Open hours end soon: compile them further."""

    calendar: Name
    definition: str
    since: Instant
    until: Instant


@frozen
class FindOnCall:
    """Somebody is to be asked who is known only when needed: whoever is on call (MATRIX-1)."""

    schedule: Name
    """Contact id of the schedule."""
    at: Instant
    notice: InternalNotification | None = None
    """What is to be told; comes back with the answer. Those whom it is to already are told beside it. None: it is only
    to be known."""


@frozen
class OnCallFound:
    """The answer to ``FindOnCall``."""

    schedule: Name
    people: tuple[Contact, ...]
    """Who answers, the first one first; empty: nobody is on call."""
    until: Instant | None = None
    """When that changes; None: not within what can be foreseen."""
    why: str
    """What says so, in words: the rotation, the override, the calendar's entry."""
    is_known: bool = True
    """False: it could not be found out, for the reason in ``why``; it is asked again at ``until``."""


@frozen
class OpenSuccessor:
    """Start the escalation that continues this one, of the same subject (CLOSE-6, CLOSE-9)."""

    request: StartRequest


@frozen
class ProposeSponsorship:
    """Accounts of an executive escalation are proposed for the sponsorship programme (SPONSOR-2)."""

    accounts: tuple[str, ...]
    escalation: str
    """Id of the escalation: it proposes an account once, however often it is asked."""
    by: str
    why: InternalText


@frozen
class StartTaskForce:
    """Bring a task force to life (RESOLVE-2)."""

    charter: Charter


@frozen
class OrderStandDown:
    """Tell a task force that it is stood down (RESOLVE-3)."""

    id: str
    name: Name
    by: str
    why: str
    about: EscalationSummary
    hand_over_to: str | None = None
    """By name."""


@frozen
class UpdateTaskForce:
    """Tell a task force where its escalation stands now."""

    id: str
    name: Name
    about: EscalationSummary
    clocks: tuple[Clock, ...] = ()
    """Patterns of its clocks, if they are others now (CLOCK-4)."""
    calendars: dict[Name, Calendar] = field(default_factory=dict)
    """Whose open hours these count."""
    chase_every: timedelta | None = None
    """How often a missed status is brought up again, if that may have changed."""


ForTaskForces = StartTaskForce | OrderStandDown | UpdateTaskForce
Effect = (
    InternalNotification
    | CustomerNotification
    | CompileOpenHours
    | FindOnCall
    | ForTaskForces
    | ProposeSponsorship
    | OpenSuccessor
)


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
    key, is_of_a_case, run = id_.rpartition("@")
    _, _, task_force = run.partition("/")
    if is_of_a_case and task_force:
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
        """The occasions, for people who watch: ``receipt, assigned, first notice``."""
        return ", ".join(dict.fromkeys(notice.occasion.value.replace("_", " ") for notice in self.notices))


@frozen
class SenderCheck:
    """Ask a run whether it sent a message."""

    id: str
    digest: str
    """Of the message."""


@frozen
class CheckStart:
    """Check a start against the playbook of today: a repeat, or a subject that joins."""

    key: str
    request: dict[str, Any]


@frozen
class RecordBatch:
    """Events to keep past Temporal's own retention; those of one escalation, in their order (RECORD-1)."""

    escalation: str
    """The escalation's id."""
    key: Key
    playbook: PlaybookRef
    """The one in force after these."""
    events: tuple[Event, ...]


@frozen
class RecordResult:
    """The answer to ``RecordBatch``."""

    added: int
    """Of the batch; the others were on record already."""
    through: int
    """The last event of the unbroken record."""
