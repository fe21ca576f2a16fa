"""
The record store: the one way to write to it.

Law 1: one row for each event of an escalation, whatever the retries and however many write at once.
Law 2: what an escalation comes to is replaced in the same transaction as its events.
Law 3: an event is chained by its digest in the transaction that writes it.
It must not know what an event means; reading is for `data_export.py` and `period_report.py`.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Self, TypeVar

from pydantic import SecretStr, TypeAdapter
from sqlalchemy import URL, Connection, delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from encryption.column_cipher import ColumnCipher
from escalation.case.events import Event
from escalation.case.moves.rebase import Rebased
from escalation.case.record_batch import RecordBatch, RecordResult
from escalation.kernel.values import to_json
from escalation.measures.definitions import EscalationMeasures, ImportedEscalation
from escalation.measures.fold import measure_events
from escalation.policy.plan import PlaybookRef
from records.audit_log import COMMAND_LINE, AuditEntry, AuditKind, Counted, keep_entries
from records.database import Database, take_turn
from records.digest_chain import ChainHead, chain_events, cut_chain, read_heads, write_heads
from records.migration import MigrationResult, migrate, require_head
from records.rows import Row, make_escalation_row, make_part_rows, of_case
from records.tables import Base, ErasureRow, EscalationRow, EventRow, PlaybookRow

LOG_LINE = "log_line"
"""The kind of event that an import has: a line of another system's log, as it was."""
FILE = "records.sqlite"
_AT_ONCE = 200
_EVENT: TypeAdapter[Event] = TypeAdapter(Event)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class ImportResult:
    """The result of an import."""

    added: int = 0
    replaced: int = 0
    """On record before, and the import says something else now."""
    unchanged: int = 0

    def __add__(self, other: "ImportResult") -> "ImportResult":
        return ImportResult(
            self.added + other.added, self.replaced + other.replaced, self.unchanged + other.unchanged
        )


class RecordStore:
    """The record of all that happened, kept for good. Nothing is connected before it is needed."""

    def __init__(self, url: str | SecretStr, cipher: ColumnCipher | None = None) -> None:
        """
        *cipher* writes and reads secret columns; if omitted, they are readable.

        Raises:
            WrongUrl: If *url* names no database that can be used.
        """
        self.database = Database(url, cipher)
        self._is_checked = False

    @classmethod
    def at(cls, url: SecretStr | None, folder: Path, cipher: ColumnCipher | None = None) -> Self:
        """
        Return the store at *url*, or of a file in *folder* if none is set.

        Raises:
            WrongUrl: If *url* names no database that can be used.
        """
        own = URL.create("sqlite", database=str(folder / FILE))
        return cls(url or own.render_as_string(), cipher)

    def migrate(self) -> MigrationResult:
        """
        Bring the tables up to this program. Can be repeated.

        Raises:
            StoreAhead, StoreUnreachable
        """
        return migrate(self.database)

    def require_usable(self) -> None:
        """
        Raises:
            StoreBehind, StoreAhead: If the tables are not those of this program.
            StoreUnreachable: If the store cannot be used.
        """
        if not self._is_checked:
            require_head(self.database)
            self._is_checked = True

    def append(self, batch: RecordBatch) -> RecordResult:
        """
        Record the events of *batch* that are not on record yet. Can be repeated, and at the same time elsewhere.

        A gap is no fault: what comes after one is kept, and counts once the gap is filled.

        Raises:
            StoreBehind, StoreAhead, StoreUnreachable
            ValueError: If the record would not begin with ``Opened``; nothing is kept then.
        """
        self.require_usable()
        with self.database.writing() as connection:
            take_turn(connection, batch.escalation)
            _keep_playbooks(connection, (batch.playbook, *_playbooks_before(batch)))
            # What a retry brings again is on record: the key of an event is its escalation and number. Measures are
            # folded from the beginning, from events without a gap, and only if something was added.
            added = _keep_events(connection, _event_rows(batch))
            chain_events(connection, [batch.escalation])
            known = _unbroken(connection, batch.escalation)
            if added and known:
                record_measures(connection, [measure_events(known)])
            return RecordResult(added=added, through=_last_unbroken(connection, batch.escalation))

    def replace_events(self, batch: RecordBatch, stale: Collection[int], by: str = "") -> None:
        """
        Put *batch* on record in the place of the events of these numbers, which a run has that was reset since. *by* is
        whoever does it, for the audit log.

        Raises:
            StoreBehind, StoreAhead, StoreUnreachable
        """
        self.require_usable()
        with self.database.writing() as connection:
            take_turn(connection, batch.escalation)
            if _is_erased(connection, batch.escalation):
                return  # nothing brings back what was erased
            before = cut_chain(connection, batch.escalation, min(stale))
            gone = EventRow.escalation == batch.escalation, EventRow.seq.in_(stale)
            connection.execute(delete(EventRow).where(*gone))
            _keep_playbooks(connection, (batch.playbook, *_playbooks_before(batch)))
            _keep_events(connection, _event_rows(batch))
            chain_events(connection, [batch.escalation])
            if known := _unbroken(connection, batch.escalation):
                record_measures(connection, [measure_events(known)])
            keep_entries(connection, [_replaced(batch.escalation, before, min(stale), by)])

    def read_events(self, escalation: str) -> dict[int, Event]:
        """
        Return the events of an escalation that are on record, by their numbers; none of what was imported.

        Raises:
            StoreBehind, StoreAhead, StoreUnreachable
        """
        self.require_usable()
        query = select(EventRow.seq, EventRow.body).where(
            EventRow.escalation == escalation, EventRow.kind != LOG_LINE
        )
        with self.database.reading() as connection:
            return {seq: _EVENT.validate_json(body) for seq, body in connection.execute(query) if body}

    def find_gaps(self) -> dict[str, int]:
        """
        Return the escalations whose record has gaps, and how many events are missing before the last.

        Raises:
            StoreBehind, StoreAhead, StoreUnreachable
        """
        self.require_usable()
        many, last = func.count(), func.max(EventRow.seq)
        query = select(EventRow.escalation, last - many).where(EventRow.kind != LOG_LINE)
        query = query.group_by(EventRow.escalation).having(last > many).order_by(EventRow.escalation)
        with self.database.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def import_escalations(self, pasts: Iterable[ImportedEscalation], by: str = "") -> Iterator[ImportResult]:
        """
        Import escalations of another system, and say after each lot what was done. Can be repeated. *by* is whoever
        does it, for the audit log.

        Raises:
            StoreBehind, StoreAhead, StoreUnreachable
        """
        self.require_usable()
        for lot in _batches_of(pasts, _AT_ONCE):
            with self.database.writing() as connection:
                done = _import_lot(connection, lot, by)
            yield done

    def close(self) -> None:
        self.database.close()


