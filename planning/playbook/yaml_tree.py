"""
YAML as a tree with the place of every value.

Owns the safe reading of a file from outside: UTF-8 only, bounded size, depth and repetition, no duplicate keys, no
tags. Knows nothing of playbooks.
"""

# Theory of operation
#
# The parser of ruamel.yaml gives events with marks; ``_Composer`` makes a tree of them and counts while it does.
# Counting is why this is not the library's own composer: a file of a few lines can mean billions of values, since each
# alias to a list of aliases multiplies ("billion laughs"). So each use of an alias counts in full, and the reading
# stops at a bound. The anchored part itself is shared, not copied.
#
# Every scalar stays the text as written (``1.10`` is no number, ``no`` is no boolean): the schema decides on its type.

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from ruamel.yaml.reader import ReaderError

from escalation.kernel.refusals import UNKNOWN_FIELD, Fault, Place, quote_input

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

LARGEST_FILE = 1024 * 1024
MOST_VALUES = 50_000
"""Values in one file, each use of an alias counted in full: what a YAML bomb runs into."""
DEEPEST = 32
_LONG_TAG = re.compile(r"(?:^|(?<=[\s,\[{]))!\S{1000}")
"""The parser takes the square of a tag's length; no tag is allowed anyway."""
_MERGE = "<<"
_NOTHING = re.compile(r"|~|null|Null|NULL")


@dataclass(frozen=True, slots=True)
class Scalar:
    place: Place
    text: str | None


@dataclass(frozen=True, slots=True)
class Sequence:
    place: Place
    items: tuple["Node", ...]


class Entry(NamedTuple):
    place: Place
    """Of the key."""
    node: "Node"


@dataclass(frozen=True, slots=True)
class Mapping:
    place: Place
    entries: dict[str, Entry]


Node = Scalar | Sequence | Mapping


class Unreadable(Exception):
    """The fault that stopped the reading."""

    def __init__(self, place: Place, given: str, allowed: str, where: str = "") -> None:
        super().__init__(given)
        self.fault = Fault(where=where, place=place, given=given, allowed=allowed)


