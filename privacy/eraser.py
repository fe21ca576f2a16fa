"""
The eraser: what is held of a case becomes unreadable, everywhere.

Theory of operation
-------------------
Whatever is to be erased is erased case by case (ADR 41). Nothing is erased while anything of a case goes on.

    1. retire    its data key encrypts no more; after the time for which other processes may still use it, all that is
                 written is written by another key
    2. record    texts leave the record, figures stay; what stays readable is written again by the new key
    3. destroy   the old key: histories, and copies of them and of the record in backups, cannot be read any more
    4. delete    the closed runs, which nobody could read

Each step can be repeated, and what was interrupted is ended by doing it again. Without data keys there are steps 2 and
4 alone, and backups keep what they have.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence

from encryption.column_cipher import ColumnCipher
from encryption.data_key_store import DataKeys
from privacy.case_choice import CaseErasure
from privacy.stored_runs import StoredRuns
from records.erasure import Erasure, erase_escalation
from records.reencryption import reencrypt
from records.store import RecordStore


class StillOpen(Exception):
    """Something of what was to be erased goes on: the message says what."""


class Eraser:
    """Erases cases from *store*, whose columns *cipher* writes, from Temporal, and from the store of keys, if any."""

    def __init__(
        self, store: RecordStore, cipher: ColumnCipher, runs: StoredRuns, data_keys: DataKeys | None
    ) -> None:
        self._store, self._cipher, self._runs, self._data_keys = store, cipher, runs, data_keys

    async def find_open(self, cases: Iterable[CaseErasure]) -> tuple[str, ...]:
        """Return why some of *cases* cannot be erased yet."""
        found = [await self._runs.open_of(each.scope) for each in cases]
        return tuple(reason for reasons in found for reason in reasons)

    async def erase(self, cases: Sequence[CaseErasure], erasure: Erasure) -> AsyncIterator[str]:
        """
        Erase *cases*, and yield each scope that is done.

        Raises:
            StillOpen: If one of them goes on; nothing is erased then.
            DataKeysAway, StoreUnreachable: What is done stays done; do it again.
        """
        await self._require_closed(cases)
        retired = await self._retire([each.scope for each in cases])
        await self._require_closed(cases)
        for each in cases:
            await asyncio.to_thread(self._erase_on_record, each, erasure)
        # SQLite keeps on free pages what was overwritten, until they are used again.
        await asyncio.to_thread(self._store.database.compact)
        if self._data_keys and retired:
            await asyncio.to_thread(self._data_keys.destroy, retired, erasure.by)
        for each in cases:
            await self._runs.delete(each.scope)
            yield each.scope

    async def _require_closed(self, cases: Iterable[CaseErasure]) -> None:
        if reasons := await self.find_open(cases):
            raise StillOpen("; ".join(reasons))

    async def _retire(self, scopes: Sequence[str]) -> Sequence[str]:
        if self._data_keys is None:
            return ()
        retired = await asyncio.to_thread(self._data_keys.retire, scopes)
        if retired:
            await asyncio.sleep(self._data_keys.life)
        return retired

    def _erase_on_record(self, case: CaseErasure, erasure: Erasure) -> None:
        for escalation in case.escalations:
            erase_escalation(self._store, escalation, erasure, case.rest)
        # What stays readable must not need the old key: what is left of events, and texts about other customers.
        for _ in reencrypt(self._store, self._cipher, case.escalations):
            pass
