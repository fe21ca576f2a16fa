"""
The demo: a complaint through its whole life, on a server and a mailbox of its own, told as it happens.

What people do is done by the command line itself, so what is shown can be typed. Everything else (rises, reminders,
letters) happens by itself, and is told when it does. Nothing is left running or on disk.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, redirect_stderr
from pathlib import Path
from urllib.parse import quote

from rich.text import Text

from channels.loopback import LoopbackMailbox, ReceivedLetter
from client import EscalationClient
from entrypoints.showing import out
from escalation.lifecycle import State
from escalation.story import Entry
from runtime.settings import ROOT, Settings, SmtpTls
from worker import Serving, serving, stop_signals

KEY = "ACME/4711"
_UNTOLD = frozenset({"clock_started", "clock_ended", "messages_sent", "communication_begun"})
"""Entries of the timeline that the letters, or the moves themselves, tell better."""
_PATIENCE = 60.0


async def demo(*, keep: bool) -> None:
    """
    Tell the story; with *keep*, leave server and worker running until Ctrl-C.

    Raises:
        RuntimeFault: If the server cannot start.
        DemoFault: If the story went another way than it should.
    """
    with tempfile.TemporaryDirectory(prefix="escalation-demo-") as folder, stop_signals() as stop:
        async with LoopbackMailbox() as mailbox, _world(Path(folder), mailbox) as world:
            story = _Story(world, mailbox)
            followed = asyncio.create_task(story.follow())
            try:
                with _alone(world, Path(folder)):
                    await story.tell()
            finally:
                followed.cancel()
            story.end()
            if keep:
                out.print("\nStill running; Ctrl-C ends it. In another terminal:")
                out.print(
                    f"  TEMPORAL_ADDRESS={world.client.service_client.config.target_host} escalate list --all"
                )
                await stop.wait()


class DemoFault(Exception):
    """The story did not go as it should."""


@asynccontextmanager
async def _world(folder: Path, mailbox: LoopbackMailbox) -> AsyncIterator[Serving]:
    settings = Settings(
        state_folder=folder / "state",
        playbook=ROOT / "playbooks" / "demo.yaml",
        server_port=0,
        ui_port=0,
        smtp_host=mailbox.host,
        smtp_port=mailbox.port,
        smtp_tls=SmtpTls.NONE,
        smtp_sender="escalations@support.example",
    )
    async with serving(settings, always_embedded=True) as running:
        yield running


class _Story:
    def __init__(self, world: Serving, mailbox: LoopbackMailbox) -> None:
        self._client = EscalationClient(world.client)
        self._world = world
        self._mailbox = mailbox
        self._letters_told = 0
        self._began = asyncio.get_running_loop().time()

    async def tell(self) -> None:
        server = self._world.server
        if server:
            out.print(
                Text(
                    f"Web UI: {server.ui_url}/namespaces/default/workflows/{quote(KEY, safe='')}",
                    style="cyan",
                )
            )
        self._chapter("A complaint comes in by phone; the call centre has it, and everybody is told")
        await self._do("start", "examples/complaint.yaml")
        self._chapter("Nobody acknowledges: it is reminded of, and rises by itself, three times")
        await self._until_level(4)
        self._chapter("At level 4 somebody takes it; the customer wants the director, so it goes up at once")
        await self._do("ack", KEY, "--as", "sofia")
        await self._do("respond", KEY, "investigate further", "--as", "sofia")
        await self._do(
            "trigger", KEY, "asks_for_director", "--as", "sofia", "-m", "Jo asks for Daniel by name"
        )
        await self._do("ack", KEY, "--as", "daniel")
        self._chapter("Not everything is allowed: the state machine and the roles say what is")
        await self._do("close", KEY, "--as", "elena", refused=True)
        await self._do("plan", KEY, "--step", "nobody: Wave a wand", "--as", "daniel", bad=True)
        self._chapter("A plan, an update for the customer, a pause while we wait for photographs")
        await self._do(
            "plan", KEY, "--as", "daniel", "--step", "hannah: Find out how the pallets became wet",
            "--step", "daniel: Send new goods today",
        )  # fmt: skip
        await self._do(
            "update", KEY, "--as", "daniel", "--customer", "New goods leave our warehouse this afternoon."
        )
        await self._do(
            "pause", KEY, "waiting_for_customer", "--as", "daniel", "-m", "Photographs of the labels"
        )
        await self._do("resume", KEY, "--as", "daniel")
        self._chapter("A resolution is declared, verified by somebody else, and rejected")
        await self._do(
            "resolve", KEY, "--as", "daniel", "--workaround", "--done", "Promised new goods by phone"
        )
        await self._do("verify", KEY, "--as", "daniel", refused=True)
        await self._do("reject", KEY, "--as", "aisha", "--why", "A promise is no goods")
        await self._do(
            "resolve", KEY, "--as", "daniel", "--done", "New goods delivered and signed for",
            "--customer", "Your new goods have arrived. We are sorry for the two deliveries before.",
        )  # fmt: skip
        await self._do("verify", KEY, "--as", "aisha")
        self._chapter("Closing: nothing is forgotten, because the close is refused until it is done")
        await self._do("close", KEY, "--as", "elena", refused=True)
        await self._do("confirm-access", KEY, "ACME", "--as", "dewi")
        await self._do("settle", KEY, "INC-2041", "--as", "maya")
        await self._do("rca", "file", KEY, "examples/rca.yaml", "--as", "kemal")
        await self._do("rca", "derive", KEY, "--as", "kemal")
        await self._do("rca", "approve", KEY, "--as", "elena")
        await self._do("rca", "share", KEY, "--as", "dewi")
        await self._do("close", KEY, "--as", "elena")
        await self._until_quiet()

    def end(self) -> None:
        letters = self._mailbox.letters()
        seconds = asyncio.get_running_loop().time() - self._began
        people = {recipient for letter in letters for recipient in letter.recipients}
        out.print(
            f"\nDone in {seconds:.0f} s: {len(letters)} letters to {len(people)} addresses, each sent once."
        )

    async def follow(self) -> None:
        """Tell what happens by itself."""
        while True:
            try:
                async for _, entries in self._client.watch(KEY, every=0.2):
                    self._tell_entries(entries)
                    self._tell_letters()
                return
            except Exception:
                await asyncio.sleep(0.2)

    def _chapter(self, title: str) -> None:
        out.print(Text(f"\n── {title}", style="bold"))

    async def _do(self, *words: str, refused: bool = False, bad: bool = False) -> None:
        """Run the command line with *words*."""
        from entrypoints import cli

        self._tell_letters()
        shown = " ".join(f"'{word}'" if " " in word else word for word in words)
        out.print(Text(f"$ escalate {shown}", style="bold green"))
        with redirect_stderr(sys.stdout):  # a story is read in one piece, also through a pipe
            status = await asyncio.to_thread(cli.run, list(words))
        expected = cli.REFUSED if refused else cli.BAD_INPUT if bad else cli.DONE
        if status != expected:
            raise DemoFault(f"escalate {shown}: exit status {status}, expected {expected}")
        await asyncio.sleep(0.3)

    async def _until_level(self, level: int) -> None:
        async with asyncio.timeout(_PATIENCE):
            while (await self._client.view(KEY)).level < level:  # noqa: ASYNC110 - the story only looks
                await asyncio.sleep(0.2)
        await asyncio.sleep(0.8)  # for the letters to arrive, and to be told

    async def _until_quiet(self) -> None:
        async with asyncio.timeout(_PATIENCE):
            while True:
                view = await self._client.view(KEY)
                if view.state is State.CLOSED and any("closed" in x.subject for x in self._mailbox.letters()):
                    break
                await asyncio.sleep(0.2)
        await asyncio.sleep(0.5)
        self._tell_letters()

    def _tell_entries(self, entries: tuple[Entry, ...]) -> None:
        for entry in entries:
            if entry.by == "engine" and entry.kind not in _UNTOLD:
                out.print(Text(f"  ⏱ {entry.at:%H:%M:%S} {entry.text}", style="yellow"))

    def _tell_letters(self) -> None:
        letters = self._mailbox.letters()
        for letter in letters[self._letters_told :]:
            out.print(_line(letter))
        self._letters_told = len(letters)


def _line(letter: ReceivedLetter) -> Text:
    return Text(f"  ✉ {', '.join(letter.recipients)}: {letter.subject}", style="blue")


@contextmanager
def _alone(world: Serving, folder: Path) -> Iterator[None]:
    """The command line finds this server, and nothing of another Temporal or another person's settings."""
    nothing = folder / "temporal.toml"
    nothing.touch()
    before = dict(os.environ)
    for name in before:
        if name.startswith(("TEMPORAL_", "ESCALATION_")):
            del os.environ[name]
    os.environ["TEMPORAL_ADDRESS"] = world.client.service_client.config.target_host
    os.environ["TEMPORAL_CONFIG_FILE"] = str(nothing)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
