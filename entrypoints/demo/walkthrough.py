"""
The story of the demo.

What people do is done by the command line, or by the link in a message, so what is shown can be done again. Everything
else (rises, reminders, messages) happens by itself.
"""

import asyncio
import os
import sys
import tempfile
from pathlib import Path
from shutil import which
from urllib.parse import quote

from entrypoints.demo.display import Display, RunCommand
from entrypoints.demo.message_page import keep_messages
from entrypoints.demo.servers import DemoServers, world
from entrypoints.terminal import out
from runtime.settings import ROOT
from worker import stop_signals

KEY = "ACME/4711"
FORCE = "dry-pallets"
JO = "jo.buyer@acme.example"


async def demo(run: RunCommand, *, keep: bool, papers: Path | None) -> None:
    """
    Tell the story, typed by *run*. With *papers*, write messages, RCA and report into that folder; with *keep*, leave
    everything running until Ctrl-C.

    Raises:
        RuntimeFault: If the server cannot start.
        DemoFault: If the story went another way than it should.
    """
    with tempfile.TemporaryDirectory(prefix="escalation-demo-") as folder, stop_signals() as stop:
        async with world(Path(folder)) as here:
            began = asyncio.get_running_loop().time()
            stage = await _play(here, run, papers)
            _sum_up(here, asyncio.get_running_loop().time() - began)
            if papers:
                keep_messages(here.mailbox.messages(), stage.chapters, papers)
                out.print(
                    f"What was written is in {papers}: the messages in messages.html, the RCA, the report."
                )
            else:
                out.print("Nothing is kept of it; --papers FOLDER keeps the messages, the RCA and a report.")
            if keep:
                _say_where(here)
                await stop.wait()


def _say_where(here: DemoServers) -> None:
    """Addresses are said only while somebody answers there."""
    out.print("\nStill running; Ctrl-C ends it. In a browser:")
    out.print(f"  {here.web_ui}/namespaces/default/workflows/{quote(KEY, safe='')}")
    out.print("In another terminal:")
    program = "escalate" if which("escalate") else os.path.relpath(Path(sys.executable).with_name("escalate"))
    out.print(f"  TEMPORAL_ADDRESS={here.address} {program} list --all")


def _example(name: str) -> str:
    """Return the path of an example from here, so that what is shown can be typed again."""
    return os.path.relpath(ROOT / "examples" / name)


async def _play(here: DemoServers, run: RunCommand, papers: Path | None) -> Display:
    stage = Display(here, KEY, run)
    followed = asyncio.create_task(stage.follow())
    try:
        await _starts_and_rises(stage)
        await _communicates(stage)
        await _deploys_a_task_force(stage)
        await _resolves(stage)
        await _closes(stage, papers)
        await _looks_back(stage, papers)
    finally:
        followed.cancel()
    return stage


def _sum_up(here: DemoServers, seconds: float) -> None:
    messages = here.mailbox.messages()
    people = {recipient for message in messages for recipient in message.recipients}
    out.print(
        f"\nDone in {seconds:.0f} s: {len(messages)} messages to {len(people)} addresses, each sent once."
    )


async def _starts_and_rises(stage: Display) -> None:
    await stage.chapter("A complaint comes in by phone: the call centre owns it, and everybody is notified")
    await stage.types("start", _example("complaint.yaml"))
    await stage.chapter("Nobody acknowledges: there are reminders, and the level is raised three times")
    await stage.until_level(4)
    await stage.chapter(
        "At level 4 somebody acknowledges; the customer asks for the director, so the level is raised at once"
    )
    await stage.answers("sofia.marino@example.com", "it is yours")
    await stage.types("respond", KEY, "investigate further", "--as", "sofia")
    await stage.types(
        "trigger", KEY, "asks_for_director", "--as", "sofia", "-m", "Jo asks for Daniel by name"
    )
    await stage.types("ack", KEY, "--as", "daniel")


