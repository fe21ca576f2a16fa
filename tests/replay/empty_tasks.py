"""
Histories cut otherwise: with empty workflow tasks put in between, as refused updates leave them.

Works on the JSON of a history. What refers to an event by its id is told the new one.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from temporalio.client import WorkflowHistory

Event = dict[str, Any]

_TASK = ("WORKFLOW_TASK_SCHEDULED", "WORKFLOW_TASK_STARTED", "WORKFLOW_TASK_COMPLETED")
_COMMANDS = frozenset(
    {
        "ACTIVITY_TASK_CANCEL_REQUESTED",
        "ACTIVITY_TASK_SCHEDULED",
        "MARKER_RECORDED",
        "REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED",
        "SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED",
        "START_CHILD_WORKFLOW_EXECUTION_INITIATED",
        "TIMER_CANCELED",
        "TIMER_STARTED",
        "UPSERT_WORKFLOW_SEARCH_ATTRIBUTES",
        "WORKFLOW_EXECUTION_CANCELED",
        "WORKFLOW_EXECUTION_COMPLETED",
        "WORKFLOW_EXECUTION_CONTINUED_AS_NEW",
        "WORKFLOW_EXECUTION_FAILED",
        "WORKFLOW_EXECUTION_UPDATE_ACCEPTED",
        "WORKFLOW_EXECUTION_UPDATE_COMPLETED",
        "WORKFLOW_PROPERTIES_MODIFIED",
    }
)


def tasks_without_command(history: WorkflowHistory) -> list[int]:
    """Ids of the tasks that were completed and left no command."""
    events = _events(history)
    return [
        int(event["eventId"])
        for event, after in zip(events, [*events[1:], None], strict=True)
        if _kind(event) == _TASK[-1] and (after is None or _kind(after) not in _COMMANDS)
    ]


def with_empty_tasks(history: WorkflowHistory) -> WorkflowHistory:
    """An empty task stands after each task and its commands, but for the last one of a run that has ended."""
    events = _events(history)
    cut: list[Event] = []
    for event, after in zip(events, [*events[1:], None], strict=True):
        cut.append(event)
        is_end = _kind(event) == _TASK[-1] or _kind(event) in _COMMANDS
        if is_end and after is not None and _kind(after) not in _COMMANDS and _is_after_a_task(cut):
            cut += _empty_task(cut)
    return WorkflowHistory.from_json(history.workflow_id, json.dumps({"events": _renumbered(cut)}))


def _is_after_a_task(events: Sequence[Event]) -> bool:
    return any(_kind(event) == _TASK[-1] for event in events)


def _empty_task(before: Sequence[Event]) -> Iterator[Event]:
    """As one that refused an update: copies of the last task's events, at the time of the last event."""
    for kind in _TASK:
        model = next(event for event in reversed(before) if _kind(event) == kind)
        yield json.loads(json.dumps(model)) | {"eventTime": before[-1]["eventTime"], "eventId": "new"}


def _renumbered(events: list[Event]) -> list[Event]:
    new_ids = {event["eventId"]: str(number) for number, event in enumerate(events, 1)}
    last_of_kind: dict[str, str] = {}
    renumbered = []
    for number, event in enumerate(events, 1):
        found = _following(event, last_of_kind) if event["eventId"] == "new" else _pointing(event, new_ids)
        last_of_kind[_kind(event)] = str(number)
        renumbered.append(found | {"eventId": str(number)})
    return renumbered


def _following(event: Event, last_of_kind: dict[str, str]) -> Event:
    """A new event refers to those of its task just before it."""
    attributes = _attributes(event)
    for name, kind in (("scheduledEventId", _TASK[0]), ("startedEventId", _TASK[1])):
        if name in attributes:
            attributes[name] = last_of_kind[kind]
    return event


def _pointing(node: Any, new_ids: dict[str, str]) -> Any:
    if isinstance(node, dict):
        return {
            name: new_ids.get(value, value) if name.endswith("EventId") else _pointing(value, new_ids)
            for name, value in node.items()
        }
    return [_pointing(each, new_ids) for each in node] if isinstance(node, list) else node


def _attributes(event: Event) -> dict[str, Any]:
    (found,) = (value for name, value in event.items() if name.endswith("Attributes"))
    assert isinstance(found, dict)
    return found


def _kind(event: Event) -> str:
    return str(event["eventType"]).removeprefix("EVENT_TYPE_")


def _events(history: WorkflowHistory) -> list[Event]:
    events: list[Event] = history.to_json_dict()["events"]
    return events
