"""
The figures of each group, summed up by the database (RECORD-2).

What each escalation comes to is in the tables already; what a figure means is said in ``escalation/measures.py``.
Worked out alike on SQLite and PostgreSQL: a quantile is the least value that so many did not exceed, never one in
between.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Connection, Subquery, case, distinct, func, select, type_coerce
from sqlalchemy import cast as as_type
from sqlalchemy.types import Double, Text

from escalation.measures import MEASURES, PROMISES, RCA_CLOCKS, attainment_of
from escalation.plan import ClockName
from records.cases import WHOLE, cases
from records.report import By, Figure, Group, Period
from records.tables import ActionRow, AnswerRow, CauseRow

_SPANS = {
    "acknowledge": "acknowledged_after",
    "first_notice": "first_notice_after",
    "resolve": "resolved_after",
}
_QUANTILES = {"median": 5, "p90": 9}
"""So many tenths of all did not exceed it."""
_Found = Iterator[tuple[str, Figure]]
"""Figures, each with the label of its group."""
_Runs = dict[str, list[int]]
"""Clock to how many of its runs were met, and how many were late."""
_Part = Callable[[Connection, Subquery], _Found]


def whole(db: Connection, period: Period) -> Group:
    found = groups(db, period, None)
    return found[0] if found else Group(WHOLE, _in_order({"escalations": Figure("escalations", 0, 0)}))


def groups(db: Connection, period: Period, by: By | None) -> tuple[Group, ...]:
    """Most escalations first."""
    found = _groups(
        db, period, by, _sums, _quantiles, _attainment, _satisfaction, _open_actions, _repeated_causes
    )
    return tuple(sorted(found, key=lambda group: (-(group.value("escalations") or 0), group.label)))


def times_by_priority(db: Connection, period: Period) -> tuple[Group, ...]:
    """The times alone, most urgent first."""
    return tuple(sorted(_groups(db, period, By.PRIORITY, _quantiles), key=lambda group: group.label))


def _groups(db: Connection, period: Period, by: By | None, *parts: _Part) -> Iterator[Group]:
    of = cases(period, by)
    figures: dict[str, dict[str, Figure]] = defaultdict(dict)
    for part in parts:
        for label, figure in part(db, of):
            figures[label][figure.name] = figure
    return (Group(label, _in_order(each)) for label, each in figures.items())


def _in_order(found: dict[str, Figure]) -> dict[str, Figure]:
    """Every measure, those without anything to draw from included."""
    return {each.name: found.get(each.name, Figure(each.name, None, 0)) for each in MEASURES}


def _share(name: str, part: Any, of: Any) -> Figure:
    return Figure(name, float(part) / float(of) if of else None, int(of or 0))


def _mean(name: str, total: Any, of: int) -> Figure:
    return Figure(name, float(total) / of if of else None, of)


def _how_many(claim: Any) -> Any:
    return func.sum(case((claim, 1), else_=0))


def _seconds(column: Any) -> Any:
    return type_coerce(column, Double)


def _sums(db: Connection, of: Subquery) -> _Found:
    c = of.c
    query = select(
        c.label,
        func.count().label("n"),
        _how_many(c.ended_at.is_(None)).label("open"),
        _how_many(c.breaches > 0).label("breached"),
        func.sum(c.breaches).label("breaches"),
        func.count(c.level).label("leveled"),
        func.sum(c.level).label("levels"),
        func.sum(c.hand_overs).label("hand_overs"),
        _how_many(c.ping_pong > 0).label("ping_pong"),
        func.sum(_seconds(c.paused_for)).label("paused"),
        func.sum(_seconds(c.lived_for)).label("lived"),
        _how_many(c.reopened > 0).label("reopened"),
    ).group_by(c.label)
    for row in db.execute(query):
        yield row.label, Figure("escalations", row.n, row.n)
        yield row.label, Figure("open", row.open, row.n)
        yield row.label, Figure("breaches", row.breaches, row.n)
        yield row.label, _share("breached", row.breached, row.n)
        yield row.label, _mean("level_reached", row.levels, row.leveled)
        yield row.label, _mean("hand_overs", row.hand_overs, row.n)
        yield row.label, _share("ping_pong", row.ping_pong, row.n)
        yield row.label, _share("reopened", row.reopened, row.n)
        yield row.label, Figure("paused", row.paused / row.lived if row.lived else None, row.n)


def _quantiles(db: Connection, of: Subquery) -> _Found:
    # Ranked here: a quantile needs every value, and SQLite takes many times as long to rank them.
    spans = [_seconds(of.c[column]) for column in _SPANS.values()]
    values: dict[tuple[str, str], list[float]] = defaultdict(list)
    for label, *found in db.execute(select(of.c.label, *spans)):
        for name, value in zip(_SPANS, found, strict=True):
            if value is not None:
                values[label, name].append(value)
    for (label, name), ranked in values.items():
        ranked.sort()
        for quantile, tenths in _QUANTILES.items():
            yield label, Figure(f"{name}_{quantile}", ranked[-(-len(ranked) * tenths // 10) - 1], len(ranked))


def _attainment(db: Connection, of: Subquery) -> _Found:
    for label, runs in _runs(db, of).items():
        for clock in PROMISES:
            yield label, _met(attainment_of(clock), runs, clock)
        yield label, _met("rca_on_time", runs, *RCA_CLOCKS)


def _runs(db: Connection, of: Subquery) -> dict[str, _Runs]:
    # Added up here, from what each escalation comes to: there are many times as many runs of clocks as escalations.
    # Most went like many others, so few texts are read.
    alike = Counter(map(tuple, db.execute(select(of.c.label, as_type(of.c.promises, Text)))))
    read = {text: tuple(json.loads(text).items()) for text in {text for _, text in alike}}
    found: dict[str, _Runs] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for (label, text), times in alike.items():
        runs = found[label]
        for clock, (met, late) in read[text]:
            counted = runs[clock]
            counted[0] += met * times
            counted[1] += late * times
    return found


def _met(name: str, runs: _Runs, *clocks: ClockName) -> Figure:
    met, late = (sum(runs[clock][which] for clock in clocks) for which in (0, 1))
    return _share(name, met, met + late)


def _satisfaction(db: Connection, of: Subquery) -> _Found:
    query = select(of.c.label, func.sum(AnswerRow.score), func.count())
    query = query.join_from(of, AnswerRow, AnswerRow.escalation == of.c.id).group_by(of.c.label)
    for label, total, count in db.execute(query):
        yield label, _mean("satisfaction", total, count)


def _open_actions(db: Connection, of: Subquery) -> _Found:
    query = select(of.c.label, _how_many(ActionRow.done_on.is_(None)), func.count())
    query = query.join_from(of, ActionRow, ActionRow.escalation == of.c.id).group_by(of.c.label)
    for label, still_open, count in db.execute(query):
        yield label, Figure("open_actions", still_open, count)


def _repeated_causes(db: Connection, of: Subquery) -> _Found:
    named = (
        select(of.c.label, CauseRow.same, func.count(distinct(CauseRow.escalation)).label("by"))
        .join_from(of, CauseRow, CauseRow.escalation == of.c.id)
        .group_by(of.c.label, CauseRow.same)
        .subquery()
    )
    query = select(named.c.label, _how_many(named.c.by > 1), func.count()).group_by(named.c.label)
    for label, repeated, count in db.execute(query):
        yield label, Figure("repeated_causes", repeated, count)
