"""
Metrics of a worker, as Prometheus reads them: each thing that happens is counted once, by labels of few values.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from httpx import AsyncClient

from escalation.case.moves.acknowledge import Acknowledge
from escalation.kernel.refusals import EscalationError
from runtime.log_setup import logging_runtime
from runtime.ports import LOOPBACK, free_port
from tests.escalations import Desk, desk_on_skipping_server
from workers.open_counts import watch_open

ADDRESS = f"{LOOPBACK}:{free_port()}"
_SAMPLE = re.compile(r"(?P<name>\w+)(?:\{(?P<labels>.*)\})? (?P<value>\S+)")
_LABEL = re.compile(r'(\w+)="([^"]*)"')
_OURS = frozenset({"move", "door", "code", "clock", "priority", "channel", "result", "state", "le"})


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def measured() -> AsyncIterator[Desk]:
    async with desk_on_skipping_server(runtime=logging_runtime(ADDRESS)) as desk:
        yield desk
        await desk.nothing_went_wrong()


async def samples(prefix: str = "escalation_") -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Return the values of our metrics, by name and labels of ours."""
    async with AsyncClient() as http:
        lines = (await http.get(f"http://{ADDRESS}/metrics")).text.splitlines()
    found = (_SAMPLE.fullmatch(line) for line in lines if line.startswith(prefix))
    return {
        (
            each["name"],
            frozenset((k, v) for k, v in _LABEL.findall(each["labels"] or "") if k in _OURS),
        ): float(each["value"])
        for each in found
        if each
    }


async def value(name: str, **labels: str) -> float:
    return (await samples()).get((name, frozenset(labels.items())), 0.0)


async def test_moves_are_counted_by_door_and_refusals_by_code(measured: Desk) -> None:
    """
    A repeat under the same id is the same move.
    """
    await measured.start()
    for _ in range(2):
        await measured.client.ask(measured.key, Acknowledge(by="priya"), id="one")
    with pytest.raises(EscalationError):
        await measured.client.acknowledge(measured.key, by="nobody")
    await measured.run().signal("acknowledge", {"by": "nobody"})
    await measured.at_rest()

    assert 1 == await value("escalation_moves_total", move="acknowledge", door="unproven")
    assert 2 == await value("escalation_refusals_total", move="acknowledge", code="unknown_name")


async def test_breaches_and_what_was_delivered_are_counted(measured: Desk) -> None:
    key = "ACME/late"
    before = await value("escalation_deliveries_total", channel="email", result="delivered")
    await measured.start(key)
    await measured.fast_forward(key, hours=1)
    told = len(measured.messages(key))

    breaches = [n for (name, _), n in (await samples()).items() if name == "escalation_breaches_total"]
    assert 0 < len(await measured.timeline("clock_breached", key)) == sum(breaches)
    assert 0 < await value("escalation_breaches_total", clock="acknowledge", priority="P1")
    after = await value("escalation_deliveries_total", channel="email", result="delivered")
    assert told == after - before
    assert 0 < await value("escalation_breach_delivery_seconds_count", channel="email")


async def test_what_is_open_is_counted_by_state_and_priority(measured: Desk) -> None:
    key = "ACME/open"
    await measured.start(key, priority="P4")
    async with watch_open(measured.temporal, timedelta(seconds=0.1)), asyncio.timeout(20):
        while 1 != await value("escalation_open", state="communicating", priority="P4"):  # noqa: ASYNC110 - scraped
            await asyncio.sleep(0.05)
    assert 0 < await value("escalation_open_breached", priority="P1")


async def test_no_label_says_who_it_was(measured: Desk) -> None:
    async with AsyncClient() as http:
        text = (await http.get(f"http://{ADDRESS}/metrics")).text
    lines = [line for line in text.splitlines() if line.startswith("escalation_")]
    assert lines
    for line in lines:
        assert not re.search(r"ACME|priya|nobody|@", line), line
