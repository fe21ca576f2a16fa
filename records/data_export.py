"""
Escalations of the record read back whole, and everything in it as CSV and JSON (RECORD-4).

What a report sums up is in ``period_report.py``.
"""

import csv
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, func, select

from escalation.policy.sight import UNLIMITED, Sight
from records.period_cases import cases_covered, cases_within
from records.report import Period
from records.spreadsheet import ENCODING, cell_text
from records.store import RecordStore
from records.tables import PARTS, Base, CustomerRow, EscalationRow, EventRow, PlaybookRow

_MODELS: tuple[type[Base], ...] = (EscalationRow, *PARTS, EventRow, PlaybookRow)

RecordedEscalation = dict[str, Any]
"""
An escalation as plain values: its columns, its parts by the name of their table, ``events``, and the ``playbooks`` that
were in force. An event that was erased says nothing any more: its ``event`` is empty.
"""

_AT_ONCE = 200


def read_escalations(
    store: RecordStore, period: Period = Period(), key: str | None = None, *, account: str | None = None
) -> Iterator[RecordedEscalation]:
    """
    Escalations of *period*, of one key or of an *account*, whole, the first opened first.

    Raises:
        StoreBehind, StoreAhead, StoreUnreachable
    """
    store.require_usable()
    wanted = select(EscalationRow.id).where(*cases_within(period))
    if key is not None:
        wanted = wanted.where(EscalationRow.key == key)
    if account is not None:
        of_account = select(CustomerRow.escalation).where(CustomerRow.account == account)
        wanted = wanted.where(EscalationRow.id.in_(of_account))
    with store.database.reading() as db:
        ids = list(db.scalars(wanted.order_by(EscalationRow.opened_at, EscalationRow.id)))
        for start in range(0, len(ids), _AT_ONCE):
            yield from _whole(db, ids[start : start + _AT_ONCE])


def list_accounts(store: RecordStore, sight: Sight = UNLIMITED) -> set[str]:
    """
    Every customer's account of the escalations on record that *sight* covers.

    Raises:
        StoreBehind, StoreAhead, StoreUnreachable
    """
    store.require_usable()
    query = select(CustomerRow.account).join(EscalationRow, CustomerRow.escalation == EscalationRow.id)
    with store.database.reading() as db:
        return set(db.scalars(query.where(*cases_covered(sight)).distinct()))


def write_csv(store: RecordStore, folder: Path, period: Period = Period()) -> dict[str, int]:
    """
    A file for each table in *folder*, which is made, for spreadsheets; the answer counts their rows.

    Raises:
        StoreBehind, StoreAhead, StoreUnreachable
        OSError: If the folder cannot be written to.
    """
    store.require_usable()
    folder.mkdir(parents=True, exist_ok=True)
    tables = [Base.metadata.tables[model.__tablename__] for model in _MODELS]
    with store.database.reading() as db:
        return {table.name: _write_table(db, table, folder, period) for table in tables}


def _whole(db: Connection, ids: Sequence[str]) -> Iterator[RecordedEscalation]:
    found = db.execute(_all_of(EscalationRow, EscalationRow.id, ids))
    rows = {row.id: _plain(row._mapping) | _no_parts() for row in found}
    for model in PARTS:
        for part in db.execute(_all_of(model, model.escalation, ids).order_by(model.escalation, model.n)):
            values = _plain(part._mapping)
            rows[values.pop("escalation")][model.__tablename__].append(values)
    events = _all_of(EventRow, EventRow.escalation, ids).order_by(EventRow.escalation, EventRow.seq)
    for event in db.execute(events):
        rows[event.escalation]["events"].append(_event(event._mapping))
    for escalation, *playbook in db.execute(_playbooks(ids)):
        rows[escalation]["playbooks"].append(dict(zip(("sha256", "name", "version"), playbook, strict=True)))
    yield from (rows[each] for each in ids)


def _no_parts() -> RecordedEscalation:
    return {model.__tablename__: [] for model in PARTS} | {"events": [], "playbooks": []}


def _playbooks(ids: Sequence[str]) -> Any:
    """In the order in which they came into force."""
    query = select(EventRow.escalation, PlaybookRow.sha256, PlaybookRow.name, PlaybookRow.version)
    query = query.join(PlaybookRow, PlaybookRow.sha256 == EventRow.playbook).where(
        EventRow.escalation.in_(ids)
    )
    return query.group_by(EventRow.escalation, PlaybookRow.sha256).order_by(func.min(EventRow.seq))


def _all_of(model: type[Base], column: Any, ids: Sequence[str]) -> Any:
    return select(*Base.metadata.tables[model.__tablename__].columns).where(column.in_(ids))


def _event(row: Any) -> RecordedEscalation:
    return {
        "seq": row["seq"],
        "at": _said(row["at"]),
        "by": row["by"],
        "kind": row["kind"],
        "playbook": row["playbook"],
    } | {"event": json.loads(row["body"]) if row["body"] else {}}


def _plain(row: Any) -> RecordedEscalation:
    return {name: _said(value) for name, value in row.items()}


def _said(value: Any) -> Any:
    """Instants in ISO form and UTC, spans in seconds."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case _:
            return value


def _write_table(db: Connection, table: Table, folder: Path, period: Period) -> int:
    query = select(table).where(_is_of(table, period)).order_by(*table.primary_key.columns)
    count = 0
    with (folder / f"{table.name}.csv").open("w", encoding=ENCODING, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(table.c.keys())
        for count, row in enumerate(db.execution_options(yield_per=1000).execute(query), 1):  # noqa: B007
            writer.writerow([_cell(value) for value in row])
    return count


def _is_of(table: Table, period: Period) -> ColumnElement[bool]:
    wanted = select(EscalationRow.id).where(*cases_within(period))
    if table.name == PlaybookRow.__tablename__:
        return table.c.sha256.in_(select(EventRow.playbook).where(EventRow.escalation.in_(wanted)))
    return (table.c.id if table.name == EscalationRow.__tablename__ else table.c.escalation).in_(wanted)


def _cell(value: Any) -> Any:
    said = json.dumps(value) if isinstance(value, dict) else _said(value)
    return cell_text(said) if isinstance(said, str) else said
