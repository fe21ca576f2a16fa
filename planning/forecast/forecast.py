"""
Forecast of a case under a playbook: what would happen, when, and who would be notified.

Runs the rules over time (``simulation.py``) and says in words what comes out. Nobody answers, or a scenario of moves is
followed; a refused move stands there as refused, and the run goes on.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from escalation.case import events as e
from escalation.case.audience import name_of
from escalation.case.events import CLOCKWORK
from escalation.case.levels import ContactTried, LevelRaised
from escalation.case.moves.transfer import Transferred
from escalation.case.on_call import OnCallFound
from escalation.case.request import StartRequest
from escalation.case.start import Opened
from escalation.case.state import Escalation
from escalation.kernel.clock_events import ClockBreached, ClockChased
from escalation.kernel.clock_name import ClockName
from escalation.kernel.reasons import Part, term
from escalation.kernel.values import ENGINE
from escalation.notifications.notification import CustomerNotification, Occasion
from escalation.policy.classification import Priority
from escalation.policy.plan import Plan
from messages.speaker import speaker
from planning.forecast.simulation import (
    AnyNotification,
    PlannedMove,
    SimulatedStep,
    make_open_command,
    simulate_run,
)
from planning.plan.on_call_answer import answer_from_playbook
from planning.playbook.schema import Playbook

_HIDDEN = CLOCKWORK | {"delivery_reported", "communication_begun", "open_hours_extended"}
"""Events that only keep state: the entries show what they lead to."""


@dataclass(slots=True)  # not frozen: that makes each of many three times as dear
class ForecastEntry:
    """One thing that would happen, or one message that would go out."""

    at: datetime
    """UTC."""
    kind: str
    """Of an event (``level_raised``), or the occasion of a message (``reminder``)."""
    level: int
    to: tuple[str, ...]
    """Ids of those who are notified, or of the owner now."""
    text: str
    names: tuple[str, ...] = ()
    """Of those in ``to``."""
    clock: str = ""
    due_at: datetime | None = None
    """Of that clock."""
    by: str = ENGINE
    is_message: bool = False
    for_customers: bool = False
    what: Part = ""
    """Sentence of an event, or the reason of a message to our people, as data: for readers of other languages."""

    @property
    def is_rise(self) -> bool:
        """True if a level is reached here; a message about it has the same kind."""
        return not self.is_message and self.kind in {"opened", "level_raised"}


@dataclass(frozen=True, slots=True)
class ForecastLevel:
    """A level, and when it would be reached."""

    level: int
    name: str
    at: datetime
    until: datetime | None
    """None: held to the end of the forecast."""
    owner: str


@dataclass(frozen=True, slots=True)
class Forecast:
    starts_at: datetime
    priority: Priority
    """At the start."""
    plan: Plan
    entries: tuple[ForecastEntry, ...]
    last: Escalation
    """State at the end."""
    is_cut_off: bool = False
    """More would happen than anybody reads: the rest is left out."""

    @property
    def ends_at(self) -> datetime:
        return self.entries[-1].at

    @property
    def holding_updates(self) -> int:
        """Count the updates that would go out by themselves."""
        return sum(entry.kind == Occasion.HOLDING and entry.is_message for entry in self.entries)

    @property
    def customer_messages(self) -> int:
        """Count the messages that customers would get, one to each of them."""
        return sum(len(entry.to) for entry in self.entries if entry.for_customers)

    @property
    def levels(self) -> tuple[ForecastLevel, ...]:
        """The levels in the order in which they would be reached; one that was passed over is not among them."""
        rises = [entry for entry in self.entries if entry.is_rise]
        ends = [rise.at for rise in rises[1:]] + [None if self.last.is_open else self.last.ended_at]
        return tuple(
            ForecastLevel(rise.level, self.plan.level(rise.level).name, rise.at, until, rise.names[0])
            for rise, until in zip(rises, ends, strict=True)
        )


def make_forecast(
    playbook: Playbook,
    request: StartRequest,
    starts_at: datetime,
    moves: Iterable[PlannedMove] = (),
    until: datetime | None = None,
) -> Forecast:
    """
    Forecast what would happen to *request*, started at *starts_at*, under *playbook*.

    Without *until* it ends when nothing new would happen: the escalation has ended, or every clock that still runs
    has breached once and would only be chased.

    Raises:
        BadRequest: With every fault that the request has against the playbook.
    """
    opens = make_open_command(playbook, request, starts_at)
    entries: list[ForecastEntry] = []
    last: Escalation | None = None
    level, is_cut_off = 0, False
    steps = simulate_run(
        opens, starts_at, moves, until, stops_in_silence=until is None, on_call=answer_from_playbook(playbook)
    )
    for happening in steps:
        found = tuple(_entries_of(happening, level))
        entries += found
        last = happening.escalation
        level, is_cut_off = last.level, happening.is_cut_off
    assert last
    return Forecast(starts_at, opens.priority, opens.plan, tuple(entries), last, is_cut_off)


def _entries_of(happening: SimulatedStep, level: int) -> Iterator[ForecastEntry]:
    """Yield events and messages in order: each message after the event that caused it."""
    if happening.refused:
        yield _make_refusal(happening, level)
        return
    notices = list(happening.notices)
    for event in happening.events:
        if isinstance(event, Opened):
            level = event.level
        elif isinstance(event, LevelRaised):
            level = event.to_level
        if event.kind not in _HIDDEN:
            yield _make_event(event, happening.escalation, level)
        while notices and notices[0].seq <= event.seq:
            yield _make_message(notices.pop(0), happening.at, level)
    for notice in notices:
        yield _make_message(notice, happening.at, level)


def _make_refusal(happening: SimulatedStep, level: int) -> ForecastEntry:
    assert happening.refused
    what = speaker().say(term(happening.move)) if happening.move else "move"
    text = f"{what} refused: {' '.join(happening.refused.message.split())}"
    return ForecastEntry(happening.at, "move_refused", level, (), text, by=happening.by)


def _make_event(event: e.Event, now: Escalation, level: int) -> ForecastEntry:
    to = _owners_after(event)
    clock = event.clock if isinstance(event, ClockBreached | ClockChased) else None
    return ForecastEntry(
        at=event.at,
        kind=event.kind,
        level=level,
        to=to,
        text=_describe_event(event, now),
        names=tuple(name_of(now, person) for person in to),
        clock=clock.words if clock else "",
        due_at=event.due_at if isinstance(event, ClockBreached | ClockChased) else None,
        by=event.by,
        what=event.sentence(),
    )


def _owners_after(event: e.Event) -> tuple[str, ...]:
    """Return the owner after *event*, where it names one."""
    match event:
        case Opened(owner=owner) | LevelRaised(owner=owner) | ContactTried(owner=owner):
            return (owner,)
        case Transferred(to=owner):
            return (owner,)
        case OnCallFound(people=people):
            return tuple(person.id for person in people)
        case _:
            return ()


def _describe_event(event: e.Event, now: Escalation) -> str:
    """Return the sentence of the timeline without instants: the forecast shows them beside it, in local time."""
    match event:
        case ClockBreached(clock=ClockName.LEVEL_WINDOW):
            return "window of the level ended"
        case ClockBreached(clock=clock):
            return f"{clock.words} breached"
        case Opened(level=level, priority=priority, owner=owner):
            return f"opened at level {level} with {priority} for {name_of(now, owner)}"
        case LevelRaised(from_level=before, to_level=after, owner=owner, why=why, is_early=is_early):
            early = ", before all responses were done" if is_early else ""
            return f"rose from level {before} to {after}, {name_of(now, owner)}: {speaker().say(why)}{early}"
        case OnCallFound(instead_of=str(relieved)):
            return speaker().say(replace(event, instead_of=name_of(now, relieved)).sentence())
        case _:
            return speaker().say(event.sentence())


def _make_message(notice: AnyNotification, at: datetime, level: int) -> ForecastEntry:
    to = tuple([recipient.id for recipient in notice.to])
    names = tuple([recipient.name for recipient in notice.to])
    kind = notice.occasion.value
    if isinstance(notice, CustomerNotification):
        text = _describe_customer_message(kind)
        return ForecastEntry(at, kind, level, to, text, names, is_message=True, for_customers=True)
    facts = notice.facts
    return ForecastEntry(
        at,
        kind,
        level,
        to,
        speaker().say(facts.why or ""),
        names,
        facts.clock or "",
        facts.due_at,
        is_message=True,
        what=facts.why or "",
    )


@lru_cache(maxsize=64)
def _describe_customer_message(occasion: str) -> str:
    return f"{occasion.replace('_', ' ')} to customers"
