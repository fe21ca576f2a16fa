"""
Views for people: queries, search attributes, the Web UI's details and the descriptions of what can be sent.
"""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from escalation.case.lifecycle import Move, State
from escalation.case.move_index import PERSONS_COMMANDS
from escalation.case.request import StartRequest
from escalation.contract import RebaseRequest
from escalation.kernel.values import from_plain
from escalation.policy.classification import EscalationReason
from escalation.policy.local_time import DeskTime
from escalation.sponsorship.move_index import PERSONS_COMMANDS as SPONSORSHIP_COMMANDS
from escalation.task_force.commands import MEMBERS_COMMANDS
from planning.calendars.calendar_spec import CalendarSpec
from planning.calendars.open_hours import compile_desk_time
from planning.playbook.loader import load_playbook
from tests.complaint import a_complaint
from tests.escalations import REFERENCE, Desk
from tests.workflows import stages
from workflows import search_attributes as sa
from workflows import web_ui
from workflows.move_handlers import Command, example

HOSTILE = (
    "<script>alert(1)</script> [click](javascript:alert(2)) ![x](http://evil.example/x.png) "
    "**bold** `code` | a | b | mailto:me@evil.example"
)


async def test_queries_answer_what_people_ask(desk: Desk) -> None:
    """
    The state, what happened, what can be done now, and where it is in the lifecycle.
    """
    receipt = await desk.start()
    await stages.resolving(desk.client, desk.key)
    await desk.at_rest()

    view = await desk.view()
    assert (receipt.id, State.RESOLVING, 1) == (view.id, view.state, view.plan_version)
    assert {"resolution", "level_window", "next_update"} <= {
        clock.name.value for clock in view.clocks if clock.outcome is None
    }
    entries = await desk.client.timeline(desk.key)
    assert list(range(1, len(entries) + 1)) == [entry.seq for entry in entries]
    assert "priya" == next(entry for entry in entries if entry.kind == "acknowledged").by
    moves = await desk.client.allowed_moves(desk.key)
    assert view.allowed_moves == moves
    assert Move.DECLARE_RESOLVED in moves
    assert Move.ACKNOWLEDGE not in moves
    diagram = await desk.client.diagram(desk.key)
    assert diagram.startswith("stateDiagram-v2\n")
    assert "class resolving now" in diagram


async def test_queries_answer_after_the_end_too(desk: Desk) -> None:
    """
    An ended escalation can be looked at for as long as Temporal keeps it; the moves left follow it up (CLOSE-6).
    """
    await desk.start()
    await stages.whole_life(desk.client, desk.key)
    await desk.run().result()

    view = await desk.view()
    after_the_close = (Move.ANSWER_SURVEY, Move.FILE_POST_MORTEM, Move.FINISH_ACTION)
    left = (*after_the_close, Move.CORRECT_CONTACT, Move.REVOKE_PAGE, Move.REOPEN)
    assert (State.CLOSED, left) == (view.state, view.allowed_moves)
    assert view.ended_at is not None
    assert "closed" in await desk.happened()


async def test_search_attributes_are_right_as_soon_as_a_move_is_answered(desk: Desk) -> None:
    """
    The list is what managers scan: it must not lag behind the answer.
    """
    await desk.start(
        customers=[{"account": "ACME", "contacts": [{"name": "Jo", "email": "jo@acme.example"}]}]
    )
    view, shown = await desk.view(), await desk.attributes()
    assert {
        sa.STATE: "communicating",
        sa.LEVEL: 2,
        sa.PRIORITY: "P1",
        sa.CATEGORY: "complaint",
        sa.CUSTOMER: ["ACME"],
        sa.OWNER: "priya",
        sa.WAITS_FOR: ["priya"],
        sa.PARTICIPANTS: ["maya", "priya"],
        sa.BREACHED: False,
        sa.NEXT_DUE_OF: "acknowledge",
    } == {key: shown[key] for key in sa.ALL if key not in {sa.NEXT_DUE, sa.ACTIONS, sa.UNDELIVERED}}
    assert view.next_due_at is not None
    # The server keeps milliseconds of an instant.
    assert timedelta(milliseconds=1) > abs(shown[sa.NEXT_DUE] - view.next_due_at)

    for move, state in (
        (stages.resolving, "resolving"),
        (stages.verifying, "verifying"),
        (stages.closing, "closing"),
    ):
        await move(desk.client, desk.key)
        assert state == (await desk.attributes())[sa.STATE]
    await stages.ready_to_close(desk.client, desk.key)
    await stages.closed(desk.client, desk.key)
    shown = await desk.attributes()
    assert "closed" == shown[sa.STATE]
    assert shown.get(sa.NEXT_DUE) is None, "nothing is due any more"


