"""
The audit trail: entries of one process on their way into the audit log (IDENTITY-5).

A refusal must not wait for the database, and whoever is refused a thousand times a second must not fill it. So entries
are noted, and written by a thread; the same entry within a second is one line that says how often. While the database
is away, what was noted waits in memory, and is written with the next entry. Must not know what the entries mean.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event, Lock

import structlog

from records.audit_log import AuditEntry, Counted, keep_entries
from records.errors import RecordStoreFault
from records.store import RecordStore

MOST_NOTED = 1_000
"""Different entries that wait at most; of more, the kind alone is counted."""
_TOGETHER = 1.0
"""Seconds in which the same entries become one line."""

log = structlog.get_logger("identity")


class AuditTrail:
    """Takes entries from any thread. The *store* is opened while there is something to write."""

    def __init__(self, store: RecordStore) -> None:
        self._store = store
        self._noted: dict[AuditEntry, Counted] = {}
        self._lock = Lock()
        self._is_writing = False
        self._is_closing = Event()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="audit")

    def note(self, entry: AuditEntry) -> None:
        """Have *entry* written soon."""
        with self._lock:
            self._add([Counted(entry, datetime.now(UTC))])
            if not (self._is_writing or self._is_closing.is_set()):
                self._is_writing = True
                self._writer.submit(self._write_noted)

    def keep(self, entry: AuditEntry) -> None:
        """
        Write *entry* now.

        Raises:
            StoreBehind, StoreAhead, StoreUnreachable
        """
        self._write([Counted(entry, datetime.now(UTC))])

    def close(self) -> None:
        """Write what was noted, without waiting for more of the same. What the database does not take is lost."""
        with self._lock:  # nobody hands in more work between the two
            if self._noted and not self._is_writing:
                self._is_writing = True
                self._writer.submit(self._write_noted)
            self._is_closing.set()
        self._writer.shutdown()
        if left := self._take():
            log.warning("audit_entries_lost", count=sum(each.times for each in left))

    def _add(self, counted: Iterable[Counted]) -> None:
        for each in counted:
            is_much = each.entry not in self._noted and len(self._noted) >= MOST_NOTED
            entry = AuditEntry(each.entry.kind) if is_much else each.entry
            before = self._noted.get(entry)
            times = each.times + (before.times if before else 0)
            self._noted[entry] = replace(before or each, entry=entry, times=times)

    def _write_noted(self) -> None:
        while noted := self._take():
            try:
                self._write(noted)
            except RecordStoreFault as away:
                self._give_back(noted)
                log.warning("audit_entries_wait", count=len(noted), why=str(away))
                break
            self._is_closing.wait(_TOGETHER)
        self._store.close()

    def _take(self) -> list[Counted]:
        """Return what is noted; if that is nothing, the next entry begins to write again."""
        with self._lock:
            noted, self._noted = list(self._noted.values()), {}
            self._is_writing = bool(noted)
            return noted

    def _give_back(self, noted: list[Counted]) -> None:
        with self._lock:
            since, self._noted = list(self._noted.values()), {}
            self._add([*noted, *since])
            self._is_writing = False

    def _write(self, counted: list[Counted]) -> None:
        self._store.require_usable()
        with self._store.database.writing() as db:
            keep_entries(db, counted)
