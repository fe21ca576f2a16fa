"""
Task forces, as the escalation sees them (RESOLVE-2, RESOLVE-3): deploy, take updates, stand down.

Each runs on its own (``escalation.task_force``); here is what it is deployed with, and what its updates mean for
the escalation. None outlives it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import ClassVar, Literal

from escalation.case.audience import followers_of, name_of, notify, person_of
from escalation.case.base_event import BaseEvent
from escalation.case.clock_row import CalendarOf, timing_of
from escalation.case.failed_deliveries import notify_undelivered
from escalation.case.level_managers import managers_of
from escalation.case.next_update import restart_next_update
from escalation.case.state import Escalation
from escalation.case.state_changes import replace_task_force, undelivered_after
from escalation.case.work import Work
from escalation.kernel.characters import clip
from escalation.kernel.clock_loop import new_clock
from escalation.kernel.clock_name import OF_TASK_FORCES, ClockName
from escalation.kernel.clocks import Clock
from escalation.kernel.reasons import Part, Reason, reason, sentences, shortened_part
from escalation.kernel.values import NO_NOTE, InternalText, frozen
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.notification import Occasion
from escalation.policy.plan import Calendar, Target
from escalation.task_force.lifecycle import TaskForceState
from escalation.task_force.moves.keep_informed import KeepInformed
from escalation.task_force.moves.stand_down import StandDown
from escalation.task_force.state import EscalationSummary, StatusReport, TaskForceSummary
from escalation.task_force.updates import TaskForceUpdate

MOST_FORCES = 20
_ASKED_AT = (75,)
"""Percent of a status clock of one's own choice at which the lead is asked."""


@frozen
class TaskForceReported(BaseEvent):
    """An update of a task force."""

    kind: Literal["task_force_reported"] = "task_force_reported"
    force: TaskForceSummary
    happened: tuple[Reason, ...]
    note: InternalText = NO_NOTE
    """Report of the lead."""
    results: tuple[DeliveryResult, ...] = ()
    """Results of its messages."""

    def applied_to(self, now: Escalation) -> Escalation:
        undelivered = undelivered_after(now, self.results, self.at)
        return replace(
            now, task_forces=replace_task_force(now, _with_update(self.force)), undelivered=undelivered
        )

    def sentence(self) -> Reason:
        return reason(self.code, self.force.name, sentences(self.happened))


@frozen
class TaskForceStoodDown(BaseEvent):
    kind: Literal["task_force_stood_down"] = "task_force_stood_down"
    name: str
    why: Part
    left: tuple[Reason, ...] = ()
    """Tasks that are still open (RESOLVE-3)."""
    handed_to: str | None = None
    """Person who goes on with them; None: they are listed."""

    def applied_to(self, now: Escalation) -> Escalation:
        (known,) = (force for force in now.task_forces if force.name == self.name)
        down = replace(known, state=TaskForceState.STOOD_DOWN, is_status_missed=False)
        return replace(now, task_forces=replace_task_force(now, down))

    def sentence(self) -> Reason:
        return _stood_down(self.code, self)


@frozen
class ReportTaskForce:
    """Take an update of a task force (RESOLVE-2)."""

    kind: ClassVar[str] = "report_task_force"
    update: TaskForceUpdate


@frozen
class NoteFailedDeployment:
    """Note that a task force could not be started."""

    kind: ClassVar[str] = "note_failed_deployment"
    id: str
    why: Part


def stand_all_down(work: Work, why: Reason) -> None:
    """Stand down all task forces: none outlives its escalation (RESOLVE-3, CLOSE-10)."""
    for force in work.state.standing_forces:
        stand_one_down(work, force, why)


def follow_task_force_update(work: Work, update: TaskForceUpdate) -> None:
    """Record an update of a task force, and notify people of what they must act on."""
    force = update.summary
    known = next((each for each in work.state.task_forces if each.id == force.id), None)
    if known is None:
        _order_down(work, force, reason("escalation_ended"))
        return
    if force.heard <= known.heard:
        return
    if not known.is_standing:
        force = replace(
            force, state=known.state, is_status_missed=False
        )  # its last words, that crossed the order
    note = force.latest.text if force.latest and _is_new(force.latest, known.latest) else InternalText("")
    before = work.state
    work.record(TaskForceReported(force=force, happened=update.happened, note=note, results=update.results))
    notify_undelivered(work, update.results, before)
    if work.state.is_open:
        _notify_of(work, known, update)


def _is_new(report: StatusReport, known: StatusReport | None) -> bool:
    return known is None or (report.at, report.by) != (known.at, known.by)


def note_failed_deployment(work: Work, command: NoteFailedDeployment) -> None:
    """Note a failed deployment, and notify the owner, because nobody else works on it."""
    force = next(each for each in work.state.task_forces if each.id == command.id)
    if not force.is_standing:
        return
    work.record(TaskForceStoodDown(name=force.name, why=shortened_part(command.why, 2_000)))
    notify(
        work,
        Occasion.TASK_FORCE_STOOD_DOWN,
        (work.state.owner, force.lead),
        why=reason("of_task_force", force.name, command.why),
    )


