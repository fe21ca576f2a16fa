"""
Coverage: gaps in which a level of a category has nobody to notify (MATRIX-5).

Computes with intervals, never minute by minute: rotas give the intervals in which somebody answers, and a level is
covered by their union.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from escalation.policy.classification import Priority
from escalation.policy.plan import Level, Plan, Unreached
from planning.calendars.opening_hours import Interval, gaps_between, join_intervals
from planning.forecast.sample_request import categories_of, make_request
from planning.forecast.simulation import make_open_command
from planning.on_call.feed_sources import FeedReader
from planning.on_call.roster import OnCallPeriod, roster_of
from planning.playbook.schema import Playbook

RotaLookup = Callable[[datetime, datetime], Iterable[OnCallPeriod]]
"""From a time (from, until) to its shifts, in order and not overlapping; what lies between them is nobody's."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which a level has nobody to notify."""

    issue_type: str
    category: str
    level: int
    name: str
    contacts: tuple[str, ...]
    start: datetime
    end: datetime


class SharedGaps(NamedTuple):
    """Gaps of one level that several categories share."""

    categories: tuple[str, ...]
    """Each with its issue type before it."""
    level: int
    name: str
    contacts: tuple[str, ...]
    stretches: tuple[Interval, ...]

    @property
    def total(self) -> timedelta:
        return sum((end - start for start, end in self.stretches), timedelta())


def share_gaps(gaps: Iterable[Gap]) -> tuple[SharedGaps, ...]:
    """Return the gaps, each once, with all categories that have it."""
    of_levels: dict[tuple[str, int, str, tuple[str, ...]], list[Interval]] = {}
    for gap in gaps:
        level = f"{gap.issue_type}/{gap.category}", gap.level, gap.name, gap.contacts
        of_levels.setdefault(level, []).append((gap.start, gap.end))
    alike: dict[tuple[int, str, tuple[str, ...], tuple[Interval, ...]], list[str]] = {}
    for (category, number, name, contacts), stretches in of_levels.items():
        alike.setdefault((number, name, contacts, tuple(stretches)), []).append(category)
    return tuple(SharedGaps(tuple(categories), *level) for level, categories in alike.items())


def covered_times_by_rota(playbook: Playbook, feeds: FeedReader) -> dict[str, RotaLookup]:
    """Return for each rota the function from a time to its on-call periods."""
    return {id_: partial(_on_call_periods, playbook, id_, feeds) for id_ in playbook.rotas}


def _on_call_periods(
    playbook: Playbook, rota: str, feeds: FeedReader, since: datetime, until: datetime
) -> tuple[OnCallPeriod, ...]:
    return roster_of(playbook, rota, since, until, feeds).periods


def covered_times_of(
    contact: str, plan: Plan, rotas: Mapping[str, RotaLookup], since: datetime, until: datetime
) -> tuple[OnCallPeriod, ...]:
    """Return the times in which *contact* can be reached: by its rota; without one always, if it has an address."""
    if contact in rotas:
        return tuple(rotas[contact](since, until))
    has_address = bool(plan.contact(contact).addresses)
    return (OnCallPeriod(since, until, (contact,)),) if has_address else ()


def find_gaps(
    playbook: Playbook, since: datetime, until: datetime, rotas: Mapping[str, RotaLookup] | None = None
) -> Iterator[tuple[str, str, tuple[Gap, ...]]]:
    """Yield issue type, category and its gaps, category by category, so that progress can be shown."""
    reach = _Reach(rotas or {}, since, until)
    for issue_type, category in categories_of(playbook):
        plan = make_open_command(
            playbook, make_request(playbook, category, Priority.P3, issue_type), since
        ).plan
        gaps = (
            Gap(issue_type, category, level.number, level.name, level.contacts, start, end)
            for level in plan.levels
            for start, end in reach.gaps(plan, level)
        )
        yield issue_type, category, tuple(gaps)


class _Reach:
    """Intervals of one time, computed once for each contact."""

    def __init__(self, rotas: Mapping[str, RotaLookup], since: datetime, until: datetime) -> None:
        self._schedules = rotas
        self._since = since
        self._until = until
        self._of_contacts: dict[str, tuple[Interval, ...]] = {}

    def gaps(self, plan: Plan, level: Level) -> tuple[Interval, ...]:
        covered = join_intervals(
            stretch
            for contact in contacts_tried_at(plan, level)
            for stretch in self._of_contact(plan, contact)
        )
        return gaps_between(covered, self._since, self._until)

    def _of_contact(self, plan: Plan, contact: str) -> tuple[Interval, ...]:
        found = self._of_contacts.get(contact)
        if found is None:
            shifts = covered_times_of(contact, plan, self._schedules, self._since, self._until)
            found = tuple((shift.start, shift.end) for shift in shifts if shift.who)
            self._of_contacts[contact] = found
        return found


def contacts_tried_at(plan: Plan, level: Level) -> tuple[str, ...]:
    """Return everybody whom a level tries: its contacts, then as ``unreached`` says (MATRIX-5)."""
    match level.unreached:
        case Unreached.FALLBACK if level.fallback:
            return (*level.contacts, level.fallback)
        case Unreached.SKIP if level.number < plan.last_level:
            following = plan.level(level.number + 1)
            return tuple(dict.fromkeys((*level.contacts, *contacts_tried_at(plan, following))))
        case _:
            return level.contacts
