"""
Task boundaries: each workflow task leaves a command, and no query brings news, so that a replay is cut where the live
run was.

Theory of operation
-------------------
Temporal hands a run what happened in workflow tasks, and the SDK turns each task into one *activation*: the jobs that
came with it (an activity ended, a timer fired, a signal, an update). Within one activation updates and signals are
applied first. What a run decides therefore depends on which jobs come in one activation.

A worker that has the run in memory makes one activation of each task. A worker that has not, because it was just
started or has forgotten the run, reads the history, and joins a task to the next one if neither the task before it nor
the task itself left a command: such tasks look like those that only keep a long local activity alive. Two activities
that end, one task each, and an update:

    warm      [delivered]  [record]   [update]        three activations
    cold      [delivered]  [update, record]           two, and the update is decided first
    replayed  [delivered]  [record]   [update]        the accepted update in the history separates them again

The cold worker decided in another order than each replay after it will: sequence numbers, keys of messages and instants
differ, and as soon as a command differs the run can be replayed no more (TMPRL1100). It stalls for good.

So no task of ours is empty. A task that brought news and left no command of its own leaves one that changes nothing:
the memo loses a field that it never had. Nothing is left to join, and live, cold and replayed runs have the same
activations.

A query may pass its workflow task on the way: it waited while no worker was there, say, and an activity ended
meanwhile. The history that comes with it ends with that news and without a started task, and the SDK hands over the
news all the same, at the instant of the task before. A replay gets it with its own task, and later, so nothing may be
decided then: the news is left alone, and the query fails with `PASSED_ITS_TASK`, for then the worker forgets the run.
Whoever asks again (`workflows.repeated_queries`) meets a run that was replayed as it should be. A run that has ended
decides nothing more, so a query that says so is answered.

The reasons and the alternatives are in ADR 24.
"""

from temporalio.api.common.v1 import Payload
from temporalio.bridge.proto.workflow_activation import WorkflowActivation, WorkflowActivationJob
from temporalio.bridge.proto.workflow_commands import WorkflowCommand
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion

# Jobs that are not in the history, or not in the same task when it is replayed. A refused update is one of them: it
# must leave no trace. An accepted one is a command itself.
_NO_NEWS = frozenset(
    {"do_update", "notify_has_patch", "query_workflow", "remove_from_cache", "update_random_seed"}
)

# Jobs that Temporal itself always puts into the history; `_is_from_the_history` knows those that may be of the SDK.
_FROM_THE_HISTORY = frozenset(
    {
        "fire_timer",
        "signal_workflow",
        "cancel_workflow",
        "resolve_child_workflow_execution",
        "resolve_signal_external_workflow",
        "resolve_request_cancel_external_workflow",
    }
)

PASSED_ITS_TASK = "the query has passed the workflow task before it: ask again"
HAS_ENDED = "escalation-run-has-ended"
"""The header of a query that knows: there is no workflow task to come."""

_NOWHERE, _NOTHING = "nothing", Payload(metadata={"encoding": b"binary/null"})


def leave_a_command(activation: WorkflowActivation, completion: WorkflowActivationCompletion) -> None:
    """Add a command that changes nothing to *completion*, if *activation* brought news and nothing is asked for."""
    has_news = any(job.WhichOneof("variant") not in _NO_NEWS for job in activation.jobs)
    if has_news and completion.HasField("successful"):
        commands = completion.successful.commands
        if not any(_is_in_the_history(command) for command in commands):
            commands.add().modify_workflow_properties.upserted_memo.fields[_NOWHERE].CopyFrom(_NOTHING)


def _is_in_the_history(command: WorkflowCommand) -> bool:
    match command.WhichOneof("variant"):
        case "update_response":
            return command.update_response.HasField("accepted")
        case "respond_to_query" | "schedule_local_activity" | "request_cancel_local_activity":
            return False
        case _:
            return True


class NewsWithoutTask:
    """Finds news of one run that comes with a query, and keeps the run from being used after it."""

    def __init__(self) -> None:
        self._latest: tuple[int, int] | None = None
        """Instant and size of the history at the latest workflow task that was seen."""
        self._was_found = False

    def answer(self, activation: WorkflowActivation) -> WorkflowActivationCompletion | None:
        """Return what *activation* is answered with instead of being given to the run; None: give it."""
        if self._was_found:
            return None if _asks_what_has_ended(activation) else _failed()
        task = (activation.timestamp.ToNanoseconds(), activation.history_size_bytes)
        # A started task has an instant of its own and says a size, which grew; test servers say none. In a replay all
        # tasks have started, so a clock that was set back is not taken for this.
        is_same = task == self._latest and activation.history_size_bytes > 0
        self._latest = task
        if is_same and not activation.is_replaying and any(map(_is_from_the_history, activation.jobs)):
            self._was_found = True
            return _done_nothing()
        return None


def _is_from_the_history(job: WorkflowActivationJob) -> bool:
    """Say whether the server brought *job*, and not the SDK: local activities end, and are cancelled, without it."""
    kind = job.WhichOneof("variant")
    if kind == "resolve_activity":
        ended = job.resolve_activity
        return not ended.is_local and not ended.result.HasField("cancelled")
    if kind == "resolve_child_workflow_execution_start":
        return not job.resolve_child_workflow_execution_start.HasField("cancelled")
    return kind in _FROM_THE_HISTORY


def _asks_what_has_ended(activation: WorkflowActivation) -> bool:
    return all(HAS_ENDED in job.query_workflow.headers for job in activation.jobs)


def _done_nothing() -> WorkflowActivationCompletion:
    completion = WorkflowActivationCompletion()
    completion.successful.SetInParent()
    return completion


def _failed() -> WorkflowActivationCompletion:
    completion = WorkflowActivationCompletion()
    completion.failed.failure.message = PASSED_ITS_TASK
    return completion