async def test_a_breach_and_a_rise_can_be_found(desk: Desk) -> None:
    """
    CLOCK-6: what nobody acknowledged is found by `breached`, before and after it rose.
    """
    await desk.start()
    await desk.fast_forward(minutes=6)
    assert (await desk.attributes())[sa.BREACHED]

    await desk.client.raise_level(desk.key, by="elena", reason=EscalationReason.NO_RESPONSE)

    shown = await desk.attributes()
    assert (3, "jonas") == (shown[sa.LEVEL], shown[sa.OWNER])


@pytest.mark.parametrize(
    "subject",
    [
        HOSTILE,
        "&" * 200,
        "<" * 200,
        "😀" * 200,
        "Zeile\neins\n\n# Zwei\n- drei",
        "\u202eright to left" + "|" * 180,
    ],
    ids=["markup", "ampersands", "angles", "emoji", "lines", "direction"],
)
def test_a_subject_becomes_one_harmless_line(subject: str) -> None:
    """
    The Web UI renders Markdown without sanitising it: of a customer's text nothing may act.
    """
    line = web_ui.escaped(subject)

    assert "\n" not in line
    assert "<" not in line
    assert ">" not in line
    assert not re.search(r"(?<!\\)[*_`\[\]()|#!~]", line.replace("&#58;", ""))
    assert "://" not in line, "the renderer makes a link of it"
    assert "mailto:" not in line


async def test_current_details_are_small_and_harmless(desk: Desk) -> None:
    """
    Under 4 KB, since the Web UI fetches them by a URL; whatever the customer wrote, and however much happened.
    """
    await desk.start(subject=HOSTILE[:200], description=HOSTILE * 5)
    await desk.client.acknowledge(desk.key, by="priya", note=HOSTILE)
    for number in range(6):
        await desk.client.send_update(desk.key, by="priya", customer_text=f"{number} {HOSTILE * 20}")

    shown = (await desk.metadata()).current_details

    assert 4096 > len(shown.encode())
    for harm in ("<script", "](javascript", "![x](", "**bold**"):
        assert harm not in shown
    assert "**communicating** · **P1** · level 2 of 7" in shown

    description = await desk.run().describe()
    summary, start = await description.static_summary(), await description.static_details()
    assert summary is not None
    assert start is not None
    assert 120 >= len(summary)
    assert "<script" not in summary
    assert "dissatisfied" in start
    assert 4096 > len(start.encode())


async def test_current_details_follow_the_state(desk: Desk) -> None:
    """
    The facts that a manager opens the page for: who has it, what is due, what is missing.
    """
    await desk.start()
    assert "(not acknowledged)" in (await desk.metadata()).current_details
    await stages.resolving(desk.client, desk.key)
    await stages.verifying(desk.client, desk.key)
    await stages.closing(desk.client, desk.key)

    shown = (await desk.metadata()).current_details

    assert "**closing**" in shown
    assert "access of ACME" in shown
    assert "internal RCA" in shown


async def test_everything_that_can_be_sent_is_described_with_an_example(desk: Desk) -> None:
    """
    The Web UI's form takes one JSON value and shows no schema: each description carries one to copy and paste.
    """
    await desk.start()
    found = (await desk.metadata()).definition
    by_move = {command.move.value: command for command in PERSONS_COMMANDS}

    updates = {update.name: update.description for update in found.update_definitions}
    signals = {signal.name: signal.description for signal in found.signal_definitions if signal.name}
    assert {*by_move, "start", "rebase", "join_outage", "take_over", "look_up_on_call"} == set(updates)
    RebaseRequest.model_validate_json(updates["rebase"].partition(" Example: ")[2])
    assert {*by_move, "rebase", "report_delivery", "task_force_update", "check_build"} == set(signals)
    for descriptions in (updates, signals):
        for name, command in by_move.items():
            says, _, example = descriptions[name].partition(" Example: ")
            assert says
            assert isinstance(json.loads(example), dict)
            command.model_validate_json(example)
    queries = {query.name: query.description for query in found.query_definitions}
    for name in ("view", "timeline", "allowed_moves", "diagram", "record", "rebase_basis", "rebase_preview"):
        assert queries[name]


