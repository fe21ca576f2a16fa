"""
Lines of Markdown and the text that they say: wrapped lines are one, a backslash at the end keeps them apart.

Knows no sections. A paragraph's line that would be a heading or a comment is marked by a backslash before it.
"""

import re
from collections.abc import Sequence

_LISTED = re.compile(r"\s*(?:[-*+]|\d+[.)])\s")
_HARD = "\\"
_MEANS_MORE = re.compile(r"^( {0,3})(?=[#<\\])")
"""The beginning of a heading, a comment, or of HTML that swallows what follows; and the mark itself."""
_MARKED = re.compile(r"^( {0,3})\\(?=[#<\\])")


def join_lines(lines: Sequence[str]) -> str:
    """Return what *lines* say, without the breaks that only keep them short."""
    # "We fix\nthe roof." is one line, and so is it with an indent; "We fix\\\nthe roof." is two. An item of a list has
    # a line of its own, and a blank line stays: it parts paragraphs.
    text = ""
    before = ""
    for line in lines:
        if not text:
            text = line
        elif before.endswith(_HARD) and line.strip():
            text = f"{text[:-1]}\n{line}"
        elif not before.strip() or not line.strip() or _LISTED.match(line):
            text = f"{text}\n{line}"
        else:
            text = f"{text.rstrip()} {line.strip()}"
        before = line
    return text.strip()


def split_lines(text: str) -> list[str]:
    """Lines that *flowed* reads as *text*."""
    lines = str(text).splitlines()
    after = [*lines, ""][1:]
    return [
        line + _HARD if _needs_break(line, following) else line
        for line, following in zip(lines, after, strict=True)
    ]


def _needs_break(line: str, following: str) -> bool:
    is_apart = not line.strip() or not following.strip()
    return not is_apart and (line.endswith(_HARD) or not _LISTED.match(following))


def escape_markdown(line: str) -> str:
    return _MEANS_MORE.sub(r"\1\\", line)


def unescape_markdown(line: str) -> str:
    return _MARKED.sub(r"\1", line)
