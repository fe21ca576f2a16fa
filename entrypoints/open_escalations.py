"""
Bring the record of everything that is open up to now, before a report is made of it (RECORD-2).

An escalation puts on record in few batches what happens to it; what waits there is asked for here.
"""

import asyncio

from client import EscalationClient
from escalation.case.record_batch import RecordBatch
from escalation.measures.report_schedule import OpenEscalationsRecorded
from records.store import RecordStore
from runtime.errors import RuntimeFault

PATIENCE = 5.0
"""Seconds for a worker's answer: a report is read without it, too."""


async def record_open_escalations(
    client: EscalationClient, store: RecordStore
) -> OpenEscalationsRecorded | None:
    """
    Put on *store* what open escalations have not put there yet; None: the server or its workers cannot be asked.

    Raises:
        RecordStoreFault: If the store cannot be used.
    """
    store.require_usable()
    try:
        heard = [
            await asyncio.to_thread(_put_on_record, store, batch) async for _, batch in client.unrecorded()
        ]
    except RuntimeFault:
        return None
    return OpenEscalationsRecorded(asked=len(heard), silent=heard.count(False))


def _put_on_record(store: RecordStore, batch: RecordBatch | Exception) -> bool:
    """Return whether there was an answer, which is on record now."""
    if isinstance(batch, Exception):
        return False
    try:
        if batch.events:
            store.append(batch)
    except ValueError:
        return False
    return True
