"""
Task forces, as the escalation that they work for sees them (RESOLVE-2, RESOLVE-3): deploy, hear of, stand down.

Each lives a life of its own (``escalation.task_force``); here is what it is deployed with, and what its news mean for
the escalation. None outlives it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

from escalation.case import commands as c
from escalation.case import events as e
from escalation.case.audience import followers_of, managers_of, name_of, notify
from escalation.case.clock_targets import clock_for, clock_within
from escalation.case.effects import OrderStandDown, StartTaskForce, UpdateTaskForce
from escalation.case.failed_deliveries import notify_undelivered
from escalation.case.next_update import restart_next_update
from escalation.case.state import Escalation
from escalation.case.work import Work
from escalation.kernel.budgets import CHARTER, size_of
from escalation.kernel.characters import clip
from escalation.kernel.clock_name import OF_TASK_FORCES, ClockName
from escalation.kernel.clocks import Clock
from escalation.kernel.reasons import Sentence, Why
from escalation.kernel.refusals import (
    BadRequest,
    Fault,
    MoveNotAllowed,
    RoleNotAllowed,
    UnknownName,
    nearest,
    quote_input,
)
from escalation.kernel.values import InternalText
from escalation.notifications.notification import Occasion
from escalation.policy.people import Contact, ContactKind
from escalation.policy.plan import Calendar, Target
from escalation.task_force.state import (
    Charter,
    EscalationSummary,
    SeatPlan,
    SeatRequest,
    StatusReport,
    TaskForceSummary,
)
from escalation.task_force.updates import TaskForceUpdate

MOST_FORCES = 20
_ASKED_AT = (75,)
"""Percent of a status clock of one's own choice at which the lead is asked."""


def deploy(turn: Work, command: c.DeployTaskForce) -> None:
    """RESOLVE-2: a name that is new, a lead, and for each seat those whom it is offered to."""
    now = turn.escalation
    if any(force.name == command.name for force in now.task_forces):
        raise MoveNotAllowed(f"{now.key}: task force {command.name} was deployed already; take another name")
    if len(now.task_forces) >= MOST_FORCES:
        raise MoveNotAllowed(f"{now.key}: {MOST_FORCES} task forces were deployed, and no more can be")
    seats, faults = _filled(now, command)
    if faults:
        raise BadRequest.because(f"task force {command.name} of {now.key}", faults)
    force = TaskForceSummary(
        id=f"{now.id}/{command.name}", name=command.name, mission=command.mission, lead=command.lead
    )
    turn.record(e.TaskForceDeployed(force=force, seats=seats, technical_plan=command.technical_plan))
    charter = _charter(turn, command, force.id, seats)
    if (size := size_of(charter)) > CHARTER:
        allowed = f"at most {CHARTER:,} bytes; fewer seats, or seats with people by id"
        fault = Fault(where="seats", given=f"{size:,} bytes with all candidates", allowed=allowed)
        raise BadRequest.because(f"task force {command.name} of {now.key}", (fault,))
    turn.do(StartTaskForce(charter=charter))


def stand_down(turn: Work, command: c.StandDownTaskForce) -> None:
    """RESOLVE-3: because its work is done, or by order; whoever only leads another one cannot."""
    now = turn.escalation
    names = [force.name for force in now.task_forces]
    force = next((force for force in now.task_forces if force.name == command.name), None)
    if force is None:
        raise UnknownName.of(f"{now.key}: no task force", command.name, names)
    if not force.is_standing:
        raise MoveNotAllowed(f"{now.key}: task force {force.name} is stood down already")
    _require_own(now, force, command)
    if command.hand_over_to:
        now.plan.contact(command.hand_over_to)
    _stand_down(turn, force, command.why, command.hand_over_to)


def stand_all_down(turn: Work, why: Why) -> None:
    """RESOLVE-3, CLOSE-10: none outlives what it was deployed for."""
    for force in turn.escalation.standing_forces:
        _stand_down(turn, force, InternalText(why))


def follow_task_force_update(turn: Work, news: TaskForceUpdate) -> None:
    """Its news become part of the escalation's story; what somebody must act on is told."""
    force = news.summary
    known = next((each for each in turn.escalation.task_forces if each.id == force.id), None)
    if known is None:
        _order_down(turn, force, InternalText(Sentence.ESCALATION_ENDED))
        return
    if force.heard <= known.heard:
        return
    if not known.is_standing:
        force = replace(
            force, state=known.state, is_status_missed=False
        )  # its last words, that crossed the order
    note = force.latest.text if force.latest and _is_new(force.latest, known.latest) else InternalText("")
    before = turn.escalation
    turn.record(e.TaskForceReported(force=force, happened=news.happened, note=note, receipts=news.receipts))
    notify_undelivered(turn, news.receipts, before)
    if turn.escalation.is_open:
        _notify_of(turn, known, news)


