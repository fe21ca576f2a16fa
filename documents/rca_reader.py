"""
An internal RCA read from Markdown with front matter, into a tree that remembers where everything stands.

Owns the file's form: which sections there are, and what a line of each looks like. What the values must be is for the
model to say. ``writing`` is its inverse.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from documents.markdown_lines import join_lines, unescape_markdown
from documents.sections import ACTION_FIELDS, BY_HEADING, CAUSES, FRONT_MATTER, SECTIONS, Kind, Section
from escalation.kernel.refusals import Fault, nearest, quote_input
from planning.playbook import yaml_tree
from planning.playbook.yaml_tree import Entry, Mapping, Node, Place, Scalar
from planning.playbook.yaml_tree import Sequence as Listed

_HEADING = re.compile(r"##\s+(.*?)\s*#*\s*")
_SUBHEADING = re.compile(r"###\s+(.*?)\s*#*\s*")
_ITEM = re.compile(r"(?:[-*+]|\d+[.)])(?:\s+|$)(.*)")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d)?) ?(Z|UTC|[+-]\d\d:\d\d)?:\s+(.*)", re.DOTALL)
_FENCE = re.compile(r"---\s*")
_A_HEADING = "## and one of: " + ", ".join(section.heading for section in SECTIONS)


class Line(NamedTuple):
    place: Place
    text: str


class Block(NamedTuple):
    """A heading and what stands below it."""

    head: Line
    lines: tuple[Line, ...]


def is_markdown(data: bytes, source: str) -> bool:
    """By the file's name; without one that tells, by a heading that we know."""
    if source.endswith((".yaml", ".yml", ".json")):
        return False
    lines = data.decode("utf-8", errors="replace").splitlines()
    headings = (found[1] for line in lines if (found := _HEADING.fullmatch(line)))
    return source.endswith((".md", ".markdown")) or any(text.casefold() in BY_HEADING for text in headings)


def read_rca(data: bytes, source: str) -> tuple[Mapping, tuple[Fault, ...]]:
    """
    The tree of an RCA in Markdown, and what is wrong with its form.

    Raises:
        Unreadable: If it is too large, not in UTF-8, or its front matter cannot be read.
    """
    text = yaml_tree.decode_text(data, source)
    lines = [Line(Place(source, number, 1), each) for number, each in enumerate(text.splitlines(), 1)]
    front, body = _parted(lines)
    faults: list[Fault] = []
    entries = dict(_front_matter(front, source, faults))
    _, blocks = _blocks(_without_comments(body), _HEADING)
    known = _known(blocks, faults)
    for section, block in known.items():
        if node := _node(section, block.lines, block.head.place, faults):
            entries[section.field] = Entry(block.head.place, node)
    faults += _missing(known, entries, lines[-1].place if lines else Place(source, 1, 1))
    return Mapping(Place(source, 1, 1), entries), tuple(faults)


def _parted(lines: Sequence[Line]) -> tuple[Sequence[Line], Sequence[Line]]:
    if lines and _FENCE.fullmatch(lines[0].text):
        for index, line in enumerate(lines[1:], 1):
            if _FENCE.fullmatch(line.text):
                return lines[1:index], lines[index + 1 :]
    return (), lines


def _front_matter(lines: Sequence[Line], source: str, faults: list[Fault]) -> Iterator[tuple[str, Entry]]:
    if not any(line.text.strip() for line in lines):
        return
    above = "\n" * (lines[0].place.line - 1)
    node, found = yaml_tree.read_yaml((above + "\n".join(line.text for line in lines)).encode(), source)
    faults += found
    if not isinstance(node, Mapping):
        faults.append(_fault(node.place, "no names with values", f"any of: {', '.join(FRONT_MATTER)}"))
        return
    for name, entry in node.entries.items():
        if name in FRONT_MATTER:
            yield name, entry
        else:
            allowed = ", ".join(FRONT_MATTER)
            faults.append(_fault(entry.place, quote_input(name), allowed, nearest(name, FRONT_MATTER)))


def _without_comments(lines: Iterable[Line]) -> Iterator[Line]:
    is_comment = False
    for line in lines:
        is_comment = is_comment or line.text.startswith("<!--")
        if not is_comment:
            yield line
        elif "-->" in line.text:
            is_comment = False


def _blocks(lines: Iterable[Line], heading: re.Pattern[str]) -> tuple[list[Line], list[Block]]:
    """What stands above the first heading, and what below each."""
    above: list[Line] = []
    blocks: list[Block] = []
    below = above
    for line in lines:
        if found := heading.fullmatch(line.text):
            below = []
            blocks.append(Block(Line(line.place, found[1]), ()))
        else:
            below.append(line)
        if blocks:
            blocks[-1] = blocks[-1]._replace(lines=tuple(below))
    return above, blocks


