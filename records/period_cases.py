"""
The escalations of a period, read once, and what each counts for in figures.

What a figure is, is not known here.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, or_, select, type_coerce
from sqlalchemy import cast as as_type
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import Double, Text

from escalation.policy.sight import Sight
from records.cause_token import cause_token
from records.report import NOT_KNOWN, By, Period
from records.tables import (
    ActionRow,
    AnswerRow,
    CauseRow,
    CustomerRow,
    EscalationRow,
    OwnershipRow,
    PartBase,
    ParticipantRow,
)

Places = Sequence[int]
"""Cases, as their places in the columns."""

_AT_ONCE = 5000
"""Rows: more alive at a time would keep the garbage collector busy."""
_E = EscalationRow
_SPANS = (
    _E.acknowledged_after,
    _E.first_notification_after,
    _E.resolved_after,
    _E.answers_awaited,
    _E.paused_for,
    _E.lived_for,
)
_COLUMNS: tuple[Any, ...] = (
    _E.id,
    _E.category,
    _E.priority,
    _E.reason,
    _E.level,
    _E.breaches,
    _E.hand_overs,
    _E.ping_pong,
    _E.reopened,
    _E.questions,
    _E.attempts,
    _E.resolved_first,
    _E.ended_at.is_(None).label("is_open"),
    as_type(_E.promises, Text).label("promises"),  # alike in most, so few need to be read
    *(type_coerce(span, Double).label(span.key) for span in _SPANS),
)
_OF_PARTS: dict[By, InstrumentedAttribute[Any]] = {
    By.CUSTOMER: CustomerRow.account,
    By.TEAM: OwnershipRow.team,
}
"""An escalation can have several, and counts once for each."""


def cases_within(period: Period) -> list[ColumnElement[bool]]:
    """Return the condition that the period puts on an escalation."""
    bounds: list[ColumnElement[bool]] = []
    if period.since:
        bounds.append(EscalationRow.opened_at >= period.since)
    if period.until:
        bounds.append(EscalationRow.opened_at < period.until)
    return [*bounds, *cases_covered(period.sight)]


def cases_covered(sight: Sight) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions of what may be looked at: `Sight.covers`, in the words of the database (IDENTITY-4)."""
    if not sight.sees_all:
        yield or_(
            _has_part(ParticipantRow, ParticipantRow.who.in_(sight.people)),
            _has_part(CustomerRow, CustomerRow.account.in_(sight.accounts)),
        )
    if sight.bound_to:
        yield _has_part(CustomerRow)
        yield ~_has_part(CustomerRow, CustomerRow.account.not_in(sight.bound_to))


def _has_part(table: type[PartBase], *claims: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(table.escalation == EscalationRow.id, *claims)


class PeriodCases:
    """The escalations of a period, column by column: databases take many times as long to rank and to divide them."""

    def __init__(self, db: Connection, period: Period) -> None:
        self._db = db
        self._bounds = cases_within(period)
        self._columns: dict[str, list[Any]] = {column.key: [] for column in _COLUMNS}
        # 100,000 rows are read once, and turned into one list a column; all figures are sums and ranks of these.
        for lot in db.execute(select(*_COLUMNS).where(*self._bounds)).partitions(_AT_ONCE):
            for column, values in zip(self._columns.values(), zip(*lot, strict=True), strict=True):
                column.extend(values)
        self._places = {each: place for place, each in enumerate(self["id"])}
        self.scores = self._by_place(AnswerRow.score)
        self.done_on = self._by_place(ActionRow.done_on)
        # As digests, since of an erased one nothing else is left: so it counts together with its like.
        causes = self._by_place(CauseRow.same)
        self.causes = {place: [cause_token(each) for each in found] for place, found in causes.items()}

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, column: str) -> Sequence[Any]:
        return self._columns[column]

    def by(self, by: By) -> dict[str, Places]:
        """The cases of each label."""
        found: dict[str | None, list[int]] = defaultdict(list)
        if by in _OF_PARTS:
            column = _OF_PARTS[by]
            for place, label in self._parts(column, column.is_not(None), distinct=True):
                found[label].append(place)
            if unknown := set(range(len(self))).difference(*found.values()):
                found[None] = sorted(unknown)
        else:
            for place, label in enumerate(self[by.value]):
                found[label].append(place)
        return {NOT_KNOWN if label is None else str(label): places for label, places in found.items()}

    def _by_place(self, column: InstrumentedAttribute[Any]) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = defaultdict(list)
        for place, value in self._parts(column):
            found[place].append(value)
        return dict(found)

    def _parts(
        self, column: InstrumentedAttribute[Any], *claims: ColumnElement[bool], distinct: bool = False
    ) -> Iterator[tuple[int, Any]]:
        of = column.class_.escalation
        query = select(of, column).where(*claims)
        if self._bounds:
            query = query.where(of.in_(select(EscalationRow.id).where(*self._bounds)))
        for lot in self._db.execute(query.distinct() if distinct else query).partitions(_AT_ONCE):
            for escalation, value in lot:
                yield self._places[escalation], value
