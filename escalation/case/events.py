"""
What happened to an escalation: past tense, each with who, when and why (ROLE-3).

Events are the record. The state is a fold over them (``record.py``), so they carry all that the state needs.
"""

from dataclasses import field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal, TypeVar

from pydantic import Field

from escalation.case.actions import Action
from escalation.case.post_mortem import PostMortem
from escalation.case.request import (
    AffectedCustomer,
    CustomerContact,
    CustomerRca,
    Evidence,
    InternalRca,
    StartRequest,
)
from escalation.kernel.business_time import OpenHours
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Clock, Outcome
from escalation.kernel.values import (
    ENGINE,
    CustomerText,
    Input,
    InputInstant,
    Instant,
    InternalText,
    Name,
    frozen,
)
from escalation.notifications.delivery_results import DeliveryResult
from escalation.policy.classification import CancelCause, EscalationReason, Priority
from escalation.policy.people import Contact
from escalation.policy.plan import Plan, PlaybookRef
from escalation.task_force.state import SeatPlan, TaskForceSummary


class Step(Input):
    """One step of the action plan (COMM-10)."""

    what: Annotated[InternalText, Field(min_length=1, max_length=2000)]
    owner: Name
    due_at: InputInstant | None = None
    is_done: bool = False


class ResolutionKind(StrEnum):
    FIX = "fix"
    WORKAROUND = "workaround"


class AccessAnswer(StrEnum):
    YES = "yes"
    NO = "no"
    WAIVED = "waived"


NOT_YET = datetime.min.replace(tzinfo=UTC)


@frozen
class BaseEvent:
    """A rule says what happened; the decision that it belongs to gives it its number, its instant and its maker."""

    seq: int = 0
    at: Instant = NOT_YET
    by: str = ENGINE


_Event = TypeVar("_Event", bound=BaseEvent)


def stamped(event: _Event, seq: int, at: datetime, by: str) -> _Event:
    """Return *event* as it is recorded: it is number *seq*, and happened *at* by whom."""
    return replace(event, seq=seq, at=at, by=by)


@frozen
class Opened(BaseEvent):
    kind: Literal["opened"] = "opened"
    id: str
    request: StartRequest
    plan: Plan
    priority: Priority
    level: int
    owner: str
    untold: tuple[str, ...] = ()
    """Whom the first notice is to reach (COMM-2)."""


@frozen
class CommunicationBegun(BaseEvent):
    kind: Literal["communication_begun"] = "communication_begun"


@frozen
class Acknowledged(BaseEvent):
    kind: Literal["acknowledged"] = "acknowledged"
    level: int
    note: InternalText = InternalText("")


@frozen
class LevelRaised(BaseEvent):
    kind: Literal["level_raised"] = "level_raised"
    from_level: int
    to_level: int
    owner: str
    reason: EscalationReason
    why: str
    """The rule that raised it: a window's end, a trigger, a person's wish."""
    is_early: bool = False
    """Responses of the level were still to do (MATRIX-4)."""
    note: InternalText = InternalText("")
    playbook: PlaybookRef | None = None
    """By which it rose."""


@frozen
class AcknowledgementExpired(BaseEvent):
    """Nothing was heard of whoever had acknowledged (MATRIX-6)."""

    kind: Literal["acknowledgement_expired"] = "acknowledgement_expired"
    level: int
    person: str


@frozen
class OnCallFound(BaseEvent):
    """Who answers for a schedule was found out, because somebody had to be told."""

    kind: Literal["on_call_found"] = "on_call_found"
    schedule: str
    people: tuple[Contact, ...]
    """Empty: nobody."""
    until: Instant | None = None
    why: str
    instead_of: str | None = None
    """Whose shift was over: they are asked no more (MATRIX-1)."""
    told: tuple[str, ...] | None = None
    """Whom the message of the start reaches instead of the schedule; None: nobody, and that is not made good."""


@frozen
class ContactTried(BaseEvent):
    """Nobody acknowledged, so somebody else is asked (MATRIX-5)."""

    kind: Literal["contact_tried"] = "contact_tried"
    level: int
    attempt: int
    owner: str
    asked: tuple[str, ...] = ()
    """With the owner, if several are."""
    why: str


