"""
Text from strangers, made harmless for any medium.

Owns which characters may leave. Must not know media: no markup is escaped here, that is each medium's own affair.

What is taken out can forge a header line (newlines), drive a terminal (control characters), show text in another order
than it has (bidirectional formatting) or break an encoder (lone surrogates). Joiners stay: emoji and Persian need them.
"""

import re
import unicodedata

_BIDIRECTIONAL = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_INVISIBLE = "\ufeff\ufff9-\ufffb"
_SURROGATES = "\ud800-\udfff"
_HARMFUL = re.compile(f"[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f{_BIDIRECTIONAL}{_INVISIBLE}{_SURROGATES}]")
_ELLIPSIS = "…"


def one_line(text: str, *, at_most: int) -> str:
    """
    *text* on one line: NFC, white space collapsed, nothing harmful, clipped to *at_most* characters with an ellipsis.
    """
    return _clip(" ".join(_cleaned(text).split()), at_most)


def many_lines(text: str) -> str:
    """
    *text* with its lines kept, whatever ended them, as `\\n`: NFC, nothing harmful.
    """
    return "\n".join(_cleaned(text).splitlines())


def _cleaned(text: str) -> str:
    return unicodedata.normalize("NFC", _HARMFUL.sub("", text))


def _clip(text: str, at_most: int) -> str:
    if len(text) <= at_most:
        return text
    end = at_most - len(_ELLIPSIS)
    while end > 0 and _belongs_to_the_one_before(text[end]):
        end -= 1
    return text[:end].rstrip() + _ELLIPSIS


def _belongs_to_the_one_before(character: str) -> bool:
    return unicodedata.category(character) in {"Mn", "Mc", "Me"} or character == "\u200d"
