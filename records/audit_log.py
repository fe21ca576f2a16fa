"""
The audit log: who signed in, who was refused, which keys were made and revoked, what was given out (IDENTITY-5).

Law 1: an entry is added, and never changed or removed.
Law 2: each keeps a digest of itself and of the one before it, as events do (``digest_chain.py``).
A move is not here: it is an event of its escalation, with who made it and by which door. No entry has a secret.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select

from records.database import take_turn
from records.digest_chain import ChainHead, Entry, instant_text, read_heads, write_heads
from records.tables import AuditRow

AUDIT_CHAIN = "audit_log"
"""The name of its chain; no escalation has one without a slash."""
COMMAND_LINE = "command_line"
"""The door of whoever reaches the database itself; `by` is their user on that machine."""
WORKER = "worker"
"""The door of whoever reaches Temporal itself, and is refused by a worker. `by` is who they say they are."""
LONGEST = 500
"""Characters of each text of an entry; the rest is cut off."""


class AuditKind(StrEnum):
    """Kinds of entries."""

    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    NOT_IDENTIFIED = "not_identified"
    """Somebody asked, and is not believed."""
    NOT_ALLOWED = "not_allowed"
    """Somebody asked for what their roles, their key or their sight do not allow."""
    NOT_PROVEN = "not_proven"
    """A message without a good proof of who sent it."""
    KEY_CREATED = "key_created"
    KEY_REVOKED = "key_revoked"
    LINK_REFUSED = "link_refused"
    """Links of messages that were not of ours, expired or revoked; only counted."""
    EXPORTED = "exported"
    """The record, or a part of it, was given out to somebody or to a program."""
    ERASED = "erased"
    """Texts of an escalation left the record, and its histories; what was asked for stands in an entry of its own."""
    RECORD_REPLACED = "record_replaced"
    """Events on record gave way to others: of a run that was reset, or of a newer import."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing to keep."""

    kind: AuditKind
    by: str = ""
    """Id of a person, name of a sender, or a user of the machine; empty: nobody is known."""
    door: str = ""
    about: str = ""
    """The key, the request, the message or the escalation that it is about."""
    why: str = ""
    address: str = ""
    """IP address that it came from."""

    def readable(self) -> "AuditEntry":
        """Return it with printable texts that are not too long: some of them were sent by whoever was refused."""
        texts = {name: text for name, text in asdict(self).items() if name != "kind"}
        return AuditEntry(
            self.kind,
            **{name: "".join(filter(str.isprintable, text))[:LONGEST] for name, text in texts.items()},
        )


@dataclass(frozen=True, slots=True)
class AuditLine:
    """An entry as it is kept."""

    number: int
    at: datetime
    kind: str
    by: str
    door: str
    about: str
    why: str
    address: str
    times: int
    """Number of times that the same happened within a few seconds from then on."""
    digest: str


@dataclass(frozen=True, slots=True)
class Counted:
    """An entry, with when it happened first, and how often."""

    entry: AuditEntry
    at: datetime
    times: int = 1


def keep_entries(db: Connection, counted: Sequence[Counted]) -> int:
    """
    Add entries to the log, in the transaction of *db*: last in it, because all writers wait for each other here. Return
    the number of the last entry.
    """
    take_turn(db, AUDIT_CHAIN)
    before = head = read_heads(db, [AUDIT_CHAIN]).get(AUDIT_CHAIN, ChainHead())
    rows = []
    for number, each in enumerate(counted, head.length + 1):
        row = {"number": number, "at": each.at, "times": each.times, **asdict(each.entry.readable())}
        head = head.then(_said(row))
        rows.append({**row, "digest": head.digest})
    if head != before:
        db.execute(insert(AuditRow), rows)
        write_heads(db, {AUDIT_CHAIN: head})
    return head.length


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """A choice of entries; empty: any."""

    by: str = ""
    kind: str = ""
    first_at: datetime | None = None
    end_at: datetime | None = None
    """The entry is from before then."""

    def of(self, query: Select[Any]) -> Select[Any]:
        """Return *query* for these entries alone."""
        if self.by:
            query = query.where(AuditRow.by == self.by)
        if self.kind:
            query = query.where(AuditRow.kind == self.kind)
        if self.first_at:
            query = query.where(AuditRow.at >= self.first_at)
        if self.end_at:
            query = query.where(AuditRow.at < self.end_at)
        return query


def read_latest(db: Connection, wanted: AuditFilter, before: int, at_most: int) -> Sequence[AuditLine]:
    """Return the entries that are *wanted*, the latest first, those with a number below *before*; 0: all."""
    query = wanted.of(select(*AuditRow.__table__.columns)).order_by(AuditRow.number.desc()).limit(at_most)
    if before:
        query = query.where(AuditRow.number < before)
    return [AuditLine(**row._mapping) for row in db.execute(query)]


def audit_entry(row: "Row[*tuple[Any, ...]]") -> Entry:
    """Return what a row says, as its digest covers it."""
    return _said(row._mapping)


def _said(row: Any) -> Entry:
    texts = (str(row[name]) for name in ("kind", "by", "door", "about", "why", "address"))
    return AUDIT_CHAIN, row["number"], instant_text(row["at"]), *texts, row["times"]


def read_lines(
    db: Connection, first_at: datetime | None = None, end_at: datetime | None = None, after: int = 0
) -> Iterator[AuditLine]:
    """Return the entries from *first_at* until before *end_at*, behind the number *after*, the oldest first."""
    query = select(*AuditRow.__table__.columns).where(AuditRow.number > after).order_by(AuditRow.number)
    query = AuditFilter(first_at=first_at, end_at=end_at).of(query)
    for row in db.execution_options(yield_per=1000).execute(query):
        yield AuditLine(**row._mapping)
