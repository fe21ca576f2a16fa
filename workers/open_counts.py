"""
Counts of what is open, as the server's lists know it: gauges that every worker sets alike, whoever works on what.

Owns their names and labels. The lists follow what happens within about a second.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from itertools import product

from temporalio.client import Client

from escalation import contract
from escalation.case.lifecycle import WORKING, State
from escalation.policy.classification import Priority
from workers.watch import meter_of, watch
from workflows import search_attributes as sa

OPEN = "escalation_open"
BREACHED = "escalation_open_breached"
UNDELIVERED = "escalation_open_undelivered"
INBOXES = "escalation_inboxes"
RECORDS = "escalation_records_waiting"
EVERY = timedelta(seconds=30)

_STATES = (*WORKING, State.VERIFYING, State.CLOSING)


def watch_open(client: Client, every: timedelta = EVERY) -> AbstractAsyncContextManager[None]:
    """Count while the block runs."""
    return watch("open", _OpenCounts(client).look, every)


class _OpenCounts:
    def __init__(self, client: Client) -> None:
        self._client = client
        create = meter_of(client).create_gauge
        self._open = create(OPEN, "Open escalations, by state and priority")
        self._breached = create(BREACHED, "Open escalations that missed a due time, by priority")
        undelivered = create(UNDELIVERED, "Open escalations with a message that could not be delivered")
        inboxes = create(INBOXES, "People for whom messages wait: quiet hours, or many at once")
        records = create(RECORDS, "Ended runs whose last events are not on record yet")
        self._others: dict[str, Callable[[int], None]] = {
            _escalations(f"{sa.UNDELIVERED.name} > 0"): undelivered.set,
            _running(contract.INBOX): inboxes.set,
            _running(contract.RECORD_WORKFLOW): records.set,
        }

    async def look(self) -> None:
        for priority in Priority:
            is_it = f"{sa.PRIORITY.name} = '{priority}'"
            about = {"priority": priority.value}
            self._breached.set(await self._count(_escalations(is_it, f"{sa.BREACHED.name} = true")), about)
        for state, priority in product(_STATES, Priority):
            query = _escalations(f"{sa.STATE.name} = '{state}'", f"{sa.PRIORITY.name} = '{priority}'")
            self._open.set(await self._count(query), {"state": state.value, "priority": priority.value})
        for query, set_to in self._others.items():
            set_to(await self._count(query))

    async def _count(self, query: str) -> int:
        return (await self._client.count_workflows(query)).count


def _running(kind: str) -> str:
    return f"WorkflowType = '{kind}' AND ExecutionStatus = 'Running'"


def _escalations(*conditions: str) -> str:
    return " AND ".join((_running(contract.WORKFLOW), *conditions))
