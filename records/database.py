"""
The connection to the record store: a SQLite file, or a PostgreSQL by its URL.

Owns how a transaction begins and takes its turn on each, and how trouble is worded. It must not know tables. No
password is ever shown.
"""

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from pydantic import SecretStr
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError, StatementError

from encryption.column_cipher import ColumnCipher
from encryption.errors import DataKeysAway, EncryptionFault
from records.columns import encrypt_by
from records.errors import NotStored, StoreUnreachable, WrongUrl

ALLOWED = "sqlite:////PATH/TO/FILE or postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
_CONNECT_SECONDS = 5
_BUSY_SECONDS = 30
_WRITES = "writes"


class Database:
    """The database that holds the record. Nothing is opened before it is needed."""

    def __init__(self, url: str | SecretStr, cipher: ColumnCipher | None = None) -> None:
        """
        *cipher* writes and reads secret columns; if omitted, they are readable.

        Raises:
            WrongUrl: If *url* names no database that can be used.
        """
        self._url = _parsed(url.get_secret_value() if isinstance(url, SecretStr) else url)
        self._engine = _engine(self._url)
        if cipher:
            encrypt_by(self._engine.dialect, cipher)

    @property
    def is_file(self) -> bool:
        return self._url.get_backend_name() == "sqlite"

    @property
    def is_there(self) -> bool:
        """False while there is no SQLite file yet, which to ask would make; a PostgreSQL says so itself."""
        return not self.is_file or Path(str(self._url.database)).exists()

    @property
    def where(self) -> str:
        """For people: never with a user, a password or options."""
        if self.is_file:
            return str(self._url.database)
        port = f":{self._url.port}" if self._url.port else ""
        return f"postgresql://{self._url.host or 'local'}{port}/{self._url.database or ''}"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One transaction that sees one state of the store."""
        with self._telling_trouble(), self._engine.begin() as connection:
            if not self.is_file:
                # Several queries make one report; by default each would see what was written meanwhile.
                connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: all of it is kept, or, after an error, nothing."""
        with self._telling_trouble():
            if self.is_file:
                _make_folder(Path(str(self._url.database)).parent)
            with self._engine.execution_options(**{_WRITES: True}).begin() as connection:
                yield connection

    def compact(self) -> None:
        """
        Leave nothing in a SQLite file of what was overwritten. PostgreSQL does that by itself in time, or at once by
        its administrator's VACUUM FULL.
        """
        if self.is_file:
            with self._telling_trouble(), closing(self._engine.raw_connection()) as connection:
                connection.cursor().execute("VACUUM")
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _telling_trouble(self) -> Iterator[None]:
        try:
            with _unwrapping_faults():
                yield
        except DataKeysAway as away:
            raise StoreUnreachable(f"the record store {self.where} cannot be used: {away}") from None
        except DBAPIError as error:
            if not _is_trouble(error):
                raise NotStored(
                    f"the record store {self.where} refused a value ({type(error.orig).__name__}), and kept "
                    "nothing of what came with it; this is a mistake of this program: please report it"
                ) from None  # the driver's words hold customers' data
            raise StoreUnreachable(
                f"the record store {self.where} cannot be used: {self._reason(error)}; "
                "it is set with ESCALATION_RECORDS_URL"
            ) from None
        except OSError as error:
            raise StoreUnreachable(
                f"the record store {self.where} cannot be used: {error.strerror}"
            ) from None

    def _reason(self, error: DBAPIError) -> str:
        said = " ".join(str(error.orig).split("\n")[0].split()) or type(error.orig).__name__
        secrets = (self._url.password, *map(str, self._url.query.values()))
        for secret in filter(None, map(str, secrets)):
            said = said.replace(secret, "***")
        return re.sub(r"://\S*@", "://***@", said)


@contextmanager
def _unwrapping_faults() -> Iterator[None]:
    """Raise as it was what a cipher raised while a value was bound: SQLAlchemy wraps it."""
    try:
        yield
    except StatementError as error:
        if isinstance(error.orig, EncryptionFault):
            raise error.orig from None
        raise


def take_turn(connection: Connection, name: str) -> None:
    """Wait until no other transaction has the turn of this *name*; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})


def _parsed(written: str) -> URL:
    try:
        url = make_url(written)
    except (ArgumentError, ValueError):
        raise WrongUrl(
            f"ESCALATION_RECORDS_URL is ***, which is no database URL; allowed: {ALLOWED}"
        ) from None
    if url.drivername in {"postgresql", "postgres", "postgresql+psycopg"}:
        return url.set(drivername="postgresql+psycopg")
    if url.drivername == "sqlite" and url.database and url.database != ":memory:":
        return url
    raise WrongUrl(
        f"ESCALATION_RECORDS_URL is {url.drivername}:***, which is no file and no PostgreSQL; allowed: {ALLOWED}"
    )


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS}, hide_parameters=True)
        event.listen(engine, "do_connect", _keep_private)
        event.listen(engine, "connect", _prepare_file)
        event.listen(engine, "begin", _begin_in_file)
        return engine
    try:
        return create_engine(
            url,
            connect_args={"connect_timeout": _CONNECT_SECONDS},
            pool_pre_ping=True,
            pool_size=4,
            hide_parameters=True,
        )
    except ArgumentError:
        raise WrongUrl(f"ESCALATION_RECORDS_URL is ***, which is wrong; allowed: {ALLOWED}") from None


def _keep_private(_dialect: object, _record: object, arguments: list[Any], _options: object) -> None:
    """A new file is this user's alone: customers' data is in there. SQLite gives its side files the same mode."""
    with suppress(OSError):  # the driver says so in a moment, if it stands in the way
        os.close(os.open(arguments[0], os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _prepare_file(opened: Any, _record: object) -> None:
    opened.isolation_level = None  # transactions are begun below: the driver would begin them too late
    # A write-ahead log lets readers read while somebody writes. With it NORMAL is safe when the process is killed;
    # when the machine loses power, the last transactions may be missing, which `escalate doctor` finds.
    _switch_to_write_ahead_log(opened)
    for setting in ("synchronous=NORMAL", "foreign_keys=ON", "cache_size=-65536"):
        opened.execute(f"PRAGMA {setting}")


def _switch_to_write_ahead_log(opened: Any) -> None:
    """Several that open a new file at once: SQLite refuses this switch without waiting for its timeout."""
    gives_up_at = monotonic() + _BUSY_SECONDS
    while True:
        try:
            opened.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if monotonic() > gives_up_at:
                raise
            sleep(0.01)


def _begin_in_file(connection: Connection) -> None:
    # A writer takes its turn at the beginning: one that read first could not go on after another had written.
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _make_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # customers' data is in there


def _is_trouble(error: DBAPIError) -> bool:
    """Of the store, not of what was asked of it."""
    return isinstance(error, OperationalError | InterfaceError) or type(error.orig) is sqlite3.DatabaseError
