"""
Text that stays text where a medium reads markup into it: Markdown and its dialects, mentions, links.

Owns one neutral spelling that every dialect shows as it was written: Apprise's services differ in what they read (and
say little about it), and a backslash that one of them takes as an escape is shown by the next. What begins markup
gets a space nobody sees (zero width) or hardly sees (a hair's width) next to it: by the rules of CommonMark, and of
the dialects made after it, a mark next to a space is only a character.
"""

import re

_UNSEEN, _HAIR = "\u200b", "\u200a"

_CALLS = re.compile(r"@")
"""`@everyone`, `@here`, `@ana`, and `<@123>`."""
_LEADS_AWAY = re.compile(r"(?<=:)(?=//)|(?<=\bmailto:)|(?<=\btel:)|(?<=\bwww)(?=\.)", re.IGNORECASE)
_EMPHASIS = re.compile(r"[*~|]+|(?<!\w)_+|_+(?!\w)")
"""An underscore within a word is part of a name, to every dialect."""
_CODE, _LIKE_CODE = "`", "\u02cb"
"""No space takes a backtick's meaning away: a character that looks like one stands for it."""
_OPENS_OR_LINKS = re.compile(r"(?<=[<\]])(?=\S)|(?<=!)(?=\[)")
"""`<tag>`, `<!channel>`, `[words](address)`, `[words]: address`, `![picture]`."""
_AT_ITS_BEGINNING = re.compile(
    r"^(?=[ \t]*((?:[-+*]|\d+[.)])[ \t]+)*(#|>|=+[ \t]*$|-+[ \t]*$))", re.MULTILINE
)
"""Headings, quotations, and the lines under headings; in a list too."""


def escape_markup(text: str) -> str:
    """Return *text* so that no dialect of Markdown emphasises, links, calls or hides anything in it."""
    text = _OPENS_OR_LINKS.sub(_HAIR, text.replace(_CODE, _LIKE_CODE))
    text = _EMPHASIS.sub(lambda run: f"{_HAIR}{_HAIR.join(run[0])}{_HAIR}", text)
    text = _LEADS_AWAY.sub(_UNSEEN, text)
    text = _CALLS.sub(f"@{_UNSEEN}", text)
    return _AT_ITS_BEGINNING.sub(_HAIR, text)
