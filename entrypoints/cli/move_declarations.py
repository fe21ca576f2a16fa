"""
The moves as they are declared, and the values that options can have: read from `moves.json` beside this file.

The rules declare them, as pydantic models. `make docs` writes what a terminal needs of that into the file, so that help
and completion need not import the rules; a test says when it is out of date.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from escalation.kernel.command_fields import CommandField, FieldKind

FILE = Path(__file__).with_name("moves.json")
Words = tuple[str, ...]


class DeclaredMove(NamedTuple):
    """A move that a person can type: its words, whose move it is, and its fields."""

    words: Words
    """After `escalate`."""
    subject: str
    """The kind of thing that moves: an escalation, a task force, a sponsorship."""
    kind: str
    """The name among the moves of the subject."""
    help: str
    fields: tuple[CommandField, ...]


@cache
def _read() -> Any:
    return json.loads(FILE.read_text(encoding="utf-8"))


@cache
def declared_moves() -> dict[Words, DeclaredMove]:
    """Return the moves by their words."""
    moves = [
        DeclaredMove(
            tuple(move["words"]), move["subject"], move["kind"], move["help"], _fields(move["fields"])
        )
        for move in _read()["moves"]
    ]
    return {move.words: move for move in moves}


def forget() -> None:
    """Forget what was read, because the file has been written again."""
    _read.cache_clear()
    declared_moves.cache_clear()


def fields_of_start() -> tuple[CommandField, ...]:
    """Return the fields of the request that starts an escalation."""
    return _fields(_read()["start"])


def values_of(name: str) -> tuple[str, ...]:
    """Return the values of an enumeration of the rules, such as ``priority``."""
    return tuple(_read()["values"][name])


def _fields(written: list[dict[str, Any]]) -> tuple[CommandField, ...]:
    return tuple(
        CommandField(**field | {"kind": FieldKind(field["kind"]), "values": tuple(field["values"])})
        for field in written
    )