@frozen
class Transferred(BaseEvent):
    kind: Literal["transferred"] = "transferred"
    from_owner: str
    to: str
    reason: EscalationReason
    note: InternalText = InternalText("")


@frozen
class PeopleNamed(BaseEvent):
    """A move named people of the playbook whom the plan did not have."""

    kind: Literal["people_named"] = "people_named"
    people: tuple[Contact, ...]


@frozen
class TriggerReported(BaseEvent):
    kind: Literal["trigger_reported"] = "trigger_reported"
    trigger: str
    note: InternalText = InternalText("")


@frozen
class ResponseTicked(BaseEvent):
    kind: Literal["response_ticked"] = "response_ticked"
    level: int
    response: str
    note: InternalText = InternalText("")


@frozen
class PriorityChanged(BaseEvent):
    kind: Literal["priority_changed"] = "priority_changed"
    from_priority: Priority
    to_priority: Priority
    note: InternalText = InternalText("")


@frozen
class ClocksPaused(BaseEvent):
    kind: Literal["clocks_paused"] = "clocks_paused"
    because: str
    stops: tuple[ClockName, ...]
    """Clocks that stand still during the pause, those that start in it too."""
    stopped: tuple[ClockName, ...] = ()
    """Of these, the clocks that were running."""
    note: InternalText = InternalText("")


@frozen
class ClocksResumed(BaseEvent):
    kind: Literal["clocks_resumed"] = "clocks_resumed"
    because: str
    ended_at: Instant | None = None
    """When it had lasted as long as it may, if that is only known now; None: ``at``."""
    note: InternalText = InternalText("")


@frozen
class Rebased(BaseEvent):
    """It goes on by another playbook, or another version of its own."""

    kind: Literal["rebased"] = "rebased"
    plan: Plan
    before: PlaybookRef
    why: InternalText


@frozen
class ResolutionBegun(BaseEvent):
    kind: Literal["resolution_begun"] = "resolution_begun"
    note: InternalText = InternalText("")


@frozen
class PlanRevised(BaseEvent):
    kind: Literal["plan_revised"] = "plan_revised"
    version: int
    steps: tuple[Step, ...]
    why: InternalText = InternalText("")


@frozen
class UpdateSent(BaseEvent):
    kind: Literal["update_sent"] = "update_sent"
    customer_text: CustomerText | None = None
    internal_note: InternalText | None = None
    is_holding: bool = False
    """Sent by itself because an update was missed (COMM-3)."""
    is_last_holding: bool = False
    """No more of these until a person writes to customers."""
    approves: int | None = None
    """Number of the waiting text that it was (COMM-6)."""


@frozen
class ResolutionDeclared(BaseEvent):
    kind: Literal["resolution_declared"] = "resolution_declared"
    resolution: ResolutionKind
    done: InternalText
    customer_text: CustomerText | None = None
    holds: tuple[ClockName, ...]
    """Clocks that stand still until the verdict (RESOLVE-5)."""


@frozen
class ResolutionRejected(BaseEvent):
    kind: Literal["resolution_rejected"] = "resolution_rejected"
    why: InternalText


@frozen
class ResolutionVerified(BaseEvent):
    kind: Literal["resolution_verified"] = "resolution_verified"
    note: InternalText = InternalText("")


@frozen
class AccessAnswered(BaseEvent):
    kind: Literal["access_answered"] = "access_answered"
    account: str
    answer: AccessAnswer
    note: InternalText = InternalText("")


@frozen
class Reopened(BaseEvent):
    kind: Literal["reopened"] = "reopened"
    why: InternalText


@frozen
class TicketSettled(BaseEvent):
    kind: Literal["record_settled"] = "record_settled"
    record: str
    stays_open_because: InternalText | None = None


@frozen
class RcaRequested(BaseEvent):
    kind: Literal["rca_requested"] = "rca_requested"
    note: InternalText = InternalText("")


@frozen
class RcaFiled(BaseEvent):
    kind: Literal["rca_filed"] = "rca_filed"
    version: int
    rca: InternalRca


@frozen
class RcaDerived(BaseEvent):
    kind: Literal["rca_derived"] = "rca_derived"
    rca: CustomerRca


@frozen
class RcaApproved(BaseEvent):
    kind: Literal["rca_approved"] = "rca_approved"
    note: InternalText = InternalText("")


