"""Activations that get a command that changes nothing, those that do not, and those that a run is not given."""

import pytest
from temporalio.bridge.proto.workflow_activation import WorkflowActivation, WorkflowActivationJob
from temporalio.bridge.proto.workflow_commands import WorkflowCommand
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion

from workflows.workflow_task_boundaries import HAS_ENDED, NewsWithoutTask, leave_a_command

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


@pytest.mark.parametrize("job", ["resolve_activity", "fire_timer", "signal_workflow"])
def test_news_that_a_query_brings_is_left_alone_and_the_run_forgotten(job: str) -> None:
    """
    No task has started since the one before, as its instant and the size of the history say.
    """
    news = NewsWithoutTask()
    assert news.answer(_at(1, 100, "initialize_workflow")) is None

    left_alone = news.answer(_at(1, 100, job))
    assert left_alone
    assert [] == _names(left_alone)
    for after in (_at(1, 100, "query_workflow"), _at(2, 200, job)):
        refused = news.answer(after)
        assert refused
        assert refused.failed.failure.message


def test_a_query_of_what_has_ended_is_answered_all_the_same() -> None:
    """
    No task is to come that would be decided otherwise.
    """
    news = NewsWithoutTask()
    news.answer(_at(1, 100, "initialize_workflow"))
    news.answer(_at(1, 100, "fire_timer"))
    query = _at(1, 100, "query_workflow")
    query.jobs[0].query_workflow.headers[HAS_ENDED].SetInParent()

    assert news.answer(query) is None


def test_news_of_a_started_task_is_given_to_the_run() -> None:
    """
    Clocks that were set back, servers that say no size, replays, and news of the SDK itself make no exception.
    """
    local, cancelled = _at(1, 100, "resolve_activity"), _at(1, 100, "resolve_activity")
    local.jobs[0].resolve_activity.is_local = True
    cancelled.jobs[0].resolve_activity.result.cancelled.SetInParent()
    replayed = _at(1, 100, "fire_timer")
    replayed.is_replaying = True
    for first, second in (
        (_at(1, 100, "fire_timer"), _at(2, 200, "fire_timer")),
        (_at(1, 100, "fire_timer"), _at(1, 200, "fire_timer")),
        (_at(1, 0, "fire_timer"), _at(1, 0, "fire_timer")),
        (_at(1, 100, "fire_timer"), replayed),
        (_at(1, 100, "fire_timer"), local),
        (_at(1, 100, "fire_timer"), cancelled),
        (_at(1, 100, "fire_timer"), _at(1, 100, "query_workflow")),
    ):
        news = NewsWithoutTask()
        assert news.answer(first) is None
        assert news.answer(second) is None


def _at(instant: int, size: int, job: str) -> WorkflowActivation:
    activation = _activation(job)
    activation.timestamp.FromSeconds(instant)
    activation.history_size_bytes = size
    return activation


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
