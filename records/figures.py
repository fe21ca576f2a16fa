"""
The figures of each group of cases (RECORD-2).

The sums of each escalation are in the tables already. What a figure means is said in
`escalation/measures/definitions.py`.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from escalation.case.clock_table import PROMISES
from escalation.kernel.clock_name import ClockName
from escalation.measures.definitions import MEASURES, RCA_CLOCKS, attainment_of
from records.period_cases import PeriodCases, Places
from records.report import Figure, Group

WHOLE = "all"
_SPANS = {
    "acknowledge": "acknowledged_after",
    "first_notification": "first_notification_after",
    "resolve": "resolved_after",
    "answers_awaited": "answers_awaited",
}
_QUANTILES = {"median": 5, "p90": 9}
"""Quantiles: so many tenths of all values did not exceed it."""
_Runs = dict[str, list[int]]
"""Clock to how many of its runs were met, and how many were late."""
_Part = Callable[[PeriodCases, Places], Iterator[Figure]]


def total_figures(of: PeriodCases) -> Group:
    if len(of):
        return _group(WHOLE, of, range(len(of)), *_ALL)
    return Group(WHOLE, _in_order([Figure("escalations", 0, 0)]))


def group_figures(of: PeriodCases, divided: Mapping[str, Places]) -> tuple[Group, ...]:
    """Most escalations first."""
    found = (_group(label, of, places, *_ALL) for label, places in divided.items())
    return tuple(sorted(found, key=lambda group: (-(group.value("escalations") or 0), group.label)))


def times_figures(of: PeriodCases, divided: Mapping[str, Places]) -> tuple[Group, ...]:
    """The times alone, by label."""
    return tuple(_group(label, of, places, _quantiles) for label, places in sorted(divided.items()))


def _group(label: str, of: PeriodCases, places: Places, *parts: _Part) -> Group:
    return Group(label, _in_order(figure for part in parts for figure in part(of, places)))


def _in_order(found: Iterable[Figure]) -> dict[str, Figure]:
    """Every measure, those without anything to draw from included."""
    figures = {figure.name: figure for figure in found}
    return {each.name: figures.get(each.name, Figure(each.name, None, 0)) for each in MEASURES}


def _share(name: str, part: float, of: float, count: int | None = None) -> Figure:
    """Of *of*, which is also how many there are unless *count* says so."""
    return Figure(name, part / of if of else None, int(of) if count is None else count)


def _known(of: PeriodCases, column: str, places: Places) -> list[Any]:
    return [value for value in map(of[column].__getitem__, places) if value is not None]


def _sums(of: PeriodCases, places: Places) -> Iterator[Figure]:
    def sum_of(column: str) -> Any:
        return sum(_known(of, column, places))

    def share(name: str, column: str) -> Figure:
        """Of those where it is not zero."""
        return _share(name, sum(map(bool, _known(of, column, places))), n)

    n = len(places)
    yield Figure("escalations", n, n)
    yield Figure("open", sum_of("is_open"), n)
    yield Figure("breaches", sum_of("breaches"), n)
    yield share("breached", "breaches")
    levels = _known(of, "level", places)
    yield _share("level_reached", sum(levels), len(levels))
    questions = _known(of, "questions", places)
    yield _share("questions", sum(questions), len(questions))
    attempts, resolved = _known(of, "attempts", places), _known(of, "resolved_first", places)
    yield _share("attempts", sum(attempts), len(attempts))
    yield _share("resolved_first", sum(resolved), len(resolved))
    yield _share("hand_overs", sum_of("hand_overs"), n)
    yield share("ping_pong", "ping_pong")
    yield share("reopened", "reopened")
    yield _share("paused", sum_of("paused_for"), sum_of("lived_for"), n)


def _quantiles(of: PeriodCases, places: Places) -> Iterator[Figure]:
    for name, column in _SPANS.items():
        if ranked := sorted(_known(of, column, places)):
            for quantile, tenths in _QUANTILES.items():
                # The least value that so many did not exceed, never one in between: of 7 values the median is the
                # 4th, and p90 the 7th. -(-a // b) rounds up.
                value = ranked[-(-len(ranked) * tenths // 10) - 1]
                yield Figure(f"{name}_{quantile}", value, len(ranked))


def _attainment(of: PeriodCases, places: Places) -> Iterator[Figure]:
    runs = _runs(of, places)
    for clock in PROMISES:
        yield _met(attainment_of(clock), runs, clock)
    yield _met("rca_on_time", runs, *RCA_CLOCKS)


def _runs(of: PeriodCases, places: Places) -> _Runs:
    found: _Runs = defaultdict(lambda: [0, 0])
    # Most escalations kept the same promises, so their JSON is alike, and each text is read once.
    for text, alike in Counter(_known(of, "promises", places)).items():
        for clock, (met, late) in json.loads(text).items():
            counted = found[clock]
            counted[0] += met * alike
            counted[1] += late * alike
    return found


def _met(name: str, runs: _Runs, *clocks: ClockName) -> Figure:
    met, late = (sum(runs[clock][which] for clock in clocks) for which in (0, 1))
    return _share(name, met, met + late)


def _satisfaction(of: PeriodCases, places: Places) -> Iterator[Figure]:
    scores = [score for place in places for score in of.scores.get(place, ())]
    yield _share("satisfaction", sum(scores), len(scores))


def _open_actions(of: PeriodCases, places: Places) -> Iterator[Figure]:
    if done_on := [day for place in places for day in of.done_on.get(place, ())]:
        yield Figure("open_actions", done_on.count(None), len(done_on))


def _repeated_causes(of: PeriodCases, places: Places) -> Iterator[Figure]:
    # A cause counts once for each escalation that names it, however often it does.
    if named := Counter(cause for place in places for cause in set(of.causes.get(place, ()))):
        yield Figure("repeated_causes", sum(escalations > 1 for escalations in named.values()), len(named))


_ALL: tuple[_Part, ...] = (_sums, _quantiles, _attainment, _satisfaction, _open_actions, _repeated_causes)
