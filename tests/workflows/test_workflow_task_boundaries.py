"""Activations that get a command that changes nothing, and those that do not."""

import pytest
from temporalio.bridge.proto.workflow_activation import WorkflowActivation, WorkflowActivationJob
from temporalio.bridge.proto.workflow_commands import WorkflowCommand
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion

from workflows.workflow_task_boundaries import leave_a_command

ADDED = "modify_workflow_properties"
# What came in, what the run asked for, and what is asked for then.
CASES = {
    "an activity ended and nothing is asked for": (["resolve_activity"], [], [ADDED]),
    "a signal that changes nothing to be done": (["signal_workflow"], [], [ADDED]),
    "a timer that was not the last one": (["fire_timer"], [], [ADDED]),
    "an activity ended and another is asked for": (
        ["resolve_activity"],
        ["schedule_activity"],
        ["schedule_activity"],
    ),
    "a local activity is not in the history before it ends": (
        ["initialize_workflow"],
        ["schedule_local_activity"],
        ["schedule_local_activity", ADDED],
    ),
    "a query": (["query_workflow"], ["respond_to_query"], ["respond_to_query"]),
    "forgotten by the worker": (["remove_from_cache"], [], []),
    "the end of the run": (
        ["resolve_activity"],
        ["complete_workflow_execution"],
        ["complete_workflow_execution"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_task_with_news_never_goes_without_a_command(case: str) -> None:
    """A mere look leaves no trace."""
    jobs, asked, wanted = CASES[case]
    completion = _completion(*(_command(name) for name in asked))

    leave_a_command(_activation(*jobs), completion)

    assert wanted == _names(completion)


@pytest.mark.parametrize(
    ("jobs", "answer", "added"),
    [
        (["do_update"], "accepted", False),  # its acceptance is an event
        (["do_update"], "rejected", False),  # a refusal leaves no trace
        (["do_update", "resolve_activity"], "rejected", True),  # but what came with it does
        (["do_update", "resolve_activity"], "accepted", False),
    ],
)
def test_a_refused_update_leaves_no_trace(jobs: list[str], answer: str, added: bool) -> None:
    """
    A replay is not told of it, so nothing may depend on it.
    """
    response = WorkflowCommand()
    getattr(response.update_response, answer).SetInParent()
    completion = _completion(response)

    leave_a_command(_activation(*jobs), completion)

    assert (["update_response", ADDED] if added else ["update_response"]) == _names(completion)


def test_a_failed_task_is_left_as_it_is() -> None:
    """The task is tried again, and leaves its commands then."""
    completion = WorkflowActivationCompletion()
    completion.failed.failure.message = "a mistake"

    leave_a_command(_activation("resolve_activity"), completion)

    assert not completion.HasField("successful")


def _activation(*jobs: str) -> WorkflowActivation:
    return WorkflowActivation(jobs=[_job(name) for name in jobs])


def _job(name: str) -> WorkflowActivationJob:
    job = WorkflowActivationJob()
    getattr(job, name).SetInParent()
    return job


def _command(name: str) -> WorkflowCommand:
    command = WorkflowCommand()
    getattr(command, name).SetInParent()
    return command


def _completion(*commands: WorkflowCommand) -> WorkflowActivationCompletion:
    completion = WorkflowActivationCompletion()
    completion.successful.SetInParent()
    completion.successful.commands.extend(commands)
    return completion


def _names(completion: WorkflowActivationCompletion) -> list[str | None]:
    return [command.WhichOneof("variant") for command in completion.successful.commands]
