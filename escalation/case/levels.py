"""
Holding and rising: acknowledge, levels, triggers, responses, transfers, priority (KIND, MATRIX).

How an escalation finds the person who can solve it. Nothing here tells the time; due times come in as decided.
"""

from typing import Literal

from escalation.case.audience import managers_of, name_of, notify, notify_customers, with_rotas
from escalation.case.base_event import BaseEvent
from escalation.case.effects import ProposeSponsorship
from escalation.case.lifecycle import WORKING
from escalation.case.next_update import adapt_updates_to_plan
from escalation.case.state import Escalation
from escalation.case.work import Work
from escalation.kernel.clock_name import ClockName
from escalation.kernel.reasons import Sentence, Why
from escalation.kernel.refusals import MoveNotAllowed
from escalation.kernel.values import (
    ENGINE,
    NO_NOTE,
    InternalText,
    frozen,
)
from escalation.notifications.notification import Occasion
from escalation.policy.classification import EscalationReason
from escalation.policy.plan import PlaybookRef, Unreached

_OF_THE_HOLDER = (ClockName.ACKNOWLEDGE, ClockName.ACKNOWLEDGEMENT_EXPIRY, ClockName.ON_DUTY)
"""Clocks that end when somebody else is asked."""


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
class SponsorshipProposed(BaseEvent):
    """An executive escalation proposes its accounts for the sponsorship programme (KIND-5)."""

    kind: Literal["sponsorship_proposed"] = "sponsorship_proposed"
    accounts: tuple[str, ...]


def expire_acknowledgement(turn: Work) -> None:
    """MATRIX-6: treated as not acknowledged."""
    person = turn.escalation.acknowledged_by
    turn.end(ClockName.ACKNOWLEDGEMENT_EXPIRY)
    if person is None:
        return
    turn.record(AcknowledgementExpired(level=turn.escalation.level, person=person))
    turn.start(ClockName.ACKNOWLEDGE)
    now = turn.escalation
    why = Sentence.NOTHING_HEARD.of(name_of(now, person))
    clock = now.clock(ClockName.ACKNOWLEDGE)
    notify(
        turn,
        Occasion.ACKNOWLEDGEMENT_EXPIRED,
        (*with_rotas(now, (*now.asked, person)), *managers_of(now)),
        why=why,
        due_at=clock.due_at if clock else None,
        items=responses_to_do(turn),
    )


def propose_sponsorship(turn: Work) -> None:
    accounts = tuple(customer.account for customer in turn.escalation.request.customers)
    turn.record(SponsorshipProposed(accounts=accounts))
    why = InternalText(f"executive escalation {turn.escalation.key}")
    turn.do(ProposeSponsorship(accounts=accounts, escalation=turn.escalation.id, by=turn.by, why=why))
    notify(turn, Occasion.SPONSORSHIP_PROPOSED, turn.escalation.plan.escalation_managers, items=accounts)


def _rise_to_entry_level(turn: Work) -> bool:
    now = turn.escalation
    to_level = min(now.entry_level, now.plan.last_level)
    if now.level >= to_level:
        return False
    raise_to(turn, to_level, EscalationReason.OTHER, Sentence.ENTERS_AT_LEVEL.of(now.priority, to_level))
    return True


def resume_work(turn: Work) -> None:
    """Back at work: what happened meanwhile to its priority and its owner counts from here (KIND-3, MATRIX-5)."""
    adapt_updates_to_plan(turn)
    if _rise_to_entry_level(turn):
        return
    start_window(turn)
    now = turn.escalation
    asked = now.clock(ClockName.ACKNOWLEDGE)
    if now.acknowledged_by:
        turn.start(ClockName.ACKNOWLEDGEMENT_EXPIRY)
    elif asked is None or not asked.is_running or asked.breached_at:
        turn.start(ClockName.ACKNOWLEDGE)


