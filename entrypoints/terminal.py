"""
The terminal: the one way in which anything that this program says reaches one.

Owns that what is shown is text. A customer's words, a calendar's entry or an argument may hold escape sequences, which
drive a terminal, or what Rich would read as markup (`[red]`) or as an emoji (`:warning:`). Here nothing does. Must not
know what is shown.
"""

import json
import re
import sys
from collections.abc import Iterable
from typing import Any, TextIO

from pydantic import TypeAdapter
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from escalation.kernel.characters import HARMFUL, remove_harmful


class Terminal(Console):
    """A console for plain texts and what is built of them; colours come from styles, never from the texts."""

    def __init__(self, **options: Any) -> None:
        super().__init__(highlight=False, soft_wrap=True, markup=False, emoji=False, **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Everything that is printed passes here, whatever it is made of; control segments are Rich's own."""
        for segment in super().render(renderable, options):
            yield (
                segment
                if segment.control
                else segment._replace(text=_whole_flags(remove_harmful(segment.text)))
            )


_HALF_A_FLAG = re.compile(
    "(?<![\U0001f1e6-\U0001f1ff])((?:[\U0001f1e6-\U0001f1ff]{2})*)[\U0001f1e6-\U0001f1ff]…"
)


def _whole_flags(text: str) -> str:
    """Rich shortens a cell without cutting characters, but for flags, which it takes for two."""
    return _HALF_A_FLAG.sub(r"\1… ", text)


out = Terminal()
err = Terminal(stderr=True)


def write(text: str, stream: TextIO | None = None) -> None:
    """Write *text* as it is, such as a file's content, to *stream*, standard output unless given."""
    (stream or sys.stdout).write(remove_harmful(text))


def as_json(value: Any) -> None:
    """*value* as indented JSON on standard output; models, times and tuples become their JSON forms."""
    plain = TypeAdapter(Any).dump_python(value, mode="json")
    write_json(json.dumps(plain, ensure_ascii=False, indent=2))


def write_json(text: str, end: str = "\n") -> None:
    """Write JSON: what is harmful in a terminal is escaped, so that its reader gets what was there."""
    write(HARMFUL.sub(_escaped, text) + end)


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
