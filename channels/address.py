"""
Addresses that name a channel: the form `channel:target`.

It must not know any channel, nor where settings come from.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from messages.harmless_text import to_one_line

_SHOWN_LENGTH = 100


class AddressFault(ValueError):
    """An address that leads nowhere; says what was given and what is allowed."""


@dataclass(frozen=True)
class Address:
    """Address of one person: a channel's name, and what that channel calls the person."""

    channel: str
    target: str

    def __str__(self) -> str:
        return f"{self.channel}:{self.target}"


def parse_address(text: str, known: Iterable[str]) -> Address:
    """
    Read `email:ana@example.com`, where *known* are the names of the channels that exist.

    Raises:
        AddressFault: If no known channel is named, or nobody on it.
    """
    channel, colon, target = (part.strip() for part in text.partition(":"))
    shown = repr(to_one_line(text, at_most=_SHOWN_LENGTH))
    names = ", ".join(sorted(known))
    if not colon:
        raise AddressFault(f"{shown} names no channel; write channel:target, with one of: {names}")
    if channel not in known:
        raise AddressFault(f"{shown} names the unknown channel {channel!r}; known: {names}")
    if not target:
        raise AddressFault(f"{shown} names nobody on the channel {channel}; write {channel}:target")
    return Address(channel, target)
