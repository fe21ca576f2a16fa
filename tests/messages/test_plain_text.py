"""Texts of strangers, made harmless."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.harmless_text import to_one_line, to_plain_lines

ANYTHING = st.text(st.characters(exclude_categories=[]))


@pytest.mark.parametrize(
    ("given_text", "harmless"),
    [
        ("down\r\nBcc: eve@example.com", "down Bcc: eve@example.com"),  # no second header
        ("a\u2028b\x85c\x0bd", "a b c d"),  # line ends that are easily forgotten
        ("\x1b]0;owned\x07\x1b[31mred", "]0;owned[31mred"),  # no terminal command
        ("invoice\u202efdp.exe", "invoicefdp.exe"),  # nothing reads backwards
        ("  a \t b\u00a0\u3000c ", "a b c"),  # white space collapses
        ("S\u0327ikayet", "Şikayet"),  # composed
        ("e\u200f\u0301", "é"),  # composed after what stood between was taken out
        ("\ud800x", "x"),  # half a character
        ("👩\u200d💻 می\u200cخواهم", "👩\u200d💻 می\u200cخواهم"),  # joiners are needed, and stay
        ("", ""),
    ],
)
def test_one_line_is_left_of_any_text(given_text: str, harmless: str) -> None:
    """
    COMM-6: what a customer wrote is text, never an instruction to a mail server or a terminal.
    """
    assert harmless == to_one_line(given_text, at_most=100)


@pytest.mark.parametrize(
    ("given_text", "clipped"),
    [
        ("exactly te", "exactly te"),
        ("more than ten", "more than…"),
        ("12345678x\u0323y", "12345678…"),  # a letter is not parted from its marks
    ],
)
def test_long_line_is_clipped_between_letters(given_text: str, clipped: str) -> None:
    """
    COMM-9: a text is shortened without spoiling its letters.
    """
    assert clipped == to_one_line(given_text, at_most=10)


def test_lines_of_a_text_are_kept() -> None:
    """
    COMM-6: paragraphs and tabs survive, control characters do not.
    """
    assert "one\ntwo\n\n\tthree" == to_plain_lines("one\r\ntwo\x00\r\r\tth\u2066ree\n")


@given(ANYTHING)
def test_making_harmless_twice_changes_nothing_more(text: str) -> None:
    """
    COMM-6: what came out is harmless: composed, without control or bidirectional characters.
    """
    line, lines = to_one_line(text, at_most=50), to_plain_lines(text)

    assert line == to_one_line(line, at_most=50)
    assert lines == to_plain_lines(lines)
    assert len(line) <= 50
    assert line.isprintable() or not {"Cc", "Cs", "Zl", "Zp"} & {unicodedata.category(each) for each in line}
    assert not {"Cc", "Cs", "Zl", "Zp"} & {unicodedata.category(each) for each in lines} - {"Cc"}
    assert {each for each in lines if unicodedata.category(each) == "Cc"} <= {"\n", "\t"}
    assert all(
        unicodedata.bidirectional(each) not in {"RLO", "LRO", "RLE", "LRE", "PDF"} for each in line + lines
    )
