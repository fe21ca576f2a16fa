"""The report of a period: its figures, and what a review looks at, read in one transaction (RECORD-2, RECORD-3)."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import Connection, func, select, type_coerce
from sqlalchemy.types import Double

from escalation.measures.definitions import ENGINE_SOURCE
from escalation.measures.report_schedule import OpenEscalationsRecorded
from escalation.policy.sight import Sight
from records.cause_token import is_erased
from records.figures import group_figures, times_figures, total_figures
from records.period_cases import PeriodCases, Places, cases_covered, cases_within
from records.report import (
    By,
    Case,
    Cause,
    LevelCount,
    OpenedCount,
    OverdueAction,
    OwnedByTeam,
    Period,
    Report,
)
from records.store import RecordStore
from records.tables import ActionRow, CauseRow, EscalationRow, OwnershipRow

MOST_LISTED = 10
_E = EscalationRow
_CASE = (
    _E.key,
    _E.subject,
    _E.category,
    _E.priority,
    _E.state,
    _E.opened_at,
    _E.level,
    type_coerce(_E.lived_for, Double).label("lived_for"),
    _E.breaches,
    _E.reopened,
    _E.hand_overs,
    _E.ping_pong,
)


def make_report(
    store: RecordStore,
    period: Period,
    as_of: datetime,
    by: By | None = None,
    record: OpenEscalationsRecorded | None = None,
) -> Report:
    """
    Report on *period* from *store*, with the actions that are overdue as of *as_of*, whatever the period. *record*:
    the result of bringing the record up to now.

    Raises:
        StoreBehind, StoreAhead, StoreUnreachable
    """
    store.require_usable()
    with store.database.reading() as db:
        cases = PeriodCases(db, period)
        divided = {each: cases.by(each) for each in By}
        return Report(
            period=period,
            by=by,
            as_of=as_of,
            record=record,
            whole=total_figures(cases),
            groups=group_figures(cases, divided[by]) if by else (),
            priorities=times_figures(cases, divided[By.PRIORITY]),
            volumes={each: _volume(found) for each, found in divided.items()},
            opened=_opened(db, period),
            reached=_reached(db, period),
            held=_held(db, period),
            worst=_worst(db, period),
            ping_pong=_ping_pong(db, period),
            to_do=_to_do(db, period.sight),
            overdue=_overdue(db, as_of.date(), period.sight),
            causes=_causes(db, period),
            imported=_imported(db, period),
        )


def _volume(divided: Mapping[str, Places]) -> tuple[tuple[str, int], ...]:
    counts = ((label, len(places)) for label, places in divided.items())
    return tuple(sorted(counts, key=lambda each: (-each[1], each[0])))


def _opened(db: Connection, period: Period) -> tuple[OpenedCount, ...]:
    query = select(_E.opened_on, _E.priority, func.count()).where(*cases_within(period))
    query = query.group_by(_E.opened_on, _E.priority).order_by(_E.opened_on, _E.priority)
    return tuple(OpenedCount(*row) for row in db.execute(query))


def _reached(db: Connection, period: Period) -> tuple[LevelCount, ...]:
    query = select(_E.level, func.count()).where(*cases_within(period), _E.level.is_not(None))
    found = db.execute(query.group_by(_E.level).order_by(_E.level))
    return tuple(LevelCount(int(level or 0), count) for level, count in found)


def _held(db: Connection, period: Period) -> tuple[OwnedByTeam, ...]:
    """Return the time that each team owned escalations, longest first."""
    seconds = func.sum(type_coerce(OwnershipRow.lasted, Double))
    query = select(OwnershipRow.team, func.count(OwnershipRow.escalation.distinct()), seconds / 3600)
    query = query.join_from(OwnershipRow, _E, OwnershipRow.escalation == _E.id)
    query = query.where(*cases_within(period), OwnershipRow.team.is_not(None)).group_by(OwnershipRow.team)
    found = db.execute(query.order_by(seconds.desc(), OwnershipRow.team))
    return tuple(OwnedByTeam(str(team), count, float(hours)) for team, count, hours in found)


def _worst(db: Connection, period: Period) -> tuple[Case, ...]:
    """Most breaches first, then reopened, then sent back and forth, then longest."""
    query = select(*_CASE).where(
        *cases_within(period), (_E.breaches > 0) | (_E.reopened > 0) | (_E.ping_pong > 0)
    )
    order = (_E.breaches.desc(), _E.reopened.desc(), _E.ping_pong.desc(), _E.lived_for.desc(), _E.id)
    return tuple(Case(*row) for row in db.execute(query.order_by(*order).limit(MOST_LISTED)))


def _ping_pong(db: Connection, period: Period) -> tuple[Case, ...]:
    query = select(_E.id, *_CASE).where(*cases_within(period), _E.ping_pong > 0)
    query = query.order_by(_E.ping_pong.desc(), _E.hand_overs.desc(), _E.id).limit(MOST_LISTED)
    found = {row[0]: Case(*row[1:]) for row in db.execute(query)}
    owners: dict[str, list[str]] = {escalation: [] for escalation in found}
    who = func.coalesce(OwnershipRow.team, OwnershipRow.person)
    rows = select(OwnershipRow.escalation, who).where(OwnershipRow.escalation.in_(found), who.is_not(None))
    for escalation, owner in db.execute(rows.order_by(OwnershipRow.escalation, OwnershipRow.n)):
        if owners[escalation][-1:] != [owner]:
            owners[escalation].append(owner)
    return tuple(case._replace(owners=tuple(owners[each])) for each, case in found.items())


def _to_do(db: Connection, sight: Sight) -> int:
    query = select(func.count()).select_from(ActionRow).join(_E, ActionRow.escalation == _E.id)
    return db.scalar(query.where(ActionRow.done_on.is_(None), *cases_covered(sight))) or 0


def _overdue(db: Connection, today: date, sight: Sight) -> tuple[OverdueAction, ...]:
    """Whatever the opening: a promise is seldom due in the period in which the escalation was opened."""
    query = select(_E.key, ActionRow.what, ActionRow.owner, ActionRow.due)
    query = query.join_from(ActionRow, _E, ActionRow.escalation == _E.id)
    query = query.where(ActionRow.done_on.is_(None), ActionRow.due < today, *cases_covered(sight))
    return tuple(
        OverdueAction(*row) for row in db.execute(query.order_by(ActionRow.due, _E.key, ActionRow.n))
    )


def _causes(db: Connection, period: Period) -> tuple[Cause, ...]:
    """Return the causes that more than one escalation names, most named first."""
    times = func.count(CauseRow.escalation.distinct())
    query = select(CauseRow.same, func.min(CauseRow.cause), times)
    query = query.join_from(CauseRow, _E, CauseRow.escalation == _E.id).where(*cases_within(period))
    query = query.group_by(CauseRow.same).having(times > 1).order_by(times.desc(), CauseRow.same)
    found = [row for row in db.execute(query.limit(MOST_LISTED)).all() if not is_erased(row[0])]
    keys = _naming(db, period, [same for same, _, _ in found])
    return tuple(Cause(cause, count, tuple(keys[same])) for same, cause, count in found)


def _naming(db: Connection, period: Period, causes: list[str]) -> dict[str, list[str]]:
    """The first escalations that name each cause."""
    place = func.row_number().over(partition_by=CauseRow.same, order_by=_E.key).label("place")
    named = select(CauseRow.same, _E.key, place).join_from(CauseRow, _E, CauseRow.escalation == _E.id)
    each = named.where(*cases_within(period), CauseRow.same.in_(causes)).subquery().c
    keys: dict[str, list[str]] = {same: [] for same in causes}
    query = select(each.same, each.key).where(each.place <= MOST_LISTED).order_by(each.same, each.key)
    for same, key in db.execute(query):
        keys[same].append(key)
    return keys


def _imported(db: Connection, period: Period) -> int:
    return db.scalar(select(func.count()).where(*cases_within(period), _E.source != ENGINE_SOURCE)) or 0
