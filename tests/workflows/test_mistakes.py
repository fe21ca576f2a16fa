"""
Our own mistakes: an import too many is refused, and a bug stalls an escalation until it is corrected, never fails it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.worker import UnsandboxedWorkflowRunner, Worker, WorkflowInstance, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from temporalio.workflow import SandboxImportNotificationPolicy

import activities
from benchmarks.bare import BareWorkflow
from client import EscalationClient
from delivery.pipeline import Pipeline
from escalation.case.lifecycle import State
from escalation.contract import EscalationInput
from messages.renderer import MessageRenderer
from planning.playbook.playbook_file import PlaybookFile
from runtime.network import Network
from tests.complaint import a_complaint
from tests.escalations import REFERENCE, Desk, desk_on_skipping_server
from tests.workflows import stages
from tests.workflows.failing_workflows import FailsBesideTheRun
from workflows.escalation import EscalationWorkflow
from workflows.plugin import Run

QUEUE = "another-queue"


@asynccontextmanager
async def a_worker(client: Client, kind: type[Any], runner: WorkflowRunner) -> AsyncIterator[None]:
    """For starts and moves on a queue of its own; the desk's worker delivers the messages."""
    hands = activities.build(PlaybookFile(REFERENCE), Pipeline({}, MessageRenderer()), Network().transport)
    async with Worker(
        client,
        task_queue=QUEUE,
        workflows=[kind],
        activities=hands.quick,
        workflow_runner=runner,
    ):
        yield


STRICT = SandboxedWorkflowRunner(
    restrictions=SandboxRestrictions.default.with_import_notification_policy(
        SandboxImportNotificationPolicy.RAISE_ON_UNINTENTIONAL_PASSTHROUGH
    )
)


async def test_nothing_is_imported_while_a_workflow_runs(desk: Desk) -> None:
    """
    Beside our own modules: it would cost time and memory of each run. `tests/test_purity.py` holds what those import.
    """
    client = EscalationClient(desk.temporal, task_queue=QUEUE)
    async with a_worker(desk.temporal, EscalationWorkflow, STRICT):
        await desk.temporal.start_workflow(
            "Escalation",
            EscalationInput(request=a_complaint(key=desk.key), continue_after=21),
            id=desk.key,
            task_queue=QUEUE,
        )
        await desk.at_rest()
        await stages.resolving(client, desk.key)
        await desk.run().signal("unknown", 1)
        await desk.at_rest()
        await desk.metadata()
        assert "resolving" in await client.diagram(desk.key)
        await desk.run().cancel()
        assert "cancelled" == (await desk.run().result()).state


async def test_an_import_beside_our_own_modules_is_noticed(desk: Desk) -> None:
    """
    The test above can fail: a workflow from elsewhere that imports a module is refused.
    """
    with pytest.raises(RuntimeError, match="Failed validating workflow Bare") as refused:
        async with a_worker(desk.temporal, BareWorkflow, STRICT):
            pass

    assert "not intentionally passed through" in str(refused.value.__cause__)


def test_whatever_a_run_is_asked_reaches_it() -> None:
    """The wrapper of a run passes on all that the SDK may call, of a later version too."""
    asked = {name for name in vars(WorkflowInstance) if not name.startswith("_")}

    assert asked == {name for name in vars(Run) if not name.startswith("_")}


async def test_a_mistake_stalls_the_run_until_it_is_corrected() -> None:
    """
    A bug must neither vanish nor fail an escalation: with the next version of the program it goes on.
    """
    async with desk_on_skipping_server() as desk:
        client = EscalationClient(desk.temporal, task_queue=QUEUE)
        handle = desk.run()
        async with a_worker(desk.temporal, FailsBesideTheRun, UnsandboxedWorkflowRunner()):
            await desk.temporal.start_workflow(
                "Escalation",
                EscalationInput(request=a_complaint(key=desk.key)),
                id=desk.key,
                task_queue=QUEUE,
                task_timeout=timedelta(seconds=1),  # after which the other worker may try
            )
            async with asyncio.timeout(10):
                while "WORKFLOW_TASK_FAILED" not in await desk.events_in_history():  # noqa: ASYNC110 - no event for it
                    await asyncio.sleep(0.05)
            with pytest.raises(AssertionError, match="a task beside the run failed"):
                await desk.nothing_went_wrong()
        assert WorkflowExecutionStatus.RUNNING == (await handle.describe()).status

        async with a_worker(desk.temporal, EscalationWorkflow, SandboxedWorkflowRunner()):
            await stages.resolving(client, desk.key)
            assert State.RESOLVING == (await desk.view()).state
            assert "delivery_reported" in await desk.happened()
