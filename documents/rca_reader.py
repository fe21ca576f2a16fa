"""
An internal RCA read from Markdown with front matter, into a tree that remembers where everything stands.

Owns the file's form: which sections there are, and what a line of each looks like. What the values must be is for the
model to say. `rca_writer` is its inverse.

Of Markdown, headings, lists and comments mean something here; all else (emphasis, code, tables) is text that is kept
as it was written.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.front_matter import front_matter_plugin

from documents.markdown_lines import join_lines, unescape_markdown
from documents.rca_sections import ACTION_FIELDS, BY_HEADING, CAUSES, FRONT_MATTER, SECTIONS, Kind, Section
from escalation.kernel.refusals import Fault, Place, nearest, quote_input
from planning.playbook import yaml_tree
from planning.playbook.yaml_tree import Entry, Mapping, Node, Scalar
from planning.playbook.yaml_tree import Sequence as Listed

_MARKDOWN = (
    MarkdownIt("zero", {"html": True})
    .enable(["heading", "list", "html_block", "code"])
    .use(front_matter_plugin)
)
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d)?) ?(Z|UTC|[+-]\d\d:\d\d)?:\s+(.*)", re.DOTALL)
_A_HEADING = "## and one of: " + ", ".join(section.heading for section in SECTIONS)


class Piece(NamedTuple):
    """A heading, an item of a list, or other lines."""

    tag: str
    """`h2`, `h3`, `li`, or another one: text."""
    place: Place
    lines: tuple[str, ...]
    """As they were written, with the blank ones before."""
    text: str
    """Of a heading its title, of an item what it says."""


class Block(NamedTuple):
    """A heading and what stands below it."""

    head: Piece
    pieces: tuple[Piece, ...]


def is_markdown(data: bytes, source: str) -> bool:
    """Say whether a file is Markdown: by its name, else by a heading that we know."""
    if source.endswith((".yaml", ".yml", ".json")):
        return False
    _, pieces = _pieces(data.decode("utf-8", errors="replace"), source)
    headings = (piece.text.casefold() for piece in pieces if piece.tag == "h2")
    return source.endswith((".md", ".markdown")) or any(heading in BY_HEADING for heading in headings)


def read_rca(data: bytes, source: str) -> tuple[Mapping, tuple[Fault, ...]]:
    """
    Return the tree of an RCA in Markdown, and what is wrong with its form.

    Raises:
        Unreadable: If it is too large, not in UTF-8, or its front matter cannot be read.
    """
    text = yaml_tree.decode_text(data, source)
    front, pieces = _pieces(text, source)
    faults: list[Fault] = []
    entries = dict(_front_matter(front, source, faults))
    _, blocks = _blocks(pieces, "h2")
    known = _known(blocks, faults)
    for section, block in known.items():
        if node := _node(section, block, faults):
            entries[section.field] = Entry(block.head.place, node)
    faults += _missing(known, entries, Place(source, max(len(text.splitlines()), 1), 1))
    return Mapping(Place(source, 1, 1), entries), tuple(faults)


def _pieces(text: str, source: str) -> tuple[str, list[Piece]]:
    """Return the front matter, and the pieces without comments."""
    # The parser knows what each block is and which lines it has; what a block says is read off these lines, since
    # text is kept as it was written: `**bold**` stays so, for a reader knows what it means.
    lines = text.replace("\r\n", "\n").split("\n")  # as the parser counts them
    front = ""
    pieces: list[Piece] = []
    for block in SyntaxTreeNode(_MARKDOWN.parse(text)).children:
        if block.type == "front_matter":
            front = block.content
            continue
        nodes = block.children if block.type.endswith("_list") else [block]
        found = (_piece(node, lines, source) for node in nodes)
        pieces += (each for each in found if block.type != "html_block" or not each.text.startswith("<!--"))
    return front, pieces


def _piece(node: SyntaxTreeNode, lines: Sequence[str], source: str) -> Piece:
    begin, end = node.map or (0, 0)
    blank = sum(1 for _ in takewhile(lambda line: not line.strip(), reversed(lines[:begin])))
    own = "\n".join(lines[begin:end]).rstrip().split("\n")
    place, written = Place(source, begin + 1, 1), ("",) * blank + tuple(own)
    match node.type:
        case "heading":
            return Piece(node.tag, place, written, node.children[0].content)
        case "list_item":
            return Piece("li", place, written, join_lines(_outdented(node, own)))
        case _:
            return Piece("p", place, written, " ".join(own).lstrip())


def _outdented(item: SyntaxTreeNode, lines: Sequence[str]) -> list[str]:
    """Return the lines of an item without its mark and indentation: two for `- `, three for `1. `."""
    first, *more = lines
    said = first.lstrip()[len(item.info + item.markup) :].lstrip()
    width = len(first) - len(said)
    return [said, *(line[:width].lstrip(" ") + line[width:] for line in more)]


def _front_matter(text: str, source: str, faults: list[Fault]) -> Iterator[tuple[str, Entry]]:
    if not text.strip():
        return
    node, found = yaml_tree.read_yaml(f"\n{text}".encode(), source)  # below the line that opens it
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


def _blocks(pieces: Iterable[Piece], tag: str) -> tuple[list[Piece], list[Block]]:
    """Return what stands above the first heading of this rank, and what below each."""
    above: list[Piece] = []
    blocks: list[Block] = []
    for piece in pieces:
        if piece.tag == tag:
            blocks.append(Block(piece, ()))
        elif blocks:
            blocks[-1] = blocks[-1]._replace(pieces=(*blocks[-1].pieces, piece))
        else:
            above.append(piece)
    return above, blocks


def _known(blocks: Iterable[Block], faults: list[Fault]) -> dict[Section, Block]:
    known: dict[Section, Block] = {}
    for block in blocks:
        place, heading = block.head.place, block.head.text
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
    """Yield a fault for each section that is missing; its place is the end of the file."""
    for section in SECTIONS:
        if section.is_required and section not in known:
            yield _fault(end, "nothing", f"the section ## {section.heading}")
    if not any(field in entries for field in CAUSES):
        yield _fault(end, "no cause", "at least one, in ## Root causes or ## Five whys")


def _node(section: Section, block: Block, faults: list[Fault]) -> Node | None:
    """Return what the section says; None: nothing."""
    items: tuple[Node, ...]
    place = block.head.place
    match section.kind:
        case Kind.TEXT:
            return _text(block.pieces)
        case Kind.ITEMS:
            items = tuple(_items(block.pieces, faults))
        case Kind.MOMENTS:
            items = tuple(_moments(block.pieces, faults))
        case Kind.CHAINS:
            items = tuple(_chain(each, faults) for each in _parts(block.pieces, faults))
        case Kind.ACTIONS:
            items = tuple(_action(each, faults) for each in _parts(block.pieces, faults))
    return Listed(place, items) if items or section.field not in CAUSES else None


def _text(pieces: Sequence[Piece]) -> Scalar | None:
    text = join_lines([unescape_markdown(line) for piece in pieces for line in piece.lines])
    return Scalar(pieces[0].place, text) if text else None


def _items(pieces: Iterable[Piece], faults: list[Fault]) -> Iterator[Scalar]:
    for piece in pieces:
        if piece.tag == "li":
            yield Scalar(piece.place, piece.text)
        else:
            faults.append(_fault(piece.place, quote_input(piece.text), "a line that begins with `- `"))


def _moments(pieces: Iterable[Piece], faults: list[Fault]) -> Iterator[Node]:
    for item in _items(pieces, faults):
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


def _parts(pieces: Iterable[Piece], faults: list[Fault]) -> list[Block]:
    above, blocks = _blocks(pieces, "h3")
    faults += (_fault(piece.place, quote_input(piece.text), "a line `### …` first") for piece in above)
    return blocks


def _chain(block: Block, faults: list[Fault]) -> Node:
    head = block.head
    whys = Listed(head.place, tuple(_items(block.pieces, faults)))
    return _mapping(head.place, problem=Scalar(head.place, head.text), whys=whys)


def _action(block: Block, faults: list[Fault]) -> Node:
    head = block.head
    said: dict[str, Node] = {"what": Scalar(head.place, head.text)}
    for item in _items(block.pieces, faults):
        name, _, value = (item.text or "").partition(":")
        field = ACTION_FIELDS.get(" ".join(name.lower().split()))
        if field is None or field in said:
            allowed = ", ".join(f"`- {each}: …`" for each in ACTION_FIELDS)
            faults.append(_fault(item.place, quote_input(item.text), f"{allowed}, each once"))
        else:
            said[field] = Scalar(item.place, value.strip())
    return _mapping(head.place, **said)


def _mapping(place: Place, **nodes: Node) -> Mapping:
    return Mapping(place, {name: Entry(node.place, node) for name, node in nodes.items()})


def _fault(place: Place, given: str, allowed: str, suggestion: str = "") -> Fault:
    return Fault(place=place, given=given, allowed=allowed, suggestion=suggestion)
