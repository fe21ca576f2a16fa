"""
Task boundaries: each workflow task leaves a command, so that a replay is cut where the live run was.

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
activations. The reasons and the alternatives are in ADR 24.
"""

from temporalio.api.common.v1 import Payload
from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_commands import WorkflowCommand
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion

# Jobs that are not in the history, or not in the same task when it is replayed. A refused update is one of them: it
# must leave no trace. An accepted one is a command itself.
_NO_NEWS = frozenset(
    {"do_update", "notify_has_patch", "query_workflow", "remove_from_cache", "update_random_seed"}
)

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