@frozen
class RcaShared(BaseEvent):
    kind: Literal["rca_shared"] = "rca_shared"


@frozen
class RcaWaived(BaseEvent):
    kind: Literal["rca_waived"] = "rca_waived"
    why: InternalText


@frozen
class Closed(BaseEvent):
    kind: Literal["closed"] = "closed"
    note: InternalText = InternalText("")


@frozen
class Cancelled(BaseEvent):
    kind: Literal["cancelled"] = "cancelled"
    cause: CancelCause
    into: str | None = None
    why: InternalText


@frozen
class SponsorshipProposed(BaseEvent):
    """An executive escalation proposes its accounts for the sponsorship programme (KIND-5)."""

    kind: Literal["sponsorship_proposed"] = "sponsorship_proposed"
    accounts: tuple[str, ...]


@frozen
class ClockStarted(BaseEvent):
    kind: Literal["clock_started"] = "clock_started"
    clock: Clock


@frozen
class ThresholdPassed(BaseEvent):
    kind: Literal["threshold_passed"] = "threshold_passed"
    clock: ClockName
    passed: int
    """Thresholds behind us now; all but the last of the new ones were skipped (CLOCK-2)."""
    skipped: int = 0
    is_skipped: bool = False
    """The last one too: due times changed, and it was past already."""
    due_at: Instant


@frozen
class ClockBreached(BaseEvent):
    kind: Literal["clock_breached"] = "clock_breached"
    clock: ClockName
    due_at: Instant
    passed: int
    skipped: int = 0
    chased: int = 0
    """Times that it would have been brought up again by now: known this late, the breach speaks for them too."""


@frozen
class ClockChased(BaseEvent):
    """A breached clock was brought up again, because nobody has ended it."""

    kind: Literal["clock_chased"] = "clock_chased"
    clock: ClockName
    times: int
    due_at: Instant


@frozen
class ClockEnded(BaseEvent):
    kind: Literal["clock_ended"] = "clock_ended"
    clock: ClockName
    outcome: Outcome
    ended_at: Instant
    """When it was satisfied; earlier than ``at`` if that is only known now."""
    late_by: timedelta = timedelta()
    runs_on_if_reopened: bool = False
    """The verification ended it: a reopening lets it run on (CLOSE-9)."""


@frozen
class OpenHoursExtended(BaseEvent):
    kind: Literal["open_hours_extended"] = "open_hours_extended"
    calendar: Name
    open_hours: OpenHours
    """From where the known ones end."""


@frozen
class DeliveryReported(BaseEvent):
    kind: Literal["messages_sent"] = "messages_sent"
    receipts: tuple[DeliveryResult, ...]


@frozen
class MoveRefused(BaseEvent):
    """A message without an answer (a signal) that could not be followed; recorded instead of lost."""

    kind: Literal["move_refused"] = "move_refused"
    move: str
    why: str


@frozen
class TaskForceDeployed(BaseEvent):
    kind: Literal["task_force_deployed"] = "task_force_deployed"
    force: TaskForceSummary
    seats: tuple[SeatPlan, ...] = ()
    technical_plan: InternalText = InternalText("")


@frozen
class TaskForceReported(BaseEvent):
    """What a task force told of itself."""

    kind: Literal["task_force_heard"] = "task_force_heard"
    force: TaskForceSummary
    happened: tuple[str, ...]
    note: InternalText = InternalText("")
    """Its report."""
    receipts: tuple[DeliveryResult, ...] = ()
    """What became of its messages."""


@frozen
class TaskForceStoodDown(BaseEvent):
    kind: Literal["task_force_stood_down"] = "task_force_stood_down"
    name: str
    why: InternalText
    left: tuple[str, ...] = ()
    """Tasks that are still open (RESOLVE-3)."""
    handed_to: str | None = None
    """Who goes on with them; None: they are listed."""


@frozen
class SurveyAnswered(BaseEvent):
    kind: Literal["survey_answered"] = "survey_answered"
    account: str
    contact: str
    """Recipient id of the customer's contact whose answer it is."""
    score: int
    comment: InternalText = InternalText("")


@frozen
class SuccessorAsked(BaseEvent):
    """A low score opens the case again, as a new escalation (CLOSE-6, CLOSE-9)."""

    kind: Literal["successor_asked"] = "successor_asked"
    why: str


