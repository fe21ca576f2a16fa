"""The view: what a person or a script sees of an escalation. A projection, small enough to travel."""

from collections.abc import Callable, Iterable
from dataclasses import field

from escalation.case.action_plan import ActionPlan, Step
from escalation.case.audience import name_of
from escalation.case.contact_names import ContactNames
from escalation.case.customer_question import CustomerQuestion
from escalation.case.customer_texts import PendingText
from escalation.case.engine import moves_now
from escalation.case.estimate import Estimate
from escalation.case.events import CLOCKWORK, Event
from escalation.case.follow_up_actions import Action
from escalation.case.lifecycle import Move, RcaState, State
from escalation.case.moves.revise_plan import PlanRevised
from escalation.case.post_mortem import PostMortem
from escalation.case.rca_content import CustomerRca, InternalRca
from escalation.case.request import Evidence
from escalation.case.resolution import AccessAnswer, Resolution
from escalation.case.state import Escalation, SurveyAnswer
from escalation.case.wanted_moves import NextDue, WantedMove, find_next_due, list_wanted_moves
from escalation.kernel.budgets import ANSWER, MISSING, first_of, shortened
from escalation.kernel.clock_view import ClockView, by_due_time
from escalation.kernel.reasons import Part, Reason, named
from escalation.kernel.timeline_entry import TimelineEntry, find_nobody, timeline_entry
from escalation.kernel.values import CustomerWords, Instant, InternalText, frozen
from escalation.notifications.delivery_results import Undelivered
from escalation.policy.classification import Priority
from escalation.task_force.state import TaskForceSummary


@frozen
class View:
    """An escalation as people see it."""

    key: str
    id: str
    subject: str
    state: State
    priority: Priority
    level: int
    levels: int
    level_name: str
    issue_type: str
    category: str
    owner: str
    owner_name: str
    acknowledged_by: str | None
    opened_at: Instant
    ended_at: Instant | None
    next_due_at: Instant | None
    is_breached: bool
    is_undocumented: bool
    questions: tuple[CustomerQuestion, ...] = ()
    """Questions to customers that nobody has answered yet (TALK-4)."""
    impacts: dict[str, CustomerWords] = field(default_factory=dict)
    """By account: the impact on the customer's business, in their words (TALK-6)."""
    estimate: Estimate | None = None
    """The last that customers were told."""
    evidence: tuple[Evidence, ...] = ()
    """Of the start, and what was added since (TALK-1)."""
    paused_because: str | None
    customers: tuple[str, ...]
    contacts: dict[str, str] = field(default_factory=dict)
    """Names of the customers' contacts who are mentioned here by their ids."""
    access: dict[str, AccessAnswer]
    access_by: dict[str, str] = field(default_factory=dict)
    """Account to who gave that answer."""
    responses: tuple[str, ...] = ()
    """Responses of the level, in its order: the third of level 2 can be ticked off as ``2.3``."""
    responses_done: tuple[str, ...]
    responses_left: tuple[str, ...]
    triggers: tuple[str, ...]
    plan_version: int
    plan_steps: tuple[Step, ...]
    joined_keys: tuple[str, ...] = ()
    """Keys of the subjects that joined it (START-5)."""
    merged: tuple[str, ...] = ()
    """Ids of the escalations that went over into this one (CLOSE-10)."""
    merged_into: str | None = None
    """Key of the escalation that it went over into."""
    pending_texts: tuple[PendingText, ...] = ()
    """Texts for customers that wait for approval (COMM-6)."""
    undelivered: tuple[Undelivered, ...] = ()
    """Recipients whom no message has reached yet on an occasion, and why (COMM-13)."""
    resolution: Resolution | None
    records: dict[str, str | None]
    """Linked record to: None, not settled yet; empty, closed; else why it stays open (CLOSE-1)."""
    rca: RcaState
    internal_rca: InternalRca | None
    customer_rca: CustomerRca | None
    rca_sent_back_because: InternalText | None = None
    """Reason why the customer RCA went back to its author; None: it did not, or was derived again since."""
    missing_to_close: tuple[Part, ...]
    predecessor: str | None
    playbook: str
    allowed_moves: tuple[Move, ...]
    clocks: tuple[ClockView, ...]
    task_forces: tuple[TaskForceSummary, ...] = ()
    """Summary of each task force from its latest update."""
    survey: dict[str, SurveyAnswer] = field(default_factory=dict)
    """Answers by customer contact (CLOSE-6)."""
    post_mortem: PostMortem | None = None
    post_mortem_version: int = 0
    wanted: tuple[WantedMove, ...] = ()
    """The moves that it waits for, the first due first, and who is asked for each."""
    first_due: NextDue | None = None
    """The due time that lists show: of what is breached and still asked of somebody, or else the next."""
    actions: tuple[Action, ...] = ()
    """Actions of RCA and post-mortem, done ones too (CLOSE-7)."""
    is_followed_up: bool = False
    """True if it is closed, and followed up under its id until its survey has ended and its actions are done."""