def record_measures(connection: Connection, come_to: Sequence[EscalationMeasures]) -> None:
    """Put what escalations come to in the place of what is there of them."""
    _keep_playbooks(connection, (each.playbook for each in come_to))
    _replace_rows(connection, come_to)


def _event_rows(batch: RecordBatch) -> list[Row]:
    """Return a row for each event, with the playbook that was in force, however the batches were cut."""
    # From the last event to the first: a batch names the playbook at its end, and a rebase the one before it.
    rows, playbook = [], batch.playbook
    for event in reversed(batch.events):
        rows.append(
            {
                "escalation": batch.escalation,
                "seq": event.seq,
                "at": event.at,
                "by": event.by,
                "kind": event.kind,
                "body": to_json(event),
                "playbook": playbook.sha256,
            }
        )
        playbook = event.before if isinstance(event, Rebased) else playbook
    return of_case(EventRow, rows[::-1])


def _playbooks_before(batch: RecordBatch) -> Iterator[PlaybookRef]:
    return (event.before for event in batch.events if isinstance(event, Rebased))


def _keep_events(connection: Connection, rows: list[Row]) -> int:
    if not rows:
        return 0
    new = _insert(connection, EventRow).on_conflict_do_nothing().returning(EventRow.seq)
    return len(connection.execute(new, rows).all())


def _keep_playbooks(connection: Connection, playbooks: Iterable[PlaybookRef | None]) -> None:
    known = {each.sha256: each for each in playbooks if each}
    rows = [{"sha256": each.sha256, "name": each.name, "version": each.version} for each in known.values()]
    if rows:
        # Sorted, so that two that bring the same ones do not wait for each other crosswise.
        rows.sort(key=lambda row: row["sha256"])
        connection.execute(_insert(connection, PlaybookRow).on_conflict_do_nothing(), rows)


