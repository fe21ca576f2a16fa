"""
Replay of histories: whether this program follows one, and from which step on it no longer can.

Used to find where a stalled run can be reset to. Nothing is asked of a server, and nothing is changed.
"""

import logging
import warnings
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.client import WorkflowHistory
from temporalio.runtime import Runtime, TelemetryConfig
from temporalio.worker import (
    Replayer,
    UnsandboxedWorkflowRunner,
    WorkflowInstance,
    WorkflowInstanceDetails,
    WorkflowRunner,
)

from workers.queue_workers import WORKFLOWS
from workflows.plugin import Encryption, Run, escalation_plugin


class Replays:
    """Replays histories with the workflows of this program."""

    def __init__(self, encryption: Encryption | None = None) -> None:
        # What fails is the answer here, and no news for a log. Python tells of what the SDK leaves of a failed run.
        logging.getLogger("temporalio").addHandler(logging.NullHandler())
        warnings.filterwarnings("ignore", "coroutine '_WorkflowInstanceImpl", RuntimeWarning)
        self._runner = _Runner()
        self._replayer = Replayer(
            workflows=WORKFLOWS,
            plugins=[escalation_plugin(encryption=encryption)],
            workflow_runner=self._runner,
            runtime=Runtime(telemetry=TelemetryConfig(logging=None)),
        )

    async def follows_all(self, history: WorkflowHistory) -> bool:
        """Say whether this program follows *history* to its end, the step that failed last included."""
        return await self._follows(history, _until_it_failed(history))

    async def reset_point(self, history: WorkflowHistory) -> int | None:
        """
        Return the last event of *history* that ends a step and can be reset to: this program follows all before it.

        A program that follows a history follows each beginning of it, too: so the last one is found by halving.
        """
        ends = [
            place
            for place, event in enumerate(history.events)
            if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
        ]
        # Halving asks a replay log2(n) times, 10 for 1,000 steps; one after the other would ask 1,000 times.
        followed, not_followed = -1, len(ends)
        while not_followed - followed > 1:
            middle = (followed + not_followed) // 2
            if await self._follows(history, ends[middle]):
                followed = middle
            else:
                not_followed = middle
        return history.events[ends[followed]].event_id if followed >= 0 else None

    async def _follows(self, history: WorkflowHistory, events: int) -> bool:
        self._runner.has_failed = False
        beginning = WorkflowHistory(history.workflow_id, history.events[:events])
        result = await self._replayer.replay_workflow(beginning, raise_on_replay_failure=False)
        return result.replay_failure is None and not self._runner.has_failed


class _Runner(WorkflowRunner):
    """Notes that a step failed: of the last one, which history does not say more about, the replayer tells nothing."""

    def __init__(self) -> None:
        self._inside = UnsandboxedWorkflowRunner()
        self.has_failed = False

    def prepare_workflow(self, defn: Any) -> None:
        self._inside.prepare_workflow(defn)

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        return _Run(self._inside.create_instance(det), self)


class _Run(Run):
    def __init__(self, inside: WorkflowInstance, runner: _Runner) -> None:
        super().__init__(inside)
        self._runner = runner

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        completion = super().activate(act)
        self._runner.has_failed |= completion.HasField("failed")
        return completion


def _until_it_failed(history: WorkflowHistory) -> int:
    """Count the events before the first failure of the latest step."""
    count = len(history.events)
    for place in reversed(range(count)):
        if history.events[place].event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            break
        if history.events[place].event_type in _FAILURES:
            count = place
    return count


_FAILURES = frozenset(
    {EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED, EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT}
)
