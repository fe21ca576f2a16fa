"""
Previews: the moves that somebody may make with the reason why not, and what a move would do before it is made.

The engine decides as it would, and nothing is kept. A preview holds for the instant it was made at. Somebody who is on
call without being in the plan is looked up by the move itself, and is unknown here.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from escalation.case.audience import name_of
from escalation.case.effects import Effect
from escalation.case.engine import decide, moves_now, permit
from escalation.case.events import CLOCKWORK, Event
from escalation.case.lifecycle import NOBODYS, Move, State
from escalation.case.move_index import PersonsCommand
from escalation.case.moves.close import Close
from escalation.case.state import Escalation
from escalation.case.view import ClockView, view
from escalation.kernel.budgets import ANSWER, first_of
from escalation.kernel.reasons import Part, Reason
from escalation.kernel.refusals import EscalationError
from escalation.kernel.values import Instant, frozen
from escalation.notifications.notification import CustomerNotification, InternalNotification, Occasion
from escalation.policy.people import Recipient

Notification = InternalNotification | CustomerNotification
WriteMessage = Callable[[Notification, Recipient], tuple[str, str]]
"""Returns the subject and the text of a notification, as its recipient reads it."""


@frozen
class MovePermission:
    """A move, and the reason why it is not allowed now."""

    move: Move
    is_allowed: bool
    obstacle: Part | None = None
    """The reason why not; none, if it is allowed."""


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
    state: State
    level: int
    owner: str
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
    next_update_at: Instant | None
    clocks: tuple[ClockView, ...]
    messages: tuple[SampleMessage, ...] = ()
    """One for each occasion, audience and language."""


def list_permissions(now: Escalation, by: str | None) -> tuple[MovePermission, ...]:
    """Return each move that people make, as *by* may make it; without *by*, as somebody may."""
    possible = moves_now(now)
    return tuple(_permission(now, move, by, possible) for move in Move if move not in NOBODYS)


def _permission(now: Escalation, move: Move, by: str | None, possible: tuple[Move, ...]) -> MovePermission:
    if move is Move.REOPEN and move in possible and now.state is State.CLOSED:
        return MovePermission(move=move, is_allowed=True)  # a closed one comes back as a new one (CLOSE-9)
    try:
        permit(now, move, by)
        if move is Move.CLOSE and move not in possible:
            Close.require_ready(now)
    except EscalationError as error:
        return MovePermission(move=move, is_allowed=False, obstacle=error.refusal.obstacle)
    return MovePermission(move=move, is_allowed=True)


def preview_move(
    now: Escalation, command: PersonsCommand, at: datetime, write: WriteMessage | None = None
) -> MovePreview:
    """
    Return what *command* would do at *at*; with the messages, if *write* says how they read.

    Raises:
        EscalationError: If it would be refused.
    """
    decision = decide(now, command, at)
    return preview_of(decision.state, decision.events, decision.effects, at, write)


def preview_of(
    now: Escalation,
    events: Iterable[Event],
    effects: Sequence[Effect],
    at: datetime,
    write: WriteMessage | None = None,
) -> MovePreview:
    """Return the preview of a decision at *at* that leads to *now*, with its *events* and *effects*."""
    after = view(now)
    return MovePreview(
        consequence=consequence_of(now, events, effects, at),
        next_due_at=after.next_due_at,
        next_update_at=now.next_update_at,
        clocks=tuple(clock for clock in after.clocks if clock.outcome is None),
        messages=_samples(effects, write) if write else (),
    )


def consequence_of(
    now: Escalation, events: Iterable[Event], effects: Iterable[Effect], at: datetime
) -> Consequence:
    """Return a decision at *at* as people see it: the state after it, its *events* and *effects*."""
    sentences = [event.sentence() for event in events if event.kind not in CLOCKWORK]
    return Consequence(
        at=at,
        state=now.state,
        level=now.level,
        owner=now.owner,
        owner_name=name_of(now, now.owner),
        happened=first_of(sentences, ANSWER),
        notified=tuple(_notified(*each) for each in _messages(effects)),
    )


def _messages(effects: Iterable[Effect]) -> Iterator[tuple[Notification, Recipient]]:
    for effect in effects:
        if isinstance(effect, InternalNotification | CustomerNotification):
            yield from ((effect, person) for person in effect.to)


def _notified(notice: Notification, to: Recipient) -> Notified:
    return Notified(to=to.id, name=to.name, occasion=notice.occasion, for_customers=_is_for_customers(notice))


def _samples(effects: Iterable[Effect], write: WriteMessage) -> tuple[SampleMessage, ...]:
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