def update_task_forces(work: Work, before: Escalation) -> None:
    """Inform the task forces of where the escalation stands, so that their messages say so."""
    now = work.state
    if not before.standing_forces:
        return
    about, are_others = summarize_escalation(now), _counting(now) != _counting(before)
    if about == summarize_escalation(before) and not are_others:
        return
    clocks = tuple(clock_patterns(work)) if are_others else ()
    calendars = calendars_of(now, clocks)
    for force in now.standing_forces:
        work.do(
            KeepInformed(
                id=force.id,
                about=about,
                clocks=clocks,
                calendars=calendars,
                chase_every=now.plan.chase_every if are_others else None,
            )
        )


def _counting(now: Escalation) -> tuple[object, ...]:
    """Return all that says when something of a task force is due: targets, calendars, and the time between chasers."""
    definitions = {name: calendar.definition for name, calendar in now.plan.calendars.items()}
    return now.rules, now.plan.calendar, definitions, now.plan.chase_every


# Deploying


def calendars_of(now: Escalation, clocks: Iterable[Clock]) -> dict[str, Calendar]:
    counted = {clock.calendar for clock in clocks}
    return {name: calendar for name, calendar in now.plan.calendars.items() if name in counted}


def clock_patterns(work: Work, status_every: timedelta | None = None) -> Iterator[Clock]:
    own = Target(after=status_every, thresholds=_ASKED_AT) if status_every else None
    for name in sorted(OF_TASK_FORCES):
        is_asked = name is ClockName.TASK_FORCE_STATUS  # a seat's clock only says when the next is asked
        target = (own if is_asked else None) or work.state.rules.targets.get(name)
        if target:
            clock = new_clock(work.state, name, timing_of(work.state, target, CalendarOf.PLAN), work.now)
            yield clock if is_asked else replace(clock, thresholds=())


def summarize_escalation(now: Escalation) -> EscalationSummary:
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


def _notify_of(work: Work, known: TaskForceSummary, update: TaskForceUpdate) -> None:
    now, force = work.state, update.summary
    of_it = partial(partial(reason, "of_task_force"), force.name)
    if update.report:
        restart_next_update(work, ClockName.INTERNAL_UPDATE)
        why = of_it(reason("reported_by", person_of(now, update.report.by)))
        notify(
            work,
            Occasion.TASK_FORCE_REPORT,
            followers_of(now),
            why=why,
            text=update.report.text,
            items=force.tasks_left,
            task_force=force.name,
        )
    if update.is_status_missed:
        why = of_it(reason("status_missing"))
        clock = ClockName.TASK_FORCE_STATUS
        notify(work, Occasion.BREACH, (now.owner, *managers_of(now)), why=why, clock=clock)
    if update.vacant:
        why = of_it(reason("seat_vacant", tuple(update.vacant)))
        people, text = (now.owner, force.lead), update.declined or None
        notify(work, Occasion.TASK_FORCE_UPDATE, people, why=why, text=text, task_force=force.name)
    if known.is_standing and update.why_stood_down is not None:
        why = of_it(update.why_stood_down)
        notify(work, Occasion.TASK_FORCE_STOOD_DOWN, (now.owner,), why=why, items=force.tasks_left)


def stand_one_down(work: Work, force: TaskForceSummary, why: Part, next_owner: str | None = None) -> None:
    work.record(TaskForceStoodDown(name=force.name, why=why, left=force.tasks_left, handed_to=next_owner))
    _order_down(work, force, why, next_owner)
    if force.open_tasks:
        to = next_owner or work.state.owner
        because = reason("of_task_force", force.name, why)
        notify(work, Occasion.TASK_FORCE_STOOD_DOWN, (to,), why=because, items=force.tasks_left)


def _order_down(work: Work, force: TaskForceSummary, why: Part, next_owner: str | None = None) -> None:
    now = work.state
    work.do(
        StandDown(
            id=force.id,
            by=work.by,
            why=why,
            about=summarize_escalation(now),
            hand_over_to=name_of(now, next_owner) if next_owner else None,
        )
    )


_LONGEST_REPORT = 1_000
"""Characters of a task force's latest report that its escalation keeps."""


def _with_update(force: TaskForceSummary) -> TaskForceSummary:
    """Return *force* with the beginning of its latest report; the event and the task force itself have all of it."""
    if not force.latest:
        return force
    text = InternalText(clip(force.latest.text, _LONGEST_REPORT))
    return replace(force, latest=replace(force.latest, text=text))


def _stood_down(code: str, event: TaskForceStoodDown) -> Reason:
    if not event.left:
        return reason(code, event.name)
    left = sentences(event.left)
    if event.handed_to:
        return reason(f"{code}.handed_over", event.name, left, event.handed_to)
    return reason(f"{code}.open", event.name, left)