def raise_to(
    turn: Work, to_level: int, reason: EscalationReason, why: Why, note: InternalText = NO_NOTE
) -> None:
    """Raise: the new level's contact is asked, the managers of the old one and the customers are told why."""
    before = turn.escalation
    _require_higher(before, to_level)
    level = before.plan.level(to_level)
    turn.cancel_clocks(ClockName.LEVEL_WINDOW, *_OF_THE_HOLDER)
    turn.record(
        LevelRaised(
            from_level=before.level,
            to_level=to_level,
            owner=level.contacts[0],
            reason=reason,
            why=why,
            is_early=turn.by != ENGINE and bool(before.responses_left),
            note=note,
            playbook=before.plan.playbook,
        )
    )
    if before.state in WORKING:
        turn.start(ClockName.ACKNOWLEDGE)
    turn.start(ClockName.LEVEL_WINDOW)
    asked = turn.escalation.asked
    notify(turn, Occasion.ASSIGNED, asked, why=why, text=note or None, items=responses_to_do(turn))
    told = [person for person in (*managers_of(before), before.owner) if person not in asked]
    notify(turn, Occasion.RISE, told, why=why)
    notify_customers(turn, Occasion.HAND_OVER, reason=reason)


def start_window(turn: Work) -> None:
    """Start the level's window, where another plan has one by now and none runs: as of when it came to the level."""
    clock = turn.escalation.clock(ClockName.LEVEL_WINDOW)
    if clock is None or not clock.is_running:
        turn.start(ClockName.LEVEL_WINDOW, since=turn.escalation.level_since)


def end_window(turn: Work) -> None:
    """MATRIX-2, KIND-4: at its maximum the level rises by itself."""
    now = turn.escalation
    raise_to(turn, now.level + 1, EscalationReason.SLA_BREACH, Sentence.WINDOW_ENDED.of(now.level))


def ask_after_no_acknowledgement(turn: Work) -> None:
    """MATRIX-5: nobody who was asked has, in time."""
    now = turn.escalation
    missing = ", ".join(name_of(now, person) for person in now.unacknowledged or (now.owner,))
    ask_another(turn, Sentence.NOT_ACKNOWLEDGED.of(missing))


def ask_another(turn: Work, why: Why) -> bool:
    """Ask the next contact of the level, then as the playbook says. Whether there was another way than to hold."""
    now = turn.escalation
    level = now.current_level
    tries = level.contacts[:1] if level.asks_all else level.contacts
    if now.attempt + 1 < len(tries):
        _try_contact(turn, tries[now.attempt + 1], why)
    elif level.unreached is Unreached.SKIP and now.level < now.plan.last_level:
        raise_to(turn, now.level + 1, EscalationReason.NO_RESPONSE, why)
    elif level.unreached is Unreached.FALLBACK and level.fallback and now.attempt < len(tries):
        _try_contact(turn, level.fallback, why)
    else:
        return False  # hold: the clock stays breached, and is chased until somebody acknowledges
    return True


def _try_contact(turn: Work, contact: str, why: Why) -> None:
    _give(turn, (contact,), turn.escalation.attempt + 1, why)


def ask_the_level(turn: Work, why: Why) -> None:
    """Its contacts are asked anew, as when it came to this level."""
    _give(turn, turn.escalation.current_level.asked_first, 0, why)


def _give(turn: Work, contacts: tuple[str, ...], attempt: int, why: Why) -> None:
    turn.cancel_clocks(*_OF_THE_HOLDER)
    level = turn.escalation.level
    turn.record(ContactTried(level=level, attempt=attempt, owner=contacts[0], asked=contacts, why=why))
    if turn.escalation.state in WORKING:
        turn.start(ClockName.ACKNOWLEDGE)
    notify(turn, Occasion.ASSIGNED, contacts, why=why, items=responses_to_do(turn))


def responses_to_do(turn: Work) -> tuple[str, ...]:
    return turn.escalation.responses_left


def _require_higher(now: Escalation, to_level: int) -> None:
    now.plan.level(to_level)
    if to_level <= now.level:
        raise MoveNotAllowed(f"{now.key}: level {to_level} is not above level {now.level}")
