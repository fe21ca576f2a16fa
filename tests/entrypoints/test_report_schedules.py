"""
``escalate report schedule``: the review pack mailed by itself; a real server, a real mailbox, a real database.
"""

import asyncio
import re
import shlex
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import (
    Client,
    ScheduleActionStartWorkflow,
    ScheduleBackfill,
    ScheduleOverlapPolicy,
    WorkflowFailureError,
    WorkflowHandle,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from entrypoints.cli import program
from escalation import contract
from escalation.measures.report_schedule import ReportSchedule, Rhythm
from escalation.notifications.delivery_results import DeliveryResult
from records.store import RecordStore
from runtime.connection import connect
from runtime.settings import Settings
from tests.entrypoints.conftest import Terminal
from tests.entrypoints.test_reports import HOW_TO, SCHEDULE
from tests.records.past import filled
from workflows.plugin import escalation_plugin

SET = ("report", "schedule", "set", "weekly", "--tz", "Asia/Jakarta")
DANIEL, ANA = "daniel.asante@example.com", "ana@example.com"
DUE = datetime(2026, 3, 9, 0, tzinfo=UTC)
"""Monday at 07:00 in Jakarta, after a week in which something happened."""


def state(terminal: Terminal) -> Path:
    return terminal.playbook.parent / "state"


def fill(terminal: Terminal) -> None:
    store = RecordStore.at(None, state(terminal))
    filled(store)
    store.close()


async def server(terminal: Terminal) -> Client:
    return await connect(Settings(), plugins=[escalation_plugin()], address=terminal.address)


async def made_up_for(client: Client, due: datetime) -> WorkflowHandle[object, tuple[DeliveryResult, ...]]:
    """The run that was due then, which the server is asked for now."""
    minute = timedelta(minutes=1)
    missed = ScheduleBackfill(due - minute, due + minute, overlap=ScheduleOverlapPolicy.ALLOW_ALL)
    await client.get_schedule_handle("report:weekly").backfill(missed)
    run = client.get_workflow_handle(
        f"report:weekly-{due:%Y-%m-%dT%H:%M:%SZ}", result_type=tuple[DeliveryResult, ...]
    )
    async with asyncio.timeout(20):
        while True:
            with suppress(RPCError):
                await run.describe()
                return run
            await asyncio.sleep(0.1)


async def until_tried_again(run: WorkflowHandle[object, tuple[DeliveryResult, ...]]) -> None:
    async with asyncio.timeout(20):
        while True:
            pending = (await run.describe()).raw_description.pending_activities
            if any(activity.attempt > 1 for activity in pending):
                return
            await asyncio.sleep(0.1)


async def test_a_report_is_mailed_with_its_pack_and_first_figures(terminal: Terminal) -> None:
    """
    RECORD-3, COMM-9, COMM-12: each in their language; about the period that was due, however late it runs; the same
    key whenever it is sent again.
    """
    fill(terminal)
    await terminal.done(*SET, "--to", "director", "--to", ANA, "--language", "tr")
    run = await made_up_for(await server(terminal), DUE)
    await terminal.mailbox.arrived(2, within=20)
    (to_daniel,), (to_ana,) = terminal.mailbox.messages(DANIEL), terminal.mailbox.messages(ANA)

    assert "report:weekly:20260302:review_pack:daniel:email" == to_daniel.key
    assert "[report:weekly] review pack: 2026-03-02 – 2026-03-08" == to_daniel.subject
    assert "opened from 2 Mar 2026 to 8 Mar 2026, the first figures:" in to_daniel.text
    assert "    Escalations                   5\n" in to_daniel.text
    assert "escalate report --from 2026-03-02 --to 2026-03-08 --tz Asia/Jakarta" in to_daniel.text
    assert "2 Mar 2026 – 8 Mar 2026 arasında açılan eskalasyonların" in to_ana.text
    ((name, page),) = to_daniel.attachments.items()
    assert "review-2026-03-02.html" == name
    assert page.startswith(b"<!doctype html>")
    assert b"Escalations opened from 2 March 2026 to 8 March 2026" in page
    assert "weekly review pack to director, ana@example.com" == await (await run.describe()).static_summary()
    assert [to_daniel.key, to_ana.key] == [f"{receipt.key}:email" for receipt in await run.result()]


async def test_what_is_sent_twice_has_the_same_key(terminal: Terminal) -> None:
    """
    COMM-12: `--now` is for trying it out; a receiver can drop the second one.
    """
    for sent in (1, 2):
        await terminal.done(*SET, "--to", ANA, "--now")
        await terminal.mailbox.arrived(sent, to=ANA, within=20)

    first, second = terminal.mailbox.messages(ANA)
    assert (first.key, first.message_id) == (second.key, second.message_id)
    assert "No escalation was opened from" in first.text


async def test_a_record_that_is_down_delays_a_report_and_loses_none(terminal: Terminal) -> None:
    """
    RECORD-3: it is tried again until it is there.
    """
    in_the_way = state(terminal) / "records.sqlite"
    in_the_way.mkdir(parents=True)
    await terminal.done(*SET, "--to", ANA)
    run = await made_up_for(await server(terminal), DUE)
    await until_tried_again(run)
    assert () == terminal.mailbox.messages(ANA)

    in_the_way.rmdir()
    await run.result()

    assert 1 == len(terminal.mailbox.messages(ANA))


async def test_whoever_cannot_be_told_is_named_and_all_others_are_told(terminal: Terminal) -> None:
    """
    COMM-13, RECORD-3: the run fails and says why; who left the playbook is named too.
    """
    terminal.mailbox.says_never("away@example.com")
    client = await server(terminal)
    schedule = ReportSchedule(
        rhythm=Rhythm.QUARTERLY, at="07:00", time_zone="UTC", to=("gone", "away@example.com", ANA)
    )
    queue = contract.ESCALATION_QUEUE
    run = await client.start_workflow(
        contract.REPORT_WORKFLOW, schedule, id="report:by-hand", task_queue=queue
    )
    with pytest.raises(WorkflowFailureError) as failed:
        await run.result()
    shown = await run.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)

    assert isinstance(failed.value.cause, ApplicationError)
    assert "gone: not in the playbook, or without an address" in failed.value.cause.message
    assert "away@example.com: email: the mail server said 550" in failed.value.cause.message
    assert 1 == len(terminal.mailbox.messages(ANA))
    assert "- gone: **unknown**" in shown.current_details
    assert "- ana@example.com: notified" in shown.current_details


