"""
Holding and rising: acknowledge, levels, triggers, responses, transfers, priority (KIND, MATRIX).

How an escalation finds the person who can solve it. Nothing here tells the time; due times come in as decided.
"""

from dataclasses import replace
from typing import Literal

from escalation.case.alert import Alert
from escalation.case.audience import name_of, notify, notify_customers, person_of, with_rotas
from escalation.case.base_event import BaseEvent
from escalation.case.effects import ProposeSponsorship
from escalation.case.level_managers import managers_of
from escalation.case.lifecycle import WORKING
from escalation.case.next_update import adapt_updates_to_plan
from escalation.case.state import Escalation
from escalation.case.state_changes import with_alert, with_asked
from escalation.case.work import Work
from escalation.kernel.clock_name import ClockName
from escalation.kernel.reasons import Part, Person, Reason, reason
from escalation.kernel.refusals import MoveNotAllowed
from escalation.kernel.values import ENGINE, NO_NOTE, InternalText, frozen
from escalation.notifications.notification import Occasion
from escalation.policy.classification import EscalationReason
from escalation.policy.plan import PlaybookRef, Unreached

CLOCKS_OF_OWNER = (ClockName.ACKNOWLEDGE, ClockName.ACKNOWLEDGEMENT_EXPIRY, ClockName.ON_DUTY)
"""Clocks that end when somebody else is asked."""


@frozen
class LevelRaised(BaseEvent):
    kind: Literal["level_raised"] = "level_raised"
    from_level: int
    to_level: int
    owner: str
    reason: EscalationReason
    why: Part
    """The rule that raised it: a window's end, a trigger, a person's wish."""
    is_early: bool = False
    """Responses of the level were still to do (MATRIX-4)."""
    note: InternalText = NO_NOTE
    playbook: PlaybookRef | None = None
    """By which it rose."""

    def applied_to(self, now: Escalation) -> Escalation:
        told = tuple(
            each for each in managers_of(now) if each not in now.plan.level(self.to_level).asked_first
        )
        alert = Alert(occasion=Occasion.LEVEL_RAISED, who=told, why=self.why, at=self.at)
        return replace(
            with_asked(with_alert(now, alert, self.by), now.plan.level(self.to_level).asked_first),
            level=self.to_level,
            level_since=self.at,
            owner=self.owner,
            attempt=0,
            responses_done=(),
        )

    @property
    def added(self) -> Part:
        return str(self.note)

    def sentence(self) -> Reason:
        code = self.code
        code += ".early" if self.is_early else ""
        return reason(code, self.from_level, self.to_level, Person(self.owner), self.why)


@frozen
class AcknowledgementExpired(BaseEvent):
    """Nothing was heard of whoever had acknowledged (MATRIX-6)."""

    kind: Literal["acknowledgement_expired"] = "acknowledgement_expired"
    level: int
    person: str

    def applied_to(self, now: Escalation) -> Escalation:
        return replace(now, acknowledged_by=None, acknowledgements=())

    def sentence(self) -> Reason:
        return reason(self.code, Person(self.person))


@frozen
class ContactTried(BaseEvent):
    """Nobody acknowledged, so somebody else is asked (MATRIX-5)."""

    kind: Literal["contact_tried"] = "contact_tried"
    level: int
    attempt: int
    owner: str
    asked: tuple[str, ...] = ()
    """With the owner, if several are."""
    why: Part

    def applied_to(self, now: Escalation) -> Escalation:
        return replace(with_asked(now, self.asked or (self.owner,)), attempt=self.attempt, owner=self.owner)

    @property
    def added(self) -> Part:
        return ""  # why it happened is in the sentence

    def sentence(self) -> Reason:
        return reason(self.code, self.why, Person(self.owner))


@frozen
class SponsorshipProposed(BaseEvent):
    """An executive escalation proposes its accounts for the sponsorship programme (KIND-5)."""

    kind: Literal["sponsorship_proposed"] = "sponsorship_proposed"
    accounts: tuple[str, ...]

    def sentence(self) -> Reason:
        return reason(self.code, self.accounts)


def expire_acknowledgement(work: Work) -> None:
    """MATRIX-6: treated as not acknowledged."""
    person = work.state.acknowledged_by
    work.end(ClockName.ACKNOWLEDGEMENT_EXPIRY)
    if person is None:
        return
    work.record(AcknowledgementExpired(level=work.state.level, person=person))
    work.start(ClockName.ACKNOWLEDGE)
    now = work.state
    why = reason("nothing_heard", person_of(now, person))
    clock = now.clock(ClockName.ACKNOWLEDGE)
    notify(
        work,
        Occasion.ACKNOWLEDGEMENT_EXPIRED,
        (*with_rotas(now, (*now.asked, person)), *managers_of(now)),
        why=why,
        due_at=clock.due_at if clock else None,
        items=responses_to_do(work),
    )


