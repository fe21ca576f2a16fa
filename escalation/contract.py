"""
Names and types that travel between client, workflow and activities. They are API: running escalations hold them.

Renaming one breaks what is running; a new field needs a default.
"""

from dataclasses import field
from typing import Annotated, ClassVar

from pydantic import Field, JsonValue

from escalation.case.effects import FindOnCall, ForTaskForces, ProposeSponsorship
from escalation.case.events import Event
from escalation.case.lifecycle import Move
from escalation.case.request import StartRequest
from escalation.case.state import Escalation
from escalation.case.view import MoveResult
from escalation.kernel.budgets import MOVE
from escalation.kernel.ids import Key
from escalation.kernel.reasons import Part, Reason
from escalation.kernel.values import CustomerWords, Input, Instant, InternalText, Name, frozen
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.notification import Notification
from escalation.notifications.system_commands import ReportDelivery
from escalation.policy.classification import Priority
from escalation.policy.rates import Rates
from escalation.sponsorship.move_index import AnyEvent
from escalation.sponsorship.state import Sponsorship
from escalation.task_force.events import TaskForceEvent
from escalation.task_force.state import Charter, TaskForce
from escalation.task_force.updates import TaskForceUpdate

WORKFLOW = "Escalation"
FOLLOW_UP = "FollowUp"
"""The workflow that a closed escalation lives on in, under its own id (ADR 15)."""
ESCALATION_QUEUE = "escalations"

PROOF_HEADER = "escalation-proof"
"""The header that says who acts: a `Proof` (IDENTITY-3)."""
JUDGE_PROOF = "judge_proof"
"""The local activity that judges the proof of a start or a signal: takes a `ProofCheck`, gives a `Verdict`."""
START = "start"
"""Update that a start comes with; it answers with a `MoveResult`, or with every fault."""
VIEW = "view"
CUSTOMER_PAGE = "customer_page"
"""Query of what one contact of a customer reads, by the name that their link has for them (COMM-6)."""
STATE = "state"
"""Query of the whole state, for previews: the rules run on it outside, and nothing of that is kept."""
TIMELINE = "timeline"
RECORD = "record"
ALLOWED_MOVES = "allowed_moves"
DIAGRAM = "diagram"
PEOPLE = "people"
REBASE = "rebase"
"""Update that moves to the playbook of today; the one move that is no plain command."""
REBASE_BASIS = "rebase_basis"
REBASE_PREVIEW = "rebase_preview"
RCA_ON_FILE = "rca_on_file"

JOINED_CASE_WORKFLOW = "JoinedCase"
"""A subject that is part of an outage: it answers for where it joined."""
JOIN_OUTAGE = "join_outage"
"""Update by which another subject joins an escalation, and the activity that asks for it (START-5)."""
JOINED_ESCALATION = "joined_escalation"
"""The query for the key of the escalation that a subject joined."""
CHECK_OUTAGE = "check_outage"
"""The activity that asks the escalation of an outage whether it is."""
VERIFY_SENDER = "verify_sender"
HAS_SENT = "has_sent"
"""The activity that asks a run whether it sent a message, and the query that answers, by the message's digest."""
OUTAGE_ENDED = "outage_ended"
"""The signal that frees the keys of the subjects that joined."""
TAKE_OVER = "take_over"
"""Update that asks an escalation to take another one over (CLOSE-10)."""
REQUEST_MERGE = "request_merge"
"""Activity that sends this update: takes a `MergeRequest`, gives the key of the one that took the other one over."""
FIND_MERGE = "find_merge"
"""Activity that asks the escalation that ends what the other one gets: takes a `MergeQuestion`, gives a `TakeOver`."""
MERGE_OFFER = "merge_offer"
"""Query of an escalation that is being merged: what the other one gets."""
SCRIPT = "script"
DELIVERIES = "deliveries"
ACTION_PLANS = "action_plans"

COMPILE_PLAN = "compile_plan"
RECOMPILE_PLAN = "recompile_plan"
CHECK_ZONE = "check_zone"
CHECK_OPEN = "check_open"
"""The local activity for a record that may be one of ours: takes a key, gives whether an escalation of it is open."""
FIND_NAMED = "find_named"
"""The local activity for people whom a move names: takes a `FindNamed`, gives those whom the playbook has."""
CHECK_START = "check_start"
CHECK_JOIN = "check_join"
RECORD_EVENTS = "record_events"
RECORD_WORKFLOW = "Record"
RECORD_TASK_QUEUE = "escalation-records"
"""A queue of its own, so that a database that is down delays nothing else."""
EXTEND_OPEN_HOURS = "extend_open_hours"
FIND_ON_CALL = "find_on_call"
LOOK_UP_ON_CALL = "look_up_on_call"
"""The update that looks up again who is on call: for somebody whom the escalation does not know, and who may be."""
FIND_PEOPLE = "find_people"
PROPOSE_SPONSORSHIP = "propose_sponsorship"

