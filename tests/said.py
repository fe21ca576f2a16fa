"""What reasons say in English, for tests that read it."""

from escalation.kernel.reasons import Part
from messages.speaker import speaker


def said(part: Part) -> str:
    return speaker().say(part)
