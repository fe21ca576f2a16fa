"""
Runs that somebody starts by hand: what is no start of its kind ends at once, and says why.
"""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowFailureError, WorkflowHandle

import workflows
from escalation import contract
from escalation.contract import CHANNEL_LIMIT
from escalation.kernel.refusals import BadRequest
from tests.complaint import a_complaint
from tests.escalations import Desk

WORKFLOWS = Path(workflows.__file__).parent
KINDS = {
    contract.WORKFLOW: "GARBAGE/1",
    contract.JOINED_CASE_WORKFLOW: "GARBAGE/2",
    contract.FOLLOW_UP: "GARBAGE/3@2026-11-20T09:00:00.000Z",
    contract.TASK_FORCE_WORKFLOW: "GARBAGE/4/task-force/one",
    contract.RECORD_WORKFLOW: "GARBAGE/5@2026-11-20T09:00:00.000Z/record",
    contract.SPONSORSHIP: "sponsorship:GARBAGE",
    contract.INBOX: "inbox:garbage",
    contract.REPORT_WORKFLOW: "report:garbage",
    CHANNEL_LIMIT: "pace:garbage",
    contract.INTAKE: "intake:garbage",
}
"""Every type of workflow, and an id that is right for it."""
MUST_HAVE_INPUT = tuple(kind for kind in KINDS if kind not in {contract.INBOX, CHANNEL_LIMIT})
GARBAGE: tuple[Any, ...] = (
    "x",
    7,
    [],
    [1],
    {"held": 1, "taken": 1, "account": 3, "carried": {"x": 1}},
    "x" * 500_000,
)


async def refused(run: WorkflowHandle[Any, Any]) -> BadRequest:
    """At once: the first task of the run ends it."""
    with pytest.raises(WorkflowFailureError) as failed:
        async with asyncio.timeout(10):
            await run.result()
    events = [event.event_type async for event in run.fetch_history_events()]
    assert EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED not in events
    assert isinstance(failed.value.cause, BadRequest), failed.value.cause
    assert failed.value.cause.faults
    return failed.value.cause


async def started(desk: Desk, kind: str, id_: str, *inputs: Any) -> WorkflowHandle[Any, Any]:
    return await desk.temporal.start_workflow(kind, args=inputs, id=id_, task_queue=contract.ESCALATION_QUEUE)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("garbage", GARBAGE, ids=lambda given: str(given)[:20])
async def test_garbage_ends_at_once(desk: Desk, kind: str, garbage: Any) -> None:
    """
    Anybody can start anything from the Web UI; a run that fails for ever would hide those that matter.
    """
    await refused(await started(desk, kind, KINDS[kind], garbage))


@pytest.mark.parametrize("kind", MUST_HAVE_INPUT)
async def test_nothing_at_all_ends_at_once(desk: Desk, kind: str) -> None:
    """
    No argument, or two.
    """
    await refused(await started(desk, kind, KINDS[kind]))
    await refused(await started(desk, kind, KINDS[kind], {}, {}))


@pytest.mark.parametrize(
    ("kind", "id_", "given"),
    [
        (contract.INBOX, "ACME/inbox", {}),
        (contract.INBOX, "inbox:", {}),
        (CHANNEL_LIMIT, "inbox:maya", {}),
        (CHANNEL_LIMIT, "email", {}),
        (contract.SPONSORSHIP, "ACME/1", {"account": "ACME"}),
        (contract.SPONSORSHIP, "sponsorship:BOLT", {"account": "ACME"}),
        (contract.SPONSORSHIP, "sponsorship:", {"account": ""}),
        (
            contract.REPORT_WORKFLOW,
            "ACME/1",
            {"rhythm": "weekly", "at": "07:00", "time_zone": "UTC", "to": ["elena"]},
        ),
        (contract.WORKFLOW, "inbox:maya", {"request": a_complaint(key="inbox:maya")}),
        (contract.WORKFLOW, "pace:email", {"request": a_complaint(key="ACME/1-elsewhere")}),
        (contract.WORKFLOW, "ACME/1@2026-11-20T09:00:00.000Z", {"request": a_complaint(key="ACME/1")}),
        (
            contract.JOINED_CASE_WORKFLOW,
            "report:weekly",
            {"request": a_complaint(key="report:weekly", outage="ACME/2")},
        ),
        (
            contract.JOINED_CASE_WORKFLOW,
            "GARBAGE/no-outage",
            {"request": a_complaint(key="GARBAGE/no-outage")},
        ),
        (
            contract.JOINED_CASE_WORKFLOW,
            "GARBAGE/its-own",
            {"request": a_complaint(key="GARBAGE/its-own", outage="GARBAGE/its-own")},
        ),
        (
            contract.JOINED_CASE_WORKFLOW,
            "GARBAGE/joined",
            {"joined": {"key": "A/1", "id": "A/1@1", "state": "started", "level": 1, "owner": "maya"}},
        ),
    ],
)
async def test_a_run_under_an_id_of_another_kind_ends_at_once(
    desk: Desk, kind: str, id_: str, given: Any
) -> None:
    """
    An id says what it is; what is found under it can be relied on.
    """
    await refused(await started(desk, kind, id_, given))


@pytest.mark.parametrize(
    ("kind", "id_", "given"),
    [
        (contract.INBOX, "inbox:garbage", {"gone": ["ACME/1@1:1:case_received:maya"]}),
        (CHANNEL_LIMIT, "pace:garbage", {"counts_until": "2030-01-01T00:00:00Z"}),
        (
            contract.SPONSORSHIP,
            "sponsorship:GARBAGE",
            {"account": "GARBAGE", "carried": {"sponsorship": {"account": "GARBAGE"}}},
        ),
    ],
)
async def test_only_a_run_that_goes_on_has_what_an_earlier_one_knew(
    desk: Desk, kind: str, id_: str, given: Any
) -> None:
    """
    A pace that is said to be taken for years, or messages that are said to be gone, would silence everybody.
    """
    await refused(await started(desk, kind, id_, given))


async def test_a_signal_to_a_run_that_was_refused_does_no_harm(desk: Desk) -> None:
    """
    Both can come in one task.
    """
    run = await desk.temporal.start_workflow(
        contract.TASK_FORCE_WORKFLOW,
        "x",
        id=KINDS[contract.TASK_FORCE_WORKFLOW],
        task_queue=contract.ESCALATION_QUEUE,
        start_signal=contract.TASK_FORCE_STAND_DOWN,
        start_signal_args=["x"],
    )

    await refused(run)


def test_every_type_of_workflow_is_tried() -> None:
    """
    A type that is added is tried here, too.
    """
    defined = [
        line
        for file in WORKFLOWS.glob("*.py")
        for line in file.read_text().splitlines()
        if "@workflow.defn" in line
    ]

    assert len(KINDS) == len(defined)