REPORT_WORKFLOW = "Report"
"""One run of a report by schedule; it starts with a `ReportSchedule`."""
MAKE_REPORT = "make_report"
"""The activity on the records' queue: takes a `MakeReport`, gives a `ReportMade`."""

SPONSORSHIP = "Sponsorship"
SPONSOR_MEMO = "sponsor"
"""Memo of a sponsorship: who sponsors the account now; absent while nobody does (SPONSOR-2)."""
SUBJECT_MEMO = "subject"
"""The memo that says what an escalation is about: lists show it, and no worker is asked."""
SEARCH_MEMO = "search"
"""The memo with more words of an escalation, by which the console finds it."""
SPONSORSHIP_MEMO = "sponsorship"

INTAKE = "Intake"
"""The workflow that marks a delivery of another system as followed; it ends at once."""
START_RESULT_MEMO = "start_result"
"""Memo of such a mark: how the delivery was answered."""

DELIVER_MESSAGES = "deliver_messages"
"""Activity that delivers a `NotificationBatch`; it gives the result of each message."""
DELIVER_DIGEST = "deliver_digest"
"""Activity that delivers what waited for one recipient, as one message."""
REPORT_DELIVERIES = "report_deliveries"
"""Activity that reports to senders what became of their messages: takes results by the ids of the senders."""
MESSAGE_TASK_QUEUE = "escalation-messages"
"""A queue of its own, so that a slow mail server cannot starve the moves."""
CHANNEL_LIMIT = "ChannelLimit"
"""The workflow of a channel that has a limit as a whole; it starts with a `ChannelLimit`."""
RESERVE_SLOTS = "reserve_slots"
"""Update of a channel's limit: takes a `ReserveSlots`, gives `Slots`."""
INBOX = "Inbox"
"""Workflow that keeps what waits for one recipient; it starts with an `InboxContent`."""
DEFER = "defer"
"""Signal that puts an `InboxContent` into an inbox."""
HAS_MESSAGE = "has_message"
"""Query whether an inbox has the message of a key, or let it leave lately."""
DEFERRED_MESSAGES = "deferred_messages"
"""Query for people: what waits in an inbox, since when, why and until when."""
RELEASE = "release"
"""Update that lets all of it leave at once."""
OUTDATED_MESSAGES = "outdated_messages"
UNRECORDED = "unrecorded"
"""Query for events that are not on record yet: a `RecordBatch`, which may be empty."""
RECORD_OPEN_ESCALATIONS = "record_open_escalations"
"""Activity that records these events of every open escalation; gives an `OpenEscalationsRecorded`."""
REPORT_DELIVERY = "report_delivery"
"""Signal with the results of messages that waited elsewhere."""


TASK_FORCE_WORKFLOW = "TaskForce"
TASK_FORCE_UPDATE = "task_force_update"
"""Signal by which a task force reports to its escalation."""
TASK_FORCE_STAND_DOWN = "stand_down"
TASK_FORCE_KEEP_INFORMED = "keep_informed"
"""Signals by which the escalation ends a task force, and keeps it informed."""


@frozen
class ContinuedRun:
    """Fields that every continued run needs from the run before it."""

    notifications: tuple[Notification, ...] = ()
    """Notifications that have not left yet."""
    to_repeat: tuple[Notification, ...] = ()
    """Notifications whose outcome is not known: they are sent again, marked as repeated."""
    followed_updates: tuple[str, ...] = ()
    """Ids of updates: a repeat is answered, not followed again."""
    rates: Rates = Rates()
    """Moves of people lately, counted."""
    sent_signals: tuple[str, ...] = ()
    """Fingerprints of the signals that it sent to other runs lately."""


@frozen
class ContinuedWork(ContinuedRun):
    """Work that an escalation asked for, and that is not known to be done."""

    look_ups: tuple[FindOnCall, ...] = ()
    """Rotas that are still being asked about."""
    proposals: tuple[ProposeSponsorship, ...] = ()
    """Accounts that are still to be proposed for sponsorship."""
    orders: tuple[ForTaskForces, ...] = ()
    """Orders to task forces that are still to be sent, in order."""
    successors: tuple[StartRequest, ...] = ()
    """The escalation that continues this one, still to be started (CLOSE-9)."""
    unrecorded: tuple[Event, ...] = ()
    """Events that are not on record yet."""
    left_out: str = ""
    """Events that the record's store could not understand, and why; empty: none."""


