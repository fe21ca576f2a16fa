"""
A run that workers fail again and again is shown as stalled everywhere, and holds up nothing else.
"""

import pytest

from client import EscalationClient, RunStalled
from tests.entrypoints.conftest import KEY, OTHER, Terminal


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
    """
    It is listed at the end, and the exit status is not 0.
    """
    rebuilt = await stalled.type("records", "rebuild")
    rebased = await stalled.type("rebase", "--all", "--dry-run")

    assert 1 == rebuilt[0] == rebased[0]
    assert "1 escalations on record" in rebuilt[1]
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