@frozen
class PostMortemFiled(BaseEvent):
    kind: Literal["post_mortem_filed"] = "post_mortem_filed"
    version: int
    post_mortem: PostMortem


@frozen
class ActionFinished(BaseEvent):
    kind: Literal["action_finished"] = "action_finished"
    action: int
    what: InternalText
    note: InternalText = InternalText("")


@frozen
class ActionsReminded(BaseEvent):
    """Owners were told of actions that are due."""

    kind: Literal["actions_reminded"] = "actions_reminded"
    reminded: dict[int, int]
    """Number of the action to how many of its reminders are behind us."""


@frozen
class _BroughtAlong(BaseEvent):
    """What comes over from another subject."""

    ticket: str
    """Key of that subject."""
    customers: tuple[AffectedCustomer, ...] = ()
    """Who is new by it; of a customer who was known, the new contacts."""
    services: tuple[Name, ...] = ()
    linked_records: tuple[Name, ...] = ()
    problem_records: tuple[Name, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    sponsors: tuple[Contact, ...] = ()
    """Of their accounts: stakeholders from now on (SPONSOR-2)."""


@frozen
class CustomerJoined(_BroughtAlong):
    """Another subject turned out to be the same outage (START-5)."""

    kind: Literal["customer_joined"] = "customer_joined"


@frozen
class EscalationTakenOver(_BroughtAlong):
    """Another escalation ended by going over into this one (CLOSE-10)."""

    kind: Literal["escalation_taken_over"] = "escalation_taken_over"
    merged: str
    """Its id."""
    cause: CancelCause
    why: InternalText
    settled: dict[str, str] = field(default_factory=dict)
    actions: tuple[Action, ...] = ()
    """Tracked here from now on, under new numbers."""
    people: tuple[Contact, ...] = ()
    """Who owns them."""


@frozen
class TextSubmitted(BaseEvent):
    """A text for customers waits for approval (COMM-6)."""

    kind: Literal["text_held"] = "text_held"
    number: int
    text: CustomerText
    apologise: bool = False


@frozen
class TextEdited(BaseEvent):
    kind: Literal["text_edited"] = "text_edited"
    number: int
    text: CustomerText
    why: InternalText = InternalText("")


@frozen
class TextApproved(BaseEvent):
    kind: Literal["text_approved"] = "text_approved"
    number: int
    note: InternalText = InternalText("")


@frozen
class TextRejected(BaseEvent):
    kind: Literal["text_rejected"] = "text_rejected"
    number: int
    why: InternalText


@frozen
class ContactCorrected(BaseEvent):
    """A customer's contact had been wrong (COMM-13)."""

    kind: Literal["contact_corrected"] = "contact_corrected"
    before: CustomerContact
    after: CustomerContact
    note: InternalText = InternalText("")


Event = Annotated[
    Opened
    | CommunicationBegun
    | Acknowledged
    | LevelRaised
    | AcknowledgementExpired
    | OnCallFound
    | ContactTried
    | Transferred
    | PeopleNamed
    | TriggerReported
    | ResponseTicked
    | PriorityChanged
    | ClocksPaused
    | ClocksResumed
    | Rebased
    | ResolutionBegun
    | PlanRevised
    | UpdateSent
    | ResolutionDeclared
    | ResolutionRejected
    | ResolutionVerified
    | AccessAnswered
    | Reopened
    | TicketSettled
    | RcaRequested
    | RcaFiled
    | RcaDerived
    | RcaApproved
    | RcaShared
    | RcaWaived
    | Closed
    | Cancelled
    | SponsorshipProposed
    | ClockStarted
    | ThresholdPassed
    | ClockBreached
    | ClockChased
    | ClockEnded
    | OpenHoursExtended
    | DeliveryReported
    | MoveRefused
    | TaskForceDeployed
    | TaskForceReported
    | TaskForceStoodDown
    | SurveyAnswered
    | SuccessorAsked
    | PostMortemFiled
    | ActionFinished
    | ActionsReminded
    | CustomerJoined
    | EscalationTakenOver
    | TextSubmitted
    | TextEdited
    | TextApproved
    | TextRejected
    | ContactCorrected,
    Field(discriminator="kind"),
]
