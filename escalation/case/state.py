"""
Escalation: the whole state of one, immutable. It changes only by folding events into it (``start.fold``).

What can be read off it without deciding anything is here as properties; what may happen to it is not.
"""

from dataclasses import field, replace
from datetime import datetime, timedelta
from typing import Self

from escalation.case.action_plan import ActionPlan
from escalation.case.alert import Alert
from escalation.case.customer_question import CustomerQuestion
from escalation.case.customer_texts import LastUpdate, PendingText
from escalation.case.estimate import Estimate
from escalation.case.follow_up_actions import Action, next_reminder
from escalation.case.lifecycle import OPEN, WORKING, RcaState, State
from escalation.case.post_mortem import PostMortem
from escalation.case.rca_content import CustomerRca, InternalRca
from escalation.case.request import AffectedCustomer, StartRequest
from escalation.case.resolution import Access, Resolution
from escalation.kernel.business_time import OpenHours
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocked_state import ClockedState
from escalation.kernel.clocks import Clock, Pause
from escalation.kernel.email_address import mailbox_of
from escalation.kernel.ids import ContactId
from escalation.kernel.reasons import Reason, reason
from escalation.kernel.values import CustomerWords, Instant, InternalText, frozen
from escalation.notifications.delivery_results import Undelivered
from escalation.policy.classification import EvidenceKind, Priority
from escalation.policy.people import Contact, HandsOver, Recipient
from escalation.policy.plan import Level, PriorityPolicy, SharedPlan
from escalation.task_force.state import TaskForceSummary

VERIFYING = "verifying"
"""The reason of the pause that a declared resolution makes (RESOLVE-5); no playbook can name it."""


@frozen
class SurveyAnswer:
    account: str
    score: int
    comment: InternalText
    by: str
    at: Instant


@frozen
class Rca:
    state: RcaState = RcaState.NONE
    version: int = 0
    internal: InternalRca | None = None
    customer: CustomerRca | None = None
    approved_by: str | None = None
    derived_by: str | None = None
    """Author of the customer RCA."""
    sent_back_by: str | None = None
    sent_back_because: InternalText | None = None
    """Both None: it was not, or was derived again since."""


@frozen
class OnCallAnswer:
    """The answer of the latest look-up for a rota that was given the escalation (MATRIX-1)."""

    rota: str
    people: tuple[str, ...] = ()
    """People on call there; empty: nobody is."""
    holder: str
    """Person who stands where the rota stood; the rota itself as long as nobody does."""
    until: Instant | None = None
    """Time at which that changes; None: not as far as is known."""


