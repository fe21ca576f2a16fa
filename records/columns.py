"""
Types of columns for instants, spans and texts, the same in SQLite and PostgreSQL; texts that name people or say what
they wrote are encrypted, if the database has a cipher that does.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Self
from weakref import WeakKeyDictionary

from sqlalchemy import DateTime, Dialect, Double, Text
from sqlalchemy.types import TypeDecorator

from encryption.column_cipher import ColumnCipher
from encryption.errors import KeyErased


class Instant(TypeDecorator[datetime]):
    """An aware instant; SQLite has no time zones, so it keeps UTC without saying so."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or dialect.name == "postgresql":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Span(TypeDecorator[timedelta]):
    """A span in seconds, so that both databases can average it."""

    impl = Double
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> float | None:  # noqa: ARG002
        return None if value is None else value.total_seconds()

    def process_result_value(self, value: Any, dialect: Dialect) -> timedelta | None:  # noqa: ARG002
        return None if value is None else timedelta(seconds=value)


class Words(TypeDecorator[str]):
    """A text of any length, without the one character that PostgreSQL does not take."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else value.replace("\0", "")


_PLAIN = ColumnCipher()
_CIPHERS: "WeakKeyDictionary[Dialect, ColumnCipher]" = WeakKeyDictionary()
"""The cipher of each database. A type knows its database by the dialect alone, and each has one of its own."""


def encrypt_by(dialect: Dialect, cipher: ColumnCipher) -> None:
    """Have *cipher* write and read the columns of the database that has this *dialect*."""
    _CIPHERS[dialect] = cipher


class TextOfCase(str):
    """A text that is said of one case, by whose data key it is encrypted, if there are any."""

    scope: str

    def __new__(cls, text: str, scope: str) -> Self:
        made = super().__new__(cls, text)
        made.scope = scope
        return made


class SecretWords(TypeDecorator[str]):
    """
    A text that is encrypted, each time differently: nothing can be searched for in it. One whose data key was destroyed
    is empty.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        scope = value.scope if isinstance(value, TextOfCase) else ""
        return _CIPHERS.get(dialect, _PLAIN).write(value.replace("\0", ""), scope)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        try:
            return None if value is None else _CIPHERS.get(dialect, _PLAIN).read(value)
        except KeyErased:
            return ""


class SecretTerm(TypeDecorator[str]):
    """A text that is encrypted, always alike: equal ones can be counted."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else _CIPHERS.get(dialect, _PLAIN).write_term(value.replace("\0", ""))

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else _CIPHERS.get(dialect, _PLAIN).read_term(value)