def _known(blocks: Iterable[Block], faults: list[Fault]) -> dict[Section, Block]:
    known: dict[Section, Block] = {}
    for block in blocks:
        place, heading = block.head
        section = BY_HEADING.get(heading.casefold())
        if section is None:
            names = [each.heading for each in SECTIONS]
            faults.append(
                _fault(place, f"the section {quote_input(heading)}", _A_HEADING, nearest(heading, names))
            )
        elif section in known:
            first = known[section].head.place.line
            faults.append(
                _fault(place, f"{section.heading} again", f"each section once; first given at line {first}")
            )
        else:
            known[section] = block
    return known


def _missing(known: Iterable[Section], entries: dict[str, Entry], end: Place) -> Iterator[Fault]:
    """Where nothing stands, the end of the file is the place."""
    for section in SECTIONS:
        if section.is_required and section not in known:
            yield _fault(end, "nothing", f"the section ## {section.heading}")
    if not any(field in entries for field in CAUSES):
        yield _fault(end, "no cause", "at least one, in ## Root causes or ## Five whys")


def _node(section: Section, lines: Sequence[Line], place: Place, faults: list[Fault]) -> Node | None:
    """What the section says; None: nothing."""
    items: tuple[Node, ...]
    match section.kind:
        case Kind.TEXT:
            text = join_lines([unescape_markdown(line.text) for line in lines])
            return Scalar(_first_place(lines, place), text) if text else None
        case Kind.ITEMS:
            items = tuple(_items(lines, faults))
        case Kind.MOMENTS:
            items = tuple(_moments(lines, faults))
        case Kind.CHAINS:
            items = tuple(_chain(block, faults) for block in _parts(lines, faults))
        case Kind.ACTIONS:
            items = tuple(_action(block, faults) for block in _parts(lines, faults))
    return Listed(place, items) if items or section.field not in CAUSES else None


def _first_place(lines: Sequence[Line], otherwise: Place) -> Place:
    return next((line.place for line in lines if line.text.strip()), otherwise)


def _items(lines: Sequence[Line], faults: list[Fault]) -> Iterator[Scalar]:
    """Each ``- item`` with the lines that go on with it: indented ones, or those that follow directly."""
    place, said, before, width = None, [""], "", 0
    for line in lines:
        if found := _ITEM.fullmatch(line.text):
            if place:
                yield Scalar(place, join_lines(said))
            place, said, width = line.place, [found[1]], found.start(1)
        elif place and (not line.text.strip() or line.text[0].isspace() or before.strip()):
            said.append(_outdented(line.text, width))
        elif line.text.strip():
            faults.append(_fault(line.place, quote_input(line.text), "a line that begins with `- `"))
        before = line.text
    if place:
        yield Scalar(place, join_lines(said))


def _outdented(line: str, width: int) -> str:
    """Without the indentation of the item: two for ``- ``, three for ``1. ``."""
    return line[:width].lstrip(" ") + line[width:]


def _moments(lines: Sequence[Line], faults: list[Fault]) -> Iterator[Node]:
    for item in _items(lines, faults):
        if found := _MOMENT.fullmatch(item.text or ""):
            day, time, zone, what = found.groups()
            offset = zone if zone and zone[0] in "+-" else "+00:00"
            yield _mapping(
                item.place,
                at=Scalar(item.place, f"{day}T{time}{offset}"),
                what=Scalar(item.place, what),
            )
        else:
            allowed = "- 2026-11-20 09:00: what happened, in UTC or with an offset such as +07:00"
            faults.append(_fault(item.place, quote_input(item.text), allowed))


def _parts(lines: Sequence[Line], faults: list[Fault]) -> list[Block]:
    above, blocks = _blocks(lines, _SUBHEADING)
    faults += (
        _fault(line.place, quote_input(line.text), "a line `### …` first")
        for line in above
        if line.text.strip()
    )
    return blocks


def _chain(block: Block, faults: list[Fault]) -> Node:
    place, problem = block.head
    whys = Listed(place, tuple(_items(block.lines, faults)))
    return _mapping(place, problem=Scalar(place, problem), whys=whys)


def _action(block: Block, faults: list[Fault]) -> Node:
    place, what = block.head
    said: dict[str, Node] = {"what": Scalar(place, what)}
    for item in _items(block.lines, faults):
        name, _, value = (item.text or "").partition(":")
        field = ACTION_FIELDS.get(" ".join(name.lower().split()))
        if field is None or field in said:
            allowed = ", ".join(f"`- {each}: …`" for each in ACTION_FIELDS)
            faults.append(_fault(item.place, quote_input(item.text), f"{allowed}, each once"))
        else:
            said[field] = Scalar(item.place, value.strip())
    return _mapping(place, **said)


def _mapping(place: Place, **nodes: Node) -> Mapping:
    return Mapping(place, {name: Entry(node.place, node) for name, node in nodes.items()})


def _fault(place: object, given: str, allowed: str, suggestion: str = "") -> Fault:
    return Fault(where=str(place), given=given, allowed=allowed, suggestion=suggestion)
