"""
Names of people and things, compared as a reader compares them.

Owns the one comparison: for attendees of calendar entries, names in their titles, and what a person types. Capital and
small letters are alike, composed and decomposed letters too, and so are the forms that keyboards and programs exchange:
apostrophes, hyphens, spaces. Accents differ: Novak is not Novák. Must not know whose names they are.
"""

import unicodedata

_ALIKE = str.maketrans(
    {
        "ı": "i",  # a capital I is that of both, in Turkish
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "‐": "-",
        "‑": "-",
        "–": "-",
        "\u00ad": None,  # soft hyphen
        "\u200b": None,  # zero width space
        "\u200c": None,
        "\u200d": None,
    }
)
_I_WITH_DOT = "i\u0307"
"""A small İ, as Unicode folds it."""


def fold_name(name: str) -> str:
    """Return what all spellings of *name* have in common: equal for ``IŞIL  AYDIN`` and ``Işıl Aydın``."""
    plain = unicodedata.normalize("NFKC", name).casefold().replace(_I_WITH_DOT, "i").translate(_ALIKE)
    return " ".join(unicodedata.normalize("NFC", plain).split())
