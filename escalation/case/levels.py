"""
Holding and rising: acknowledge, levels, triggers, responses, transfers, priority (KIND, MATRIX).

How an escalation finds the person who can solve it. Nothing here tells the time; due times come in as decided.
"""

from escalation.case import commands as c
from escalation.case import events as e
from escalation.case.audience import followers_of, managers_of, name_of, notify, notify_customers, with_rotas
from escalation.case.effects import ProposeSponsorship
from escalation.case.lifecycle import WORKING
from escalation.case.next_update import adapt_updates_to_plan
from escalation.case.state import Escalation
from escalation.case.work import Work
from escalation.kernel.clock_name import ClockName
from escalation.kernel.reasons import Sentence, Why
from escalation.kernel.refusals import BadRequest, Fault, MoveNotAllowed, UnknownName
from escalation.kernel.values import ENGINE, NO_NOTE, InternalText
from escalation.notifications.notification import Occasion
from escalation.policy.classification import EscalationReason
from escalation.policy.plan import Unreached

_OF_THE_HOLDER = (ClockName.ACKNOWLEDGE, ClockName.ACKNOWLEDGEMENT_EXPIRY, ClockName.ON_DUTY)
"""Clocks that end when somebody else is asked."""


def acknowledge(turn: Work, command: c.Acknowledge) -> None:
    """By the first, or where the level says so by each of its contacts (MATRIX-5)."""
    now = turn.escalation
    if command.by in now.acknowledgements:
        others = ", ".join(name_of(now, person) for person in now.unacknowledged)
        raise MoveNotAllowed(f"{now.key}: {command.by} has acknowledged; still to do so: {others}")
    turn.record(e.Acknowledged(level=now.level, note=command.note))
    if turn.escalation.acknowledged_by:
        turn.end(ClockName.ACKNOWLEDGE)
        turn.start(ClockName.ACKNOWLEDGEMENT_EXPIRY)


def expire_acknowledgement(turn: Work) -> None:
    """MATRIX-6: treated as not acknowledged."""
    person = turn.escalation.acknowledged_by
    turn.end(ClockName.ACKNOWLEDGEMENT_EXPIRY)
    if person is None:
        return
    turn.record(e.AcknowledgementExpired(level=turn.escalation.level, person=person))
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


def raise_level(turn: Work, command: c.RaiseLevel) -> None:
    """KIND-1."""
    why = Sentence.RAISED_BY.of(name_of(turn.escalation, command.by))
    _rise_because(turn, command.reason, command.to_level, why, command.note)


def _rise_because(
    turn: Work, reason: EscalationReason, asked: int | None, why: Why, note: InternalText = NO_NOTE
) -> None:
    """To the level *asked* or the next one; a threat to the executives' at least, and it proposes accounts (KIND-5)."""
    now = turn.escalation
    is_threat = reason is EscalationReason.EXECUTIVE_THREAT
    to_level = now.level + 1 if asked is None else asked
    if is_threat:
        to_level = max(to_level, now.plan.executive_level, now.level + 1)
    raise_to(turn, to_level, reason, why, note)
    if is_threat:
        propose_sponsorship(turn)


def propose_sponsorship(turn: Work) -> None:
    accounts = tuple(customer.account for customer in turn.escalation.request.customers)
    turn.record(e.SponsorshipProposed(accounts=accounts))
    why = InternalText(f"executive escalation {turn.escalation.key}")
    turn.do(ProposeSponsorship(accounts=accounts, escalation=turn.escalation.id, by=turn.by, why=why))
    notify(turn, Occasion.SPONSORSHIP_PROPOSED, turn.escalation.plan.escalation_managers, items=accounts)


def report_trigger(turn: Work, command: c.ReportTrigger) -> None:
    """MATRIX-3, KIND-5."""
    now = turn.escalation
    known = {trigger.name: trigger for trigger in now.current_level.triggers}
    trigger = known.get(command.trigger)
    if trigger is None:
        raise UnknownName.of(f"{now.key}: level {now.level} has no trigger", command.trigger, known)
    turn.record(e.TriggerReported(trigger=trigger.name, note=command.note))
    says = Why(trigger.says or trigger.name.replace("_", " "))
    _rise_because(turn, trigger.reason, trigger.to_level, says)


