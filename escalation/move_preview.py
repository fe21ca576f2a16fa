"""
Previews: what a move would do before it is made, in an escalation, in a task force or in a sponsorship.

The engine decides as it would, and nothing is kept. A preview holds for the instant it was made at. Somebody who is on
call without being in the plan is looked up by the move itself, and is unknown here.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from escalation.case import engine
from escalation.case.audience import name_of
from escalation.case.effects import StartTaskForce
from escalation.case.events import CLOCKWORK
from escalation.case.lifecycle import State
from escalation.case.move_index import PersonsCommand
from escalation.case.state import Escalation
from escalation.case.task_forces import ReportTaskForce
from escalation.kernel.budgets import ANSWER, first_of
from escalation.kernel.clock_view import ClockView, by_due_time
from escalation.kernel.clocked_state import ClockedState
from escalation.kernel.event import RecordedEvent
from escalation.kernel.reasons import Reason
from escalation.kernel.values import Instant, frozen
from escalation.notifications.notification import CustomerNotification, InternalNotification, Occasion
from escalation.policy.people import Recipient
from escalation.sponsorship import engine as sponsorship_engine
from escalation.sponsorship.lifecycle import SponsorshipState
from escalation.sponsorship.move_index import PersonsCommand as SponsorshipCommand
from escalation.sponsorship.playbook_people import PlaybookPeople
from escalation.sponsorship.state import Sponsorship
from escalation.task_force import engine as task_force_engine
from escalation.task_force.commands import MembersCommand
from escalation.task_force.events import CLOCKWORK as TASK_FORCE_CLOCKWORK
from escalation.task_force.lifecycle import TaskForceState
from escalation.task_force.state import TaskForce

Notification = InternalNotification | CustomerNotification
WriteMessage = Callable[[Notification, Recipient], tuple[str, str]]
"""Returns the subject and the text of a notification, as its recipient reads it."""


@frozen
class Notified:
    """Somebody who would be notified."""

    to: str
    name: str
    occasion: Occasion
    for_customers: bool = False


@frozen
class Consequence:
    """Everything that would come of one decision."""

    at: Instant
    state: State | TaskForceState | SponsorshipState
    level: int | None = None
    """None: task forces and sponsorships have no levels."""
    owner: str
    """The id of the owner, of the lead of a task force, or of the sponsor; empty, where there is none yet."""
    owner_name: str
    happened: tuple[Reason, ...] = ()
    """The events, a sentence each."""
    notified: tuple[Notified, ...] = ()


@frozen
class SampleMessage:
    """A message as the first of its readers would get it; others get their own names, dates and numbers."""

    to: str
    name: str
    occasion: Occasion
    for_customers: bool
    language: str
    subject: str
    text: str


@frozen
class MovePreview:
    """A move before it is made: its consequence, the clocks after it, and the messages that would leave."""

    consequence: Consequence
    next_due_at: Instant | None
    next_update_at: Instant | None = None
    clocks: tuple[ClockView, ...]
    messages: tuple[SampleMessage, ...] = ()
    """One for each occasion, audience and language."""


def preview_move(
    now: Escalation, command: PersonsCommand, at: datetime, write: WriteMessage | None = None
) -> MovePreview:
    """
    Return what *command* would do at *at*; with the messages, if *write* says how they read.

    Raises:
        EscalationError: If it would be refused.
    """
    decision = engine.decide(now, command, at)
    return preview_of(decision.state, decision.events, decision.effects, at, write)


def preview_of(
    now: Escalation,
    events: Iterable[RecordedEvent],
    effects: Sequence[object],
    at: datetime,
    write: WriteMessage | None = None,
) -> MovePreview:
    """Return the preview of a decision at *at* that leads to *now*, with its *events* and *effects*."""
    deployed = [
        task_force_engine.deploy(each.charter, at) for each in effects if isinstance(each, StartTaskForce)
    ]
    effects = [*effects, *(effect for force in deployed for effect in force.effects)]
    found = _preview(now, consequence_of(now, events, effects, at), effects, write)
    return replace(found, next_update_at=now.next_update_at)


def consequence_of(
    now: Escalation, events: Iterable[RecordedEvent], effects: Iterable[object], at: datetime
) -> Consequence:
    """Return a decision at *at* as people see it: the state after it, its *events* and *effects*."""
    return Consequence(
        at=at,
        state=now.state,
        level=now.level,
        owner=now.owner,
        owner_name=name_of(now, now.owner),
        happened=_sentences(events, CLOCKWORK),
        notified=_notified(effects),
    )


def preview_in_task_force(
    force: TaskForce,
    about: Escalation,
    command: MembersCommand,
    at: datetime,
    write: WriteMessage | None = None,
) -> MovePreview:
    """
    Return what *command* would do in *force*, and what the escalation *about* which it is would make of it.

    Raises:
        EscalationError: If it would be refused.
    """
    decision = task_force_engine.decide(force, command, at)
    now, effects = decision.state, list[object](decision.effects)
    if update := task_force_engine.updates_of(decision):
        effects += engine.decide(about, ReportTaskForce(update=update), at).effects
    consequence = Consequence(
        at=at,
        state=now.state,
        owner=now.charter.lead,
        owner_name=now.charter.name_of(now.charter.lead),
        happened=_sentences(decision.events, TASK_FORCE_CLOCKWORK),
        notified=_notified(effects),
    )
    return _preview(now, consequence, effects, write)


def preview_in_sponsorship(
    programme: Sponsorship,
    command: SponsorshipCommand,
    at: datetime,
    known: PlaybookPeople,
    write: WriteMessage | None = None,
) -> MovePreview:
    """
    Return what *command* would do to *programme*. *known*: the people whom it names.

    Raises:
        EscalationError: If it would be refused.
    """
    decision = sponsorship_engine.decide(programme, command, at, known)
    now = decision.state
    consequence = Consequence(
        at=at,
        state=now.standing,
        owner=now.sponsor.id if now.sponsor else "",
        owner_name=now.sponsor.name if now.sponsor else "",
        happened=_sentences(decision.events, CLOCKWORK),
        notified=_notified(decision.effects),
    )
    return _preview(now, consequence, decision.effects, write)


def _preview(
    now: ClockedState, consequence: Consequence, effects: Iterable[object], write: WriteMessage | None
) -> MovePreview:
    clocks = map(ClockView.of, sorted(now.running_clocks, key=by_due_time))
    return MovePreview(
        consequence=consequence,
        next_due_at=now.next_due_at,
        clocks=tuple(clock for clock in clocks if clock.outcome is None),
        messages=_samples(effects, write) if write else (),
    )


def _sentences(events: Iterable[RecordedEvent], clockwork: Container[str]) -> tuple[Reason, ...]:
    return first_of([event.sentence() for event in events if event.kind not in clockwork], ANSWER)


def _messages(effects: Iterable[object]) -> Iterator[tuple[Notification, Recipient]]:
    for effect in effects:
        if isinstance(effect, InternalNotification | CustomerNotification):
            yield from ((effect, person) for person in effect.to)


def _notified(effects: Iterable[object]) -> tuple[Notified, ...]:
    return tuple(
        Notified(to=to.id, name=to.name, occasion=notice.occasion, for_customers=_is_for_customers(notice))
        for notice, to in _messages(effects)
    )


def _samples(effects: Iterable[object], write: WriteMessage) -> tuple[SampleMessage, ...]:
    samples: dict[tuple[Occasion, bool, str], SampleMessage] = {}
    for notice, to in _messages(effects):
        kind = (notice.occasion, _is_for_customers(notice), to.language)
        if kind not in samples:
            samples[kind] = _sample(notice, to, *write(notice, to))
    return tuple(samples.values())


def _sample(notice: Notification, to: Recipient, subject: str, text: str) -> SampleMessage:
    return SampleMessage(
        to=to.id,
        name=to.name,
        occasion=notice.occasion,
        for_customers=_is_for_customers(notice),
        language=to.language,
        subject=subject,
        text=text,
    )


def _is_for_customers(notice: Notification) -> bool:
    return isinstance(notice, CustomerNotification)