async def test_a_schedule_is_set_changed_listed_and_removed(terminal: Terminal) -> None:
    """
    RECORD-3: one for each rhythm; what the Web UI paused stays paused.
    """
    assert "no report is scheduled" in await terminal.done("report", "schedule", "list")
    await terminal.done(*SET, "--to", "director")
    await terminal.done("report", "schedule", "set", "quarterly", "--to", ANA, "--at", "18:30")
    handle = (await server(terminal)).get_schedule_handle("report:weekly")
    await handle.pause()
    await terminal.done(*SET, "--to", "director", "--to", "finance")
    weekly, quarterly = await terminal.json("report", "schedule", "list")
    listed = await terminal.done("report", "schedule", "list")

    assert ["director", "finance"] == weekly["wanted"]["to"]
    assert (True, False) == (weekly["is_paused"], quarterly["is_paused"])
    monday = datetime.fromisoformat(weekly["next_at"])
    assert (0, 0, 0) == (monday.weekday(), monday.hour, monday.minute)
    assert "-01T18:30:00Z" == quarterly["next_at"][7:]
    assert "paused" in listed

    shown = (await handle.describe()).schedule
    assert isinstance(shown.action, ScheduleActionStartWorkflow)
    assert "to director, finance" in (shown.state.note or "")
    await terminal.done("report", "schedule", "remove", "weekly")
    assert ["quarterly"] == [
        each["wanted"]["rhythm"] for each in await terminal.json("report", "schedule", "list")
    ]
    status, _, complained = await terminal.type("report", "schedule", "remove", "weekly")
    assert (program.REFUSED, "no weekly report is scheduled\n") == (status, complained)


async def test_every_fault_of_a_schedule_is_told_at_once(terminal: Terminal) -> None:
    """
    RECORD-3: by what was typed; nothing is scheduled then.
    """
    wrong = ("daily", "--to", "danial", "--at", "25:00", "--tz", "Mars", "--language", "?")
    status, _, complained = await terminal.type("report", "schedule", "set", *wrong)

    assert program.BAD_INPUT == status
    assert "the schedule is refused: 5 faults\n" in complained
    for said in (
        "RHYTHM: given 'daily'; allowed: 'weekly' or 'quarterly'",
        "--at: given '25:00'; allowed: a time such as 07:00",
        "--tz: given 'Mars'; allowed: a time zone such as",
        "--language: given '?'; allowed: a language tag such as en, id, tr or pt-BR",
        "--to: given 'danial'; allowed: an address such as",
        "; did you mean daniel?",
    ):
        assert said in complained
    assert "no report is scheduled" in await terminal.done("report", "schedule", "list")


async def test_the_how_to_can_be_followed_to_the_letter(terminal: Terminal) -> None:
    """
    RECORD-3: what it says of schedules works as it is written, and in this order.
    """
    typed = re.findall(rf"^\$ escalate ({SCHEDULE}.+)$", HOW_TO.read_text(encoding="utf-8"), re.MULTILINE)
    assert 4 == len(typed)

    for line in typed:
        await terminal.done(*shlex.split(line))

    await terminal.mailbox.arrived(2, within=20)
    assert {DANIEL, ANA} == {to for letter in terminal.mailbox.messages() for to in letter.recipients}