@frozen
class Escalation(ClockedState):
    schema_version: int = 1
    id: str
    """Unique for all time: the key and the instant of the start."""
    request: StartRequest
    plan: SharedPlan
    priority: Priority
    state: State = State.STARTED
    opened_at: Instant
    ended_at: Instant | None = None
    level: int
    level_since: Instant | None = None
    """Time at which it came to this level."""
    attempt: int = 0
    """Index of the level's contact that is asked: 0 is the first (MATRIX-5)."""
    owner: str
    acknowledged_by: str | None = None
    """Person who acknowledged it; None until everybody needed has."""
    nudged_at: Instant | None = None
    """Time of the latest nudge of the owner."""
    asked: tuple[str, ...] = ()
    """Contact ids asked to acknowledge since it was last given to somebody (MATRIX-5)."""
    participants: tuple[str, ...] = ()
    """Ids of our people, teams and rotas who have, or had, a part, in the order in which they came (IDENTITY-4)."""
    acknowledgements: tuple[str, ...] = ()
    """Contacts who have acknowledged, in order."""
    on_call_answers: tuple[OnCallAnswer, ...] = ()
    """Answers for the rotas among those asked."""
    responses_done: tuple[str, ...] = ()
    """Responses done at the current level."""
    pauses: tuple[Pause, ...] = ()
    unnotified: tuple[str, ...] = ()
    """Recipients whom the first notification has not reached yet (COMM-2)."""
    undelivered: tuple[Undelivered, ...] = ()
    """Messages that did not reach somebody; a later one on the same occasion that arrives makes up for it."""
    action_plan: ActionPlan | None = None
    resolution: Resolution | None = None
    access: dict[str, Access] = field(default_factory=dict)
    settled: dict[str, str] = field(default_factory=dict)
    """Linked record to why it stays open; empty if it was closed."""
    rca: Rca = Rca()
    survey: dict[str, SurveyAnswer] = field(default_factory=dict)
    """Answers by the recipient id of the customer's contact (CLOSE-6)."""
    is_succeeded: bool = False
    """True if a low score has opened the case again."""
    post_mortem: PostMortem | None = None
    post_mortem_version: int = 0
    actions: tuple[Action, ...] = ()
    """Actions of the RCA and the post-mortem, tracked until they are done (CLOSE-7)."""
    joined_keys: tuple[str, ...] = ()
    """Keys of the subjects that joined it (START-5)."""
    merged: tuple[str, ...] = ()
    """Ids of the escalations that went over into this one (CLOSE-10)."""
    merged_into: str | None = None
    """Key of the escalation that it went over into."""
    submitters: dict[str, str] = field(default_factory=dict)
    """Submitter of each subject that joined."""
    account_tenants: dict[str, str] = field(default_factory=dict)
    """Account to the tenant that brought it in by joining; all others are of its own tenant."""
    joiners: tuple[str, ...] = ()
    """Recipients who joined and whom the next first notification must reach: the present one is for others."""
    joined_at: Instant | None = None
    """Time since which the first of them waits."""
    pending_texts: tuple[PendingText, ...] = ()
    texts_submitted: int = 0
    """Number of texts that were ever submitted."""
    last_update: LastUpdate | None = None
    questions: tuple[CustomerQuestion, ...] = ()
    """Questions to customers that nobody has answered yet, the oldest first (TALK-4)."""
    questions_asked: int = 0
    estimate: Estimate | None = None
    """The last that customers were told (TALK-6)."""
    impacts: dict[str, CustomerWords] = field(default_factory=dict)
    """By account: what it means for the customer's business, in their words (TALK-6)."""
    pages_revoked: dict[str, int] = field(default_factory=dict)
    """By mailbox of a customer's contact: the times that their links to their page were revoked."""
    holding_updates: int = 0
    """Automatic updates in a row, since a person last wrote to customers (COMM-3)."""
    task_forces: tuple[TaskForceSummary, ...] = ()
    """Summary of each task force from its latest update, in the order of their deployment."""
    alerts: tuple[Alert, ...] = ()
    """Alerts that nobody has looked at yet. After the close only a low score waits, while it is followed up."""

    @property
    def key(self) -> str:
        return self.request.key

    @property
    def missing_evidence(self) -> tuple[EvidenceKind, ...]:
        """The kinds that are asked for; none: it is documented (TALK-1)."""
        return self.request.missing_evidence(self.plan.evidence_wanted)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_surveyed(self) -> bool:
        """True while the survey of customers takes answers (CLOSE-6)."""
        return self.is_clock_running(ClockName.SURVEY)

    @property
    def open_actions(self) -> tuple[Action, ...]:
        return tuple(action for action in self.actions if action.is_open)

    @property
    def is_followed_up(self) -> bool:
        """True if it is closed, and answers are still taken, or actions still to be done."""
        has_actions = self.plan.actions is not None and bool(self.open_actions)
        return self.state is State.CLOSED and (self.is_surveyed or has_actions)

    @property
    def is_attended(self) -> bool:
        """True if something can still become due by itself."""
        return self.is_open or self.is_followed_up

    @property
    def current_level(self) -> Level:
        return self.plan.levels[self.level - 1]

    @property
    def rules(self) -> PriorityPolicy:
        return self.plan.priorities[self.priority]

    @property
    def unacknowledged(self) -> tuple[str, ...]:
        """People asked whose acknowledgement is still needed: each, or else any of them."""
        if self.acknowledgements and not self.current_level.needs_all:
            return ()
        return tuple(
            held
            for held in self.asked
            if not any(self.answers_for(person, held) for person in self.acknowledgements)
        )

    @property
    def entry_level(self) -> int:
        """The level that its priority and its category ask for at least (KIND-3)."""
        return max(self.rules.entry_level, self.plan.entry_level)

    @property
    def responses_left(self) -> tuple[str, ...]:
        return tuple(text for text in self.current_level.responses if text not in self.responses_done)

    @property
    def pause(self) -> Pause | None:
        """The pause that somebody asked for and nobody has ended."""
        return next((p for p in self.pauses if p.ended_at is None and p.reason != VERIFYING), None)

    @property
    def may_hold_the_line(self) -> bool:
        """Return whether a missed update would still send a holding update."""
        if self.plan.holding_update is None:
            return False
        return self.plan.holding is None or self.holding_updates < self.plan.holding.at_most

    @property
    def is_breached(self) -> bool:
        return any(clock.breached_at for clock in self.clocks)

    @property
    def chase_every(self) -> timedelta:
        return self.plan.chase_every

    def hours(self, calendar: str | None) -> OpenHours | None:
        return self.plan.hours(calendar)

    def with_started_clock(self, started: Clock) -> Self:
        now = ClockedState.with_started_clock(self, started)
        if started.name is not ClockName.FIRST_NOTIFICATION:
            return now
        # COMM-2: the one that begins is to reach whoever joined since the last one began
        awaited = tuple(dict.fromkeys((*self.unnotified, *self.joiners)))
        return replace(now, unnotified=awaited, joiners=(), joined_at=None)

    @property
    def wake_at(self) -> datetime | None:
        """The next instant at which something is due by itself; None once ended, and followed up no more."""
        if not self.is_attended:
            return None
        instants = [clock.next_at for clock in self.clocks if clock.next_at and clock.ended_at is None]
        if self.state is State.STARTED:
            instants.append(self.opened_at)
        if reminder := next_reminder(self.actions, self.plan.actions):
            instants.append(reminder)
        return min((*instants, self.plan.extend_at) if self.is_open or self.is_surveyed else instants)

    @property
    def next_due_at(self) -> datetime | None:
        """The earliest due time still ahead: what a person must not miss. First notifications go out by themselves."""
        dues = [
            clock.due_at
            for clock in self.clocks
            if clock.due_at
            and clock.ended_at is None
            and not clock.breached_at
            and clock.name not in {ClockName.FIRST_NOTIFICATION, ClockName.SURVEY}
        ]
        return min(dues, default=None)

    @property
    def next_update_at(self) -> datetime | None:
        """Time of the next update for customers; None if unknown: held, or missed already (COMM-4, COMM-5)."""
        return self._promised_at(ClockName.NEXT_UPDATE)

    @property
    def next_internal_update_at(self) -> datetime | None:
        """Time of the next update for our own people; None also where nothing is promised."""
        return self._promised_at(ClockName.INTERNAL_UPDATE)

    def _promised_at(self, name: ClockName) -> datetime | None:
        clock = self.clock(name)
        return clock.due_at if clock and clock.is_running and not clock.breached_at else None

    @property
    def missing_to_close(self) -> tuple[Reason, ...]:
        """Obstacles to the close (CLOSE-8)."""
        is_verified = self.resolution is not None and self.resolution.verified_by is not None
        missing = [] if is_verified else [reason("missing.verification")]
        missing += [
            reason("missing.access", customer.account)
            for customer in self.request.customers
            if customer.account not in self.access
        ]
        missing += [
            reason("missing.record", record)
            for record in self.request.linked_tickets
            if record not in self.settled
        ]
        if self.rca.state not in {RcaState.NONE, RcaState.SHARED, RcaState.WAIVED}:
            missing.append(reason("missing.rca", self.rca.state))
        missing += [reason("missing.text", held.number) for held in self.pending_texts]
        return tuple(missing)

    @property
    def standing_forces(self) -> tuple[TaskForceSummary, ...]:
        return tuple(force for force in self.task_forces if force.is_standing)

    def held_text(self, number: int) -> PendingText | None:
        return next((held for held in self.pending_texts if held.number == number), None)

    def customer(self, account: str) -> AffectedCustomer | None:
        return next((customer for customer in self.request.customers if customer.account == account), None)

    def customer_contact(self, recipient: str) -> Recipient | None:
        """Return the customers' contact with this recipient id, ``ACCOUNT:EMAIL``, for any of their accounts."""
        account, email = ContactId.read(recipient)
        return next(
            (
                contact
                for contact in self.request.recipients
                if contact.mailbox == mailbox_of(email) and account in contact.speaks_for
            ),
            None,
        )

    def is_nobodys(self, recipient: str) -> bool:
        """Return whether a customer's contact of this id was corrected: nobody misses what failed to reach it."""
        is_customers = ":" in recipient and not self.plan.knows(recipient)
        return is_customers and self.customer_contact(recipient) is None

    def roles_of(self, contact: Contact) -> set[str]:
        """
        Return the roles of a person here: their own, and ``owner``, ``level_contact``, ``task_force_lead`` or
        ``action_owner`` while they are that.
        """
        roles = set(contact.roles)
        if self.answers_for(contact.id, self.owner):
            roles.add("owner")
        if self.stands_for(contact.id, self.current_level.contacts):
            roles.add("level_contact")
        if any(force.lead == contact.id for force in self.standing_forces):
            roles.add("task_force_lead")
        if self.stands_for(contact.id, tuple(action.owner for action in self.open_actions)):
            roles.add("action_owner")
        return roles

    def stands_for(self, person: str, ids: tuple[str, ...]) -> bool:
        """Return whether *person* is one of these, of a team among them, or on call for a rota among them."""
        return (
            person in ids
            or any(person in self.plan.contact(held).members for held in ids if self.plan.knows(held))
            or any(person in shift.people for shift in self.on_call_answers if shift.rota in ids)
        )

    def answers_for(self, person: str, holder: str) -> bool:
        """Return whether *person* stands for *holder*, or is on call beside them."""
        return self.stands_for(person, (holder,)) or any(
            person in shift.people for shift in self.on_call_answers if shift.holder == holder
        )

    def shift(self, rota: str) -> OnCallAnswer | None:
        return next((shift for shift in self.on_call_answers if shift.rota == rota), None)

    def is_handed_over(self, shift: OnCallAnswer) -> bool:
        """Return whether it goes to the next shift when this one ends."""
        if self.state not in WORKING:
            return False
        if not self.acknowledged_by and shift.holder not in self.acknowledgements:
            return shift.holder in self.unacknowledged
        contact = self.plan.contact(shift.rota)
        return contact.hands_over is HandsOver.OPEN and shift.holder in self.acknowledgements

    @property
    def contacts_asked(self) -> tuple[str, ...]:
        """Contacts asked, as in the plan: a rota, and not the person on call there."""
        rotas = {shift.holder: shift.rota for shift in self.on_call_answers}
        return tuple(rotas.get(asked, asked) for asked in self.asked)

    @property
    def shift_changes_at(self) -> datetime | None:
        """Time at which somebody else answers for one of its rotas; None: nobody else does."""
        ends = (shift.until for shift in self.on_call_answers if shift.until and self.is_handed_over(shift))
        return min(ends, default=None)


def owners_of_actions(now: Escalation) -> tuple[Contact, ...]:
    """Return the people who still have something to do after the end."""
    owners = dict.fromkeys(action.owner for action in now.open_actions)
    return tuple(now.plan.contact(owner) for owner in owners if now.plan.knows(owner))
