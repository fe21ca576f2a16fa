"""
The record, filled again with what Temporal still keeps.

Asks Temporal for what happened, and the store for how much of it was new. What an event means is not known here.
"""

from collections import Counter
from collections.abc import Callable

from client import EscalationClient
from records.store import RecordStore


async def rebuild_record(
    client: "EscalationClient", store: "RecordStore", advance: Callable[[], None]
) -> tuple[Counter[str], dict[str, str]]:
    """Escalation to how many events were added, and to why it is not, or not whole, on record."""
    added: Counter[str] = Counter()
    refused: dict[str, str] = {}
    async for run, batch in client.records():
        if isinstance(batch, Exception):
            refused[run] = " ".join(str(batch).split())
            continue
        try:
            recorded = store.append(batch)
        except ValueError:
            refused[batch.escalation] = "what is on record of it cannot be read"
            continue
        added[batch.escalation] += recorded.added
        if batch.events and recorded.through < batch.events[-1].seq:
            refused[batch.escalation] = f"what came after event {recorded.through} is not known any more"
        advance()
    return added, refused
