"""
Long lives, and ends from outside: continue-as-new carries everything, a native cancel is told to everybody.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowHandle

from escalation.case.lifecycle import State
from escalation.case.moves.send_update import SendUpdate
from escalation.case.next_update import UpdateSent
from escalation.contract import SUBJECT_MEMO, ContinuedState, EscalationInput
from escalation.kernel.refusals import MoveNotAllowed
from escalation.kernel.values import LONGEST_TEXT, CustomerText, InternalText
from escalation.notifications.notification import CustomerNotification, InternalNotification, message_key
from tests.complaint import a_complaint
from tests.escalations import Desk
from tests.said import said
from tests.workflows import stages
from workflows import search_attributes as sa

LONG = InternalText("x" * LONGEST_TEXT)


async def runs_of(desk: Desk) -> list[str]:
    """The first run's id, then that of each continuation."""
    description = await desk.run().describe()
    last = description.run_id
    runs = [last]
    while True:
        history = await desk.temporal.get_workflow_handle(desk.key, run_id=runs[0]).fetch_history()
        before = history.events[0].workflow_execution_started_event_attributes.continued_execution_run_id
        if not before:
            return runs
        runs.insert(0, before)


async def start_short_lived(desk: Desk, continue_after: int = 30) -> WorkflowHandle[Any, Any]:
    begin = EscalationInput(request=a_complaint(key=desk.key), continue_after=continue_after)
    handle = await desk.start_by_hand(begin)
    await desk.at_rest()
    return handle


async def test_a_continued_run_has_everything_of_the_one_before(desk: Desk) -> None:
    """
    Clocks, timeline, plan, what was told: nobody can tell that it is another run.
    """
    await start_short_lived(desk)
    before, story = await desk.view(), await desk.client.timeline(desk.key)
    await stages.resolving(desk.client, desk.key)
    for number in range(4):
        await desk.client.send_update(desk.key, by="priya", customer_text=CustomerText(f"Update {number}"))
    await desk.at_rest()
    assert 1 < len(await runs_of(desk))

    after = await desk.view()
    assert (before.id, before.opened_at, State.RESOLVING) == (after.id, after.opened_at, after.state)
    kept = {clock.name: clock.due_at for clock in after.clocks}
    for clock in before.clocks:
        if clock.name.value in {"level_window", "resolution", "acknowledge", "first_notification"}:
            assert clock.due_at == kept[clock.name], clock.name
    timeline = await desk.client.timeline(desk.key)
    assert story == timeline[: len(story)]
    assert list(range(1, len(timeline) + 1)) == [entry.seq for entry in timeline]
    told = desk.told()
    assert 4 == told.count("update jo@acme.example"), "each once: what waits is carried, not sent twice"
    assert "resolving" == (await desk.attributes())[sa.STATE]
    assert after.subject == await (await desk.run().describe()).memo_value(SUBJECT_MEMO), "as a list shows it"


async def test_a_whole_life_in_short_runs_ends_like_any_other(desk: Desk) -> None:
    """
    Runs as short as can be: the story is the same.
    """
    await start_short_lived(desk, continue_after=21)
    await stages.whole_life(desk.client, desk.key)
    ended = await desk.run().result()

    assert "closed" == ended.state
    assert 1 < len(await runs_of(desk))
    told = desk.told()
    assert len(set(told)) == len(told), "nobody was told anything twice"
    await desk.start(f"{desk.key}-2")
    await stages.whole_life(desk.client, f"{desk.key}-2")
    await desk.temporal.get_workflow_handle(f"{desk.key}-2").result()
    assert desk.told(f"{desk.key}-2") == told
    # When exactly messages are recorded as sent is a matter of chance.
    chance = {"delivery_reported", "clock_ended"}
    in_short_runs, in_one = await desk.happened(), await desk.happened(f"{desk.key}-2")
    assert [kind for kind in in_one if kind not in chance] == [k for k in in_short_runs if k not in chance]
    assert in_one.count("clock_ended") == in_short_runs.count("clock_ended")


async def test_a_repeated_update_is_harmless_across_runs(desk: Desk) -> None:
    """
    The server forgets an update's id with the run, so that ids are carried.
    """
    handle = await start_short_lived(desk)
    command = SendUpdate.model_validate({"by": "priya", "customer_text": "Only once"})
    await desk.client.ask(desk.key, command, id="call-1")
    for _ in range(4):
        await desk.client.send_update(desk.key, by="priya", customer_text="More")
    await desk.at_rest()
    assert handle.first_execution_run_id != (await runs_of(desk))[-1]

    again = await desk.client.ask(desk.key, command, id="call-1")

    assert again.is_repeat
    await desk.at_rest()
    assert 5 == (await desk.happened()).count("update_sent")
    assert 5 == desk.told().count("update jo@acme.example")


