"""
Digest chains: each event on record keeps a digest of itself and of the digest before it (IDENTITY-5).

    digest(0) = 64 zeros
    digest(n) = SHA-256 of the canonical JSON (RFC 8785) of [digest(n-1), escalation, n, at, by, kind, body, playbook]

Law: whoever changes, removes or inserts an entry would have to write every later digest again, and the head, which has
the length and the last digest in a table of its own. An event that follows a gap has no digest until the gap is filled.
Each escalation has a chain of its own, so that writers do not wait for each other. How a chain is judged is in
``verification.py``.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, delete, insert, select, update

from records.tables import ChainHeadRow, EventRow

START = "0" * 64
"""The digest before the first entry."""
Entry = tuple[str | int | None, ...]
"""All that an entry says, as its digest covers it."""

EVENT_COLUMNS = (
    EventRow.escalation,
    EventRow.seq,
    EventRow.at,
    EventRow.by,
    EventRow.kind,
    EventRow.body,
    EventRow.playbook,
    EventRow.digest,
)
"""The columns of an event that its chain needs."""


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The end of a chain: how many entries it has, and the digest of the last."""

    length: int = 0
    digest: str = START

    def then(self, entry: Entry) -> "ChainHead":
        """Return the head once *entry* has followed."""
        return ChainHead(self.length + 1, digest_of(self.digest, entry))


def digest_of(before: str, entry: Entry) -> str:
    """Return the digest of *entry*, which follows the digest *before*."""
    # Of texts and whole numbers, this is the canonical form of RFC 8785: any other program can make it as well.
    written = json.dumps((before, *entry), ensure_ascii=False, separators=(",", ":"))
    return sha256(written.encode()).hexdigest()


def event_entry(row: "Row[*tuple[Any, ...]]") -> Entry:
    """Return what a row of `EVENT_COLUMNS` says; instants in UTC, to the microsecond."""
    return row.escalation, row.seq, instant_text(row.at), row.by, row.kind, row.body, row.playbook


def instant_text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def chain_events(db: Connection, escalations: Collection[str]) -> None:
    """
    Give each event of *escalations* its digest that has none yet and follows without a gap: at the end of its chain, or
    within it, where a hole was filled. What did not belong there does not fit the digest after it.
    """
    before = read_heads(db, escalations)
    after, digests = dict(before), dict[tuple[str, int], str]()
    for row in db.execute(_unchained(escalations)):
        head, place = after.get(row.escalation, ChainHead()), (row.escalation, row.seq)
        if row.seq == head.length + 1:
            after[row.escalation] = head = head.then(event_entry(row))
            digests[place] = head.digest
        elif row.seq <= head.length and (last := _digest_before(db, place, digests)):
            digests[place] = digest_of(last, event_entry(row))
    if digests:
        db.execute(
            _KEEP_DIGEST,
            [{"chain": chain, "number": seq, "made": made} for (chain, seq), made in digests.items()],
        )
        write_heads(db, {chain: head for chain, head in after.items() if head != before.get(chain)})


def _unchained(escalations: Collection[str]) -> Select[*tuple[Any, ...]]:
    query = select(*EVENT_COLUMNS).where(EventRow.escalation.in_(escalations), EventRow.digest.is_(None))
    return query.order_by(EventRow.escalation, EventRow.seq)


def _digest_before(
    db: Connection, place: tuple[str, int], made: Mapping[tuple[str, int], str] = MappingProxyType({})
) -> str | None:
    """Return the digest before an event; none, if the event before it is missing."""
    escalation, seq = place
    if seq <= 1:
        return START
    last = select(EventRow.digest).where(EventRow.escalation == escalation, EventRow.seq == seq - 1)
    return made.get((escalation, seq - 1)) or db.scalar(last)


def cut_chain(db: Connection, escalation: str, first: int) -> ChainHead:
    """Take event *first* and all after it out of the chain, so that they can be replaced. Return the head before."""
    head = read_heads(db, [escalation]).get(escalation, ChainHead())
    if head.length >= first:
        last = _digest_before(db, (escalation, first))
        write_heads(db, {escalation: ChainHead(first - 1, last or START)})
        rest = EventRow.escalation == escalation, EventRow.seq >= first
        db.execute(update(EventRow).where(*rest).values(digest=None))
    return head


def read_heads(db: Connection, chains: Collection[str] | None = None) -> dict[str, ChainHead]:
    """Return the heads of these *chains*, or of all."""
    query = select(ChainHeadRow.chain, ChainHeadRow.length, ChainHeadRow.digest)
    if chains is not None:
        query = query.where(ChainHeadRow.chain.in_(chains))
    return {row.chain: ChainHead(row.length, row.digest) for row in db.execute(query)}


def write_heads(db: Connection, heads: Mapping[str, ChainHead]) -> None:
    """Put these heads in the place of those that are there; one of no entries is none."""
    db.execute(delete(ChainHeadRow).where(ChainHeadRow.chain.in_(list(heads))))
    rows = [
        {"chain": chain, "length": head.length, "digest": head.digest}
        for chain, head in heads.items()
        if head.length
    ]
    if rows:
        db.execute(insert(ChainHeadRow), rows)


_KEEP_DIGEST = (
    update(EventRow)
    .where(EventRow.escalation == bindparam("chain"), EventRow.seq == bindparam("number"))
    .values(digest=bindparam("made"))
)
