"""
Display of the demo: what people type and answer, what happens by itself, and each message as it arrives.

It must not know the story.
"""

import asyncio
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from html import unescape
from io import StringIO
from itertools import groupby
from urllib.parse import urlencode

import httpx
from rich.text import Text

from channels.loopback_mailbox import ReceivedMessage
from entrypoints.demo.message_page import Chapter
from entrypoints.demo.servers import DemoServers
from entrypoints.exit_status import BAD_INPUT, DONE, REFUSED
from entrypoints.reason_text import say
from entrypoints.terminal import out
from escalation.kernel.timeline_entry import TimelineEntry

_PATIENCE = 60.0
_UNTOLD = frozenset({"clock_started", "clock_ended", "delivery_reported", "communication_begun"})
"""Entries of the timeline that the messages, or the moves themselves, tell better."""
_A_MOMENT = 0.25
_MOST_NAMES = 3
_AS_A_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_LINK = re.compile(r"http://127\.0\.0\.1:\d+/answer/[\w.-]+")


RunCommand = Callable[[list[str]], int]
"""Runs a command line and returns its exit status: the program `escalate` itself."""


class DemoFault(Exception):
    """The story did not go as it should."""


class Display:
    """Shows what becomes of the escalation *key* in *world*."""

    def __init__(self, world: DemoServers, key: str, run: RunCommand) -> None:
        self._world = world
        self._run = run
        self._key = key
        self._printed = 0
        self.chapters: list[Chapter] = []
        """Chapters that have begun."""

    async def chapter(self, title: str) -> None:
        await self._quiet()
        self.chapters.append(Chapter(title, self._printed))
        out.print(Text(f"\n── {title}", style="bold"))

    async def types(
        self, *words: str, refused: bool = False, bad: bool = False, lines: int | None = None
    ) -> None:
        """
        The command line, with *words*; only the first *lines* of a long answer are shown.

        Raises:
            DemoFault: If it ended with another exit status.
        """
        await self._quiet()
        typed = " ".join(f"'{word}'" if " " in word else word for word in words)
        out.print(Text(f"$ escalate {typed}", style="bold green"))
        with (
            _shortened(lines),
            redirect_stderr(sys.stdout),
        ):  # a story is read in one piece, through a pipe too
            status = await asyncio.to_thread(self._run, list(words))
        expected = REFUSED if refused else BAD_INPUT if bad else DONE
        if status != expected:
            raise DemoFault(f"escalate {typed}: exit status {status}, expected {expected}")

    async def answers(self, reader: str, subject: str, **answer: str) -> None:
        """
        The page behind the link in *reader*'s latest message about *subject*, its button pressed.

        Raises:
            DemoFault: If there is no such message, or the page takes no such answer.
        """
        await self._quiet()
        message = await self.message(reader, subject)
        link = _LINK.search(message.text)
        said = ", ".join(f"{name}: {value}" for name, value in answer.items() if value)
        out.print(
            Text(
                f"☞ {message.to_name} presses the button behind the link  {said}".rstrip(),
                style="bold magenta",
            )
        )
        if link is None:
            raise DemoFault(f"the message to {reader}, {message.subject!r}, has no link")
        async with httpx.AsyncClient(follow_redirects=True) as browser:
            page = await browser.post(link.group(), content=urlencode(answer), headers=_AS_A_FORM)
        if page.is_error:
            raise DemoFault(f"{message.subject!r} answered by {reader}: HTTP {page.status_code}")
        out.print(Text(f"  the page says: {_words_of(page.text)}", style="magenta"))

    async def message(self, to: str, subject: str) -> ReceivedMessage:
        """
        The latest message *to* that address whose subject has *subject* in it, once there is one.

        Raises:
            DemoFault: If none comes.
        """
        for _ in range(int(_PATIENCE / _A_MOMENT)):
            for message in reversed(self._world.mailbox.messages(to)):
                if subject in message.subject:
                    return message
            await asyncio.sleep(_A_MOMENT)
        raise DemoFault(f"no message about {subject!r} came to {to} within {_PATIENCE:.0f} s")

    async def until_level(self, level: int) -> None:
        """
        Raises:
            DemoFault: If it does not rise.
        """
        for _ in range(int(_PATIENCE / _A_MOMENT)):
            if (await self._world.client.view(self._key)).level >= level:
                return
            await asyncio.sleep(_A_MOMENT)
        raise DemoFault(f"it did not rise to level {level} within {_PATIENCE:.0f} s")

    async def _quiet(self) -> None:
        """Wait until no further message comes."""
        seen = -1
        while seen < len(self._world.mailbox.messages()):
            seen = len(self._world.mailbox.messages())
            await asyncio.sleep(_A_MOMENT)
        self._print_messages()

    async def follow(self) -> None:
        """Tell what happens by itself."""
        while True:
            try:
                async for _, entries in self._world.client.watch(self._key, every=0.2):
                    _print_entries(entries)
                    self._print_messages()
                return
            except Exception:
                await asyncio.sleep(0.2)

    def _print_messages(self) -> None:
        """Print the messages that arrived since; one line for all that say the same."""
        messages = self._world.mailbox.messages()
        for subject, alike in groupby(messages[self._printed :], key=lambda message: message.subject):
            out.print(Text(f"  ✉ {_names(alike)}: {subject}", style="blue"))
        self._printed = len(messages)


@contextmanager
def _shortened(lines: int | None) -> Iterator[None]:
    """For what is said when nothing happens by itself any more: others would be silent meanwhile."""
    if lines is None:
        yield
        return
    with redirect_stdout(StringIO()) as said:
        yield
    shown = said.getvalue().splitlines()
    out.print(*shown[:lines], f"… and {len(shown) - lines} lines more", sep="\n", markup=False)


def _print_entries(entries: Iterable[TimelineEntry]) -> None:
    for entry in entries:
        if entry.by == "engine" and entry.kind not in _UNTOLD:
            out.print(Text(f"  ⏱ {entry.at:%H:%M:%S} {say(entry.what)}", style="yellow"))


def _words_of(page: str) -> str:
    """Return the heading of one of our pages, and what it says below."""
    found = re.search(r"<h1>(.*?)</h1>\s*<p>(.*?)</p>", page, re.DOTALL)
    if found is None:
        raise DemoFault("the page behind a link says nothing")
    return ". ".join(" ".join(unescape(part).split()) for part in found.groups())


def _names(messages: Iterable[ReceivedMessage]) -> str:
    names = [message.to_name or ", ".join(message.recipients) for message in messages]
    others = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {others} more" if others > 0 else "")
