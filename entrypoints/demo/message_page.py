"""Keepsake of the demo: its messages on one page, each as a mail client would show it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from itertools import pairwise
from pathlib import Path

from babel import Locale

from channels.loopback_mailbox import ReceivedMessage
from messages.html_forms import html_forms

_LINK = re.compile(r' href="http://127\.0\.0\.1:\d+/[^"]*"')
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/\S+")
_ENDED = "(a link to the demo, which has ended)"


@dataclass(frozen=True)
class Chapter:
    """A part of the story, and how many messages had arrived when it began."""

    title: str
    first: int


@dataclass(frozen=True)
class Card:
    """A message as the page shows it."""

    number: int
    heading: str
    """The subject, without the parts that all subjects have in common."""
    language: str
    language_name: str
    at: datetime
    message: ReceivedMessage

    @property
    def html(self) -> str:
        return _LINK.sub("", self.message.html or "")

    @property
    def text(self) -> str:
        return _ADDRESS.sub(_ENDED, self.message.text)


def keep_messages(messages: Sequence[ReceivedMessage], chapters: Sequence[Chapter], folder: Path) -> None:
    """
    Write ``messages.html`` into *folder*, and every attachment beside it; of several that have one name, the last.

    Links into the demo are left out of the messages: whoever reads them finds nobody there any more.
    """
    forms = html_forms(Path(__file__).parent)
    cards = [_card(number, message) for number, message in enumerate(messages, 1)]
    page = forms.get_template("messages.html").render(
        chapters=list(_by_chapter(cards, chapters)), cards=cards
    )
    (folder / "messages.html").write_text(page, encoding="utf-8")
    for message in messages:
        for name, content in message.attachments.items():
            (folder / name).write_bytes(content)


def _by_chapter(cards: Sequence[Card], chapters: Iterable[Chapter]) -> Iterator[tuple[str, Sequence[Card]]]:
    """Yield each chapter in which messages arrived, with these."""
    for here, following in pairwise((*chapters, Chapter("", len(cards)))):
        if arrived := cards[here.first : following.first]:
            yield here.title, arrived


def _card(number: int, message: ReceivedMessage) -> Card:
    heading = re.sub(r"^\[[^\]]*\] ", "", message.subject).partition(": ")[0]
    language = str(message.message["Content-Language"] or "en")
    name = Locale.parse(language, sep="-").get_language_name("en") or language
    at = parsedate_to_datetime(str(message.message["Date"]))
    return Card(number, heading, language, name, at, message)
