"""
A run that workers fail again and again is shown as stalled everywhere, and holds up nothing else.
"""

import asyncio
from datetime import timedelta

import pytest
from httpx import AsyncClient
from structlog.testing import capture_logs
from temporalio.client import Client

from client import EscalationClient, RunStalled
from runtime.log_setup import logging_runtime
from runtime.ports import LOOPBACK, free_port
from tests.entrypoints.conftest import KEY, OTHER, Terminal
from workers.stalled_runs_watch import GAUGE, watch_stalls
from workflows.plugin import escalation_plugin


async def test_a_stalled_escalation_says_so_wherever_it_is_asked(stalled: Terminal) -> None:
    """
    Since when, why, and what to do: never that the server does not answer.
    """
    for words in (
        ("show", KEY),
        ("watch", KEY),
        ("ack", KEY, "--as", "elena"),
        ("plan", "show", KEY),
        ("script", KEY),
        ("messages", KEY),
        ("rebase", KEY, "--as", "elena", "--why", "the new contract", "--yes"),
    ):
        status, _, complained = await stalled.type(*words)
        assert 1 == status, words
        assert f"{KEY}: is stalled since 20" in complained, words
        assert "Nondeterminism error" in complained
        assert f"`escalate doctor {KEY}` says what fixes it" in complained
        assert "server" not in complained
        assert ("look first whether this move was made" in complained) is (words[0] == "ack")


async def test_the_list_shows_which_are_stalled(stalled: Terminal) -> None:
    rows = {row["key"]: row for row in await stalled.json("list")}
    shown = await stalled.done("list")

    assert {KEY: True, OTHER: False} == {key: row["is_stalled"] for key, row in rows.items()}
    assert " stalled" in shown.partition("escalations:")[0]
    assert f"1 stalled: {KEY} (see `escalate doctor`)" in shown


async def test_commands_over_many_go_on_past_one_that_is_stalled(stalled: Terminal) -> None:
    """The stalled run is listed at the end, and the exit status is not 0."""
    rebuilt = await stalled.type("records", "rebuild")
    rebased = await stalled.type("rebase", "--all", "--dry-run")

    assert 1 == rebuilt[0] == rebased[0], (rebuilt, rebased)
    assert "1 escalation on record" in rebuilt[1]
    assert f"{KEY}: {KEY}: is stalled since" in rebuilt[1]
    assert f"{OTHER}  goes by" in rebased[1]
    assert f"{KEY}  cannot be rebased: {KEY}: is stalled since" in rebased[1]


async def test_what_a_program_is_told_of_a_stalled_run(stalled: Terminal) -> None:
    client = await EscalationClient.connect()
    with pytest.raises(RunStalled) as refused:
        await client.view(KEY)

    stall = refused.value.stall
    assert (KEY, "Escalation", "non_deterministic_error") == (stall.key, stall.kind, stall.cause)
    assert stall.has_begun
    assert [stall] == [*await client.stalled()]


async def test_workers_say_it_in_their_log_and_in_a_metric(stalled: Terminal) -> None:
    """
    With the key, and without the worker's words, which may quote a customer; once, and again when it goes on.
    """
    metrics = f"{LOOPBACK}:{free_port()}"
    temporal = await Client.connect(
        stalled.address, plugins=[escalation_plugin()], runtime=logging_runtime(metrics)
    )
    with capture_logs() as lines:
        async with watch_stalls(temporal, timedelta(seconds=0.1)), asyncio.timeout(30):
            await until_gauge(metrics, 1.0)
            status, told, _ = await stalled.type("doctor", KEY, "--repair", "--yes")
            assert 0 == status, told
            await until_gauge(metrics, 0.0)

    said = [line for line in lines if line["event"] in {"run_stalled", "run_continues"}]
    assert ["run_stalled", "run_continues"] == [line["event"] for line in said]
    assert {KEY} == {line["escalation"] for line in said}
    assert "non_deterministic_error" == said[0]["cause"]
    assert "HistoryEvent" not in str(said)


async def until_gauge(address: str, value: float) -> None:
    async with AsyncClient() as http:
        while [value] != gauges((await http.get(f"http://{address}/metrics")).text):  # noqa: ASYNC110 - scraped
            await asyncio.sleep(0.1)


def gauges(text: str) -> list[float]:
    return [float(line.split()[-1]) for line in text.splitlines() if line.startswith(GAUGE)]