def read_yaml(data: bytes, source: str) -> tuple[Node, tuple[Fault, ...]]:
    """
    Return the tree of a YAML document, and the faults that did not stop the reading.

    Raises:
        Unreadable: If nobody can know what the rest means.
    """
    text = decode_text(data, source)
    if long := _LONG_TAG.search(text):
        raise Unreadable(_place_at(text, long.start(), source), "a very long tag", "no tags")
    composer = _Composer(source)
    try:
        node = composer.document(YAML(typ="safe", pure=True).parse(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(source, mark.line + 1, mark.column + 1) if mark else Place(source)
        if "'\\t'" in str(error.problem):
            raise Unreadable(place, "a tab", "spaces instead of the tab") from None
        why = " ".join(str(part) for part in (error.context, error.problem) if part)
        raise Unreadable(place, why or "malformed YAML", "well-formed YAML") from None
    except ReaderError as error:
        place = _place_at(text, error.position, source)
        raise Unreadable(place, quote_input(chr(error.character)), "printable characters") from None
    except (YAMLError, ValueError, OverflowError) as error:
        raise Unreadable(composer.last, f"malformed YAML ({error})", "well-formed YAML") from None
    return node, tuple(composer.faults)


def merge(base: Node, own: Node) -> Node:
    """Merge *own* into *base*: mappings key by key; everything else is replaced."""
    if not (isinstance(base, Mapping) and isinstance(own, Mapping)):
        return own
    entries = dict(base.entries)
    for key, entry in own.entries.items():
        known = entries.get(key)
        entries[key] = Entry(entry.place, merge(known.node, entry.node)) if known else entry
    return Mapping(own.place, entries)


def to_plain(node: Node) -> Any:
    """Return the tree as dictionaries, lists and texts."""
    match node:
        case Scalar():
            return node.text
        case Sequence():
            return [to_plain(item) for item in node.items]
        case Mapping():
            return {key: to_plain(entry.node) for key, entry in node.entries.items()}


def place_of(node: Node, path: tuple[str | int, ...], *, of_key: bool = False) -> Place:
    """Return the place of *path*; if there is none, that of the nearest part around it."""
    place = node.place
    for step in path:
        if isinstance(node, Mapping) and (entry := node.entries.get(str(step))):
            node = entry.node
            has_own_text = isinstance(node, Scalar) and node.text is not None and not of_key
            place = node.place if has_own_text else entry.place
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            place = node.place
        elif step == 0:
            continue  # one thing that stands alone for a list of one
        else:
            break
    return place


def place_fault(fault: Fault, found: "ErrorDetails", tree: Node) -> Fault:
    """Add to *fault* the place in *tree* of what pydantic *found*."""
    return replace(fault, place=place_of(tree, found["loc"], of_key=found["type"] in UNKNOWN_FIELD))


def path_written(node: Node, path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Cut *path* at a text, which has no keys: hours that stand alone are not written under `mon-sun`."""
    for number, step in enumerate(path):
        if isinstance(node, Scalar) and isinstance(step, str):
            return path[:number]
        if not isinstance(node, Mapping) or not (entry := node.entries.get(str(step))):
            break
        node = entry.node
    return path


def decode_text(data: bytes, source: str) -> str:
    """
    Return *data* as text.

    Raises:
        Unreadable: If it is too large, or not in UTF-8.
    """
    if len(data) > LARGEST_FILE:
        raise Unreadable(Place(source), f"more than {LARGEST_FILE:,} bytes", f"at most {LARGEST_FILE:,}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", errors="replace")
        given = f"the byte 0x{data[error.start]:02x}"
        raise Unreadable(_place_at(before, len(before), source), given, "a file in UTF-8") from None


def _place_at(text: str, position: int, source: str) -> Place:
    before = text[:position]
    return Place(source, before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)


_Valued = ScalarEvent | CollectionStartEvent


class _Composer:
    """Composer of a tree from events. It counts, so that a small file cannot mean a huge one."""

    def __init__(self, source: str) -> None:
        self.last = Place(source, 1, 1)
        self.faults: list[Fault] = []
        self._source = source
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._values = 0

    def document(self, events: Iterator[Event]) -> Node:
        start = self._skip_to(events, (DocumentStartEvent, StreamEndEvent))
        if isinstance(start, StreamEndEvent):
            raise Unreadable(Place(self._source), "an empty file", "a file that says something")
        node = self._node(events, next(events), 0)
        end = self._skip_to(events, (DocumentStartEvent, StreamEndEvent))
        if isinstance(end, DocumentStartEvent):
            raise Unreadable(self._place(end), "a second document", "one document in a file")
        return node

    def _skip_to(self, events: Iterator[Event], kinds: tuple[type[Event], ...]) -> Event:
        return next(event for event in events if isinstance(event, kinds))

    def _place(self, event: Event) -> Place:
        self.last = Place(self._source, event.start_mark.line + 1, event.start_mark.column + 1)
        return self.last

    def _node(self, events: Iterator[Event], event: Event, depth: int) -> Node:
        place = self._place(event)
        if isinstance(event, AliasEvent):
            return self._alias(event, place)
        if not isinstance(event, _Valued):
            raise Unreadable(place, "malformed YAML", "well-formed YAML")
        if event.ctag is not None:
            self.faults.append(
                Fault(place=place, given=f"the tag {quote_input(str(event.ctag))}", allowed="no tags")
            )
        before = self._values
        self._count(1, place)
        if depth > DEEPEST:
            raise Unreadable(place, f"more than {DEEPEST} levels of nesting", f"at most {DEEPEST}")
        node = self._value(events, event, place, depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = node, self._values - before
        return node

    def _value(self, events: Iterator[Event], event: _Valued, place: Place, depth: int) -> Node:
        match event:
            case SequenceStartEvent():
                items = []
                while not isinstance(item := next(events), SequenceEndEvent):
                    items.append(self._node(events, item, depth + 1))
                return Sequence(place, tuple(items))
            case MappingStartEvent():
                return self._mapping(events, place, depth)
            case ScalarEvent():
                is_plain = event.style is None and event.ctag is None
                is_nothing = is_plain and _NOTHING.fullmatch(event.value)
                return Scalar(place, None if is_nothing else self._text(event.value, place))
            case _:
                raise Unreadable(place, "malformed YAML", "well-formed YAML")

    def _text(self, value: str, place: Place) -> str:
        """Join two escapes of one character beyond the first plane, as JSON writes it; half of one is a fault."""
        try:
            return value.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            self.faults.append(
                Fault(place=place, given="half a character (a lone surrogate)", allowed="whole characters")
            )
            return ""

    def _mapping(self, events: Iterator[Event], place: Place, depth: int) -> Mapping:
        entries: dict[str, Entry] = {}
        while not isinstance(event := next(events), MappingEndEvent):
            key = self._node(events, event, depth + 1)
            value = self._node(events, next(events), depth + 1)
            if not isinstance(key, Scalar) or key.text is None:
                fault = Fault(place=key.place, given="a key that is no text", allowed="a name as a key")
                self.faults.append(fault)
            elif key.text == _MERGE:
                allowed = "a name as a key: anchors can be repeated with *name, but not merged with <<"
                self.faults.append(Fault(place=key.place, given=_MERGE, allowed=allowed))
            elif first := entries.get(key.text):
                allowed = f"each key once; first given at line {first.place.line}"
                given = f"{quote_input(key.text)} again"
                self.faults.append(Fault(where=key.text, place=key.place, given=given, allowed=allowed))
            else:
                entries[key.text] = Entry(key.place, value)
        return Mapping(place, entries)

    def _alias(self, event: AliasEvent, place: Place) -> Node:
        if event.anchor not in self._anchors:
            raise Unreadable(
                place, f"the alias *{event.anchor}"[:80], "an anchor that stands complete before it"
            )
        node, values = self._anchors[event.anchor]
        self._count(values, place)
        return node

    def _count(self, values: int, place: Place) -> None:
        self._values += values
        if self._values > MOST_VALUES:
            given = f"more than {MOST_VALUES:,} values, with each use of an alias counted in full"
            raise Unreadable(place, given, f"at most {MOST_VALUES:,}")
