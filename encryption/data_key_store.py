"""
The store of data keys: who has which, made once whoever asks first, and destroyed for good (`data_key.py`).

Laws:
1. A case has one key that is alive. Two processes that need the first at once get the same (a partial unique index).
2. A process uses what it knows for a second without a look, and for `LIFE` at most while the store cannot be asked. So
   whoever retires a key and waits for `LIFE` knows that nothing is encrypted by it any more. The time counts from the
   question: an answer may be about what was before it. No answer takes nearly as long as `LIFE`.
3. Of a destroyed key the secret is overwritten in the same transaction that says so.

It must not know what is encrypted, nor what a case is.
"""

import os
import threading
import weakref
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from pydantic import SecretStr
from sqlalchemy import (
    URL,
    Column,
    Connection,
    Engine,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    String,
    Table,
    create_engine,
    event,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from encryption.ciphertext import Sealed
from encryption.data_key import DataKey
from encryption.errors import DataKeysAway, KeyErased, KeyMissing
from encryption.key_ring import KeyRing
from encryption.ring_key import Purpose

LIFE = 10.0
"""Seconds for which a process may use what it knows while the store cannot be asked."""
_LOOKS_EVERY = 1.0
_ANSWERS_WITHIN = 3
"""Seconds for a connection to PostgreSQL, and for each statement."""
_FILE_FREE_WITHIN = 5
"""Seconds for which a SQLite file may be in use by others."""
_REMEMBERED = 10_000
_WRITES = "writes"

_TABLES = MetaData()
_KEYS = Table(
    "data_keys",
    _TABLES,
    Column("name", String, primary_key=True),
    Column("scope", String, nullable=False, index=True),
    Column("made_at", String, nullable=False),
    Column("wrapped_by", String, nullable=False),
    Column("wrapped", LargeBinary, nullable=True),
    Column("retired_at", String),
    Column("destroyed_at", String),
    Column("destroyed_by", String),
)
Index(
    "ix_data_keys_alive",
    _KEYS.c.scope,
    unique=True,
    sqlite_where=_KEYS.c.retired_at.is_(None),
    postgresql_where=_KEYS.c.retired_at.is_(None),
)
_CHANGES = Table("changes", _TABLES, Column("id", Integer, primary_key=True), Column("count", Integer))
"""Count of keys retired or destroyed: processes compare it, and forget what they know when it differs."""


@dataclass(frozen=True)
class KeptKey:
    """A data key as the store lists it."""

    name: str
    scope: str
    retired_at: datetime | None
    destroyed_at: datetime | None
    destroyed_by: str


class DataKeys:
    """The data keys of an installation, wrapped by *ring*. Nothing is opened before it is needed."""

    def __init__(
        self, url: SecretStr, ring: KeyRing, *, life: float = LIFE, clock: Callable[[], float] = monotonic
    ) -> None:
        self.ring, self.life, self._clock = ring, life, clock
        self._url = make_url(url.get_secret_value())
        self._engine = _engine(url.get_secret_value())
        weakref.finalize(self, self._engine.dispose)
        self._lock = threading.Lock()
        self._has_tables = False
        self._by_scope: dict[str, DataKey] = {}
        self._by_name: dict[str, DataKey] = {}
        self._seen = -1
        self.changes = 0
        """Goes up once a key is retired or destroyed: what was read before may be erased since."""
        self._looked_at = self._answered_at = float("-inf")
        self._trouble: DataKeysAway | None = None

    def known(self, scope: str = "", name: str = "") -> DataKey | None:
        """Return the key of *scope*, or of this *name*, if nothing needs to be asked for it."""
        return (self._by_scope.get(scope) or self._by_name.get(name)) if self.is_fresh else None

    def current(self, scope: str) -> DataKey:
        """
        Return the key that encrypts for *scope*. It is made, if there is none.

        Raises:
            DataKeysAway: If the store cannot be used.
            KeyMissing: If it is wrapped by a key that the ring lacks.
        """
        if found := self.alive(scope):
            return found
        changes = self.changes
        with self._writing() as db:
            db.execute(self._new(scope, db))
            row = db.execute(_alive(scope)).one()
        return self._remember(row, changes)

    def alive(self, scope: str) -> DataKey | None:
        """Return the key that encrypts for *scope*, if there is one. To ask makes none."""
        self.look()
        if found := self._by_scope.get(scope):
            return found
        changes = self.changes
        with self._reading() as db:
            row = db.execute(_alive(scope)).first()
        return self._remember(row, changes) if row else None

    def find(self, name: str) -> DataKey:
        """
        Raises:
            KeyErased: If it was destroyed.
            KeyMissing: If the store has never had it.
            DataKeysAway: If the store cannot be used.
        """
        self.look()
        if found := self._by_name.get(name):
            return found
        changes = self.changes
        with self._reading() as db:
            row = db.execute(select(_KEYS).where(_KEYS.c.name == name)).first()
        if row is None:
            raise KeyMissing(name)
        if row.wrapped is None:
            raise KeyErased(datetime.fromisoformat(row.destroyed_at), row.destroyed_by)
        return self._remember(row, changes)

    def retire(self, scopes: Collection[str]) -> list[str]:
        """Let no key of *scopes* encrypt any more. Return the names of those that only read now, or did before."""
        with self._writing() as db:
            mine = _KEYS.c.scope.in_(list(scopes)), _KEYS.c.destroyed_at.is_(None)
            db.execute(update(_KEYS).where(*mine, _KEYS.c.retired_at.is_(None)).values(retired_at=_now()))
            _count_change(db)
            retired = list(db.scalars(select(_KEYS.c.name).where(*mine)))
        self._forget()
        return retired

    def destroy(self, names: Collection[str], by: str) -> None:
        """Destroy these keys for good. Can be repeated: what was destroyed before keeps its instant."""
        gone = {"wrapped": None, "destroyed_at": _now(), "destroyed_by": by}
        with self._writing() as db:
            mine = _KEYS.c.name.in_(list(names)), _KEYS.c.destroyed_at.is_(None)
            db.execute(update(_KEYS).where(*mine, _KEYS.c.retired_at.is_(None)).values(retired_at=_now()))
            db.execute(update(_KEYS).where(*mine).values(**gone))
            _count_change(db)
        self._forget()

    def kept(self, prefix: str = "") -> Sequence[KeptKey]:
        """Return all keys of scopes that begin with *prefix*, those that were destroyed too."""
        query = select(_KEYS).where(_KEYS.c.scope.startswith(prefix, autoescape=True))
        with self._reading() as db:
            return [_kept(row) for row in db.execute(query.order_by(_KEYS.c.made_at))]

    def erasure_of(self, scope: str) -> KeyErased | None:
        """Return when and by whom a key of *scope* was destroyed last; None, if none was."""
        query = select(_KEYS).where(_KEYS.c.scope == scope, _KEYS.c.destroyed_at.is_not(None))
        with self._reading() as db:
            row = db.execute(query.order_by(_KEYS.c.destroyed_at.desc())).first()
        return KeyErased(datetime.fromisoformat(row.destroyed_at), row.destroyed_by) if row else None

    def count_wraps(self) -> dict[str, int]:
        """Return how many keys each key of the ring wraps, by its name."""
        with self._reading() as db:
            return Counter(db.scalars(select(_KEYS.c.wrapped_by).where(_KEYS.c.wrapped.is_not(None))))

    def rewrap(self) -> int:
        """
        Wrap all keys by the first key of the ring, and return how many were not.

        Raises:
            KeyMissing: If one is wrapped by a key that the ring lacks. Nothing is changed then.
        """
        first = self.ring.seal(b"", Purpose.DATA_KEY).key
        with self._writing() as db:
            old = select(_KEYS).where(_KEYS.c.wrapped.is_not(None), _KEYS.c.wrapped_by != first)
            rows = db.execute(old).all()
            for row in rows:
                sealed = self.ring.seal(self._unwrapped(row).secret, Purpose.DATA_KEY)
                new = update(_KEYS).where(_KEYS.c.name == row.name)
                db.execute(new.values(wrapped=sealed.data, wrapped_by=sealed.key))
        return len(rows)

    def close(self) -> None:
        self._engine.dispose()

    @property
    def where(self) -> str:
        """For people: never with a user, a password or options."""
        if self._url.get_backend_name() == "sqlite":
            return str(self._url.database)
        return f"postgresql://{self._url.host or 'local'}/{self._url.database or ''}"

    def _new(self, scope: str, db: Connection) -> Any:
        key = DataKey.make()
        sealed = self.ring.seal(key.secret, Purpose.DATA_KEY)
        new = postgresql.insert(_KEYS) if db.dialect.name == "postgresql" else sqlite.insert(_KEYS)
        row = {"name": key.name, "scope": scope, "made_at": _now()}
        return new.values(**row, wrapped=sealed.data, wrapped_by=sealed.key).on_conflict_do_nothing()

    def _unwrapped(self, row: "Row[Any]") -> DataKey:
        return DataKey(row.name, self.ring.open(Sealed(row.wrapped_by, row.wrapped), Purpose.DATA_KEY))

    def _remember(self, row: "Row[Any]", changes: int) -> DataKey:
        """Keep the key of *row*, unless all was forgotten since it was read: then it may be retired or destroyed."""
        key = self._unwrapped(row)
        with self._lock:
            if changes != self.changes:
                return key
            if len(self._by_name) >= _REMEMBERED:
                self._by_name.clear()
                self._by_scope.clear()
            self._by_name[key.name] = key
            if row.retired_at is None:
                self._by_scope[row.scope] = key
        return key

    @property
    def is_fresh(self) -> bool:
        """False if the store must be asked before anything known is used."""
        now = self._clock()
        return now - self._looked_at <= _LOOKS_EVERY and now - self._answered_at <= self.life

    def look(self) -> None:
        """Forget what is known, if a key was retired or destroyed since the last look."""
        asked_at = self._clock()
        if self.is_fresh:
            return
        if self._trouble and asked_at - self._looked_at <= _LOOKS_EVERY:
            raise self._trouble.with_traceback(None)
        try:
            with self._reading() as db:
                seen = db.scalar(select(_CHANGES.c.count)) or 0
        except DataKeysAway as away:
            self._looked_at = self._clock()
            if self._looked_at - self._answered_at > self.life:
                self._trouble = away
                raise
            return
        self._trouble = None
        if seen != self._seen:
            self._forget()
        self._seen, self._looked_at, self._answered_at = seen, asked_at, asked_at

    def _forget(self) -> None:
        with self._lock:
            self.changes += 1
            self._by_scope.clear()
            self._by_name.clear()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._naming_trouble(), self._engine.connect() as db:
            self._make_tables()
            yield db

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._naming_trouble():
            self._make_tables()
            with self._engine.execution_options(**{_WRITES: True}).begin() as db:
                yield db

    def _make_tables(self) -> None:
        if not self._has_tables:
            with self._engine.execution_options(**{_WRITES: True}).begin() as db:
                if db.dialect.name == "postgresql":  # two that make them at once would be in each other's way
                    db.execute(text("SELECT pg_advisory_xact_lock(5260931)"))
                _TABLES.create_all(db)
            self._has_tables = True

    @contextmanager
    def _naming_trouble(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, NoConnectionFree, OSError) as error:
            said = type(error.orig if isinstance(error, DBAPIError) else error).__name__
            raise DataKeysAway(self.where, said) from None


def _alive(scope: str) -> Any:
    return select(_KEYS).where(_KEYS.c.scope == scope, _KEYS.c.retired_at.is_(None))


def _count_change(db: Connection) -> None:
    if not db.execute(update(_CHANGES).values(count=_CHANGES.c.count + 1)).rowcount:
        db.execute(insert(_CHANGES).values(id=1, count=1))


def _kept(row: "Row[Any]") -> KeptKey:
    retired, destroyed = (at and datetime.fromisoformat(at) for at in (row.retired_at, row.destroyed_at))
    return KeptKey(row.name, row.scope, retired, destroyed, row.destroyed_by or "")


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return _server_engine(parsed.set(drivername="postgresql+psycopg"))
    engine = create_engine(parsed, connect_args={"timeout": _FILE_FREE_WITHIN}, hide_parameters=True)
    event.listen(engine, "do_connect", _keep_private)
    event.listen(engine, "connect", _prepare_file)
    event.listen(engine, "begin", _begin)
    return engine


def _server_engine(url: URL) -> Engine:
    limit = _ANSWERS_WITHIN * 1000
    engine = create_engine(
        url,
        # The second one is for a network that is lost, of which the server cannot tell.
        connect_args={"connect_timeout": _ANSWERS_WITHIN, "tcp_user_timeout": limit},
        pool_timeout=_ANSWERS_WITHIN,
        pool_pre_ping=True,
        pool_size=2,
        hide_parameters=True,
    )
    # In each transaction, not with the connection: poolers between here and the server refuse that.
    event.listen(engine, "begin", lambda db: db.exec_driver_sql(f"SET LOCAL statement_timeout = {limit}"))
    return engine


def _keep_private(_dialect: object, _record: object, arguments: list[Any], _options: object) -> None:
    with suppress(OSError):  # the driver says so in a moment, if it stands in the way
        os.close(os.open(arguments[0], os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _prepare_file(opened: Any, _record: object) -> None:
    opened.isolation_level = None
    # A write-ahead log would keep what was overwritten for a while; a key that is lost with the machine is worse than a
    # slow write, of which there is one a case.
    for setting in ("journal_mode=DELETE", "synchronous=FULL", "secure_delete=ON"):
        opened.execute(f"PRAGMA {setting}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
