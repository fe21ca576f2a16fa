"""
Verification of the digest chains: where the record is not as it was written, and what happened there (IDENTITY-5).

Each entry is held against the digest that stands before it, so a change is found where it is, and not at all that
follows. Whoever can write to the database can also compute all digests again; only a seal, kept elsewhere, shows that:
the heads of all chains at one time. Owns how a chain is judged, and must not know what an event means.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from itertools import chain, groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select
from sqlalchemy.orm import InstrumentedAttribute

from escalation.kernel.ids import key_of
from records.audit_log import AUDIT_CHAIN, AuditKind, audit_entry
from records.digest_chain import EVENT_COLUMNS, START, ChainHead, Entry, digest_of, event_entry, read_heads
from records.erasure import find_erasures
from records.store import RecordStore
from records.tables import AuditRow, ChainHeadRow, EventRow


class ChainFaultKind(StrEnum):
    """The ways in which a chain can be wrong."""

    CHANGED = "changed"
    """The entry or its digest is another than was written."""
    MISSING = "missing"
    ADDED = "added"
    """An entry is there that this program did not write."""
    HEAD_DIFFERS = "head_differs"
    """The digest of the last entry is not the one that was kept apart from it."""
    SEAL_DIFFERS = "seal_differs"
    """The entry at the end of the chain, when it was sealed, had another digest."""


@dataclass(frozen=True, slots=True)
class ChainFault:
    """The entries *first* to *last* of a chain, and what is wrong with them."""

    chain: str
    kind: ChainFaultKind
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Verification:
    """The result of a verification."""

    heads: Mapping[str, ChainHead]
    """The heads of all chains that were looked at, as they are now."""
    entries: int = 0
    waiting: int = 0
    """Entries that follow a gap, and are in no chain yet: what fills the gap is still on its way."""
    erased: int = 0
    """Entries that were erased, as the audit log says. They keep their digests."""
    faults: tuple[ChainFault, ...] = ()


@dataclass(frozen=True, slots=True)
class _Link:
    """One entry, as it stands in the database."""

    chain: str
    number: int
    digest: str | None
    entry: Entry
    erased_digest: str | None = None
    """Of what is left, if it was erased."""


@dataclass
class _Walk:
    """The way along one chain, from its first entry to its last."""

    head: ChainHead
    sealed: ChainHead | None
    may_be_erased: bool = False
    """True if the audit log says so: else what was erased was changed by somebody."""
    expected: int = 1
    before: str | None = START
    """The digest of the entry before; none where that is missing, so that nothing can be said."""
    is_past_gap: bool = False
    entries: int = 0
    waiting: int = 0
    erased: int = 0
    last_digest: str | None = None
    """The digest of the entry at the end, where the head says that it is."""
    sealed_digest: str | None = None
    faults: list[tuple[ChainFaultKind, int, int]] = field(default_factory=list)

    def take(self, link: _Link) -> None:
        if link.number > self.expected:
            self._miss(link.number - 1)
            self.before, self.is_past_gap = None, True
        self.entries += 1
        if self._is_waiting(link):
            self.waiting += 1
        elif not 1 <= link.number <= self.head.length:
            self._find(ChainFaultKind.ADDED, link.number)
        elif self._is_changed(link):
            self._find(ChainFaultKind.CHANGED, link.number)
        if link.number == self.head.length:
            self.last_digest = link.digest
        if self.sealed and link.number == self.sealed.length:
            self.sealed_digest = link.digest
        self.before, self.expected = link.digest, link.number + 1

    def end(self) -> None:
        self._miss(self.head.length)
        if self.last_digest not in {None, self.head.digest}:
            self._find(ChainFaultKind.HEAD_DIFFERS, self.head.length)
        if self.sealed and self.sealed_digest != self.sealed.digest:
            self._find(ChainFaultKind.SEAL_DIFFERS, self.sealed.length)

    def _is_waiting(self, link: _Link) -> bool:
        return self.is_past_gap and link.digest is None and link.number > self.head.length

    def _is_changed(self, link: _Link) -> bool:
        if link.digest is None:
            return True
        if link.erased_digest is not None and self.may_be_erased:
            self.erased += 1
            return digest_of(link.digest, link.entry) != link.erased_digest
        return self.before is not None and digest_of(self.before, link.entry) != link.digest

    def _miss(self, last: int) -> None:
        last = min(last, self.head.length)
        if self.expected <= last:
            self.faults.append((ChainFaultKind.MISSING, self.expected, last))

    def _find(self, kind: ChainFaultKind, number: int) -> None:
        if self.faults and self.faults[-1] == (kind, self.faults[-1][1], number - 1):
            self.faults[-1] = (kind, self.faults[-1][1], number)
        else:
            self.faults.append((kind, number, number))


def verify_record(
    store: RecordStore, key: str | None = None, seal: Mapping[str, ChainHead] | None = None
) -> Verification:
    """
    Verify the chains of all that is on record and of the audit log, or those of one key, and that they go on from
    *seal*.

    Raises:
        StoreBehind, StoreAhead, StoreUnreachable
    """
    store.require_usable()
    with store.database.reading() as db:
        heads = _heads(db, key)
        sealed = {name: head for name, head in (seal or {}).items() if key in {None, key_of(name)}}
        links = _event_links(db, key) if key else chain(_event_links(db, key), _audit_links(db))
        return _verify(links, heads, sealed, find_erasures(db, key).keys() & _erased_by_the_log(db))


def verify_audit_log(store: RecordStore) -> Verification:
    """
    As `verify_record`, of the audit log alone.

    Raises:
        StoreBehind, StoreAhead, StoreUnreachable
    """
    store.require_usable()
    with store.database.reading() as db:
        return _verify(_audit_links(db), read_heads(db, [AUDIT_CHAIN]), {})


def _verify(
    links: Iterable[_Link],
    heads: Mapping[str, ChainHead],
    sealed: Mapping[str, ChainHead],
    erased: Collection[str] = (),
) -> Verification:
    walks: dict[str, _Walk] = {}
    for name, linked in groupby(links, key=lambda link: link.chain):
        walks[name] = walk = _Walk(heads.get(name, ChainHead()), sealed.get(name), name in erased)
        for link in linked:
            walk.take(link)
    for name in heads.keys() | sealed.keys():
        walks.setdefault(name, _Walk(heads.get(name, ChainHead()), sealed.get(name)))
    for walk in walks.values():
        walk.end()
    return Verification(
        heads,
        sum(walk.entries for walk in walks.values()),
        sum(walk.waiting for walk in walks.values()),
        sum(walk.erased for walk in walks.values()),
        tuple(ChainFault(name, *fault) for name in sorted(walks) for fault in walks[name].faults),
    )


def _event_links(db: Connection, key: str | None) -> Iterator[_Link]:
    query = select(*EVENT_COLUMNS, EventRow.erased_digest).order_by(EventRow.escalation, EventRow.seq)
    if key is not None:
        query = query.where(_is_of(EventRow.escalation, key))
    for row in db.execution_options(yield_per=1000).execute(query):
        yield _Link(row.escalation, row.seq, row.digest, event_entry(row), row.erased_digest)


def _erased_by_the_log(db: Connection) -> set[str]:
    return set(db.scalars(select(AuditRow.about).where(AuditRow.kind == AuditKind.ERASED)))


def _audit_links(db: Connection) -> Iterator[_Link]:
    query = select(*AuditRow.__table__.columns).order_by(AuditRow.number)
    for row in db.execution_options(yield_per=1000).execute(query):
        yield _Link(AUDIT_CHAIN, row.number, row.digest, audit_entry(row))


def _heads(db: Connection, key: str | None) -> dict[str, ChainHead]:
    if key is None:
        return read_heads(db)
    return read_heads(db, list(db.scalars(select(ChainHeadRow.chain).where(_is_of(ChainHeadRow.chain, key)))))


def _is_of(escalation: InstrumentedAttribute[str], key: str) -> ColumnElement[bool]:
    """
    Return whether a chain is of *key*. The table of escalations is not asked: a row that was removed there must not
    hide what is here. Nor is LIKE, which takes ACME/1 for acme/1 on SQLite.
    """
    start = f"{key}@"
    return func.substr(escalation, 1, len(start)) == start


def write_seal(heads: Mapping[str, ChainHead]) -> str:
    """Return a seal as text, one chain a line, to be kept where nobody can change it who can change the record."""
    return "".join(
        json.dumps({"chain": name, **asdict(head)}, ensure_ascii=False) + "\n"
        for name, head in sorted(heads.items())
    )


def read_seal(written: str) -> dict[str, ChainHead]:
    """
    Raises:
        ValueError: If *written* is no seal.
    """
    try:
        lines: list[dict[str, Any]] = [json.loads(line) for line in written.splitlines() if line]
        return {str(line["chain"]): ChainHead(int(line["length"]), str(line["digest"])) for line in lines}
    except (KeyError, TypeError, ValueError):
        raise ValueError("no seal of a record") from None
