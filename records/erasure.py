"""
Erasure: the texts of an escalation leave the record, and its figures stay (RECORD-2).

Law 1: an event that was erased keeps its place, kind, instant and digest, so the chain goes on over it. What is left of
       it has a digest of its own, which begins with the first one; and the audit log names the escalation.
Law 2: what an escalation comes to is not computed again: it stays as it was before.
Law 3: all of one escalation goes in one transaction, and a repeat finds nothing to do.

A whole escalation loses the bodies of all its events. Of one that has other customers too, only what is about one of
them goes: what is left, whoever asks says. It must not know accounts, nor keys.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any, NamedTuple

from sqlalchemy import Connection, insert, select, update

from escalation.kernel.ids import key_of
from records.audit_log import AuditEntry, AuditKind, Counted, keep_entries
from records.cause_token import cause_token
from records.database import take_turn
from records.digest_chain import EVENT_COLUMNS, digest_of, event_entry, read_heads
from records.rows import Row, of_case
from records.store import RecordStore
from records.tables import (
    ActionRow,
    AnswerRow,
    Base,
    CauseRow,
    DeliveryResultRow,
    ErasureRow,
    EscalationRow,
    EventRow,
    OwnershipRow,
    PartBase,
    ParticipantRow,
)

Rest = Callable[[Row], Row | None]
"""Returns what is left of a row, by the names of its values; None, if nothing is."""
_TEXTS: dict[type[PartBase], tuple[str, ...]] = {
    DeliveryResultRow: ("key", "recipient", "why"),
    AnswerRow: ("contact", "comment"),
    ActionRow: ("what",),
}
"""Columns of parts that have texts and addresses of people. Causes have digests in their place."""
_IDS: dict[type[PartBase], tuple[str, ...]] = {
    ParticipantRow: ("who",),
    OwnershipRow: ("person",),
    ActionRow: ("owner",),
}
"""Columns of parts that have ids of our people: they are no texts, and stay unless one of them is erased."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """The reason of an erasure, and who does it."""

    by: str
    door: str
    why: str
    """For the audit log: "the account ACME"."""
    at: datetime


class ErasedEscalation(NamedTuple):
    """The last erasure of an escalation, as it is on record."""

    at: datetime
    by: str
    why: str
    is_whole: bool


def erase_escalation(store: RecordStore, escalation: str, erasure: Erasure, rest: Rest | None = None) -> int:
    """
    Erase an escalation, or all but the *rest* of it, and return of how many rows something was erased.

    Raises:
        StoreBehind, StoreAhead, StoreUnreachable
    """
    store.require_usable()
    with store.database.writing() as db:
        take_turn(db, escalation)
        rows = _erase_events(db, escalation, rest) + _erase_parts(db, escalation, rest)
        if rows:
            _put_on_record(db, escalation, erasure, rows, is_whole=rest is None)
        return rows


def find_erasures(db: Connection, key: str | None = None) -> dict[str, ErasedEscalation]:
    """Return the last erasure of each escalation, or of those of one key, by its id."""
    query = select(ErasureRow.escalation, ErasureRow.at, ErasureRow.by, ErasureRow.why, ErasureRow.is_whole)
    rows = db.execute(query.order_by(ErasureRow.number))
    return {row[0]: ErasedEscalation(*row[1:]) for row in rows if key in {None, key_of(row[0])}}


def _erase_events(db: Connection, escalation: str, rest: Rest | None) -> int:
    query = select(*EVENT_COLUMNS, EventRow.erased_digest).where(EventRow.escalation == escalation)
    changed = 0
    for row in db.execute(query.order_by(EventRow.seq)).all():
        left = _event_left(row, rest)
        is_done = row.erased_digest is not None or rest is not None
        if is_done and left == {"by": row.by, "body": row.body}:
            continue
        # The entry of what is left, as the digest of any entry covers it.
        changed_row: Any = SimpleNamespace(**{**row._mapping, **left})
        entry = event_entry(changed_row)
        texts = of_case(EventRow, [{"escalation": escalation, **left}])[0]
        db.execute(
            update(EventRow)
            .where(EventRow.escalation == escalation, EventRow.seq == row.seq)
            .values(by=texts["by"], body=texts["body"], erased_digest=digest_of(row.digest or "", entry))
        )
        changed += 1
    return changed


def _event_left(row: Any, rest: Rest | None) -> dict[str, str]:
    """Return who made an event and what it says, once erased. Ids of our people are no texts; those of contacts are."""
    nothing = {"by": "" if "@" in row.by else row.by, "body": ""}
    if rest is None or not row.body:
        return nothing
    said = json.loads(row.body)
    left = rest({"by": row.by, "event": said})
    if left is None:
        return nothing
    if left["event"] == said and left["by"] == row.by:
        return {"by": row.by, "body": row.body}
    return {"by": left["by"], "body": json.dumps(left["event"], ensure_ascii=False, separators=(",", ":"))}


def _erase_parts(db: Connection, escalation: str, rest: Rest | None) -> int:
    done = sum(_erase_part(db, table, texts, escalation, rest) for table, texts in _TEXTS.items())
    if rest is None:
        return done + _erase_causes(db, escalation) + _erase_subject(db, escalation)
    return done + sum(_erase_part(db, table, ids, escalation, rest) for table, ids in _IDS.items())


def _erase_part(
    db: Connection, table: type[PartBase], texts: tuple[str, ...], escalation: str, rest: Rest | None
) -> int:
    rows = db.execute(select(*table.__table__.columns).where(table.escalation == escalation)).mappings().all()
    done = 0
    for row in rows:
        left = rest(dict(row)) if rest else None
        new = {name: "" if left is None else left[name] for name in texts}
        if new != {name: row[name] for name in texts}:
            which = table.escalation == escalation, table.n == row["n"]
            db.execute(update(table).where(*which).values(_of_case(table, escalation, new)))
            done += 1
    return done


def _of_case(table: type[Base], escalation: str, values: Row) -> Row:
    row = of_case(table, [{"escalation": escalation, **values}])[0]
    return {name: row[name] for name in values}


def _erase_causes(db: Connection, escalation: str) -> int:
    rows = db.execute(
        select(CauseRow.n, CauseRow.cause, CauseRow.same).where(CauseRow.escalation == escalation)
    )
    done = 0
    for n, cause, same in rows.all():
        if cause or same != cause_token(same):
            which = CauseRow.escalation == escalation, CauseRow.n == n
            db.execute(update(CauseRow).where(*which).values(cause="", same=cause_token(same)))
            done += 1
    return done


def _erase_subject(db: Connection, escalation: str) -> int:
    which = EscalationRow.id == escalation, EscalationRow.subject.is_not(None)
    return db.execute(update(EscalationRow).where(*which).values(subject=None)).rowcount


def _put_on_record(db: Connection, escalation: str, erasure: Erasure, rows: int, *, is_whole: bool) -> None:
    head = read_heads(db, [escalation]).get(escalation)
    chain = f"; its chain has {head.length} entries and ends with {head.digest}" if head else ""
    what = "all texts" if is_whole else "what is about them"
    why = f"{erasure.why}: {what} in {rows} rows{chain}"
    entry = AuditEntry(AuditKind.ERASED, by=erasure.by, door=erasure.door, about=escalation, why=why)
    number = keep_entries(db, [Counted(entry, erasure.at)])
    db.execute(
        insert(ErasureRow).values(
            number=number,
            escalation=escalation,
            at=erasure.at,
            by=erasure.by,
            why=erasure.why,
            is_whole=is_whole,
        )
    )
