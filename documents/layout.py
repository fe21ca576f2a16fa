"""
A paper laid out: as a page of HTML that needs nothing else, and as PDF.

Texts are data to both layouts: Jinja2 escapes them, and Typst is given them as JSON, never as markup.
"""

import json
import re
from dataclasses import asdict
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

import typst
from jinja2 import Template

from documents.glyphs import find_unprintable, fonts, texts_in
from documents.rca_paper import Paper
from messages.html_forms import html_forms

_HERE = Path(__file__).resolve().parent
_LONG_WORD = re.compile(r"\S{25,}")
_PIECE = re.compile(r".{1,12}")
_MAY_BREAK = "\u200b"


class CannotLayOut(RuntimeError):
    """The layout itself is at fault."""


def as_html(paper: Paper) -> str:
    return _page().render(paper=paper) + "\n"


def boxes_in(paper: Paper) -> tuple[str, ...]:
    """Return the characters that would be boxes in a PDF of *paper*."""
    return find_unprintable(texts_in(asdict(paper)))


@lru_cache(maxsize=64)  # the messages of one batch are in few languages
def as_pdf(paper: Paper) -> bytes:
    """
    Raises:
        CannotLayOut: With what the compiler said.
    """
    return lay_out(paper)[0]


def as_pictures(paper: Paper, *, dots_per_inch: float = 80) -> list[bytes]:
    """The pages of the PDF as PNG, to be looked at."""
    return lay_out(paper, "png", dots_per_inch)


def lay_out(
    paper: Paper, form: Literal["pdf", "png"] = "pdf", dots_per_inch: float | None = None
) -> list[bytes]:
    try:
        made: Any = typst.compile(
            (_HERE / "rca.typ").read_bytes(),
            format=form,
            ppi=dots_per_inch,
            sys_inputs={"paper": _as_data(paper)},
            # The same paper has the same bytes, whenever it is made: a retry sends what was sent before.
            timestamp=int(paper.made_at.timestamp()),
            font_paths=fonts(),
        )
    except typst.TypstError as error:
        raise CannotLayOut(f"the paper cannot be laid out: {error}") from error
    return made if isinstance(made, list) else [made]


@cache
def _page() -> Template:
    world = html_forms(_HERE)
    return world.get_template("rca.html")


def _as_data(paper: Paper) -> str:
    data = asdict(paper)
    data["subject"] = _breakable(paper.subject)
    data["facts"] = [(label, _breakable(value)) for label, value in paper.facts]
    for part in data["parts"]:
        part["rows"] = [_breakable_row(part["kind"], row) for row in part["rows"]]
    return json.dumps(data, default=str, ensure_ascii=False)


def _breakable_row(kind: str, row: tuple[str, ...]) -> tuple[str, ...]:
    """Break the cells of a row, but never the address of a link."""
    whole = row[1:] if kind == "links" else ()
    return (*map(_breakable, row[: len(row) - len(whole)]), *whole)


def _breakable(text: str) -> str:
    """Typst breaks words where their language does; what is no word of any would run off the page."""
    return _LONG_WORD.sub(lambda word: _MAY_BREAK.join(_PIECE.findall(word[0])), text)