async def test_clocks_go_on_in_a_continued_run(desk: Desk) -> None:
    """
    CLOCK-3: due times are derived from the record, so that the level still rises when it was to.
    """
    await start_short_lived(desk, continue_after=45)
    window = next(clock for clock in (await desk.view()).clocks if clock.name.value == "level_window")
    assert window.due_at is not None
    await desk.client.acknowledge(desk.key, by="priya")
    await desk.client.send_update(desk.key, by="priya", customer_text="Soon")
    left = window.due_at - await desk.now()

    await desk.fast_forward(seconds=left.total_seconds() - 2)
    assert 2 == (await desk.view()).level
    await desk.fast_forward(seconds=3)
    assert 3 == (await desk.view()).level
    assert 1 < len(await runs_of(desk))


async def test_the_pages_of_the_web_ui_survive_a_continuation(desk: Desk) -> None:
    """
    Details, descriptions and attributes are there in the new run from its first task.
    """
    await start_short_lived(desk, continue_after=21)
    await stages.resolving(desk.client, desk.key)
    await desk.client.send_update(desk.key, by="priya", customer_text="Soon")
    await desk.at_rest()
    assert 1 < len(await runs_of(desk))

    shown = await desk.attributes()
    assert {"resolving", "P1", "priya"} <= {shown[key] for key in (sa.STATE, sa.PRIORITY, sa.OWNER)}
    details = (await desk.metadata()).current_details
    assert "**resolving**" in details
    assert "opened at level 2" in details


async def test_messages_that_one_run_leaves_are_sent_by_the_next(desk: Desk) -> None:
    """
    COMM-12: under the keys that they had, each once, and their outcome is on record.
    """
    opening = stages.opened_at(desk.key, datetime.now(UTC).replace(microsecond=0))
    notices = tuple(
        effect
        for effect in opening.effects
        if isinstance(effect, InternalNotification | CustomerNotification)
    )
    wanted = [f"{message_key(notice, to)}:email" for notice in notices for to in notice.to]
    carried = ContinuedState(escalation=opening.state, events=opening.events, notifications=notices)

    await desk.start_by_hand(EscalationInput(carried=carried))
    await desk.at_rest()

    assert sorted(wanted) == sorted(letter.key for letter in desk.messages())
    assert "delivery_reported" in await desk.happened()


async def test_a_story_too_long_to_be_carried_loses_its_beginning_only(desk: Desk) -> None:
    """
    A payload above 2 MB would stall the run for good; the newest events and the state go on.
    """
    opening = stages.opened_at(desk.key, datetime.now(UTC).replace(microsecond=0))
    many = [
        UpdateSent(seq=opening.state.sequence + number, at=opening.state.opened_at, internal_note=LONG)
        for number in range(1, 111)
    ]
    escalation = replace(opening.state, sequence=many[-1].seq)
    carried = ContinuedState(escalation=escalation, events=(*opening.events, *many))

    await desk.start_by_hand(EscalationInput(carried=carried, continue_after=5))
    await desk.at_rest()
    await desk.client.acknowledge(desk.key, by="priya")
    await desk.client.tick_response(desk.key, by="priya", response="1")
    await desk.at_rest()

    assert 1 < len(await runs_of(desk))
    timeline = await desk.client.timeline(desk.key)
    assert 20 < len(timeline) < len(many)
    assert list(range(timeline[0].seq, timeline[0].seq + len(timeline))) == [entry.seq for entry in timeline]
    assert "response_ticked" == timeline[-1].kind
    assert "priya" == (await desk.view()).acknowledged_by


async def test_a_native_cancel_is_told_before_the_run_ends(desk: Desk) -> None:
    """
    CLOSE-10: the operator's override ends it, and stakeholders and customers do not learn it by silence.
    """
    await desk.start()
    await desk.at_rest()
    handle = desk.run()

    await handle.cancel()
    ended = await handle.result()

    assert "cancelled" == ended.state
    assert WorkflowExecutionStatus.COMPLETED == (await handle.describe()).status
    told = desk.told()
    for person in ("priya.nair", "elena.petrova", "chloe.martin", "ben.carter", "ingrid.solberg"):
        assert 1 == told.count(f"cancelled {person}@example.com")
    assert 1 == told.count("cancelled jo@acme.example")
    cancelled = [entry for entry in await desk.client.timeline(desk.key) if entry.kind == "cancelled"]
    assert ["the operator ended it in Temporal"] == [said(entry.note) for entry in cancelled]


async def test_a_native_cancel_of_one_that_is_closed_already_changes_nothing(desk: Desk) -> None:
    """The last messages are still on their way; they arrive, and the escalation stays closed."""
    await desk.start()
    await stages.resolving(desk.client, desk.key)
    await stages.verifying(desk.client, desk.key)
    await stages.closing(desk.client, desk.key)
    await stages.ready_to_close(desk.client, desk.key)
    await desk.at_rest()
    desk.mailbox.turns_slow(0.5)
    await stages.closed(desk.client, desk.key)
    handle = desk.run()

    await handle.cancel()

    with pytest.raises(MoveNotAllowed):
        await desk.client.acknowledge(desk.key, by="priya")
    assert "closed" == (await handle.result()).state
    assert 1 == desk.told().count("closed jo@acme.example")
    assert "cancelled jo@acme.example" not in desk.told()
