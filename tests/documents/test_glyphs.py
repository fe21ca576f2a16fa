"""Warnings of characters that the fonts lack, before anybody sees boxes."""

import pytest

from documents.glyphs import describe_unprintable, find_unprintable

IN_NO_FONT = "\U0010fffe", "\U000f1234"
"""For private use: no machine has them, whatever fonts it has."""


def test_characters_that_no_font_has_are_found_each_once() -> None:
    """
    CLOSE-4: in any text, and as people see them.
    """
    text = f"Sertifika {IN_NO_FONT[0]} süresi {IN_NO_FONT[1]} {IN_NO_FONT[0]}"

    assert IN_NO_FONT == find_unprintable([text, text])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Bağlantı kesildi, şu an çalışıyor: ₺ – “ok” …",
        "Sertifikat sudah kedaluwarsa",
        "Διαδρομή",
        "Ошибка",
    ],
)
def test_what_can_be_printed_is_not_warned_of(text: str) -> None:
    """
    CLOSE-4: the fonts that come with Typst have Latin, Greek and Cyrillic.
    """
    assert () == find_unprintable([text])


def test_a_warning_names_some_and_counts_the_others() -> None:
    """
    CLOSE-4: the author sees which, and what helps.
    """
    said = describe_unprintable(tuple(chr(0xF0000 + number) for number in range(12)))

    assert "and 2 more" in said
    assert "HTML" in said
