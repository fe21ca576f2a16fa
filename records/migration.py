"""The version of a store's tables, and the steps that bring it up to this program's."""

from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from records.database import Database
from records.errors import StoreAhead, StoreBehind

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0007"
"""The version that this program works with: the newest of ``migrations/versions``."""
_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x65736361
"""Whoever migrates a PostgreSQL holds this, so that two at once take turns."""
_ONE_AT_ONCE = Lock()
"""Alembic keeps what it works on in its module: in one process two stores cannot be brought up at the same time."""


@dataclass(frozen=True, slots=True)
class MigrationResult:
    """The result of `migrate`."""

    where: str
    before: str | None
    """None: there were no tables."""
    after: str

    def __str__(self) -> str:
        if self.before == self.after:
            return f"{self.where}: version {self.after} already, nothing to do"
        was = f"brought from version {self.before}" if self.before else "made new,"
        return f"{self.where}: {was} to version {self.after}".replace(", to", ",")


def migrate(database: Database) -> MigrationResult:
    """
    Bring the store's tables up to this program. Can be repeated.

    Raises:
        StoreAhead: If they are newer than this program.
        StoreUnreachable: If the store cannot be used.
    """
    with database.writing() as connection:
        if not database.is_file:  # SQLite has one writer anyway
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        before = version(connection)
        if before != HEAD:
            _refuse_newer(database, before)
            _upgrade(connection)
    return MigrationResult(database.where, before, HEAD)


def require_head(database: Database) -> None:
    """
    Check that the store's tables are those of this program; a SQLite file without any is given them.

    Raises:
        StoreBehind, StoreAhead: If they are not.
        StoreUnreachable: If the store cannot be used.
    """
    if database.is_file:
        with database.writing() as connection:  # makes the file, too
            found = version(connection)
    else:
        with database.reading() as connection:
            found = version(connection)
    if found is None and database.is_file:
        migrate(database)
    elif found != HEAD:
        _refuse_newer(database, found)
        has = f"is of version {found}" if found else "has no tables yet"
        raise StoreBehind(
            f"the record store {database.where} {has}, and this program needs version {HEAD}; "
            "run `escalate setup`"
        )


def version(connection: Connection) -> str | None:
    """None: the store has no tables."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def config(connection: Connection | None = None) -> "Config":
    """Alembic's configuration; there is no file of it."""
    from alembic.config import Config  # noqa: PLC0415 - slow to import, and seldom needed

    made = Config()
    made.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - slow to import, and seldom needed

    with _ONE_AT_ONCE:
        command.upgrade(config(connection), "head")


def _refuse_newer(database: Database, found: str | None) -> None:
    if found is not None and found > HEAD:
        raise StoreAhead(
            f"the record store {database.where} is of version {found}, made by a newer program; this one knows "
            f"version {HEAD}: update it"
        )
