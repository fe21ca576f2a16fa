"""Simulation of one escalation: the rules run over time, with nothing outside them. Knows no rule."""

# Theory of operation
#
# The rules are a pure function ``decide(state, command, now)``, and each state says when it wants to wake up. So a
# simulation needs no clock: it jumps to the next of two instants, the wake-up or the next move, and decides there. In
# between nothing can happen. A year takes as many steps as there are events in it.
#
# It plays the shell: messages count as delivered at once, open hours are compiled further when the rules ask for it,
# and questions about rotas are answered from the playbook.

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from escalation.case import commands as c
from escalation.case import events as e
from escalation.case.effects import Effect, FindOnCall, OnCallResult
from escalation.case.engine import Decision, decide
from escalation.case.levels import LevelRaised
from escalation.case.lifecycle import Move
from escalation.case.move_index import PersonsCommand
from escalation.case.on_call import OnCallFound, ReportOnCall
from escalation.case.request import StartRequest
from escalation.case.start import Open, open_escalation
from escalation.case.state import Escalation
from escalation.kernel.clock_events import ClockBreached
from escalation.kernel.clock_name import ClockName
from escalation.kernel.refusals import EscalationError
from escalation.kernel.values import ENGINE
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.notification import CustomerNotification, InternalNotification, message_key
from escalation.notifications.system_commands import ExtendOpenHours, ReportDelivery, Tick
from escalation.policy.open_hours_horizon import CompileOpenHours
from planning.calendars.open_hours import compile_further
from planning.plan.compiler import compile_plan
from planning.playbook.schema import Playbook

AnyNotification = InternalNotification | CustomerNotification
AnswerOnCall = Callable[[FindOnCall], OnCallResult]

MOST_STEPS = 20_000
"""Most steps of a run: a playbook that reminds every second for a year is cut off."""

LONGEST_RUN = timedelta(days=20 * 366)
"""Longest time of a run without a given end."""

_TICK = Tick()
_extended = lru_cache(maxsize=32)(compile_further)


class PlannedMove(NamedTuple):
    """A move to come. What it is may depend on how things stand by then; None: nothing is done."""

    at: datetime
    command: Callable[[Escalation], PersonsCommand | None]


class SimulatedStep(NamedTuple):
    """Outcome of one instant."""

    at: datetime
    escalation: Escalation
    """After it."""
    events: tuple[e.Event, ...] = ()
    notices: tuple[AnyNotification, ...] = ()
    refused: EscalationError | None = None
    """The refusal of the move, if it was refused: then nothing else happened."""
    move: Move | None = None
    by: str = ENGINE
    is_cut_off: bool = False
    """True if the run ended here because it was too long."""


def make_open_command(playbook: Playbook, request: StartRequest, at: datetime) -> Open:
    """
    Return the command that opens the escalation of *request* at *at* under *playbook*.

    Raises:
        BadRequest: With every fault that the request has against the playbook.
    """
    plan, priority = compile_plan(playbook, request, at)
    return Open(id=f"{request.key}@{at:%Y%m%dT%H%M%SZ}", request=request, plan=plan, priority=priority)


def simulate_run(
    opens: Open,
    at: datetime,
    moves: Iterable[PlannedMove] = (),
    until: datetime | None = None,
    *,
    stops_in_silence: bool = True,
    most_steps: int = MOST_STEPS,
    on_call: AnswerOnCall | None = None,
) -> Iterator[SimulatedStep]:
    """
    Yield everything that happens from *at* on, in order.

    Ends when the escalation does, at *until*, or in silence: no move is left to come, and every clock that still runs
    has breached since the last change, so that nothing new would happen, only chasing. Moves at one instant keep
    their order, and come after what is due by then. *on_call* says who is; without it, nobody.
    """
    walk = _Run(at, on_call or _answer_nobody)
    yield from walk.take(open_escalation(opens, at))
    yield from _go_on(walk, moves, until, stops_in_silence=stops_in_silence, most_steps=most_steps)


def simulate_on(
    escalation: Escalation,
    at: datetime,
    until: datetime | None = None,
    *,
    most_steps: int = MOST_STEPS,
    on_call: AnswerOnCall | None = None,
) -> Iterator[SimulatedStep]:
    """Yield everything that happens to *escalation* from *at* on if nobody acts, as ``simulate_run`` does."""
    walk = _Run(at, on_call or _answer_nobody)
    walk.escalation = escalation
    yield from _go_on(walk, (), until, stops_in_silence=until is None, most_steps=most_steps)


