"""
The shape of a life, as Temporal sees it: read from a history, and written back into a bare workflow.

Owns what is counted and how (events, bytes, billable actions, the size of every payload). It must not know what any
of it means: moves are names here, and texts are lengths.
"""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any, Self, TypeVar

from pydantic import BaseModel
from pydantic_core import to_json
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

START = "start"
TIMERS = ("reminder", "level_raised")
"""The steps that time takes by itself, in this order."""

Attribute = bool | int | str | list[str] | None
"""A search attribute's value; None takes it away."""


class Sent(BaseModel):
    """One activity: the sizes of its argument and its result."""

    asks: int = 0
    answers: int = 0


class Step(BaseModel):
    """The cost of one step of an escalation: sizes in bytes, 0 if there is no such thing."""

    asks: int = 0
    answers: int = 0
    attributes: dict[str, Attribute] = {}
    activities: list[Sent] = []


class Heir(BaseModel):
    """The successor of an escalation: a child that does one step, and then waits."""

    request: int
    step: Step


class Script(BaseModel):
    """A whole life, so that another workflow can live the same without knowing why."""

    request: int = 0
    plan: int = 0
    """Of the local activity's result."""
    result: int = 0
    steps: dict[str, Step] = {}
    heir: Heir | None = None


_Model = TypeVar("_Model", bound=BaseModel)


def padded(kind: type[_Model], size: int, **values: Any) -> _Model:
    """A *kind* with *values*, its field ``text`` as long as it takes to be *size* bytes of JSON."""
    bare = kind(text="", **values)
    return kind(text="x" * max(0, size - len(to_json(bare))), **values)


class Cost(BaseModel):
    """The traces of one escalation in Temporal, its successor included."""

    events: int
    history_bytes: int
    billable_actions: int
    counts: dict[str, int]
    """Commands and messages by kind: what must be equal for two shapes to be the same."""

    @classmethod
    def of(cls, *histories: WorkflowHistory) -> Self:
        events = [event for history in histories for event in history.events]
        kinds = Counter(event.event_type for event in events)
        return cls(
            events=len(events),
            history_bytes=sum(event.ByteSize() for event in events),
            billable_actions=sum(_billable(history.events) for history in histories),
            counts={name: kinds[kind] for name, kind in _COUNTED.items()},
        )


_COUNTED = {
    "updates": EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED,
    "local activities": EventType.EVENT_TYPE_MARKER_RECORDED,
    "activities": EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
    "timers": EventType.EVENT_TYPE_TIMER_STARTED,
    "search-attribute upserts": EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
    "child workflows": EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED,
    "workflow tasks": EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
}


def _billable(events: Sequence[HistoryEvent]) -> int:
    """
    Actions as Temporal Cloud counts them: the start, updates, activities and their retries, timers, upserts, and the
    local activities of one workflow task together (https://docs.temporal.io/cloud/actions).

    Heartbeats and refused updates are billed too and leave no event; a standard life has neither.
    """
    kinds = Counter(event.event_type for event in events)
    retries = sum(max(0, event.activity_task_started_event_attributes.attempt - 1) for event in events)
    local = {
        event.marker_recorded_event_attributes.workflow_task_completed_event_id
        for event in events
        if event.HasField("marker_recorded_event_attributes")
    }
    billed = (
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
        EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
        EventType.EVENT_TYPE_TIMER_STARTED,
        EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
    )
    return sum(kinds[kind] for kind in billed) + retries + len(local)


def script_of(history: WorkflowHistory, *heirs: WorkflowHistory) -> Script:
    """The life that *history* tells. What follows a message or a timer in the same workflow task belongs to it."""
    script = _Reader.script_in(history)
    for heir in heirs:
        left = _Reader.script_in(heir)
        script.heir = Heir(request=left.request, step=left.steps[START])
    return Script.model_validate(script.model_dump())


def heirs_of(history: WorkflowHistory) -> list[str]:
    """Ids of the children that a life started."""
    started = (event.child_workflow_execution_started_event_attributes for event in history.events)
    return [each.workflow_execution.workflow_id for each in started if each.HasField("workflow_execution")]


def is_at_rest(history: WorkflowHistory) -> bool:
    """Nothing but a timer is under way."""
    kinds = Counter(event.event_type for event in history.events)
    return (
        kinds[EventType.EVENT_TYPE_TIMER_STARTED] > 0
        and kinds[EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED]
        == kinds[EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED]
        and kinds[EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED]
        == kinds[EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED]
    )


class _Reader:
    def __init__(self) -> None:
        self.script = Script()
        self._step = Step()
        self._timers = iter(TIMERS)
        self._asked: dict[int, Step] = {}
        self._sent: dict[int, Sent] = {}

    @classmethod
    def script_in(cls, history: WorkflowHistory) -> Script:
        reader = cls()
        for event in history.events:
            reader.read(event)
        return reader.script

    def read(self, event: HistoryEvent) -> None:
        match event.WhichOneof("attributes"):
            case "workflow_execution_started_event_attributes":
                started = event.workflow_execution_started_event_attributes
                self.script.request = _size(started.input)
                self._step = self.script.steps.setdefault(START, Step())
            case "workflow_execution_update_accepted_event_attributes":
                asked = event.workflow_execution_update_accepted_event_attributes.accepted_request.input
                self._step = self.script.steps.setdefault(asked.name, Step())
                self._step.asks = _size(asked.args)
                self._asked[event.event_id] = self._step
            case "workflow_execution_update_completed_event_attributes":
                answered = event.workflow_execution_update_completed_event_attributes
                self._asked[answered.accepted_event_id].answers = _size(answered.outcome.success)
            case "timer_fired_event_attributes":
                self._step = self.script.steps.setdefault(next(self._timers), Step())
            case "marker_recorded_event_attributes":
                details = event.marker_recorded_event_attributes.details
                self.script.plan = sum(_size(payloads) for payloads in details.values())
            case "upsert_workflow_search_attributes_event_attributes":
                upsert = event.upsert_workflow_search_attributes_event_attributes
                fields = upsert.search_attributes.indexed_fields
                self._step.attributes.update({name: _value(fields[name]) for name in fields})
            case "activity_task_scheduled_event_attributes":
                sent = Sent(asks=_size(event.activity_task_scheduled_event_attributes.input))
                self._step.activities.append(sent)
                self._sent[event.event_id] = sent
            case "activity_task_completed_event_attributes":
                done = event.activity_task_completed_event_attributes
                self._sent[done.scheduled_event_id].answers = _size(done.result)
            case "workflow_execution_completed_event_attributes":
                completed = event.workflow_execution_completed_event_attributes
                self.script.result = _size(completed.result)
            case _:
                pass


def _size(payloads: Payloads) -> int:
    return sum(len(payload.data) for payload in payloads.payloads)


def _value(payload: Payload) -> Any:
    return json.loads(payload.data) if payload.data else None
