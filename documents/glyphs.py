"""
Glyphs: which characters of a text this machine cannot print.

A PDF shows a box for what no font has, and nothing says so. Typst looks into its own fonts and those of the machine;
what it found is read off a picture of each character: the box has a name of its own, that of a character that no font
can have. Knows nothing of papers.
"""

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Any

import typst

from escalation.kernel.characters import boundary, clip

_IN_NO_FONT = "\U0010fffd"
"""For private use, and the last of these."""
_IN_EVERY_FONT = "\u024f"
"""Up to here everything is Latin, which Typst's own font has."""
_NAME = re.compile(r'href="#(g[0-9A-F]+)"')
_MOST_NAMED = 10
_EACH_ON_A_PAGE = b"""
#set page(width: auto, height: auto, margin: 0pt)
#set text(font: "Libertinus Serif")
#for (number, character) in json(bytes(sys.inputs.characters)).enumerate() {
  if number > 0 { pagebreak() }
  text(character)
}
"""


@cache
def fonts() -> typst.Fonts:
    """Return the fonts of Typst and of this machine. To look for them takes longer than to make a paper."""
    return typst.Fonts()


def find_unprintable(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the characters of *texts*, as people see them, that would be boxes in a PDF made here."""
    found = dict.fromkeys(each for text in texts for each in _characters(text) if max(each) > _IN_EVERY_FONT)
    return _without_a_glyph(tuple(found)) if found else ()


def describe_unprintable(characters: tuple[str, ...]) -> str:
    """Return a sentence about *characters* for whoever wrote them."""
    shown = " ".join(clip(each, 20) for each in characters[:_MOST_NAMED])
    more = f" and {len(characters) - _MOST_NAMED} more" if len(characters) > _MOST_NAMED else ""
    return (
        f"no font of this machine has {shown}{more}: a PDF made here shows boxes instead. "
        "A page of HTML shows them where its reader has such a font. To print them, install one, such as Noto."
    )


def texts_in(value: Any) -> Iterator[str]:
    """Every text in *value*: a model as Python data, with its lists and dictionaries."""
    match value:
        case str():
            yield value
        case dict():
            yield from (text for each in value.values() for text in texts_in(each))
        case list() | tuple():
            yield from (text for each in value for text in texts_in(each))
        case _:
            pass


def _characters(text: str) -> Iterator[str]:
    while text:
        end = next(place for at in range(1, len(text) + 1) if (place := boundary(text, at)))
        yield text[:end]
        text = text[end:]


@lru_cache(maxsize=64)
def _without_a_glyph(characters: tuple[str, ...]) -> tuple[str, ...]:
    made: Any = typst.compile(
        _EACH_ON_A_PAGE,
        format="svg",
        sys_inputs={"characters": json.dumps([_IN_NO_FONT, *characters])},
        font_paths=fonts(),
    )
    box, *glyphs = (set(_NAME.findall(page.decode())) for page in made)
    return tuple(each for each, names in zip(characters, glyphs, strict=True) if names & box)
