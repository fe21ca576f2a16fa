"""Characters as people see them: a text is never cut inside one."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.kernel.characters import boundary, clip, pieces

WHOLE = [
    "e\u0301",  # a letter and its accent
    "👩\u200d👩\u200d👧\u200d👦",  # a family is four people, joined
    "👍🏽",  # a hand and its colour
    "❤\ufe0f\u200d🔥",  # a heart that is drawn as emoji, on fire
    "🇹🇷",  # a flag is two letters
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",  # the flag of England is seven
    "1\ufe0f\u20e3",  # a key with a digit
    "ที่",  # Thai: a consonant, its vowel and its tone above
    "กำ",  # Thai: the vowel after it belongs to it
    "नि",  # Hindi: the vowel is drawn before it
    "क्ष",  # Hindi: two consonants in one
    "क्\u200dष",  # with a joiner
    "தொ",  # Tamil: a vowel around its consonant
    "\u1112\u1161\u11ab",  # Korean in its parts
    "\u0600\u0661",  # an Arabic sign over its number
    "\r\n",
]


@pytest.mark.parametrize("character", WHOLE)
def test_what_a_reader_sees_as_one_character_is_kept_whole(character: str) -> None:
    """
    COMM-9: cut at any place, a text ends before the character or after it.
    """
    text = f"a{character}b"

    ends = {boundary(text, at_most) for at_most in range(1, len(text) + 1)}

    assert {1, 1 + len(character), len(text)} == ends


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("🇹🇷🇮🇩🇬🇧", ["🇹🇷", "🇮🇩", "🇬🇧"]),
        ("สวัสดี", ["ส", "วั", "ส", "ดี"]),
        ("नमस्ते", ["न", "म", "स्ते"]),
        ("한국", ["한", "국"]),
        ("yapıldı", ["y", "a", "p", "ı", "l", "d", "ı"]),
        ("👍🏽👍", ["👍🏽", "👍"]),
    ],
)
def test_neighbours_stay_apart(text: str, parts: list[str]) -> None:
    """
    COMM-9: what is two characters to a reader can be cut between them.
    """
    ends = sorted({boundary(text, at_most) for at_most in range(len(text) + 1)})

    assert parts == [text[start:end] for start, end in pairwise(ends)]


def test_flags_are_whole_however_many_stand_in_a_row() -> None:
    """
    COMM-9: where one begins is counted from the first letter of all.
    """
    for text in ("🇹🇷" * 100, "a" + "🇹🇷" * 100):
        ends = {boundary(text, at_most) for at_most in range(1, len(text))}
        assert {len(text) % 2} == {end % 2 for end in ends - {0}}


def test_a_clipped_text_ends_in_an_ellipsis_and_fits() -> None:
    """
    COMM-9: a reader sees that there is more.
    """
    assert "short" == clip("short", 5)
    assert "a lon…" == clip("a longer one", 6)
    assert "Aile…" == clip("Aile 👩\u200d👩\u200d👧\u200d👦", 10)


def test_a_letter_under_a_heap_of_marks_does_not_swallow_the_text() -> None:
    """
    COMM-6: nobody makes a text vanish by a character that has no end.
    """
    text = "Z" + "\u0335" * 500

    assert 100 == len(clip(text, 100))
    assert text == "".join(pieces(text, 90))


@given(st.text(), st.integers(1, 50))
def test_any_text_in_pieces_is_the_same_text(text: str, at_most: int) -> None:
    """
    COMM-6: nothing is lost, and no piece is too long.
    """
    found = pieces(text, at_most)

    assert text == "".join(found)
    assert all(0 < len(piece) <= at_most for piece in found)


@given(st.text(), st.integers(1, 50))
def test_no_text_is_too_long_or_begins_to_differ(text: str, at_most: int) -> None:
    """
    COMM-9: clipping shortens, and does nothing else.
    """
    clipped = clip(text, at_most)

    assert len(clipped) <= max(at_most, 1)
    assert text == clipped or text.startswith(clipped.removesuffix("…"))


ROOT = Path(__file__).parents[2]
OF_ASCII = {"delivery/attachments.py"}
"""Texts in these languages have no characters of several parts."""
CUT_BY_HAND = re.compile(r"\[ ?: ?_?(LONGEST|MOST_CHARACTERS)\w*( - 1)?\]|\[: ?\w+ - 1\][^\n]*…")


@pytest.mark.parametrize(
    "folder",
    ["activities", "channels", "documents", "entrypoints", "escalation", "planning", "runtime", "workflows"],
)
def test_no_text_is_cut_by_hand(folder: str) -> None:
    """
    COMM-9: `clip` is the one way to shorten a text.
    """
    paths = (path.relative_to(ROOT) for path in (ROOT / folder).rglob("*.py"))
    cut = [each.as_posix() for each in paths if CUT_BY_HAND.search((ROOT / each).read_text("utf-8"))]

    assert [] == sorted({*cut} - OF_ASCII)
