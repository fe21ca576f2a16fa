"""
Targets of payloads: the runs that a run's commands go to, by the numbers of the commands.

The SDK asks for a context while it encodes what a run leaves. What is for another run belongs to that one's case.
"""

from temporalio.api.enums.v1 import CommandType
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion

Target = tuple[int, int]
"""A kind of command, and its number."""


def targets_of(completion: WorkflowActivationCompletion) -> dict[Target, str]:
    """Return the ids of the runs that are started or signalled by *completion*; other commands stay with the run."""
    found: dict[Target, str] = {}
    for command in completion.successful.commands:
        match command.WhichOneof("variant"):
            case "start_child_workflow_execution":
                child = command.start_child_workflow_execution
                kind = CommandType.COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION
                found[kind, child.seq] = child.workflow_id
            case "signal_external_workflow_execution":
                signal = command.signal_external_workflow_execution
                kind = CommandType.COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION
                found[kind, signal.seq] = signal.workflow_execution.workflow_id or signal.child_workflow_id
            case _:
                pass
    return found
