"""
Sign-outs: sessions that somebody ended before their time. A copy of such a cookie is refused (IDENTITY-2).

A session itself is kept nowhere; that it was ended is kept beside the record until it would have ended anyway, so that
every process of the service knows. Must not know how somebody signed in.
"""

from datetime import datetime

from sqlalchemy import delete, insert, select

from records.store import RecordStore
from records.tables import SignOutRow


class SignOuts:
    """The sign-outs of an installation."""

    def __init__(self, store: RecordStore) -> None:
        self._store = store

    def add(self, session: str, now: datetime, until: datetime) -> None:
        """Refuse the *session* of this id from now on; it ends by itself at *until*."""
        self._store.require_usable()
        with self._store.database.writing() as db:
            db.execute(
                delete(SignOutRow).where((SignOutRow.until_at < now) | (SignOutRow.session == session))
            )
            db.execute(insert(SignOutRow).values(session=session, until_at=until))

    def has(self, session: str) -> bool:
        """Return whether somebody ended the *session* of this id."""
        self._store.require_usable()
        with self._store.database.reading() as db:
            return db.scalar(select(SignOutRow.session).where(SignOutRow.session == session)) is not None
