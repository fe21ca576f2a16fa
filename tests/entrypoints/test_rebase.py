"""
``escalate rebase``: what would change is shown first, and nothing changes behind anybody's back (CLOCK-4).
"""

import json
from typing import Any

import pytest

from entrypoints.cli import program
from tests.entrypoints.conftest import Terminal
from tests.entrypoints.test_command_line import EXAMPLES

COMPLAINT = str(EXAMPLES / "complaint.yaml")
WINDOW = ("window: 15 - 30 min", "window: 10 - 20 min")


@pytest.fixture
async def started(terminal: Terminal) -> Terminal:
    await terminal.done("start", COMPLAINT)
    return terminal


def change(terminal: Terminal, *changes: tuple[str, str]) -> None:
    text = terminal.playbook.read_text(encoding="utf-8").replace('version: "1.0"', 'version: "1.1"')
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    terminal.playbook.write_text(text, encoding="utf-8")


def rebase(terminal: Terminal, *words: str) -> tuple[str, ...]:
    return "rebase", *words, "--playbook", str(terminal.playbook)


WHO = ("--as", "elena", "--why", "the new contract")


async def test_a_running_escalation_keeps_its_playbook_until_it_is_rebased(started: Terminal) -> None:
    """
    CLOCK-4: the difference in due times is shown; after the rebase the record says who, why and which.
    """
    before = await started.json("show", "ACME/4711")
    change(started, WINDOW)
    unchanged = await started.json("show", "ACME/4711")
    assert due(before, "level_window") == due(unchanged, "level_window")

    shown = await started.done(*rebase(started, "ACME/4711", "--dry-run"))
    assert "Reference 1.0" in shown
    assert "Reference 1.1" in shown
    assert "level window" in shown
    assert "ACME/4711: rebased" in await started.done(*rebase(started, "ACME/4711", *WHO, "--yes"))

    after = await started.json("show", "ACME/4711")
    assert after["playbook"].startswith("Reference 1.1 ")
    assert due(after, "level_window") < due(before, "level_window")
    assert due(after, "resolution") == due(before, "resolution")
    assert "the new contract" in await started.done("show", "ACME/4711")


def due(view: dict[str, Any], name: str) -> str:
    return next(str(clock["due_at"]) for clock in view["clocks"] if clock["name"] == name)


async def test_a_dry_run_of_all_lists_what_would_change_for_every_open_one(started: Terminal) -> None:
    """
    CLOCK-4: one whose category is gone is listed with the reason, and makes the exit status 1.
    """
    await started.done("start", COMPLAINT, "--key", "ACME/4712", "--category", "billing")
    change(started, WINDOW, ("      billing: {name: Billing or payment}\n", ""), ("  billing: finance\n", ""))

    status, said, _ = await started.type(*rebase(started, "--all", "--dry-run", "--json"))

    assert program.REFUSED == status
    would = {each["key"]: each for each in json.loads(said)["would_change"]}
    assert ["level_window"] == [moved["clock"] for moved in would["ACME/4711"]["rebasing"]["moved"]]
    assert "category: given 'billing'" in would["ACME/4712"]["refused"]
    assert (await started.json("show", "ACME/4711"))["playbook"].startswith("Reference 1.0 ")


async def test_a_rebase_to_a_playbook_that_the_worker_does_not_have_is_refused(started: Terminal) -> None:
    """
    CLOCK-4: what was shown is what happens, or nothing is.
    """
    change(started, WINDOW)
    elsewhere = started.playbook.with_name("other.yaml")
    elsewhere.write_text(started.playbook.read_text(encoding="utf-8") + "# newer\n", encoding="utf-8")

    status, _, complained = await started.type(
        "rebase", "ACME/4711", *WHO, "--yes", "--playbook", str(elsewhere)
    )

    assert program.REFUSED == status
    assert "the worker's is Reference 1.1" in complained


async def test_only_a_role_that_may_rebases(started: Terminal) -> None:
    """
    ROLE-2.
    """
    change(started, WINDOW)
    status, _, complained = await started.type(
        *rebase(started, "ACME/4711", "--as", "maya", "--why", "x", "--yes")
    )

    assert program.REFUSED == status
    assert "roles that may: escalation_manager" in complained


async def test_what_is_missing_is_told_at_once(started: Terminal) -> None:
    """
    START-6: every fault, and nothing half done.
    """
    status, _, complained = await started.type(*rebase(started))

    assert program.BAD_INPUT == status
    for option in ("KEY", "--as", "--why"):
        assert option in complained


async def test_the_same_playbook_changes_nothing(started: Terminal) -> None:
    """
    CLOCK-4: said, and nobody is asked.
    """
    assert "goes by Reference 1.0" in await started.done(*rebase(started, "ACME/4711", *WHO))


async def test_new_contacts_of_the_level_are_asked_and_shown_before(started: Terminal) -> None:
    """
    CLOCK-4, MATRIX-5: nobody has acknowledged, so whom the new playbook names is asked.
    """
    change(started, ("contacts: [call_centre]", "contacts: [finance]"))

    assert "Finance is asked instead of Call centre" in await started.done(
        *rebase(started, "ACME/4711", "--dry-run")
    )
    await started.done(*rebase(started, "ACME/4711", *WHO, "--yes"))
    assert "finance" == (await started.json("show", "ACME/4711"))["owner"]


async def test_an_escalation_goes_on_in_another_category(started: Terminal) -> None:
    """
    CLOCK-4: the same playbook, and due times of the other category.
    """
    change(started, ("billing: {name: Billing or payment}", BILLING))
    await started.done(*rebase(started, "ACME/4711", *WHO, "--yes", "--category", "billing"))

    after = await started.json("show", "ACME/4711")
    assert ("billing", "finance") == (after["category"], after["owner"])


BILLING = "billing: {name: Billing or payment, levels: {1: {contacts: [finance], window: 2 - 4 business h}}}"


async def test_what_has_ended_is_not_shown_as_if_it_could_be_rebased(started: Terminal) -> None:
    """
    CLOSE-10: refused at the preview already.
    """
    await started.done("cancel", "ACME/4711", "--as", "elena", "--why", "the customer withdrew it")
    change(started, WINDOW)

    status, _, complained = await started.type(*rebase(started, "ACME/4711", "--dry-run"))

    assert 0 != status
    assert "it has ended" in complained
