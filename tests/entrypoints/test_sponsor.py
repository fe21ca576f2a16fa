"""
``escalate sponsor``: from a proposal to the exit, and what it means for escalations of the account.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from entrypoints.cli import program
from tests.entrypoints.conftest import Terminal
from tests.entrypoints.test_command_line import EXAMPLES

NEXT_YEAR = f"{datetime.now(UTC) + timedelta(days=365):%Y-%m-%d}"
TERMS = (
    *("--sponsor", "grace", "--duty", "Call the director", "--entry", "Three P1", "--measure", "No P1"),
    *("--exit", "Two quiet quarters", "--every", "30", "--review", NEXT_YEAR, "--as", "elena"),
)
COMPLAINT = str(EXAMPLES / "complaint.yaml")


async def until_proposed(terminal: Terminal) -> Any:
    async with asyncio.timeout(20):
        while True:
            status, _, _ = await terminal.type("sponsor", "show", "ACME")
            if status == program.DONE:
                return await terminal.json("sponsor", "show", "ACME")
            await asyncio.sleep(0.1)


async def until_listed(terminal: Terminal) -> None:
    async with asyncio.timeout(20):
        while not await terminal.json("list", "--customer", "ACME"):  # noqa: ASYNC110 - the list is a moment behind
            await asyncio.sleep(0.1)


def proposals(terminal: Terminal, address: str) -> list[str]:
    letters = terminal.mailbox.messages(address)
    return [letter.key for letter in letters if ":sponsorship_proposed:" in letter.key]


async def test_an_account_is_proposed_enrolled_kept_up_reviewed_and_let_go(terminal: Terminal) -> None:
    """
    SPONSOR-1, SPONSOR-2: an executive escalation proposes, a person decides; while enrolled the sponsor is told of
    each escalation of the account from its start, afterwards no more.
    """
    await terminal.done("start", COMPLAINT, "--reason", "executive_threat")
    assert ["ACME/4711@"] == [
        each["escalation"][:10] for each in (await until_proposed(terminal))["proposals"]
    ]

    assert "ACME is enrolled" in await terminal.done("sponsor", "enrol", "ACME", *TERMS)
    assert "touch-points" in await terminal.done("sponsor", "touch", "ACME", "--as", "grace", "-m", "Called")
    reviewed = await terminal.done(
        "sponsor", "review", "ACME", "--as", "elena", "-m", "One P1", "--next", NEXT_YEAR
    )
    assert f" {NEXT_YEAR[:4]} " in reviewed.partition("review due")[2]
    await terminal.done("start", COMPLAINT, "--key", "ACME/4712")
    enrolled = await terminal.json("sponsor", "show", "ACME")
    assert "recorded a touch-point  “Called”" in await terminal.done("sponsor", "show", "ACME")
    assert "sponsorship_reviewed" in [entry["kind"] for entry in enrolled["timeline"]]
    assert ("enrolled", 1, 1) == (
        enrolled["standing"],
        len(enrolled["touch_points"]),
        len(enrolled["reviews"]),
    )

    assert "ACME is exited" in await terminal.done(
        "sponsor", "exit", "ACME", "--as", "elena", "--why", "Quiet"
    )
    await terminal.done("start", COMPLAINT, "--key", "ACME/4713")

    grace = enrolled["sponsor"]["addresses"][0].removeprefix("email:")
    await terminal.mailbox.arrived(3, to=grace, within=20)
    told = [letter.key for letter in terminal.mailbox.messages(grace)]
    assert 1 == sum(key.startswith("ACME/4712@") and ":first_notification:" in key for key in told), told
    assert 1 == sum(":sponsor_enrolled:" in key for key in told)
    assert 1 == sum(":sponsorship_ended:" in key for key in told)
    assert not [key for key in told if key.startswith("ACME/4713@") and ":first_notification:" in key]


async def test_a_person_may_propose_and_all_are_listed(terminal: Terminal) -> None:
    """
    SPONSOR-1.
    """
    assert "no account is proposed" in await terminal.done("sponsor", "list")
    await terminal.done(
        "sponsor", "propose", "BOLT", "--new", "--as", "elena", "--why", "They think of leaving"
    )

    async with asyncio.timeout(20):
        while not (listed := await terminal.json("sponsor", "list")):  # noqa: ASYNC110 - the list is a moment behind
            await asyncio.sleep(0.1)
    assert [("BOLT", "proposed")] == [(line["account"], line["standing"]) for line in listed]
    assert "They think of leaving (elena)" in await terminal.done("sponsor", "show", "BOLT")


async def test_a_known_account_is_proposed_and_a_slip_is_not(terminal: Terminal) -> None:
    """
    SPONSOR-2: one that an escalation, a sponsorship or the record has; those who decide are told.
    """
    proposal = ("--as", "elena", "--why", "They complain in public")
    await terminal.done("start", COMPLAINT)
    await until_listed(terminal)

    status, _, complained = await terminal.type("sponsor", "propose", "ACMEE", *proposal)
    assert (program.BAD_INPUT, True) == (status, "did you mean ACME?" in complained)
    await terminal.done("sponsor", "propose", "ACME", *proposal)

    async with asyncio.timeout(20):
        while not (told := proposals(terminal, "ingrid.solberg@example.com")):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    assert 1 == len(told)
    assert [] == proposals(terminal, "elena.petrova@example.com")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("enrol", "BOLT", *TERMS[2:]), "--sponsor"),
        (("enrol", "BOLT", "--sponsor", "gracy", *TERMS[2:]), "unknown person 'gracy'"),
        (
            ("enrol", "BOLT", *TERMS, "--as", "maya"),
            "may not enrol; roles that may: escalation_manager, executive",
        ),
        (("touch", "BOLT", "--as", "elena", "-m", "x"), "cannot record a touch-point while proposed"),
        (("review", "BOLT", "--as", "elena", "-m", "x", "--next", "soon"), "--next: given 'soon'"),
        (("exit", "BOLT", "--as", "nobody", "--why", "x"), "unknown person 'nobody'"),
        (("touch", "BOLT", "--as", "elena", "-m", ""), "sponsor touch is refused: 1 fault"),
        (("propose", "", "--as", "elena", "--why", "x"), "ACCOUNT: given ''"),
        (("propose", "BOLTT", "--as", "elena", "--why", "x"), "any with --new; did you mean BOLT?"),
        (
            ("show", "NONE"),
            "no sponsorship of the account 'NONE' is known here; `escalate sponsor propose` begins one\n",
        ),
        (("touch", "BOLTT", "--as", "elena", "-m", "x"), "begins one; did you mean BOLT?"),
    ],
)
async def test_what_cannot_be_is_refused(terminal: Terminal, words: tuple[str, ...], said: str) -> None:
    """
    SPONSOR-1, START-6.
    """
    await terminal.done(
        "sponsor", "propose", "BOLT", "--new", "--as", "elena", "--why", "They think of leaving"
    )

    status, _, complained = await terminal.type("sponsor", *words)

    assert status in {program.REFUSED, program.BAD_INPUT}, complained
    assert said in complained


async def test_what_runs_already_gets_its_sponsor_by_a_rebase(terminal: Terminal) -> None:
    """
    SPONSOR-2, CLOCK-4: though the playbook is the same; shown before, and once is enough.
    """
    await terminal.done("start", COMPLAINT)
    again = ("rebase", "ACME/4711", "--as", "elena", "--why", "Enrolled", "--yes")
    same = await terminal.done(*again)
    await terminal.done(
        "sponsor", "propose", "ACME", "--new", "--as", "elena", "--why", "They think of leaving"
    )
    await terminal.done("sponsor", "enrol", "ACME", *TERMS)

    rebased = await terminal.done(*again)

    assert "already" in same
    assert "Grace Kimani is notified of it as a sponsor" in rebased
    assert "ACME/4711: rebased" in rebased
    await terminal.mailbox.arrived(2, to="grace.kimani@example.com", within=20)
    told = [letter.key for letter in terminal.mailbox.messages("grace.kimani@example.com")]
    assert 1 == sum(key.startswith("ACME/4711@") and ":rebased:" in key for key in told), told
    assert "already" in await terminal.done(*again)