def tick_response(turn: Work, command: c.TickResponse) -> None:
    """MATRIX-4: by its words, or by its number in the level's list; whoever says which level does not hit another."""
    now = turn.escalation
    if command.level not in {None, now.level}:
        raise MoveNotAllowed(f"{now.key}: it is at level {now.level} now, not at level {command.level}")
    responses = now.current_level.responses
    by_number = {str(number): text for number, text in enumerate(responses, 1)}
    response = by_number.get(command.response, command.response)
    if response not in responses:
        listed = "; ".join(f"{now.level}.{number} {text}" for number, text in by_number.items())
        what = f"{now.key}: level {now.level} has no response"
        raise UnknownName.of(what, command.response, responses, listed=listed)
    if response in now.responses_done:
        raise MoveNotAllowed(f"{now.key}: {response!r} is already ticked off")
    turn.record(e.ResponseTicked(level=now.level, response=response, note=command.note))


def transfer(turn: Work, command: c.Transfer) -> None:
    """KIND-2: to the team that has the skill; the level stays, its window runs on."""
    now = turn.escalation
    receiver = now.plan.contact(_receiver(now, command))
    if receiver.id == now.owner:
        raise MoveNotAllowed(f"{now.key}: {receiver.name} already owns it")
    turn.cancel_clocks(*_OF_THE_HOLDER)
    turn.record(e.Transferred(from_owner=now.owner, to=receiver.id, reason=command.reason, note=command.note))
    if now.state in WORKING:
        turn.start(ClockName.ACKNOWLEDGE)
    why = Sentence.TRANSFERRED_BY.of(name_of(now, command.by), command.reason.words)
    notify(
        turn,
        Occasion.ASSIGNED,
        (receiver.id,),
        why=why,
        text=command.note or None,
        items=responses_to_do(turn),
    )
    notify_customers(turn, Occasion.HAND_OVER, reason=command.reason)


def _receiver(now: Escalation, command: c.Transfer) -> str:
    if bool(command.to) is bool(command.skill):
        fault = Fault(
            where="to, skill",
            given="both" if command.to else "neither",
            allowed="a person or team, or else a skill",
        )
        raise BadRequest.because(f"the transfer of {now.key}", (fault,))
    if command.skill and command.skill not in now.plan.skills:
        raise UnknownName.of(f"{now.key}: unknown skill", command.skill, now.plan.skills)
    return command.to or now.plan.skills[str(command.skill)]


def change_priority(turn: Work, command: c.ChangePriority) -> None:
    """KIND-3, CLOCK-4: due times follow from the original start; new stakeholders are told."""
    before = turn.escalation
    if command.priority is before.priority:
        raise MoveNotAllowed(f"{before.key}: it already has priority {before.priority}")
    turn.record(
        e.PriorityChanged(
            from_priority=before.priority,
            to_priority=command.priority,
            note=command.note,
        )
    )
    adapt_updates_to_plan(turn)
    now = turn.escalation
    why = Sentence.PRIORITY_CHANGED.of(before.priority, now.priority)
    joined = [person for person in now.rules.stakeholders if person not in before.rules.stakeholders]
    notify(turn, Occasion.FIRST_NOTICE, joined, why=why)
    others = [person for person in (*followers_of(now), *managers_of(now)) if person not in joined]
    notify(turn, Occasion.PRIORITY_CHANGED, others, why=why, text=command.note or None)
    if now.state in WORKING:
        _rise_to_entry_level(turn)


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
        e.LevelRaised(
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
    turn.record(e.ContactTried(level=level, attempt=attempt, owner=contacts[0], asked=contacts, why=why))
    if turn.escalation.state in WORKING:
        turn.start(ClockName.ACKNOWLEDGE)
    notify(turn, Occasion.ASSIGNED, contacts, why=why, items=responses_to_do(turn))


def responses_to_do(turn: Work) -> tuple[str, ...]:
    return turn.escalation.responses_left


def _require_higher(now: Escalation, to_level: int) -> None:
    now.plan.level(to_level)
    if to_level <= now.level:
        raise MoveNotAllowed(f"{now.key}: level {to_level} is not above level {now.level}")
