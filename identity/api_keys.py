"""
API keys: how machines call the HTTP API, each in the name of one person of the playbook (IDENTITY-2).

A key is shown once, when it is made. What is kept is its SHA-256: the secret part has 256 bits of chance, so nothing
slower is needed. A key has a name, an end, and scopes: the moves and the accounts that it is for. Owns keys and their
scopes. It must not know what a move means.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import RowMapping, insert, select, update

from escalation.kernel.reasons import reason
from escalation.kernel.refusals import MoveNotAllowed, UnknownName
from identity.caller import NotIdentified
from records.audit_log import COMMAND_LINE, AuditEntry, AuditKind, Counted, keep_entries
from records.store import RecordStore
from records.tables import ApiKeyRow

PREFIX = "esc"
"""Of each key, so that tools which look for secrets in code find them."""

log = structlog.get_logger("identity")


class KeyRefused(NotIdentified):
    """A key that is not believed. Never quotes it."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key, without its secret."""

    id: str
    name: str
    person: str
    """Id in the playbook of whoever makes the moves."""
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    moves: frozenset[str] = frozenset()
    """Moves that it may make; none: all that the person may."""
    accounts: frozenset[str] = frozenset()
    """Accounts whose escalations it may touch; none: all."""

    def state(self, now: datetime) -> str:
        if self.revoked_at:
            return "revoked"
        return "expired" if now >= self.expires_at else "valid"


class ApiKeys:
    """The keys of an installation, kept beside its record."""

    def __init__(self, store: RecordStore) -> None:
        self._store = store

    def create(
        self,
        name: str,
        person: str,
        *,
        now: datetime,
        expires_at: datetime,
        moves: Iterable[str] = (),
        accounts: Iterable[str] = (),
        by: str = "",
    ) -> tuple[ApiKey, str]:
        """
        Return a new key, and the text that the machine sends; it can be shown this once.

        Args:
            by: Whoever creates it, for the audit log.
        """
        made = ApiKey(
            id=secrets.token_hex(6),
            name=name,
            person=person,
            created_at=now,
            expires_at=expires_at,
            moves=frozenset(moves),
            accounts=frozenset(accounts),
        )
        secret = secrets.token_urlsafe(32)
        row = {
            "id": made.id,
            "name": name,
            "digest": _digest(secret),
            "person": person,
            "moves": sorted(made.moves),
            "accounts": sorted(made.accounts),
            "created_at": now,
            "expires_at": expires_at,
        }
        self._store.require_usable()
        with self._store.database.writing() as db:
            db.execute(insert(ApiKeyRow).values(**row))
            keep_entries(db, [_entry(AuditKind.KEY_CREATED, made, by, now)])
        return made, f"{PREFIX}_{made.id}_{secret}"

    def list(self) -> tuple[ApiKey, ...]:
        """Return all keys, the newest first."""
        query = select(*ApiKeyRow.__table__.columns).order_by(ApiKeyRow.created_at.desc(), ApiKeyRow.id)
        self._store.require_usable()
        with self._store.database.reading() as db:
            return tuple(_key_of(row) for row in db.execute(query).mappings())

    def revoke(self, id_: str, now: datetime, by: str = "") -> ApiKey:
        """
        Refuse the key of this id from now on; *by* is whoever revokes it.

        Raises:
            UnknownName: If there is no such key.
            MoveNotAllowed: If it is revoked already.
        """
        known = {key.id: key for key in self.list()}
        if id_ not in known:
            raise UnknownName.of("unknown API key", id_, known)
        if known[id_].revoked_at:
            raise MoveNotAllowed(f"the API key {id_} is revoked already")
        with self._store.database.writing() as db:
            db.execute(update(ApiKeyRow).where(ApiKeyRow.id == id_).values(revoked_at=now))
            keep_entries(db, [_entry(AuditKind.KEY_REVOKED, known[id_], by, now)])
        return next(key for key in self.list() if key.id == id_)

    def find(self, written: str, now: datetime) -> ApiKey:
        """
        Return the key that a machine sent.

        Raises:
            KeyRefused: If it is none of ours, or its time is over.
        """
        prefix, id_, secret = (*written.split("_", 2), "", "")[:3]
        row = self._row(id_) if prefix == PREFIX else None
        if row is None or not hmac.compare_digest(row["digest"], _digest(secret)):
            raise KeyRefused(reason("sign_in.key_unknown"))
        key = _key_of(row)
        if (state := key.state(now)) != "valid":
            log.warning("api_key_refused", key=key.id, state=state)
            is_revoked = state == "revoked"
            raise KeyRefused(
                reason("sign_in.key_revoked", key.id) if is_revoked else reason("sign_in.key_expired", key.id)
            )
        return key

    def _row(self, id_: str) -> RowMapping | None:
        self._store.require_usable()
        query = select(*ApiKeyRow.__table__.columns).where(ApiKeyRow.id == id_)
        with self._store.database.reading() as db:
            return db.execute(query).mappings().one_or_none()


def _entry(kind: AuditKind, key: ApiKey, by: str, now: datetime) -> Counted:
    scopes = (("moves", key.moves), ("accounts", key.accounts))
    bound = "; ".join(f"{name}: {', '.join(sorted(found)) or 'all'}" for name, found in scopes)
    about = f"{key.id} {key.name} for {key.person} until {key.expires_at:%Y-%m-%d}; {bound}"
    return Counted(AuditEntry(kind, by=by, door=COMMAND_LINE, about=about), now)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _key_of(row: RowMapping) -> ApiKey:
    return ApiKey(
        id=row["id"],
        name=row["name"],
        person=row["person"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
        moves=frozenset(row["moves"]),
        accounts=frozenset(row["accounts"]),
    )
