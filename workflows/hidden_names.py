"""
Hidden names: what a run leaves for the server is changed where no codec comes to, after the run and outside its code.

Owns the search attributes that name people and accounts, and the failures of queries. It must not know keys.
"""

import json
from collections.abc import Callable

from temporalio.api.common.v1 import Payload, SearchAttributes
from temporalio.api.failure.v1 import Failure
from temporalio.bridge.proto.workflow_commands import WorkflowCommand
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion

from workflows import search_attributes as sa
from workflows.web_ui import fitting_names

_NAMES = frozenset(key.name for key in sa.HIDDEN)


def hide_names(completion: WorkflowActivationCompletion, hide: Callable[[str], str]) -> None:
    """Put what *hide* makes of it in the place of each name in the search attributes of *completion*."""
    for command in completion.successful.commands:
        for name, value in _attributes_of(command).indexed_fields.items():
            if name in _NAMES and value.data:
                value.data = _hidden(value, hide)


def _attributes_of(command: WorkflowCommand) -> SearchAttributes:
    match command.WhichOneof("variant"):
        case "upsert_workflow_search_attributes":
            return command.upsert_workflow_search_attributes.search_attributes
        case "start_child_workflow_execution":
            return command.start_child_workflow_execution.search_attributes
        case "continue_as_new_workflow_execution":
            return command.continue_as_new_workflow_execution.search_attributes
        case _:
            return SearchAttributes()


def _hidden(value: Payload, hide: Callable[[str], str]) -> bytes:
    said = json.loads(value.data)  # a hidden name is longer, so fewer fit
    return json.dumps(fitting_names(map(hide, said)) if isinstance(said, list) else hide(said)).encode()


def show_query_failures(completion: WorkflowActivationCompletion) -> None:
    """Leave the message of a failed query readable: clients get it alone, and the server stores none of it."""
    for command in completion.successful.commands:
        if command.WhichOneof("variant") == "respond_to_query" and command.respond_to_query.HasField(
            "failed"
        ):
            _show(command.respond_to_query.failed)


def _show(failure: Failure) -> None:
    if failure.HasField("encoded_attributes"):
        said = json.loads(failure.encoded_attributes.data)
        failure.message, failure.stack_trace = said["message"], said["stack_trace"]
        failure.ClearField("encoded_attributes")
