"""
What happened to an escalation: past tense, each with who, when and why (ROLE-3).

Events are the record. The state is a fold over them (``record.py``), so they carry all that the state needs.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from escalation.actions import Action
from escalation.base import Asked, CustomerText, Frozen, GivenInstant, Instant, InternalText, Name
from escalation.business_time import OpenHours
from escalation.clocks import Clock, Outcome
from escalation.plan import ClockName, Contact, Plan, PlaybookRef, Priority, ReasonCode
from escalation.post_mortem import PostMortem
from escalation.receipts import Receipt
from escalation.request import (
    AffectedCustomer,
    CustomerContact,
    CustomerRca,
    Evidence,
    InternalRca,
    StartRequest,
)
from escalation.task_force.model import SeatPlan, Summary

ENGINE = "engine"
"""Who made a move that no person asked for (KIND-4)."""


class Step(Asked):
    """One step of the action plan (COMM-10)."""

    what: Annotated[InternalText, Field(min_length=1, max_length=2000)]
    owner: Name
    due_at: GivenInstant | None = None
    is_done: bool = False


class ResolutionKind(StrEnum):
    FIX = "fix"
    WORKAROUND = "workaround"


class AccessAnswer(StrEnum):
    YES = "yes"
    NO = "no"
    WAIVED = "waived"


class CancelCause(StrEnum):
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"
    MERGED = "merged"


class _Happened(Frozen):
    seq: int
    at: Instant
    by: str = ENGINE


class Opened(_Happened):
    kind: Literal["opened"] = "opened"
    id: str
    request: StartRequest
    plan: Plan
    priority: Priority
    level: int
    owner: str
    untold: tuple[str, ...] = ()
    """Whom the first notice is to reach (COMM-2)."""


class CommunicationBegun(_Happened):
    kind: Literal["communication_begun"] = "communication_begun"


class Acknowledged(_Happened):
    kind: Literal["acknowledged"] = "acknowledged"
    level: int
    note: InternalText = InternalText("")


class LevelRaised(_Happened):
    kind: Literal["level_raised"] = "level_raised"
    from_level: int
    to_level: int
    owner: str
    reason: ReasonCode
    why: str
    """The rule that raised it: a window's end, a trigger, a person's wish."""
    is_early: bool = False
    """Responses of the level were still to do (MATRIX-4)."""
    note: InternalText = InternalText("")
    playbook: PlaybookRef | None = None
    """By which it rose."""


class AcknowledgementExpired(_Happened):
    """Nothing was heard of whoever had acknowledged (MATRIX-6)."""

    kind: Literal["acknowledgement_expired"] = "acknowledgement_expired"
    level: int
    person: str


class OnCallFound(_Happened):
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


class ContactTried(_Happened):
    """Nobody acknowledged, so somebody else is asked (MATRIX-5)."""

    kind: Literal["contact_tried"] = "contact_tried"
    level: int
    attempt: int
    owner: str
    asked: tuple[str, ...] = ()
    """With the owner, if several are."""
    why: str


class Transferred(_Happened):
    kind: Literal["transferred"] = "transferred"
    from_owner: str
    to: str
    reason: ReasonCode
    note: InternalText = InternalText("")


class PeopleNamed(_Happened):
    """A move named people of the playbook whom the plan did not have."""

    kind: Literal["people_named"] = "people_named"
    people: tuple[Contact, ...]


class TriggerReported(_Happened):
    kind: Literal["trigger_reported"] = "trigger_reported"
    trigger: str
    note: InternalText = InternalText("")


class ResponseTicked(_Happened):
    kind: Literal["response_ticked"] = "response_ticked"
    level: int
    response: str
    note: InternalText = InternalText("")


class PriorityChanged(_Happened):
    kind: Literal["priority_changed"] = "priority_changed"
    from_priority: Priority
    to_priority: Priority
    note: InternalText = InternalText("")


class ClocksPaused(_Happened):
    kind: Literal["clocks_paused"] = "clocks_paused"
    because: str
    stops: tuple[ClockName, ...]
    """Clocks that stand still during the pause, those that start in it too."""
    stopped: tuple[ClockName, ...] = ()
    """Of these, the clocks that were running."""
    note: InternalText = InternalText("")


class ClocksResumed(_Happened):
    kind: Literal["clocks_resumed"] = "clocks_resumed"
    because: str
    ended_at: Instant | None = None
    """When it had lasted as long as it may, if that is only known now; None: ``at``."""
    note: InternalText = InternalText("")


class Rebased(_Happened):
    """It goes on by another playbook, or another version of its own."""

    kind: Literal["rebased"] = "rebased"
    plan: Plan
    before: PlaybookRef
    why: InternalText


class ResolutionBegun(_Happened):
    kind: Literal["resolution_begun"] = "resolution_begun"
    note: InternalText = InternalText("")


class PlanRevised(_Happened):
    kind: Literal["plan_revised"] = "plan_revised"
    version: int
    steps: tuple[Step, ...]
    why: InternalText = InternalText("")


class UpdateSent(_Happened):
    kind: Literal["update_sent"] = "update_sent"
    customer_text: CustomerText | None = None
    internal_note: InternalText | None = None
    is_holding: bool = False
    """Sent by itself because an update was missed (COMM-3)."""
    is_last_holding: bool = False
    """No more of these until a person writes to customers."""
    approves: int | None = None
    """Number of the waiting text that it was (COMM-6)."""


class ResolutionDeclared(_Happened):
    kind: Literal["resolution_declared"] = "resolution_declared"
    resolution: ResolutionKind
    done: InternalText
    customer_text: CustomerText | None = None
    holds: tuple[ClockName, ...]
    """Clocks that stand still until the verdict (RESOLVE-5)."""


class ResolutionRejected(_Happened):
    kind: Literal["resolution_rejected"] = "resolution_rejected"
    why: InternalText


class ResolutionVerified(_Happened):
    kind: Literal["resolution_verified"] = "resolution_verified"
    note: InternalText = InternalText("")


class AccessAnswered(_Happened):
    kind: Literal["access_answered"] = "access_answered"
    account: str
    answer: AccessAnswer
    note: InternalText = InternalText("")


class Reopened(_Happened):
    kind: Literal["reopened"] = "reopened"
    why: InternalText


class RecordSettled(_Happened):
    kind: Literal["record_settled"] = "record_settled"
    record: str
    stays_open_because: InternalText | None = None


class RcaRequested(_Happened):
    kind: Literal["rca_requested"] = "rca_requested"
    note: InternalText = InternalText("")


class RcaFiled(_Happened):
    kind: Literal["rca_filed"] = "rca_filed"
    version: int
    rca: InternalRca


class RcaDerived(_Happened):
    kind: Literal["rca_derived"] = "rca_derived"
    rca: CustomerRca


class RcaApproved(_Happened):
    kind: Literal["rca_approved"] = "rca_approved"
    note: InternalText = InternalText("")


class RcaShared(_Happened):
    kind: Literal["rca_shared"] = "rca_shared"


class RcaWaived(_Happened):
    kind: Literal["rca_waived"] = "rca_waived"
    why: InternalText


class Closed(_Happened):
    kind: Literal["closed"] = "closed"
    note: InternalText = InternalText("")


class Cancelled(_Happened):
    kind: Literal["cancelled"] = "cancelled"
    cause: CancelCause
    into: str | None = None
    why: InternalText


class SponsorshipProposed(_Happened):
    """An executive escalation proposes its accounts for the sponsorship programme (KIND-5)."""

    kind: Literal["sponsorship_proposed"] = "sponsorship_proposed"
    accounts: tuple[str, ...]


class ClockStarted(_Happened):
    kind: Literal["clock_started"] = "clock_started"
    clock: Clock


class ThresholdPassed(_Happened):
    kind: Literal["threshold_passed"] = "threshold_passed"
    clock: ClockName
    passed: int
    """Thresholds behind us now; all but the last of the new ones were skipped (CLOCK-2)."""
    skipped: int = 0
    is_skipped: bool = False
    """The last one too: due times changed, and it was past already."""
    due_at: Instant


class ClockBreached(_Happened):
    kind: Literal["clock_breached"] = "clock_breached"
    clock: ClockName
    due_at: Instant
    passed: int
    skipped: int = 0
    chased: int = 0
    """Times that it would have been brought up again by now: known this late, the breach speaks for them too."""


class ClockChased(_Happened):
    """A breached clock was brought up again, because nobody has ended it."""

    kind: Literal["clock_chased"] = "clock_chased"
    clock: ClockName
    times: int
    due_at: Instant


class ClockEnded(_Happened):
    kind: Literal["clock_ended"] = "clock_ended"
    clock: ClockName
    outcome: Outcome
    ended_at: Instant
    """When it was satisfied; earlier than ``at`` if that is only known now."""
    late_by: timedelta = timedelta()
    runs_on_if_reopened: bool = False
    """The verification ended it: a reopening lets it run on (CLOSE-9)."""


class OpenHoursExtended(_Happened):
    kind: Literal["open_hours_extended"] = "open_hours_extended"
    calendar: Name
    open_hours: OpenHours
    """From where the known ones end."""


class MessagesSent(_Happened):
    kind: Literal["messages_sent"] = "messages_sent"
    receipts: tuple[Receipt, ...]


class MoveRefused(_Happened):
    """A message without an answer (a signal) that could not be followed; recorded instead of lost."""

    kind: Literal["move_refused"] = "move_refused"
    move: str
    why: str


class TaskForceDeployed(_Happened):
    kind: Literal["task_force_deployed"] = "task_force_deployed"
    force: Summary
    seats: tuple[SeatPlan, ...] = ()
    technical_plan: InternalText = InternalText("")


class TaskForceHeard(_Happened):
    """What a task force told of itself."""

    kind: Literal["task_force_heard"] = "task_force_heard"
    force: Summary
    happened: tuple[str, ...]
    note: InternalText = InternalText("")
    """Its report."""
    receipts: tuple[Receipt, ...] = ()
    """What became of its messages."""


class TaskForceStoodDown(_Happened):
    kind: Literal["task_force_stood_down"] = "task_force_stood_down"
    name: str
    why: InternalText
    left: tuple[str, ...] = ()
    """Tasks that are still open (RESOLVE-3)."""
    handed_to: str | None = None
    """Who goes on with them; None: they are listed."""


class SurveyAnswered(_Happened):
    kind: Literal["survey_answered"] = "survey_answered"
    account: str
    contact: str
    """Recipient id of the customer's contact whose answer it is."""
    score: int
    comment: InternalText = InternalText("")


