"""
All that is held of a party, as plain JSON, in a documented shape (`docs/how-to/answer-a-request-about-data.md`).

Owns the shape, and what the database holds. What Temporal holds is brought by whoever can ask it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from privacy.account_share import IS_SHARED
from privacy.held_record import held_on_record
from privacy.party import Party, PartyKind
from records.audit_log import AuditLine, read_lines
from records.data_export import RecordedEscalation
from records.store import RecordStore
from records.tables import ApiKeyRow

FORM = "escalation-engine/held-data/1"
"""The name of the shape. A change that readers could stumble over gets another number."""


@dataclass(frozen=True)
class HeldData:
    """All that is held of *party*."""

    party: Party
    made_at: datetime
    made_by: str
    escalations: tuple[RecordedEscalation, ...]
    audit_log: tuple[Mapping[str, Any], ...]
    api_keys: tuple[Mapping[str, Any], ...]
    sponsorships: tuple[Mapping[str, Any], ...] = ()
    task_forces: tuple[Mapping[str, Any], ...] = ()
    deferred_messages: tuple[Mapping[str, Any], ...] = ()
    not_read: tuple[str, ...] = ()
    """Places that could not be asked, and why."""

    @property
    def counts(self) -> dict[str, int]:
        """The number of entries of each kind."""
        events = sum(len(each["events"]) for each in self.escalations)
        kinds = ("sponsorships", "task_forces", "deferred_messages", "audit_log", "api_keys")
        return {"escalations": len(self.escalations), "events": events} | {
            kind: len(getattr(self, kind)) for kind in kinds
        }

    def as_plain(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "form": FORM,
            "about": {"kind": self.party.kind.value, "id": self.party.id},
            "made_at": self.made_at.astimezone(UTC).isoformat(),
            "made_by": self.made_by,
            "not_read": list(self.not_read),
            "escalations": list(self.escalations),
            "sponsorships": list(self.sponsorships),
            "task_forces": list(self.task_forces),
            "deferred_messages": list(self.deferred_messages),
            "audit_log": list(self.audit_log),
            "api_keys": list(self.api_keys),
        }


def read_held_data(store: RecordStore, party: Party, by: str, now: datetime) -> HeldData:
    """
    Return what the database holds of *party*.

    Raises:
        StoreBehind, StoreAhead, StoreUnreachable
    """
    escalations = tuple(held_on_record(store, party))
    return HeldData(
        party=party,
        made_at=now,
        made_by=by,
        escalations=escalations,
        audit_log=tuple(_audit_lines(store, party, escalations)),
        api_keys=tuple(_api_keys(store, party)),
    )


def _audit_lines(
    store: RecordStore, party: Party, escalations: tuple[RecordedEscalation, ...]
) -> Iterator[Mapping[str, Any]]:
    # Moves are no entries of the audit log; what was refused or given out of an account's cases names these alone.
    of_account = party.kind is PartyKind.ACCOUNT
    own = [each for each in escalations if of_account and IS_SHARED not in each]
    cases = {each[name] for each in own for name in ("id", "key")}
    with store.database.reading() as db:
        for line in read_lines(db):
            if line.about in cases or _is_about(line, party):
                yield asdict(line) | {"at": line.at.astimezone(UTC).isoformat()}


def _is_about(line: AuditLine, party: Party) -> bool:
    return party.digest in line.about or any(map(party.is_called, (line.by, line.about, line.why)))


def _api_keys(store: RecordStore, party: Party) -> Iterator[Mapping[str, Any]]:
    shown = ("id", "name", "person", "moves", "accounts")
    instants = ("created_at", "expires_at", "revoked_at")
    with store.database.reading() as db:
        for row in db.execute(select(*ApiKeyRow.__table__.columns)).mappings():
            owner = row["person"] == party.id and party.kind is PartyKind.COLLEAGUE
            if owner or (party.kind is PartyKind.ACCOUNT and party.id in row["accounts"]):
                at = {name: row[name] and row[name].astimezone(UTC).isoformat() for name in instants}
                accounts = row["accounts"] if owner else [party.id]
                yield {name: row[name] for name in shown} | {"accounts": accounts} | at
