"""
Batches of events for tests, and a look at what is in the tables.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select

from escalation.case import events as e
from escalation.case.moves.acknowledge import Acknowledge
from escalation.case.moves.close import Close
from escalation.case.record_batch import RecordBatch
from escalation.case.start import Opened
from records.store import RecordStore
from records.tables import Base, EventRow
from tests.builders import DECLARE, VERIFY, all_delivered, monday, opening, ready_to_close
from tests.escalation.notified import events_of


def a_batch(events: Sequence[e.Event], **changes: Any) -> RecordBatch:
    first = opening().events[0]
    assert isinstance(first, Opened)
    batch = RecordBatch(
        escalation=first.id, key=first.request.key, playbook=first.plan.playbook, events=tuple(events)
    )
    return replace(batch, **changes)


def a_whole_life(**changes: Any) -> tuple[e.Event, ...]:
    """Opened on Monday at nine, acknowledged, resolved, closed at noon."""
    start = opening(**changes)
    return events_of(
        start,
        monday("09:05"),
        all_delivered(start.state, monday("09:05")),
        Acknowledge(by="ana"),
        monday("11:00"),
        DECLARE,
        VERIFY,
        *ready_to_close(start.state),
        monday("12:00"),
        Close(by="ed"),
    )


def bodies(store: RecordStore, escalation: str) -> list[str]:
    query = select(EventRow.body).where(EventRow.escalation == escalation).order_by(EventRow.seq)
    with store.database.reading() as db:
        return list(db.scalars(query))


def sizes(store: RecordStore) -> dict[str, int]:
    """Table to its number of rows."""
    with store.database.reading() as db:
        return {
            name: db.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
        }