def _is_new(report: StatusReport, known: StatusReport | None) -> bool:
    return known is None or (report.at, report.by) != (known.at, known.by)


def note_failed_deployment(turn: Work, command: c.NoteFailedDeployment) -> None:
    """It never came to life: the owner must know, because nobody else is at it."""
    force = next(each for each in turn.escalation.task_forces if each.id == command.id)
    if not force.is_standing:
        return
    turn.record(e.TaskForceStoodDown(name=force.name, why=InternalText(clip(command.why, 2_000))))
    notify(
        turn,
        Occasion.TASK_FORCE_STOOD_DOWN,
        (turn.escalation.owner, force.lead),
        why=Sentence.OF_TASK_FORCE.of(force.name, command.why),
    )


def update_task_forces(turn: Work, before: Escalation) -> None:
    """Messages of a task force say where its escalation stands now, not where it stood at the deployment."""
    now = turn.escalation
    if not before.standing_forces:
        return
    about, are_others = _about(now), _counting(now) != _counting(before)
    if about == _about(before) and not are_others:
        return
    clocks = tuple(_clocks(turn)) if are_others else ()
    calendars = _counted_by(now, clocks)
    for force in now.standing_forces:
        turn.do(
            UpdateTaskForce(
                id=force.id,
                name=force.name,
                about=about,
                clocks=clocks,
                calendars=calendars,
                chase_every=now.plan.chase_every if are_others else None,
            )
        )


def _counting(now: Escalation) -> tuple[object, ...]:
    """All that says when something of a task force is due: targets, calendars, and how often it is chased."""
    definitions = {name: calendar.definition for name, calendar in now.plan.calendars.items()}
    return now.rules, now.plan.calendar, definitions, now.plan.chase_every


# Deploying


def _filled(now: Escalation, command: c.DeployTaskForce) -> tuple[tuple[SeatPlan, ...], list[Fault]]:
    """For each seat those who can take it; with every fault at once."""
    faults = list(_faults_of_lead(now, command.lead))
    seats = []
    for number, wanted in enumerate(command.seats):
        faults += _faults_of(now, f"seats.{number}", wanted)
        people = tuple(person for person in _candidates(now, wanted) if person != command.lead)
        seats.append(SeatPlan(role=wanted.role, skill=wanted.skill, candidates=people))
    if not faults:
        faults = [
            Fault(
                where=f"seats.{number}",
                given=f"nobody but the lead for {seat.role}{f' ({seat.skill})' if seat.skill else ''}",
                allowed="a role or skill that somebody has, or people by id",
            )
            for number, seat in enumerate(seats)
            if not seat.candidates
        ]
    return tuple(seats), faults


def _faults_of_lead(now: Escalation, lead: str) -> Iterator[Fault]:
    people = _people(now)
    if lead not in people:
        yield Fault(
            where="lead",
            given=quote_input(lead),
            allowed="a person of the playbook",
            suggestion=nearest(lead, people),
        )


def _faults_of(now: Escalation, where: str, wanted: SeatRequest) -> Iterator[Fault]:
    skills, people = now.plan.skills, {contact.id for contact in now.plan.contacts}
    roles = sorted({role for contact in now.plan.contacts for role in contact.roles})
    if wanted.skill and wanted.skill not in skills:
        yield _unknown(f"{where}.skill", wanted.skill, sorted(skills))
    for person in wanted.people:
        if person not in people:
            yield _unknown(f"{where}.people", person, sorted(people))
    if not wanted.skill and not wanted.people and wanted.role not in roles:
        yield _unknown(f"{where}.role", wanted.role, roles)


def _unknown(where: str, given: str, known: list[str]) -> Fault:
    return Fault(
        where=where,
        given=quote_input(given),
        allowed=f"one of {', '.join(known) or 'none'}",
        suggestion=nearest(given, known),
    )


def _candidates(now: Escalation, wanted: SeatRequest) -> tuple[str, ...]:
    """Those who are named; else those with the skill, whoever has the role too before the others; else the role's."""
    of_role = [contact.id for contact in now.plan.contacts if wanted.role in contact.roles]
    if wanted.people:
        names: Iterable[str] = _each_person(now, wanted.people)
    elif wanted.skill:
        skilled = (
            _each_person(now, (now.plan.skills[wanted.skill],)) if wanted.skill in now.plan.skills else []
        )
        names = sorted(skilled, key=lambda person: person not in of_role)
    else:
        names = _each_person(now, of_role)
    return tuple(dict.fromkeys(names))


def _each_person(now: Escalation, ids: Iterable[str]) -> list[str]:
    """A team or a schedule stands for its members."""
    people = _people(now)
    found = (now.plan.contact(each) for each in ids if now.plan.knows(each))
    each = ((contact.id,) if contact.kind is ContactKind.PERSON else contact.members for contact in found)
    return [person for persons in each for person in persons if person in people]


