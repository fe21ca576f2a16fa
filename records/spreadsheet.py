"""Cells and files that a spreadsheet opens as they are meant: accents are kept, and no text is taken for a formula."""

ENCODING = "utf-8-sig"
"""UTF-8 with its mark at the beginning, without which Excel takes it for the encoding of the country."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The last four are the wide forms, which spreadsheets of East Asia read alike."""


def cell_text(text: str) -> str:
    """*text* for a cell: one that a spreadsheet would take for a formula gets an apostrophe, since it is data."""
    return f"'{text}" if text.startswith(_FORMULA) else text