class SuccessorAsked(_Happened):
    """A low score opens the case again, as a new escalation (CLOSE-6, CLOSE-9)."""

    kind: Literal["successor_asked"] = "successor_asked"
    why: str


class PostMortemFiled(_Happened):
    kind: Literal["post_mortem_filed"] = "post_mortem_filed"
    version: int
    post_mortem: PostMortem


class ActionFinished(_Happened):
    kind: Literal["action_finished"] = "action_finished"
    action: int
    what: InternalText
    note: InternalText = InternalText("")


class ActionsReminded(_Happened):
    """Owners were told of actions that are due."""

    kind: Literal["actions_reminded"] = "actions_reminded"
    reminded: dict[int, int]
    """Number of the action to how many of its reminders are behind us."""


class _BroughtAlong(_Happened):
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


class CustomerJoined(_BroughtAlong):
    """Another subject turned out to be the same outage (START-5)."""

    kind: Literal["customer_joined"] = "customer_joined"


class EscalationTakenOver(_BroughtAlong):
    """Another escalation ended by going over into this one (CLOSE-10)."""

    kind: Literal["escalation_taken_over"] = "escalation_taken_over"
    merged: str
    """Its id."""
    cause: CancelCause
    why: InternalText
    settled: dict[str, str] = {}
    actions: tuple[Action, ...] = ()
    """Tracked here from now on, under new numbers."""
    people: tuple[Contact, ...] = ()
    """Who owns them."""


class TextHeld(_Happened):
    """A text for customers waits for approval (COMM-6)."""

    kind: Literal["text_held"] = "text_held"
    number: int
    text: CustomerText
    apologise: bool = False


class TextEdited(_Happened):
    kind: Literal["text_edited"] = "text_edited"
    number: int
    text: CustomerText
    why: InternalText = InternalText("")


class TextApproved(_Happened):
    kind: Literal["text_approved"] = "text_approved"
    number: int
    note: InternalText = InternalText("")


class TextRejected(_Happened):
    kind: Literal["text_rejected"] = "text_rejected"
    number: int
    why: InternalText


class ContactCorrected(_Happened):
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
    | RecordSettled
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
    | MessagesSent
    | MoveRefused
    | TaskForceDeployed
    | TaskForceHeard
    | TaskForceStoodDown
    | SurveyAnswered
    | SuccessorAsked
    | PostMortemFiled
    | ActionFinished
    | ActionsReminded
    | CustomerJoined
    | EscalationTakenOver
    | TextHeld
    | TextEdited
    | TextApproved
    | TextRejected
    | ContactCorrected,
    Field(discriminator="kind"),
]
