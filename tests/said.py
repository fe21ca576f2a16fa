"""Reasons in English, for tests that read them."""

from collections.abc import Iterable

from escalation.kernel.reasons import Part
from messages.speaker import speaker


def lines(parts: Iterable[Part]) -> tuple[str, ...]:
    return tuple(map(said, parts))


def said(part: Part | None) -> str:
    return "" if part is None else speaker().say(part)
