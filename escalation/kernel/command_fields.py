"""
Fields of a command as plain data: options of the command line, forms and operations come from them.

Knows no terminal and no HTTP. What cannot be said in one text or number (a file, a list of seats) is a record. It
imports no pydantic, because help and completion read fields from a file; `field_reader` reads those of a command.
"""

from enum import StrEnum
from typing import NamedTuple


class FieldKind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    CHOICE = "choice"
    INSTANT = "instant"
    DAY = "day"
    SPAN = "span"
    RECORD = "record"


class CommandField(NamedTuple):
    """One field: its name, what it takes, and what it means."""

    name: str
    kind: FieldKind
    is_list: bool
    is_required: bool
    default: str
    """Default as a person would write it; empty, if there is none."""
    values: tuple[str, ...]
    """Values that a choice has."""
    description: str
