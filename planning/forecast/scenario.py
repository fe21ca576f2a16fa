"""
Scenario: the moves that people make in a forecast, and when.

A list in YAML or JSON; each entry names its instant (``after``: so long after the start, by the wall clock; ``at``: a
local time), the move, who makes it, and what that move takes::

    - {after: 10 min, move: acknowledge, by: maya}
    - {at: 2026-11-23T09:30, move: report_trigger, by: maya, trigger: asks_for_manager}

The rules decide whether a move is allowed when its time comes.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from escalation.case.move_index import PERSONS_COMMANDS, PersonsCommand
from escalation.case.state import Escalation
from escalation.kernel.reasons import InvalidValue, Part, reason
from escalation.kernel.refusals import BadRequest, Fault, findings_of, nearest, quote_input
from escalation.policy.spans import SpanFault, parse_span
from planning.calendars.instants import parse_instant
from planning.forecast.simulation import PlannedMove
from planning.playbook.yaml_tree import Node, Sequence, Unreadable, place_fault, place_of, read_yaml, to_plain

_KINDS = {command.move.value: command for command in PERSONS_COMMANDS}
_WALL_CLOCK = "a span by the wall clock, such as 10 min, 1.5 h or 2 days"
_ENTRY_FORM = "a move, such as {after: 10 min, move: acknowledge, by: maya}"
_FORM = "a list of moves, such as: - {after: 10 min, move: acknowledge, by: maya}"


def read_scenario(data: bytes, source: str, starts_at: datetime, zone: ZoneInfo) -> tuple[PlannedMove, ...]:
    """
    Return the moves that *data* lists, for a start at *starts_at*; local times are those of *zone*.

    Raises:
        BadRequest: With every fault, each with its line and column.
    """
    try:
        tree, faults = read_yaml(data, source)
    except Unreadable as unreadable:
        raise BadRequest.because(reason("of.script"), (unreadable.fault,)) from None
    if not isinstance(tree, Sequence):
        faults = (*faults, Fault(place=tree.place, given=quote_input(to_plain(tree)), allowed=_FORM))
    moves, found = _read_moves(tree, starts_at, zone)
    if faults or found:
        raise BadRequest.because(reason("of.script"), (*faults, *found))
    return tuple(moves)


def _read_moves(tree: Node, starts_at: datetime, zone: ZoneInfo) -> tuple[list[PlannedMove], list[Fault]]:
    moves: list[PlannedMove] = []
    faults: list[Fault] = []
    for item in tree.items if isinstance(tree, Sequence) else ():
        try:
            moves.append(_Entry(item, starts_at, zone).move())
        except _Faulty as faulty:
            faults += faulty.faults
    return moves, faults


class _Faulty(Exception):
    """A part of an entry that cannot be used."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__()
        self.faults = faults


class _Entry:
    """One entry of the list, being read."""

    def __init__(self, node: Node, starts_at: datetime, zone: ZoneInfo) -> None:
        self._node = node
        self._starts_at = starts_at
        self._zone = zone

    def move(self) -> PlannedMove:
        """
        Raises:
            _Faulty: With everything that is wrong with the entry.
        """
        written = to_plain(self._node)
        if not isinstance(written, dict):
            raise self._wrong((), quote_input(written), _ENTRY_FORM)
        after, at = written.pop("after", None), written.pop("at", None)
        faults: list[Fault] = []
        try:
            instant = self._instant(after, at)
        except _Faulty as faulty:
            faults += faulty.faults
        try:
            command = self._command(written)
        except _Faulty as faulty:
            faults += faulty.faults
        if faults:
            raise _Faulty(*faults)
        return PlannedMove(instant, partial(_return_command, command))

    def _instant(self, after: Any, at: Any) -> datetime:
        if (after is None) == (at is None):
            given = "neither" if after is None else "both"
            raise self._wrong((), given, "either after (a span from the start) or at (a local time)")
        if at is not None:
            return self._at(at)
        try:
            return self._starts_at + _parse_wall_clock(after)
        except (SpanFault, OverflowError):
            raise self._wrong(("after",), quote_input(after), _WALL_CLOCK) from None

    def _at(self, text: Any) -> datetime:
        try:
            at = parse_instant(str(text), self._zone)
        except InvalidValue as error:
            raise self._wrong(("at",), quote_input(text), error.allowed) from None
        if at < self._starts_at:
            raise self._wrong(("at",), quote_input(text), "a time that is not before the start")
        return at

    def _command(self, written: dict[str, Any]) -> PersonsCommand:
        name = written.pop("move", None)
        kind = _KINDS.get(str(name))
        if kind is None:
            given = "nothing" if name is None else quote_input(name)
            raise self._wrong(("move",), given, ", ".join(_KINDS), nearest(str(name), _KINDS))
        try:
            return kind.model_validate(written)
        except ValidationError as error:
            raise _Faulty(*self._of_form(error)) from None

    def _of_form(self, error: ValidationError) -> Iterator[Fault]:
        return (place_fault(fault, found, self._node) for fault, found in findings_of(error))

    def _wrong(self, path: tuple[str, ...], given: str, allowed: Part, suggestion: str = "") -> _Faulty:
        where, place = ".".join(path), place_of(self._node, path)
        return _Faulty(Fault(where=where, place=place, given=given, allowed=allowed, suggestion=suggestion))


def _parse_wall_clock(text: Any) -> timedelta:
    if isinstance(text, str) and text.strip() in {"0", "0 min"}:
        return timedelta()
    span = parse_span(str(text))
    if span.always_in_open_hours:
        raise SpanFault(_WALL_CLOCK)
    return span.elapsed


def _return_command(command: PersonsCommand, _: Escalation) -> PersonsCommand:
    return command