def _people(now: Escalation) -> dict[str, Contact]:
    return {contact.id: contact for contact in now.plan.contacts if contact.kind is ContactKind.PERSON}


def _charter(turn: Work, command: c.DeployTaskForce, id_: str, seats: tuple[SeatPlan, ...]) -> Charter:
    now = turn.escalation
    clocks = tuple(_clocks(turn, command.status_every))
    return Charter(
        id=id_,
        name=command.name,
        mission=command.mission,
        lead=command.lead,
        seats=seats,
        technical_plan=command.technical_plan,
        deployed_by=command.by,
        about=_about(now),
        contacts=tuple(
            contact
            for contact in now.plan.contacts
            if contact.kind is ContactKind.PERSON or contact.id == command.by
        ),
        clocks=clocks,
        has_own_status=command.status_every is not None,
        calendars=_counted_by(now, clocks),
        chase_every=now.plan.chase_every,
    )


def _counted_by(now: Escalation, clocks: Iterable[Clock]) -> dict[str, Calendar]:
    counted = {clock.calendar for clock in clocks}
    return {name: calendar for name, calendar in now.plan.calendars.items() if name in counted}


def _clocks(turn: Work, status_every: timedelta | None = None) -> Iterator[Clock]:
    for name in sorted(OF_TASK_FORCES):
        if name is ClockName.TASK_FORCE_STATUS and status_every:
            target = Target(after=status_every, thresholds=_ASKED_AT)
            yield clock_within(turn.escalation, name, target, turn.now)
        elif clock := clock_for(turn.escalation, name, turn.now):
            is_asked = name is ClockName.TASK_FORCE_STATUS  # a seat's clock only says when the next is asked
            yield clock if is_asked else replace(clock, thresholds=())


def _about(now: Escalation) -> EscalationSummary:
    return EscalationSummary(
        key=now.key,
        subject=now.request.subject,
        priority=now.priority,
        state=now.state.value,
        level=now.level,
        level_name=now.current_level.name,
        owner=name_of(now, now.owner),
    )


# Hearing, and standing down


def _notify_of(turn: Work, known: TaskForceSummary, news: TaskForceUpdate) -> None:
    now, force = turn.escalation, news.summary
    of_it = partial(Sentence.OF_TASK_FORCE.of, force.name)
    if news.report:
        restart_next_update(turn, ClockName.INTERNAL_UPDATE)
        why = of_it(Sentence.REPORTED_BY.of(name_of(now, news.report.by)))
        notify(
            turn,
            Occasion.TASK_FORCE_REPORT,
            followers_of(now),
            why=why,
            text=news.report.text,
            items=force.tasks_left,
            task_force=force.name,
        )
    if news.is_status_missed:
        why = of_it(Sentence.STATUS_MISSING.of())
        clock = ClockName.TASK_FORCE_STATUS
        notify(turn, Occasion.BREACH, (now.owner, *managers_of(now)), why=why, clock=clock)
    if news.vacant:
        why = of_it(Sentence.SEAT_VACANT.of(", ".join(news.vacant)))
        people, text = (now.owner, force.lead), news.declined or None
        notify(turn, Occasion.TASK_FORCE_NEWS, people, why=why, text=text, task_force=force.name)
    if known.is_standing and news.why_stood_down is not None:
        why = of_it(news.why_stood_down)
        notify(turn, Occasion.TASK_FORCE_STOOD_DOWN, (now.owner,), why=why, items=force.tasks_left)


def _require_own(now: Escalation, force: TaskForceSummary, command: c.StandDownTaskForce) -> None:
    """A lead stands down what they lead; any other role that may, each of them."""
    roles = set(now.plan.permissions.get(command.move, ()))
    mine = now.roles_of(now.plan.contact(command.by)) & roles
    if mine == {"task_force_lead"} and force.lead != command.by:
        name = name_of(now, command.by)
        raise RoleNotAllowed(
            f"{now.key}: {name} may not stand down task force {force.name}, which {force.lead} leads"
        )


def _stand_down(turn: Work, force: TaskForceSummary, why: InternalText, heir: str | None = None) -> None:
    turn.record(e.TaskForceStoodDown(name=force.name, why=why, left=force.tasks_left, handed_to=heir))
    _order_down(turn, force, why, heir)
    if force.open_tasks:
        to = heir or turn.escalation.owner
        because = Sentence.OF_TASK_FORCE.of(force.name, why)
        notify(turn, Occasion.TASK_FORCE_STOOD_DOWN, (to,), why=because, items=force.tasks_left)


def _order_down(turn: Work, force: TaskForceSummary, why: InternalText, heir: str | None = None) -> None:
    now = turn.escalation
    turn.do(
        OrderStandDown(
            id=force.id,
            name=force.name,
            by=turn.by,
            why=str(why),
            about=_about(now),
            hand_over_to=name_of(now, heir) if heir else None,
        )
    )
