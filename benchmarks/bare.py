"""
A bare Temporal workflow with the shape of an escalation, and none of its meaning.

It does at each step what the script says that the engine did there: as many updates with validators, timers,
activities, a local activity, search attributes, a child that outlives it, payloads of the same length. No rule is
asked, nothing is rendered. Written as one would write it by hand, in the same way: handlers that return at once, a loop
that does the rest.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeKey, SearchAttributeUpdate
from temporalio.exceptions import ApplicationError

from benchmarks import bare_contract as wire
from benchmarks.history_shape import START, TIMERS, Attribute, Script, Step, padded
from workflows import search_attributes


@workflow.defn(name=wire.WORKFLOW)
class BareWorkflow:
    @workflow.init
    def __init__(self, _begin: wire.Begin) -> None:
        self._plan: wire.Plan | None = None
        self._batches: list[wire.Batch] = []
        self._attributes: dict[str, Attribute] = {}
        self._under_way = 0
        self._is_open = True
        self._is_stirred = True

    @workflow.run
    async def run(self, begin: wire.Begin) -> wire.Ended:
        self._plan = plan = await workflow.execute_local_activity(
            wire.PLAN, begin, result_type=wire.Plan, start_to_close_timeout=timedelta(seconds=10)
        )
        self._take(plan.script.steps[START])
        timers = asyncio.create_task(self._wait(plan))
        while self._is_open or self._batches or self._under_way:
            self._is_stirred = False
            self._attend()
            await workflow.wait_condition(lambda: self._is_stirred)
        timers.cancel()
        await workflow.wait_condition(workflow.all_handlers_finished)
        await self._leave_behind(plan.script)
        return padded(wire.Ended, plan.script.result)

    @workflow.update(name=wire.START)
    async def start(self) -> wire.Answer:
        await workflow.wait_condition(lambda: self._plan is not None)
        return self._answer(self._steps[START])

    @workflow.update(name=wire.MOVE)
    def move(self, asked: wire.Ask) -> wire.Answer:
        step = self._steps[asked.move]
        self._take(step)
        self._is_open = self._is_open and asked.move != wire.LAST_MOVE
        return self._answer(step)

    @move.validator
    def may_move(self, asked: wire.Ask) -> None:
        if not self._is_open or asked.move not in self._steps:
            raise ApplicationError(f"cannot {asked.move}", type="refused", non_retryable=True)

    @property
    def _steps(self) -> dict[str, Step]:
        return self._plan.script.steps if self._plan else {}

    def _answer(self, step: Step) -> wire.Answer:
        return padded(wire.Answer, step.answers, key=workflow.info().workflow_id)

    def _take(self, step: Step) -> None:
        self._attributes |= step.attributes
        self._batches += _batches(step)
        self._is_stirred = True

    async def _leave_behind(self, script: Script) -> None:
        if heir := script.heir:
            await workflow.start_child_workflow(
                wire.HEIR,
                padded(wire.Inherit, heir.request, step=heir.step),
                id=f"{workflow.info().workflow_id}@{workflow.info().run_id}",
                parent_close_policy=workflow.ParentClosePolicy.ABANDON,
            )

    def _attend(self) -> None:
        for batch in self._batches:
            self._under_way += 1
            asyncio.create_task(self._deliver(batch))  # noqa: RUF006 - counted in `_under_way`
        self._batches = []
        _upsert(self._attributes)
        self._attributes = {}

    async def _deliver(self, batch: wire.Batch) -> None:
        await _deliver(batch)
        self._under_way -= 1
        self._is_stirred = True

    async def _wait(self, plan: wire.Plan) -> None:
        for name in TIMERS:
            await workflow.sleep(plan.waits)
            self._take(plan.script.steps[name])
        await workflow.sleep(timedelta(hours=1))  # the next window, which the life does not see the end of


@workflow.defn(name=wire.HEIR)
class BareHeir:
    @workflow.run
    async def run(self, begin: wire.Inherit) -> None:
        waits = asyncio.create_task(workflow.sleep(timedelta(days=14)))
        _upsert(begin.step.attributes)
        await asyncio.gather(waits, *map(_deliver, _batches(begin.step)))


def _batches(step: Step) -> list[wire.Batch]:
    return [padded(wire.Batch, sent.asks, results=sent.answers) for sent in step.activities]


async def _deliver(batch: wire.Batch) -> None:
    await workflow.execute_activity(
        wire.DELIVER,
        batch,
        result_type=wire.Results,
        task_queue=wire.MESSAGE_QUEUE,
        start_to_close_timeout=timedelta(minutes=15),
        heartbeat_timeout=timedelta(seconds=30),
    )


def _upsert(attributes: Mapping[str, Attribute]) -> None:
    if attributes:
        workflow.upsert_search_attributes([_update(*item) for item in attributes.items()])


_KEYS: dict[str, SearchAttributeKey[Any]] = {key.name: key for key in search_attributes.ALL}


def _update(name: str, value: Attribute) -> SearchAttributeUpdate[Any]:
    key = _KEYS[name]
    if value is None:
        return key.value_unset()
    return key.value_set(datetime.fromisoformat(str(value)) if key is search_attributes.NEXT_DUE else value)
