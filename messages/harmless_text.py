"""
Text of unknown origin, made harmless for any medium.

Owns which characters may leave. Must not know media: no markup is escaped here, that is each medium's own affair.

What is taken out can forge a header line (newlines), drive a terminal (control characters), show text in another order
than it has (bidirectional formatting) or break an encoder (lone surrogates). Joiners stay: emoji and Persian need them.
"""

import unicodedata

from escalation.kernel.characters import clip, remove_harmful


def to_one_line(text: str, *, at_most: int) -> str:
    """*text* on one line: NFC, white space collapsed, nothing harmful, clipped to *at_most* characters with an
    ellipsis."""
    return clip(" ".join(_cleaned(text).split()), at_most)


def to_plain_lines(text: str) -> str:
    """*text* with its lines kept, whatever ended them, as `\\n`: NFC, nothing harmful."""
    return "\n".join(_cleaned(text).splitlines())


def _cleaned(text: str) -> str:
    return unicodedata.normalize("NFC", remove_harmful("\n".join(text.splitlines())))
