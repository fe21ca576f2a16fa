"""
Characters: which ones are harmful, and where a text may be cut.

Owns the one set of characters that no text of ours carries, and the one way to shorten a text. Must not know where
texts go: markup is each medium's own affair.

A reader sees one character where Unicode has several: a letter and its marks, a flag of two letters, a family of
joined emoji, a Hindi cluster. Unicode calls it a grapheme cluster (https://unicode.org/reports/tr29/). The rule here is
a part of that standard that never cuts inside a cluster; where in doubt it keeps more together. It stands here and is
no library's because clipped texts reach the state of workflows: ADR 8 says why.
"""

import re
import unicodedata

HARMFUL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # controls: they drive terminals
    "\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"  # they show a text in another order than it has
    "\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb"  # nobody sees them
    "\ud800-\udfff]"  # halves of characters: they break encoders
)
"""Joiners are not among them: emoji, Persian and Hindi need them. Neither are tabs and the ends of lines."""

ELLIPSIS = "…"


_LONGEST_CLUSTER = 32
"""A letter with more marks than this is no letter of any language; it may be cut (stream-safe text: 30 marks)."""
_ZERO_WIDTH_JOINER = "\u200d"
_MARKS = frozenset({"Mn", "Mc", "Me"})
_BELONGS_TO_THE_ONE_BEFORE = re.compile(
    "[\u200c\u200d\u0e33\u0eb3\uff9e\uff9f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"
)
"""
Characters that belong to the one before and are no marks by category: joiners, Thai and Lao *am*, voicing marks,
colours of skin, tags of flags.
"""
_BELONGS_TO_THE_NEXT_ONE = re.compile("[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd]")
"""Arabic and Indic signs that enclose the number after them."""
_FLAG_LETTER = re.compile("[\U0001f1e6-\U0001f1ff]")
_HANGUL_PART = re.compile("[\u1160-\u11ff\ud7b0-\ud7ff]")
_HANGUL_FIRST = re.compile("[\u1100-\u115f\ua960-\ua97c]")
_HANGUL = re.compile("[\u1100-\u11ff\ua960-\ua97c\uac00-\ud7ff]")
_JOINS_CONSONANTS = 9
"""The combining class of signs such as the Hindi virama."""


def remove_harmful(text: str) -> str:
    """Return *text* without what is harmful; its lines and tabs stay."""
    return HARMFUL.sub("", text)


def clip(text: str, at_most: int) -> str:
    """Return *text* in *at_most* code points, with an ellipsis where the end was cut off."""
    if len(text) <= at_most:
        return text
    return text[: boundary(text, at_most - len(ELLIPSIS))].rstrip() + ELLIPSIS


def pieces(text: str, at_most: int) -> list[str]:
    """Cut *text* into pieces of *at_most* code points."""
    found = []
    while text:
        end = boundary(text, at_most) or at_most
        found.append(text[:end])
        text = text[end:]
    return found


def boundary(text: str, at_most: int) -> int:
    """Return the last place at or before *at_most* where *text* can be cut without cutting a character in two."""
    if at_most >= len(text):
        return len(text)
    end = max(at_most, 0)
    for place in range(end, max(end - _LONGEST_CLUSTER, 0), -1):
        if not _is_inside(text, place):
            return place
    return end if end > _LONGEST_CLUSTER else 0


def _is_inside(text: str, place: int) -> bool:
    """Return whether the characters before and after *place* are one character to a reader."""
    before, after = text[place - 1], text[place]
    return (
        _is_mark(after)
        or before == _ZERO_WIDTH_JOINER
        or (before, after) == ("\r", "\n")
        or _BELONGS_TO_THE_NEXT_ONE.match(before) is not None
        or _is_conjunct(before, after)
        or _is_half_a_flag(text, place)
        or _is_one_syllable(before, after)
    )


def _is_mark(character: str) -> bool:
    return (
        unicodedata.category(character) in _MARKS or _BELONGS_TO_THE_ONE_BEFORE.match(character) is not None
    )


def _is_conjunct(before: str, after: str) -> bool:
    return unicodedata.combining(before) == _JOINS_CONSONANTS and unicodedata.category(after) == "Lo"


def _is_half_a_flag(text: str, place: int) -> bool:
    """Return whether *place* is inside a flag: its letters are counted in pairs from the first one."""
    if not _FLAG_LETTER.match(text[place]):
        return False
    start = place
    while start and _FLAG_LETTER.match(text[start - 1]):
        start -= 1
    return (place - start) % 2 == 1


def _is_one_syllable(before: str, after: str) -> bool:
    if _HANGUL_PART.match(after):
        return _HANGUL.match(before) is not None
    return _HANGUL_FIRST.match(before) is not None and _HANGUL.match(after) is not None
