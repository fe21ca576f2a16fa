"""
Re-encryption: what is on record is written again as the settings have it now: by the first key, or readable.

So columns from before encryption are encrypted, and an old key can go, though the record is kept for good. What an
erasure left unreadable stays as it is. One escalation after the other, each in a transaction; it can be repeated, and
stopped at any time.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain

from sqlalchemy import Column, Connection, Table, Text, and_, func, select, type_coerce, update

from encryption.column_cipher import ColumnCipher, key_in
from escalation.kernel.ids import data_scope_of
from records.columns import SecretTerm, SecretWords, TextOfCase
from records.database import take_turn
from records.store import RecordStore
from records.tables import Base, EscalationRow, EventRow

_LONGEST_KEY = 90
"""Characters at the beginning of a value that name its key."""


def secret_columns() -> dict[Table, tuple[Column[str], ...]]:
    """Return the columns that are encrypted, by their tables."""
    found = {
        table: tuple(each for each in table.columns if isinstance(each.type, SecretWords | SecretTerm))
        for table in Base.metadata.sorted_tables
    }
    return {table: columns for table, columns in found.items() if columns}


def count_keys(store: RecordStore, cipher: ColumnCipher) -> Counter[str]:
    """Return how many values are encrypted by each key, by its name; under "", those that are readable."""
    store.require_usable()
    counts: Counter[str] = Counter()
    with store.database.reading() as db:
        for column in chain.from_iterable(secret_columns().values()):
            is_term = isinstance(column.type, SecretTerm)
            raw = type_coerce(column, Text)
            stored = db.scalars(
                select(raw if is_term else func.substr(raw, 1, _LONGEST_KEY)).where(raw != "")
            )
            counts.update(map(cipher.key_of_term if is_term else key_in, stored))
    return counts


def reencrypt(
    store: RecordStore, cipher: ColumnCipher, escalations: Sequence[str] | None = None
) -> Iterator[int]:
    """
    Write again what is not as *cipher*, the store's, would write it, of these *escalations* or of all; yield after each
    how many rows.

    Raises:
        KeyMissing: If something cannot be read. What was done before stays done.
    """
    store.require_usable()
    for id_ in _all_ids(store) if escalations is None else escalations:
        with store.database.writing() as db:
            take_turn(db, id_)
            yield sum(
                _rewrite(db, table, columns, id_, cipher) for table, columns in secret_columns().items()
            )


def _all_ids(store: RecordStore) -> list[str]:
    with store.database.reading() as db:
        return sorted({*db.scalars(select(EventRow.escalation)), *db.scalars(select(EscalationRow.id))})


def _rewrite(
    db: Connection, table: Table, columns: tuple[Column[str], ...], id_: str, cipher: ColumnCipher
) -> int:
    scope = data_scope_of(id_)
    whose = table.c.id if "escalation" not in table.c else table.c.escalation
    raw = [type_coerce(each, Text) for each in columns]
    keys = list(table.primary_key.columns)
    rows = db.execute(select(*keys, *raw, *columns).where(whose == id_)).all()
    done = 0
    for row in rows:
        first, end = len(keys), len(keys) + len(raw)
        key, stored, texts = row[:first], row[first:end], row[end:]
        values = {
            column: text if text is None or isinstance(column.type, SecretTerm) else TextOfCase(text, scope)
            for column, value, text in zip(columns, stored, texts, strict=True)
            if not _is_current(column, value, cipher, scope)
        }
        if not values:
            continue
        which = and_(*(column == value for column, value in zip(keys, key, strict=True)))
        db.execute(update(table).where(which).values(values))
        done += 1
    return done


def _is_current(column: Column[str], stored: str | None, cipher: ColumnCipher, scope: str) -> bool:
    if not stored:
        return True
    if isinstance(column.type, SecretWords):
        return cipher.is_current(stored, scope)
    return cipher.write_term(cipher.read_term(stored)) == stored