def _unbroken(connection: Connection, escalation: str) -> list[Event]:
    """Return the events up to the first gap."""
    query = (
        select(EventRow.seq, EventRow.body)
        .where(EventRow.escalation == escalation, EventRow.kind != LOG_LINE)
        .order_by(EventRow.seq)
    )
    found = connection.execute(query).all()
    if _is_erased(connection, escalation):
        return []
    return [_EVENT.validate_json(body) for place, (seq, body) in enumerate(found, 1) if seq == place]


def _last_unbroken(connection: Connection, escalation: str) -> int:
    """Return the number of the last event before the first gap."""
    query = select(EventRow.seq).where(EventRow.escalation == escalation, EventRow.kind != LOG_LINE)
    last = 0
    for seq in connection.scalars(query.order_by(EventRow.seq)):
        if seq != last + 1:
            break
        last = seq
    return last


def _is_erased(connection: Connection, escalation: str) -> bool:
    """Return whether something of an escalation was erased: what it comes to stays as it was then."""
    query = select(ErasureRow.number).where(ErasureRow.escalation == escalation)
    return connection.scalar(query.limit(1)) is not None


def _replace_rows(connection: Connection, come_to: Sequence[EscalationMeasures]) -> None:
    """Replace all rows of these escalations but their events; their parts go with them."""
    connection.execute(delete(EscalationRow).where(EscalationRow.id.in_([each.id for each in come_to])))
    connection.execute(
        insert(EscalationRow), of_case(EscalationRow, [make_escalation_row(each) for each in come_to])
    )
    for table, rows in make_part_rows(come_to):
        connection.execute(insert(table), of_case(table, rows))


def _import_lot(connection: Connection, lot: Sequence[ImportedEscalation], by: str) -> ImportResult:
    lot = [past for past in lot if not _is_erased(connection, past.measured.id)]
    ids = [past.measured.id for past in lot]
    # Sorted, so that two imports of the same file do not wait for each other crosswise.
    for each in sorted(ids):
        take_turn(connection, each)
    before: dict[str, list[tuple[Any, ...]]] = {}
    known = select(EventRow.escalation, EventRow.at, EventRow.by, EventRow.body)
    query = known.where(EventRow.escalation.in_(ids)).order_by(EventRow.escalation, EventRow.seq)
    for escalation, *line in connection.execute(query):
        before.setdefault(escalation, []).append(tuple(line))
    rows = {past.measured.id: list(_log_rows(past)) for past in lot}
    changed = [past for past in lot if before.get(past.measured.id) != _lines(rows[past.measured.id])]
    replaced = [past.measured.id for past in changed if past.measured.id in before]
    if changed:
        connection.execute(delete(EventRow).where(EventRow.escalation.in_(replaced)))
        heads = read_heads(connection, replaced)
        write_heads(connection, dict.fromkeys(replaced, ChainHead()))
        added = [row for past in changed for row in rows[past.measured.id]]
        connection.execute(insert(EventRow), of_case(EventRow, added))
        chain_events(connection, [past.measured.id for past in changed])
        record_measures(connection, [past.measured for past in changed])
        keep_entries(connection, [_replaced(each, heads.get(each, ChainHead()), 1, by) for each in replaced])
    return ImportResult(len(changed) - len(replaced), len(replaced), len(lot) - len(changed))


def _replaced(escalation: str, before: ChainHead, first: int, by: str) -> Counted:
    why = f"from event {first} on; the chain had {before.length} entries and ended with {before.digest}"
    entry = AuditEntry(AuditKind.RECORD_REPLACED, by=by, door=COMMAND_LINE, about=escalation, why=why)
    return Counted(entry, datetime.now(UTC))


def _log_rows(past: ImportedEscalation) -> Iterator[Row]:
    for seq, line in enumerate(past.lines, 1):
        yield {
            "escalation": past.measured.id,
            "seq": seq,
            "at": line.at,
            "by": line.by,
            "kind": LOG_LINE,
            "body": json.dumps(line.says, ensure_ascii=False, sort_keys=True),
            "playbook": None,
        }


def _lines(rows: Iterable[Row]) -> list[tuple[Any, ...]]:
    return [(row["at"], row["by"], row["body"]) for row in rows]


def _insert(connection: Connection, table: type[Base]) -> "postgresql.Insert | sqlite.Insert":
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def _batches_of(items: Iterable[_T], size: int) -> Iterator[list[_T]]:
    rest = iter(items)
    while lot := list(islice(rest, size)):
        yield lot
