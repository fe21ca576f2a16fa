"""
Bring the record of everything that is open up to now, before a report is made of it (RECORD-2).

An escalation puts on record in few batches what happens to it; what waits there is asked for here. Which escalations
gave no answer is counted, so that the report can say so. It must not know tables, nor reports.
"""

import asyncio

from temporalio import activity
from temporalio.client import WorkflowExecution, WorkflowQueryFailedError
from temporalio.service import RPCError

from escalation import contract
from escalation.case.record_batch import RecordBatch
from escalation.measures.report_schedule import OpenEscalationsRecorded
from records.store import RecordStore

OPEN = f"WorkflowType IN ('{contract.WORKFLOW}', '{contract.FOLLOW_UP}') AND ExecutionStatus = 'Running'"
_AT_ONCE = 20


class OpenEscalations:
    def __init__(self, store: RecordStore) -> None:
        self._store = store

    @activity.defn(name=contract.RECORD_OPEN_ESCALATIONS)
    async def record_open_escalations(self) -> OpenEscalationsRecorded:
        """
        Raises:
            RecordStoreFault: If the store cannot be used.
        """
        gate = asyncio.Semaphore(_AT_ONCE)

        async def heard(run: WorkflowExecution) -> bool:
            async with gate:
                return await self._heard(run)

        runs = [run async for run in activity.client().list_workflows(OPEN)]
        answers = await asyncio.gather(*map(heard, runs))
        return OpenEscalationsRecorded(asked=len(runs), silent=answers.count(False))

    async def _heard(self, run: WorkflowExecution) -> bool:
        # A run that cannot answer now will put on record later what it has; the report says that it is missing.
        handle = activity.client().get_workflow_handle(run.id, run_id=run.run_id)
        try:
            batch: RecordBatch = await handle.query(contract.UNRECORDED, result_type=RecordBatch)
            if batch.events:
                await asyncio.to_thread(self._store.append, batch)
        except (RPCError, WorkflowQueryFailedError, ValueError):
            return False
        return True
