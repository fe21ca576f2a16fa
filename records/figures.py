"""
The figures of each group, summed up by the database (RECORD-2).

What each escalation comes to is in the tables already; what a figure means is said in ``escalation/measures.py``.
Shares and quantiles are worked out alike on SQLite and PostgreSQL: a quantile is the least value that so many did not
exceed, never one in between.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Subquery, case, distinct, func, select, type_coerce
from sqlalchemy.types import Double

from escalation.clocks import Outcome
from escalation.measures import MEASURES, RCA_CLOCKS, attainment_of
from escalation.plan import ClockName
from records.cases import WHOLE, cases
from records.report import By, Figure, Group, Period
from records.tables import AnswerRow, CauseRow, ClockRow

_SPANS = {
    "acknowledge": "acknowledged_after",
    "first_notice": "first_notice_after",
    "resolve": "resolved_after",
}
_Found = Iterator[tuple[str, Figure]]
"""Figures, each with the label of its group."""


def whole(db: Connection, period: Period) -> Group:
    found = groups(db, period, None)
    return found[0] if found else Group(WHOLE, _in_order({"escalations": Figure("escalations", 0, 0)}))


def groups(db: Connection, period: Period, by: By | None) -> tuple[Group, ...]:
    """Most escalations first."""
    of = cases(period, by)
    figures: dict[str, dict[str, Figure]] = defaultdict(dict)
    for part in (_sums, _quantiles, _attainment, _satisfaction, _repeated_causes):
        for label, figure in part(db, of):
            figures[label][figure.name] = figure
    found = (Group(label, _in_order(each)) for label, each in figures.items())
    return tuple(sorted(found, key=lambda group: (-(group.value("escalations") or 0), group.label)))


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
    for name, column in _SPANS.items():
        value = _seconds(of.c[column])
        ranked = (
            select(
                of.c.label,
                value.label("value"),
                func.row_number().over(partition_by=of.c.label, order_by=value).label("place"),
                func.count().over(partition_by=of.c.label).label("n"),
            )
            .where(of.c[column].is_not(None))
            .subquery()
        )
        r = ranked.c
        query = select(
            r.label,
            r.n,
            func.min(case((r.place == (r.n + 1) // 2, r.value))).label("median"),
            func.min(case((r.place == (r.n * 9 + 9) // 10, r.value))).label("p90"),
        ).group_by(r.label, r.n)
        for row in db.execute(query):
            yield row.label, Figure(f"{name}_median", row.median, row.n)
            yield row.label, Figure(f"{name}_p90", row.p90, row.n)


def _attainment(db: Connection, of: Subquery) -> _Found:
    query = (
        select(
            of.c.label,
            ClockRow.name,
            _how_many(ClockRow.outcome == Outcome.MET.value).label("met"),
            _how_many(ClockRow.outcome == Outcome.BREACHED.value).label("late"),
        )
        .join_from(of, ClockRow, ClockRow.escalation == of.c.id)
        .group_by(of.c.label, ClockRow.name)
    )
    rca: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for label, name, met, late in db.execute(query):
        clock = ClockName(name)
        yield label, _share(attainment_of(clock), met, met + late)
        if clock in RCA_CLOCKS:
            rca[label][0] += met
            rca[label][1] += met + late
    for label, (met, of_all) in rca.items():
        yield label, _share("rca_on_time", met, of_all)


def _satisfaction(db: Connection, of: Subquery) -> _Found:
    query = select(of.c.label, func.sum(AnswerRow.score), func.count())
    query = query.join_from(of, AnswerRow, AnswerRow.escalation == of.c.id).group_by(of.c.label)
    for label, total, count in db.execute(query):
        yield label, _mean("satisfaction", total, count)


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