@frozen
class MoveResult:
    """The short answer to a move or a start."""

    key: str
    id: str
    state: State
    level: int
    owner: str
    is_repeat: bool = False
    """True if the escalation was already running, or the move's id was seen before: nothing was done again."""
    happened: tuple[Reason, ...] = ()
    """Effects of the move, a sentence each."""
    next_update_at: Instant | None = None
    case_key: str = ""
    """Subject that was asked for, if it joined this escalation, which answers for it (START-5)."""


def view(now: Escalation) -> View:
    return View(
        key=now.key,
        id=now.id,
        subject=now.request.subject,
        state=now.state,
        priority=now.priority,
        level=now.level,
        levels=now.plan.last_level,
        level_name=now.current_level.name,
        issue_type=now.plan.issue_type,
        category=now.plan.category,
        owner=now.owner,
        owner_name=name_of(now, now.owner),
        acknowledged_by=now.acknowledged_by,
        opened_at=now.opened_at,
        ended_at=now.ended_at,
        next_due_at=now.next_due_at,
        is_breached=now.is_breached,
        is_undocumented=bool(now.missing_evidence),
        questions=now.questions,
        impacts=now.impacts,
        estimate=now.estimate,
        evidence=now.request.evidence,
        paused_because=now.pause.reason if now.pause else None,
        customers=tuple(customer.account for customer in now.request.customers),
        contacts=_mentioned_contacts(now),
        access={account: access.answer for account, access in now.access.items()},
        access_by={account: access.by for account, access in now.access.items()},
        responses=now.current_level.responses,
        responses_done=now.responses_done,
        responses_left=now.responses_left,
        triggers=tuple(trigger.name for trigger in now.current_level.triggers),
        plan_version=now.action_plan.version if now.action_plan else 0,
        plan_steps=now.action_plan.steps if now.action_plan else (),
        joined_keys=now.joined_keys,
        merged=now.merged,
        merged_into=now.merged_into,
        pending_texts=now.pending_texts,
        undelivered=now.undelivered,
        resolution=now.resolution,
        records={record: now.settled.get(record) for record in now.request.linked_tickets},
        rca=now.rca.state,
        internal_rca=now.rca.internal,
        customer_rca=now.rca.customer,
        rca_sent_back_because=now.rca.sent_back_because,
        missing_to_close=shortened(now.missing_to_close, MISSING) if now.is_open else (),
        predecessor=now.request.predecessor,
        playbook=str(now.plan.playbook),
        allowed_moves=moves_now(now),
        clocks=tuple(map(ClockView.of, sorted(now.clocks, key=by_due_time))),
        task_forces=now.task_forces,
        survey=now.survey,
        post_mortem=now.post_mortem,
        post_mortem_version=now.post_mortem_version,
        wanted=list_wanted_moves(now),
        first_due=find_next_due(now),
        actions=now.actions,
        is_followed_up=now.is_followed_up,
    )


def _mentioned_contacts(now: Escalation) -> dict[str, str]:
    ids = (
        *now.survey,
        *(access.by for access in now.access.values()),
        *(each.recipient for each in now.undelivered),
    )
    return {who: contact.name for who in ids if (contact := now.customer_contact(who))}


def make_move_result(now: Escalation, events: Iterable[Event] = (), *, is_repeat: bool = False) -> MoveResult:
    names = ContactNames(now.request.customers)
    happened = (named(event.sentence(), names.find) for event in events if event.kind not in CLOCKWORK)
    return MoveResult(
        key=now.key,
        id=now.id,
        state=now.state,
        level=now.level,
        owner=now.owner,
        is_repeat=is_repeat,
        happened=first_of([*happened], ANSWER),
        next_update_at=now.next_update_at,
    )


def action_plans(now: Escalation, events: Iterable[Event]) -> tuple[ActionPlan, ...]:
    """Each version with who and why, oldest first; of a very long life, the latest (COMM-10)."""
    found = {
        event.version: ActionPlan(
            version=event.version, steps=event.steps, by=event.by, at=event.at, why=event.why
        )
        for event in events
        if isinstance(event, PlanRevised)
    }
    if now.action_plan:
        found[now.action_plan.version] = now.action_plan
    return tuple(found.values())


def timeline(
    events: Iterable[Event], find_name: Callable[[str], str] = find_nobody
) -> tuple[TimelineEntry, ...]:
    return tuple(timeline_entry(event, find_name) for event in events)
