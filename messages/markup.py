"""
The marks of a message: lines with a few marks become parts, and parts become plain text.

Owns the marks that a template may use, and that nothing else can make one: a value put into a template is guarded, so
that whatever it holds it begins no part and ends no line. It must not know templates, languages or HTML.

    # a heading (in HTML alone: as text the subject says it)
    ## a section of a longer message
    - an item of a list
    > what somebody said
    | a label | its value
    $ a command to type
    [what it does](https://…)   a button, alone on its line

Anything else is a paragraph; an empty line ends a part.
"""

import re
import textwrap
from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple, assert_never

from markupsafe import Markup

_OPENED, _CLOSED, _NEXT_LINE = "\x02", "\x03", "\x04"
"""Control characters, which nobody's text has any more by the time that it comes here."""
_UNGUARDED = str.maketrans({_OPENED: None, _CLOSED: None, _NEXT_LINE: "\n"})
_VALUE = f"{_OPENED}[^{_CLOSED}]*{_CLOSED}"
_BUTTON = re.compile(rf"\[((?:{_VALUE}|[^]{_OPENED}])+)\]\((.+)\)")
_ROW = re.compile(rf"((?:{_VALUE}|[^|{_OPENED}])*)\|(.*)")
_LEADS_SOMEWHERE_SAFE = re.compile(r"(?:https?://|mailto:)\S+")
_LONGEST_RULE = 72


class PartKind(StrEnum):
    HEADING = "heading"
    SECTION = "section"
    ITEMS = "items"
    QUOTE = "quote"
    FACTS = "facts"
    COMMANDS = "commands"
    BUTTON = "button"
    PARAGRAPH = "paragraph"


_MARKS = {
    "# ": PartKind.HEADING,
    "## ": PartKind.SECTION,
    "- ": PartKind.ITEMS,
    "> ": PartKind.QUOTE,
    "| ": PartKind.FACTS,
    "$ ": PartKind.COMMANDS,
}


class Part(NamedTuple):
    kind: PartKind
    rows: tuple[tuple[str, ...], ...]
    """Facts have a label and a value, a button what it does and its address, all others one text in each row."""


def escape_marks(value: str) -> Markup:
    """*value* as data; `unescape_marks` gives it back."""
    return Markup(_OPENED + value.replace("\n", _NEXT_LINE) + _CLOSED) if value else Markup()  # noqa: S704 (never HTML)


def unescape_marks(text: str) -> str:
    return text.translate(_UNGUARDED).strip()


def parts_of(source: str) -> tuple[Part, ...]:
    """The parts of a message, as its template wrote it."""
    return tuple(
        Part(kind, tuple(row for _, row in rows))
        for (kind, _), rows in groupby(_rows(source), key=lambda each: each[0])
        if kind is not None
    )


def _rows(source: str) -> Iterator[tuple[tuple[PartKind | None, int], tuple[str, ...]]]:
    """Each line with its kind, and the number of the block that it is in; None: an empty line."""
    block = 0
    for line in source.split("\n"):
        kind, row = _read(line.strip(" "))
        block += kind is None
        yield (kind, block), row


def _read(line: str) -> tuple[PartKind | None, tuple[str, ...]]:
    if not unescape_marks(line):
        return None, ()
    if button := _BUTTON.fullmatch(line):
        label, address = unescape_marks(button[1]), unescape_marks(button[2])
        if _LEADS_SOMEWHERE_SAFE.fullmatch(address):
            return PartKind.BUTTON, (label, address)
    mark, space, rest = line.partition(" ")
    kind = _MARKS.get(mark + space, PartKind.PARAGRAPH)
    if kind is PartKind.FACTS and (row := _ROW.fullmatch(rest)):
        return kind, (unescape_marks(row[1]), unescape_marks(row[2]))
    if kind in {PartKind.PARAGRAPH, PartKind.FACTS}:
        return PartKind.PARAGRAPH, (unescape_marks(line),)
    return kind, (unescape_marks(rest),)


def to_plain_text(parts: Iterable[Part]) -> str:
    """Plain text, as people write it in a letter."""
    written = (_as_text(part) for part in parts if part.kind is not PartKind.HEADING)
    return "\n\n".join("\n".join(line.rstrip() for line in text.split("\n")) for text in written) + "\n"


def _as_text(part: Part) -> str:
    text = "\n".join(row[0] for row in part.rows)
    match part.kind:
        case PartKind.FACTS:
            return textwrap.indent(_aligned(part.rows), "    ")
        case PartKind.BUTTON:
            return "\n".join(f"{label}: {address}" for label, address in part.rows)
        case PartKind.ITEMS:
            return "\n".join(f"  - {textwrap.indent(row[0], '    ').lstrip()}" for row in part.rows)
        case PartKind.QUOTE:
            return textwrap.indent(text, "    ")
        case PartKind.COMMANDS:
            return textwrap.indent(text, "  ")
        case PartKind.SECTION:
            return f"{text}\n{'-' * min(len(text), _LONGEST_RULE)}"
        case PartKind.PARAGRAPH | PartKind.HEADING:
            return text
        case never:
            assert_never(never)


def _aligned(rows: tuple[tuple[str, ...], ...]) -> str:
    width = max(len(label) for label, _ in rows)
    gap = " " * (width + 3)
    return "\n".join(
        f"{label.ljust(width)}   {textwrap.indent(value, gap).lstrip()}" for label, value in rows
    )