def propose_sponsorship(work: Work) -> None:
    accounts = tuple(customer.account for customer in work.state.request.customers)
    work.record(SponsorshipProposed(accounts=accounts))
    why = InternalText(f"executive escalation {work.state.key}")
    work.do(ProposeSponsorship(accounts=accounts, escalation=work.state.id, by=work.by, why=why))
    notify(work, Occasion.SPONSORSHIP_PROPOSED, work.state.plan.escalation_managers, items=accounts)


def raise_to_entry_level(work: Work) -> bool:
    now = work.state
    to_level = min(now.entry_level, now.plan.last_level)
    if now.level >= to_level:
        return False
    raise_to(work, to_level, EscalationReason.OTHER, reason("enters_at_level", str(now.priority), to_level))
    return True


def resume_work(work: Work) -> None:
    """Back at work: what happened meanwhile to its priority and its owner counts from here (KIND-3, MATRIX-5)."""
    adapt_updates_to_plan(work)
    if raise_to_entry_level(work):
        return
    start_window(work)
    now = work.state
    asked = now.clock(ClockName.ACKNOWLEDGE)
    if now.acknowledged_by:
        work.start(ClockName.ACKNOWLEDGEMENT_EXPIRY)
    elif asked is None or not asked.is_running or asked.breached_at:
        work.start(ClockName.ACKNOWLEDGE)


def raise_to(
    work: Work, to_level: int, reason: EscalationReason, why: Reason, note: InternalText = NO_NOTE
) -> None:
    """Raise: the new level's contact is asked, the managers of the old one and the customers are told why."""
    before = work.state
    _require_higher(before, to_level)
    level = before.plan.level(to_level)
    work.cancel_clocks(ClockName.LEVEL_WINDOW, *CLOCKS_OF_OWNER)
    work.record(
        LevelRaised(
            from_level=before.level,
            to_level=to_level,
            owner=level.contacts[0],
            reason=reason,
            why=why,
            is_early=work.by != ENGINE and bool(before.responses_left),
            note=note,
            playbook=before.plan.playbook,
        )
    )
    if before.state in WORKING:
        work.start(ClockName.ACKNOWLEDGE)
    work.start(ClockName.LEVEL_WINDOW)
    asked = work.state.asked
    notify(work, Occasion.ASSIGNED, asked, why=why, text=note or None, items=responses_to_do(work))
    told = [person for person in (*managers_of(before), before.owner) if person not in asked]
    notify(work, Occasion.LEVEL_RAISED, told, why=why)
    notify_customers(work, Occasion.HAND_OVER, reason=reason)


def start_window(work: Work) -> None:
    """Start the level's window, where another plan has one by now and none runs: as of when it came to the level."""
    if not work.state.is_clock_running(ClockName.LEVEL_WINDOW):
        work.start(ClockName.LEVEL_WINDOW, since=work.state.level_since)


def end_window(work: Work) -> None:
    """MATRIX-2, KIND-4: at its maximum the level rises by itself."""
    now = work.state
    raise_to(work, now.level + 1, EscalationReason.SLA_BREACH, reason("window_ended", now.level))


def ask_after_no_acknowledgement(work: Work) -> None:
    """MATRIX-5: nobody who was asked has, in time."""
    now = work.state
    missing = ", ".join(name_of(now, person) for person in now.unacknowledged or (now.owner,))
    ask_another(work, reason("not_acknowledged", missing))


def ask_another(work: Work, why: Reason) -> bool:
    """Ask the next contact of the level, then as the playbook says. Whether there was another way than to hold."""
    now = work.state
    level = now.current_level
    tries = level.contacts[:1] if level.asks_all else level.contacts
    if now.attempt + 1 < len(tries):
        _try_contact(work, tries[now.attempt + 1], why)
    elif level.unreached is Unreached.SKIP and now.level < now.plan.last_level:
        raise_to(work, now.level + 1, EscalationReason.NO_RESPONSE, why)
    elif level.unreached is Unreached.FALLBACK and level.fallback and now.attempt < len(tries):
        _try_contact(work, level.fallback, why)
    else:
        return False  # hold: the clock stays breached, and is chased until somebody acknowledges
    return True


def _try_contact(work: Work, contact: str, why: Reason) -> None:
    _give(work, (contact,), work.state.attempt + 1, why)


def ask_the_level(work: Work, why: Reason) -> None:
    """Ask the contacts of the level again, as when it came to this level."""
    _give(work, work.state.current_level.asked_first, 0, why)


def _give(work: Work, contacts: tuple[str, ...], attempt: int, why: Reason) -> None:
    work.cancel_clocks(*CLOCKS_OF_OWNER)
    level = work.state.level
    work.record(ContactTried(level=level, attempt=attempt, owner=contacts[0], asked=contacts, why=why))
    if work.state.state in WORKING:
        work.start(ClockName.ACKNOWLEDGE)
    notify(work, Occasion.ASSIGNED, contacts, why=why, items=responses_to_do(work))


def responses_to_do(work: Work) -> tuple[str, ...]:
    return work.state.responses_left


def _require_higher(now: Escalation, to_level: int) -> None:
    now.plan.level(to_level)
    if to_level <= now.level:
        raise MoveNotAllowed(reason("level_not_above", to_level, now.level), subject=now.key)