async def test_timers_and_messages_say_what_they_are_for(desk: Desk) -> None:
    """
    The timeline of the Web UI is plain text of at most 120 characters, for people who never heard of Temporal.
    """
    await desk.start()
    await desk.at_rest()
    history = await desk.run().fetch_history()
    summaries = [
        json.loads(event.user_metadata.summary.data)
        for event in history.events
        if event.user_metadata.HasField("summary")
    ]

    assert any(summary.startswith("notify 6: case received") for summary in summaries)
    assert any("level 2, Priya Nair" in summary for summary in summaries)
    assert all(120 >= len(summary) for summary in summaries)


@pytest.mark.parametrize("subject", ["<&>" * 66, "*_" * 100, "🇹🇷" * 100, "short"])
def test_a_summary_is_cut_before_it_is_escaped(subject: str) -> None:
    """
    COMM-6: no half of an escape, and no half of a character, at the end of a line in the Web UI.
    """
    request = from_plain(StartRequest, a_complaint(subject=subject))

    shown = web_ui.start_summary(request)

    assert len(shown) <= web_ui.LONGEST_SUMMARY
    assert not re.search(r"&[a-z#0-9]*…|(?<!\\)\\…", shown)
    assert 0 == sum("\U0001f1e6" <= each <= "\U0001f1ff" for each in shown) % 2


def test_details_tell_times_of_the_desk() -> None:
    """
    CLOCK-5: a manager reads the clock on the wall, on either side of a change of clocks; beyond what is known, UTC.
    """
    rules = CalendarSpec(time_zone="America/New_York", weekly={"mon-fri": ("09:00-17:00",)})
    desk = compile_desk_time(rules, datetime(2026, 3, 1, tzinfo=UTC))

    assert "2026-03-08 01:59 America/New_York" == desk.minute(datetime(2026, 3, 8, 6, 59, tzinfo=UTC))
    assert "2026-03-08 03:00 America/New_York" == desk.minute(datetime(2026, 3, 8, 7, 0, tzinfo=UTC))
    assert "2026-11-01 01:00 America/New_York" == desk.minute(datetime(2026, 11, 1, 6, 0, tzinfo=UTC))
    assert "2040-01-01 12:00 UTC" == desk.minute(datetime(2040, 1, 1, 12, tzinfo=UTC))
    assert "1999-01-01 12:00 UTC" == desk.minute(datetime(1999, 1, 1, 12, tzinfo=UTC))
    assert "2026-01-01 12:00 UTC" == DeskTime().minute(datetime(2026, 1, 1, 12, tzinfo=UTC))


async def test_every_time_in_the_details_is_the_desks(desk: Desk) -> None:
    """
    CLOCK-5: clocks, the latest lines, and the instants within them, which events tell in UTC.
    """
    await desk.start()
    playbook = load_playbook(REFERENCE)
    there = web_ui.escaped(playbook.calendars[playbook.calendar].time_zone)

    shown = (await desk.metadata()).current_details

    assert there != "UTC"
    assert f"### Latest, {there}" in shown
    assert there in shown.partition("### Clocks")[2].partition("### Latest")[0]
    assert " UTC" not in shown


@pytest.mark.parametrize(
    "command",
    [*PERSONS_COMMANDS, *MEMBERS_COMMANDS, *SPONSORSHIP_COMMANDS, RebaseRequest],
    ids=lambda command: command.move.value,
)
def test_the_example_of_each_move_is_one(command: type[Command]) -> None:
    """The form is made of what the command declares: a new move needs none of its own."""
    assert "YOU" == command.model_validate_json(example(command)).by