@frozen
class ContinuedState(ContinuedWork):
    """Everything that a continued run of an escalation needs of the run before it."""

    escalation: Escalation
    events: tuple[Event, ...] = ()
    """The end of the timeline, bounded."""


class OnCallRequest(Input):
    """``{"person": "omar"}``: somebody whom the escalation does not know, and who may be on call by now."""

    person: Name


@frozen
class OnCallPeople:
    """The answer to ``LOOK_UP_ON_CALL``."""

    people: tuple[str, ...]
    """Ids of all who answer for a schedule that the escalation was given to."""


@frozen
class EscalationInput:
    """
    Input of an escalation's run: ``{"request": {...}}``.

    The request stays as it was written: all its faults are found at once, against the playbook.
    """

    request: dict[str, JsonValue] = field(default_factory=dict)
    carried: ContinuedState | None = None
    continue_after: int | None = None
    """Continue as new after this many history events; None: when the server suggests it."""
    joined: MoveResult | None = None
    """The outage that this subject joined, when its run continues as a new one."""


@frozen
class WrittenStart:
    """Input of the updates `start` and `join_outage`: ``{"request": {...}}``, as it was written."""

    request: dict[str, JsonValue]


class RebaseRequest(Input):
    """Go on by the playbook of today."""

    move: ClassVar[Move] = Move.REBASE
    largest: ClassVar[int] = MOVE
    by: Annotated[Name, Field(examples=["YOU"])]
    why: Annotated[InternalText, Field(min_length=1)]
    sha256: str = ""
    """Digest of the playbook that is expected: another one is refused. If empty, the worker's playbook is taken."""
    issue_type: Name | None = None
    category: Name | None = None
    """A category to change to; None: the same as before."""


@frozen
class IntakeInput:
    """Input of the mark of a delivery."""

    key: Key
    """The subject that was delivered."""


@frozen
class SponsorshipContinuedState(ContinuedRun):
    """Everything that a continued run of a sponsorship needs of the run before it."""

    sponsorship: Sponsorship
    events: tuple[AnyEvent, ...] = ()
    """End of its timeline."""
    results: tuple[DeliveryResult, ...] = ()
    """Results of its messages, as far as they are remembered."""
    undecided: tuple[ReportDelivery, ...] = ()
    """Failed deliveries that the rules do not know yet."""


@frozen
class SponsorshipInput:
    """Input of an account's sponsorship: ``{"account": "ACME"}``, or the state of the run before it."""

    account: str
    carried: SponsorshipContinuedState | None = None
    continue_after: int | None = None


@frozen
class SponsorshipListing:
    """One line of a list of sponsorships, kept in the memo: no worker is asked."""

    account: str
    standing: str
    sponsor: str = ""
    """Id of the person."""
    touch_due_at: Instant | None = None
    review_due_at: Instant | None = None

    @classmethod
    def of(cls, programme: Sponsorship) -> "SponsorshipListing":
        return cls(
            account=programme.account,
            standing=programme.standing,
            sponsor=programme.sponsor.id if programme.sponsor else "",
            touch_due_at=programme.touch_due_at,
            review_due_at=programme.review_due_at,
        )


@frozen
class EscalationResult:
    """The result of an ended escalation: enough to open its successor (CLOSE-9)."""

    id: str
    state: str
    level: int
    levels: int = 0
    """Number of levels in its plan."""
    request: StartRequest
    priority: Priority | None = None
    """Priority at its end."""
    merged_into: str | None = None
    """Key of the escalation that it went over into (CLOSE-10)."""
    impacts: dict[str, CustomerWords] = field(default_factory=dict)
    """The impact on each customer's business, by account (TALK-6)."""


@frozen
class TaskForceContinuedState(ContinuedRun):
    """Everything that a continued run of a task force needs of the run before it."""

    force: TaskForce
    events: tuple[TaskForceEvent, ...] = ()
    """The end of the timeline, bounded."""
    updates: tuple[TaskForceUpdate, ...] = ()
    """Reports that the escalation does not have yet."""


@frozen
class TaskForceInput:
    """Input of a task force: its charter, or the state of the run before it."""

    charter: Charter | None = None
    carried: TaskForceContinuedState | None = None
    continue_after: int | None = None
    """Continue as new after this many history events; None: when the server suggests it."""


@frozen
class TaskForceResult:
    """The result of a task force that was stood down."""

    id: str
    name: str
    why: Part
    left: tuple[Reason, ...] = ()
    """Tasks that are still open."""
