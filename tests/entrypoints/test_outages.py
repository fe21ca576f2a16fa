"""
Outages, approvals, scripts, messages and plans in a terminal.
"""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from entrypoints.cli.render.action_plan import differences
from escalation.case.action_plan import ActionPlan, Step
from escalation.kernel.values import InternalText
from tests.entrypoints.conftest import Terminal

EXAMPLES = Path(__file__).parents[2] / "examples"
KEY = "ACME/4711"
COMPLAINT = str(EXAMPLES / "complaint.yaml")


async def test_a_start_that_names_an_outage_says_where_it_joined(terminal: Terminal) -> None:
    """
    START-5: so does whoever looks at its key later; a move there says where it belongs.
    """
    await terminal.done("start", COMPLAINT)
    joined = await terminal.done(
        "start", COMPLAINT, "--key", "ACME/7", "--outage", KEY, "--customer", "BOLT:Bo:bo@bolt.example"
    )
    status, _, complained = await terminal.type("ack", "ACME/7", "--as", "maya")

    assert f"ACME/7 joined {KEY}" in joined
    assert f"ACME/7 joined {KEY}" in await terminal.done("show", "ACME/7")
    assert (1, True) == (status, f"ACME/7: joined {KEY}; acknowledge there" in complained)


async def test_another_tenants_outage_is_joined_where_the_playbook_shares_it(terminal: Terminal) -> None:
    """
    START-5: what is told in an outage reaches all who joined.
    """
    await terminal.done("start", COMPLAINT)
    bolt = ("start", COMPLAINT, "--key", "BOLT/7", "--outage", KEY, "--customer", "BOLT:Bo:bo@bolt.example")
    status, _, complained = await terminal.type(*bolt)
    assert (2, True) == (status, "an outage of its own tenant, BOLT/…" in complained)

    written = terminal.playbook.read_text(encoding="utf-8")
    terminal.playbook.write_text(f"{written}\nshared_outages: ACME\n", encoding="utf-8")
    assert f"BOLT/7 joined {KEY}" in await terminal.done(*bolt)


async def test_a_text_waits_is_edited_approved_and_read_out(terminal: Terminal) -> None:
    """
    COMM-6, COMM-7: agents answer with the text that was approved, in the customer's language.
    """
    approvals = "\napprovals: {customer_updates: [support_manager, escalation_manager]}\n"
    terminal.playbook.write_text(terminal.playbook.read_text(encoding="utf-8") + approvals, encoding="utf-8")
    await terminal.done("start", COMPLAINT)
    await terminal.done("update", KEY, "--as", "maya", "--customer", "Soon.")

    assert "1 by maya: Soon." in await terminal.done("show", KEY)
    status, _, complained = await terminal.type("message", "approve", KEY, "--as", "jonas")
    assert (1, True) == (status, "may not approve text" in complained)
    await terminal.done("message", "edit", KEY, "1", "--as", "elena", "--text", "By noon.")
    status, _, complained = await terminal.type("message", "approve", KEY, "--as", "elena")
    assert (1, True) == (status, "somebody else must approve it" in complained)
    assert "update to customers" in await terminal.done("message", "approve", KEY, "--as", "priya")
    status, _, complained = await terminal.type("message", "reject", KEY, "--as", "elena", "--why", "late")
    assert (1, True) == (status, "because no text waits for approval" in complained)

    said = await terminal.done("script", KEY, "--lang", "id", "--tz", "Asia/Jakarta")
    assert "By noon." in said
    assert "Kami akan mengabari Anda kembali" in said
    assert "By noon." == (await terminal.json("script", KEY))["text"]


async def test_every_message_is_listed_with_its_result_and_key(terminal: Terminal) -> None:
    """
    COMM-12, COMM-13: who, on which occasion, by which channel, when, with what result.
    """
    started = await terminal.json("start", COMPLAINT)
    await terminal.mailbox.arrived(2)
    sent = await terminal.json("messages", KEY)
    while not sent:
        sent = await terminal.json("messages", KEY)

    receipt = next(each for each in sent if each["occasion"] == "case_received")
    assert ("email", "delivered") == (receipt["channel"], receipt["state"])
    assert receipt["key"].startswith(started["id"])
    assert receipt["key"] in await terminal.done("messages", KEY)


async def test_each_version_of_the_plan_can_be_read_and_compared(terminal: Terminal) -> None:
    """
    COMM-10: who wrote it, why, and what changed.
    """
    await terminal.done("start", COMPLAINT)
    await terminal.done("plan", KEY, "--as", "elena", "--step", "hannah: Find the cause", "--why", "a start")
    await terminal.done(
        "plan", "write", KEY, "--as", "elena", "--step", "tom: Find the cause", "--step", "hannah: Mend it"
    )

    first = await terminal.done("plan", "show", KEY, "--version", "1")
    assert "version 1, elena" in first
    assert "a start" in first
    changes = (await terminal.json("plan", "show", KEY, "--diff"))["changes"]
    assert ["~ · Find the cause (tom), was: · Find the cause (hannah)", "+ · Mend it (hannah)"] == changes
    status, _, complained = await terminal.type("plan", "show", KEY, "--version", "9")
    assert (2, True) == (status, "--version: given 9; allowed: 1, 2" in complained)


def test_a_difference_names_what_is_gone() -> None:
    """
    COMM-10.
    """
    gone = Step(what=InternalText("Wait"), owner="tom")
    at = datetime(2026, 3, 2, tzinfo=UTC)
    before = ActionPlan(version=1, steps=(gone,), by="ana", at=at, why=InternalText(""))

    assert ["- · Wait (tom)"] == list(differences(before, replace(before, version=2, steps=())))