def _go_on(
    walk: "_Run",
    moves: Iterable[PlannedMove],
    until: datetime | None,
    *,
    stops_in_silence: bool,
    most_steps: int,
) -> Iterator[SimulatedStep]:
    at = walk.at
    waiting = deque(sorted(moves, key=lambda move: move.at))
    for _ in range(most_steps):
        wake_at = walk.escalation.wake_at
        is_moves_turn = bool(waiting) and (wake_at is None or waiting[0].at < wake_at)
        next_at = waiting[0].at if is_moves_turn else wake_at
        if next_at is None or (until and next_at > until):
            return
        if until is None and next_at > at + LONGEST_RUN:
            break
        if is_moves_turn:
            yield from walk.obey(waiting.popleft())
        elif stops_in_silence and not waiting and walk.is_silent:
            return
        else:
            yield from walk.wake(next_at)
    yield SimulatedStep(walk.at, walk.escalation, is_cut_off=True)


def _answer_nobody(asked: FindOnCall) -> OnCallResult:
    return OnCallResult(rota=asked.rota, people=(), why="nobody is looked up here")


class _Run:
    """State of a run."""

    escalation: Escalation

    def __init__(self, at: datetime, on_call: AnswerOnCall) -> None:
        self.at = at
        self._on_call = on_call
        self._spoken: set[ClockName] = set()
        """Clocks that have breached since the last change, a restarted one included."""

    @property
    def is_silent(self) -> bool:
        for clock in self.escalation.clocks:
            is_held = clock.next_at is None and clock.not_before is None
            is_quiet = clock.breached_at or is_held or clock.name in self._spoken
            if clock.is_running and not is_quiet:
                return False
        return True

    def wake(self, at: datetime) -> Iterator[SimulatedStep]:
        self.at = max(at, self.at)
        yield from self.take(decide(self.escalation, _TICK, self.at))

    def obey(self, planned: PlannedMove) -> Iterator[SimulatedStep]:
        self.at = max(planned.at, self.at)
        command = planned.command(self.escalation)
        if command is None:
            return
        try:
            decision = decide(self.escalation, command, self.at)
        except EscalationError as refusal:
            yield SimulatedStep(self.at, self.escalation, refused=refusal, move=command.move, by=command.by)
            return
        self._spoken.clear()
        yield from self.take(decision, command.move, command.by)

    def take(self, decision: Decision, move: Move | None = None, by: str = ENGINE) -> Iterator[SimulatedStep]:
        self.escalation = decision.state
        for event in decision.events:
            if isinstance(event, LevelRaised):
                self._spoken.clear()
            elif isinstance(event, ClockBreached):
                self._spoken.add(event.clock)
            elif isinstance(event, OnCallFound) and event.instead_of:
                self._spoken.add(ClockName.ON_DUTY)  # and so it goes on, shift by shift
        notices = tuple(effect for effect in decision.effects if isinstance(effect, AnyNotification))
        yield SimulatedStep(self.at, decision.state, decision.events, notices, move=move, by=by)
        for command in self._answers(decision.effects, notices):
            yield from self.take(decide(self.escalation, command, self.at))

    def _answers(
        self, effects: tuple[Effect, ...], notices: tuple[AnyNotification, ...]
    ) -> Iterator[c.Command]:
        """Yield the commands that the shell would send back at once."""
        for effect in effects:
            if isinstance(effect, CompileOpenHours):
                hours = _extended(effect.definition, effect.since, effect.until)
                yield ExtendOpenHours(
                    calendar=effect.calendar,
                    definition=effect.definition,
                    since=effect.since,
                    open_hours=hours,
                )
            elif isinstance(effect, FindOnCall):
                yield ReportOnCall(found=self._on_call(effect), notice=effect.notice)
        if notices and self.escalation.unnotified:  # afterwards a delivery result changes nothing
            yield ReportDelivery(results=tuple(_results_of(notices, self.at)))


def _results_of(notices: Iterable[AnyNotification], at: datetime) -> Iterator[DeliveryResult]:
    for notice in notices:
        for recipient in notice.to:
            yield DeliveryResult(
                key=message_key(notice, recipient),
                recipient=recipient.id,
                occasion=notice.occasion.value,
                channel="forecast",
                delivered_at=at,
            )
