"""
Backtest: the incidents of a log as escalations under a playbook, in figures.

Each incident is opened at its time, and its people do what the log says (``imported_moves.py``); the rules decide
everything else. Figures are by the priority with which an incident was opened.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from escalation.case import events as e
from escalation.case.levels import LevelRaised
from escalation.case.lifecycle import OPEN, State
from escalation.case.moves.acknowledge import Acknowledged
from escalation.case.start import Open
from escalation.kernel import values
from escalation.kernel.clock_events import ClockBreached, ClockEnded
from escalation.kernel.clocks import Outcome
from escalation.kernel.reasons import reason, term
from escalation.kernel.refusals import BadRequest, Fault, nearest, quote_input
from escalation.measures.definitions import goes_back_to_work
from escalation.notifications.notification import InternalNotification
from escalation.policy.classification import Priority
from messages.speaker import speaker
from planning.forecast.export_map import ExportMap
from planning.forecast.helpdesk_log import Incident, Log
from planning.forecast.imported_moves import count_reassignments, limit_to_log, moves_of
from planning.forecast.sample_request import categories_of, make_request
from planning.forecast.simulation import SimulatedStep, make_open_command, simulate_run
from planning.plan.on_call_answer import answer_from_playbook
from planning.playbook.faults import list_names
from planning.playbook.schema import Playbook

_TOGETHER = timedelta(days=30)
"""Incidents opened within this time share a compiled plan."""


@dataclass(slots=True)
class Figures:
    """Figures of the incidents opened with one priority."""

    incidents: int = 0
    acknowledged: int = 0
    reopened: int = 0
    reassigned: int = 0
    unfinished: int = 0
    """Still open when the log ends."""
    rises: Counter[int] = field(default_factory=Counter)
    """To each level, by itself."""
    highest: Counter[int] = field(default_factory=Counter)
    """The highest level that an incident came to."""
    breached: Counter[str] = field(default_factory=Counter)
    met: Counter[str] = field(default_factory=Counter)
    messages: Counter[str] = field(default_factory=Counter)
    """By occasion; one to each recipient."""
    refused: Counter[str] = field(default_factory=Counter)
    """Moves of the log that the rules would not have allowed."""


@dataclass(slots=True)
class Load:
    """Messages that a person or a team would have got."""

    hours: list[int] = field(default_factory=lambda: [0] * 24)
    """Messages by hour of the day."""
    busiest: Counter[datetime] = field(default_factory=Counter)
    """By the hour in which they went out."""

    @property
    def messages(self) -> int:
        return sum(self.hours)


@dataclass(slots=True)
class Backtest:
    playbook: str
    by_priority: dict[Priority, Figures]
    load: dict[str, Load]
    """By the id of the person or team."""
    time_zone: str = "UTC"
    """Zone of the hours of the load."""


def run_backtest(
    playbook: Playbook, log: Log, by: ExportMap, zone: ZoneInfo, advance: Callable[[], None] = lambda: None
) -> Backtest:
    """
    Run the log under *playbook*; hours of the load are those of *zone*.

    *advance* is called after each incident.

    Raises:
        BadRequest: If the map names categories, teams or pauses that the playbook does not have.
    """
    check_map(by, playbook)
    result = Backtest(
        f"{playbook.name} {playbook.version}", {priority: Figures() for priority in Priority}, {}, zone.key
    )
    openings = _Openings(playbook)
    tally = _Tally(result, zone)
    for incident in log.incidents:
        tally.take(incident, _replay(incident, openings, by, log.ends_at))
        advance()
    return result


def _replay(
    incident: Incident, openings: "_Openings", by: ExportMap, until: datetime
) -> Iterator[SimulatedStep]:
    opens = openings.of(incident)
    moves = moves_of(incident, by)
    return simulate_run(
        opens, incident.opened_at, moves, until, stops_in_silence=False, on_call=openings.on_call
    )


class _Openings:
    """Commands that open incidents; compiled once for incidents of one kind and time."""

    def __init__(self, playbook: Playbook) -> None:
        self._playbook = playbook
        self.on_call = answer_from_playbook(playbook)
        self._known: dict[tuple[str, Priority, int], Open] = {}

    def of(self, incident: Incident) -> Open:
        first = incident.updates[0]
        # Thousands of incidents share a plan if they are of one kind and month: compiling is what takes time.
        period = int(incident.opened_at.timestamp() // _TOGETHER.total_seconds())
        key = (first.category, first.priority, period)
        if key not in self._known:
            since = datetime.fromtimestamp(period * _TOGETHER.total_seconds(), incident.opened_at.tzinfo)
            issue_type, category = _split_category(first.category)
            case = make_request(self._playbook, category, first.priority, issue_type)
            opens = make_open_command(self._playbook, case, since)
            self._known[key] = replace(opens, plan=limit_to_log(opens.plan))
        return self._known[key]


def _split_category(category: str) -> tuple[str | None, str]:
    issue_type, _, name = category.rpartition("/")
    return issue_type or None, name


class _Tally:
    def __init__(self, result: Backtest, zone: ZoneInfo) -> None:
        self._result = result
        self._zone = zone
        self._hours: dict[datetime, datetime] = {}

    def take(self, incident: Incident, happenings: Iterator[SimulatedStep]) -> None:
        figures = self._result.by_priority[incident.updates[0].priority]
        figures.incidents += 1
        figures.reassigned += count_reassignments(incident)
        highest, state = 0, State.STARTED
        for happening in happenings:
            before, state = state, happening.escalation.state
            highest = max(highest, happening.escalation.level)
            figures.reopened += goes_back_to_work(before, state)
            if happening.refused and happening.move:
                figures.refused[f"{speaker().say(term(happening.move))} ({happening.refused.code})"] += 1
            for event in happening.events:
                _count_event(figures, event)
            self._messages(figures, happening)
        figures.highest[highest] += 1
        figures.unfinished += state in OPEN

    def _hour(self, at: datetime) -> datetime:
        """Return the local hour; many messages share an instant."""
        known = self._hours.get(at)
        if known is None:
            known = at.astimezone(self._zone).replace(minute=0, second=0, microsecond=0)
            self._hours[at] = known
        return known

    def _messages(self, figures: Figures, happening: SimulatedStep) -> None:
        for notice in happening.notices:
            figures.messages[notice.occasion.value] += len(notice.to)
            if isinstance(notice, InternalNotification):
                self._loaded([recipient.id for recipient in notice.to], self._hour(happening.at))

    def _loaded(self, people: Iterable[str], hour: datetime) -> None:
        loads = self._result.load
        for person in people:
            if person not in loads:
                loads[person] = Load()
            load = loads[person]
            load.hours[hour.hour] += 1
            load.busiest[hour] += 1


def _count_event(figures: Figures, event: e.Event) -> None:
    match event:
        case LevelRaised(by=values.ENGINE, to_level=level):
            figures.rises[level] += 1
        case ClockBreached(clock=clock):
            figures.breached[clock.value] += 1
        case ClockEnded(outcome=Outcome.MET, clock=clock):
            figures.met[clock.value] += 1
        case Acknowledged():
            figures.acknowledged += 1
        case _:
            pass


def check_map(by: ExportMap, playbook: Playbook) -> None:
    """
    Raises:
        BadRequest: If the map names categories, teams or pauses that *playbook* does not have.
    """
    faults = tuple(_faults_of_map(by, playbook))
    if faults:
        raise BadRequest.because(reason("of.map_for", playbook.name, playbook.version), faults)


def _faults_of_map(by: ExportMap, playbook: Playbook) -> Iterator[Fault]:
    pairs = tuple(categories_of(playbook))
    names = [name for _, name in pairs]
    known = {*(name for name in names if names.count(name) == 1), *(f"{kind}/{name}" for kind, name in pairs)}
    for category in dict.fromkeys((*by.category.values.values(), by.category.otherwise)):
        if category not in known:
            yield _unknown_fault("category", category, known)
    for name, state in by.states.items():
        if state.pause and state.pause not in playbook.pause_reasons:
            yield _unknown_fault(f"states.{name}.pause", state.pause, playbook.pause_reasons)
    for name, team in (by.team.values if by.team else {}).items():
        if team not in playbook.teams and team not in playbook.people:
            yield _unknown_fault(f"team.values.{name}", team, (*playbook.teams, *playbook.people))


def _unknown_fault(where: str, given: str, known: Iterable[str]) -> Fault:
    names = sorted(known)
    return Fault(
        where=where, given=quote_input(given), allowed=list_names(names), suggestion=nearest(given, names)
    )
