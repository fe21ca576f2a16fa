"""
Signals of the moves' names, for the Web UI and other systems: nobody waits for an answer, so nothing may be lost,
and nothing that anybody sends may break the run.
"""

from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue

from escalation.case.lifecycle import Move, State
from escalation.contract import EscalationInput
from tests.complaint import a_complaint
from tests.escalations import Desk
from tests.said import said


async def refusals(desk: Desk) -> list[str]:
    await desk.at_rest()
    return [
        said(entry.what) for entry in await desk.client.timeline(desk.key) if entry.kind == "move_refused"
    ]


async def test_a_signal_makes_the_move_of_its_name(desk: Desk) -> None:
    """
    The same rules, the same record; as `temporal workflow signal` sends it.
    """
    await desk.start()
    handle = desk.run()

    await handle.signal("acknowledge", {"by": "priya"})
    await handle.signal("begin_resolution", {"by": "priya"})
    await desk.at_rest()

    view = await desk.view()
    assert ("priya", State.RESOLVING) == (view.acknowledged_by, view.state)
    assert [] == await refusals(desk)


NOT_TO_BE_FOLLOWED: tuple[tuple[str, list[Any], str], ...] = (
    # refused by a rule
    ("verify_resolution", [{"by": "aisha"}], "while communicating"),
    ("acknowledge", [{"by": "maya"}], "roles that may"),
    ("acknowledge", [{"by": "nobody"}], "unknown person"),
    # malformed
    ("acknowledge", [{"bye": "priya"}], "2 faults"),
    ("raise_level", [{"by": "priya", "reason": "whim"}], "reason"),
    ("acknowledge", ["priya"], "a mapping"),
    ("acknowledge", [None], "Invalid JSON"),
    ("acknowledge", [b"\xff\xfe\x00"], "Invalid JSON"),
    ("acknowledge", [RawValue(Payload(metadata={"encoding": b"x/y"}, data=b"{"))], "Invalid JSON"),
    ("acknowledge", [], "0 arguments"),
    ("acknowledge", [{"by": "priya"}, {"by": "priya"}], "2 arguments"),
    # unknown, among them what only the shell itself may ask
    ("acknowlege", [{"by": "priya"}], "signal 'acknowlege'"),
    ("tick", [], "signal 'tick'"),
    (Move.BEGIN_COMMUNICATION.value, [{"by": "priya"}], "begin communication"),
    (Move.JOIN_OUTAGE.value, [{"by": "priya"}], "join outage"),
    ("x" * 500, [{}], "xxx"),
)


async def test_whatever_is_sent_is_recorded_and_breaks_nothing(desk: Desk) -> None:
    """
    Refused, malformed and unknown signals stand in the timeline with the reason; the run goes on.
    """
    await desk.start()
    handle = desk.run()

    for name, payload, _ in NOT_TO_BE_FOLLOWED:
        await handle.signal(name, args=payload)

    recorded = await refusals(desk)
    assert len(NOT_TO_BE_FOLLOWED) == len(recorded)
    for (name, _, says), text in zip(NOT_TO_BE_FOLLOWED, recorded, strict=True):
        assert says in text, name
    assert State.COMMUNICATING == (await desk.view()).state
    await desk.client.acknowledge(desk.key, by="priya")
    assert "priya" == (await desk.view()).acknowledged_by


async def test_signals_that_come_before_it_is_open_are_not_lost(desk: Desk) -> None:
    """
    Signal-with-start, as other systems do: a move cannot be made before there is anything to move, so it is recorded.
    """
    await desk.temporal.start_workflow(
        "Escalation",
        EscalationInput(request=a_complaint(key=desk.key)),
        id=desk.key,
        task_queue="escalations",
        start_signal="acknowledge",
        start_signal_args=[{"by": "priya"}],
    )

    (recorded,) = await refusals(desk)
    assert "still starting" in recorded
    assert State.COMMUNICATING == (await desk.view()).state


async def test_a_signal_with_a_refused_start_does_not_keep_it_alive(desk: Desk) -> None:
    """
    START-6: nothing is left running, whatever else was sent.
    """
    handle = await desk.temporal.start_workflow(
        "Escalation",
        EscalationInput(request={}),
        id=desk.key,
        task_queue="escalations",
        start_signal="no_such_move",
    )

    failed = await desk.run().describe()
    while failed.close_time is None:
        failed = await handle.describe()
    assert failed.status is not None
    assert "FAILED" == failed.status.name


async def test_what_a_signal_asks_is_done_and_told(desk: Desk) -> None:
    """
    A signal is no lesser move: customers hear of it like of any other.
    """
    await desk.start()
    await desk.run().signal("send_update", {"by": "priya", "customer_text": "Dry pallets leave today"})
    await desk.at_rest()

    (letter,) = [found for found in desk.messages() if ":update:" in found.key]
    assert "Dry pallets leave today" in letter.text