async def _communicates(stage: Display) -> None:
    await stage.chapter("The state machine and the roles say which moves are allowed")
    await stage.types("close", KEY, "--as", "elena", refused=True)
    await stage.types("plan", KEY, "--step", "nobody: Wave a wand", "--as", "daniel", bad=True)
    await stage.chapter("A plan, an update for the customer, a pause while we wait for photographs")
    await stage.types(
        "plan", KEY, "--as", "daniel", "--step", "hannah: Find out how the pallets became wet",
        "--step", "daniel: Send new goods today",
    )  # fmt: skip
    await stage.types(
        "update", KEY, "--as", "daniel", "--customer", "New goods leave our warehouse this afternoon."
    )
    await stage.types(
        "pause", KEY, "waiting_for_customer", "--as", "daniel", "-m", "Photographs of the labels"
    )
    await stage.types("resume", KEY, "--as", "daniel")


async def _deploys_a_task_force(stage: Display) -> None:
    await stage.chapter("A task force finds the cause: one person declines a seat, the next one accepts it")
    of_the_force = (KEY, FORCE)
    await stage.types(
        "task-force", "deploy", *of_the_force, "--as", "daniel", "--lead", "hannah",
        "--mission", "Find out where pallets become wet", "--seat", "agent=tom,maya",
    )  # fmt: skip
    await stage.types(
        "task-force", "decline", *of_the_force, "--as", "tom", "--why", "On leave from tomorrow"
    )
    await stage.types("task-force", "accept", *of_the_force, "--as", "maya")
    await stage.types(
        "task-force", "task", "add", *of_the_force, "Read a week of loading logs", "--as", "hannah", "--owner", "maya",
    )  # fmt: skip
    await stage.types("task-force", "task", "done", *of_the_force, "1", "--as", "maya")
    await stage.types(
        "task-force",
        "report",
        *of_the_force,
        "--as",
        "hannah",
        "--text",
        "Bay 3 has no roof; loading moves to bay 1",
    )


async def _resolves(stage: Display) -> None:
    await stage.chapter(
        "A resolution is declared, and somebody else rejects it; the task force is stood down"
    )
    await stage.types(
        "resolve", KEY, "--as", "daniel", "--workaround", "--done", "Promised new goods by phone"
    )
    await stage.types("verify", KEY, "--as", "daniel", refused=True)
    await stage.types("reject", KEY, "--as", "aisha", "--why", "A promise is no goods")
    await _resolved(stage, "New goods delivered and signed for", "Your new goods have arrived.")
    await stage.chapter("The customer is asked and says no, so work on the resolution goes on")
    await stage.answers(JO, "Can you use the service", answer="no", comment="One pallet is still wet")
    await _resolved(stage, "Replaced the last pallet", "The last pallet has been replaced.")
    await stage.answers(JO, "Can you use the service", answer="yes", comment="")


async def _resolved(stage: Display, done: str, customer: str) -> None:
    await stage.types("resolve", KEY, "--as", "daniel", "--done", done, "--customer", customer)
    await stage.types("verify", KEY, "--as", "aisha")


async def _closes(stage: Display, papers: Path | None) -> None:
    await stage.chapter("The close is refused until everything is done")
    await stage.types("close", KEY, "--as", "elena", refused=True)
    await stage.types("settle", KEY, "INC-2041", "--as", "maya")
    await stage.types("rca", "file", KEY, _example("rca.yaml"), "--as", "kemal")
    await stage.types("rca", "derive", KEY, "--as", "kemal")
    await stage.types("rca", "approve", KEY, "--as", "elena")
    await stage.types("rca", "share", KEY, "--as", "dewi")
    if papers:
        for audience in ("internal", "customer"):
            paper = str(papers / f"rca-{audience}.pdf")
            await stage.types("rca", "document", KEY, "--audience", audience, "--pdf", paper)
    await stage.types("close", KEY, "--as", "elena")
    await stage.chapter("After the close: the customer's survey, and the actions that we promised")
    await stage.answers(JO, "how we did", score="2", comment="You listened in the end, but it took too long")
    await stage.message("elena.petrova@example.com", "not satisfied")
    await stage.types("actions")


async def _looks_back(stage: Display, papers: Path | None) -> None:
    await stage.chapter("The record keeps everything, and a report sums it up")
    await stage.types("records", "show", KEY, lines=12)
    await stage.types("report", lines=24)
    if papers:
        await stage.types("report", "--by", "category", "--html", str(papers / "report.html"))
