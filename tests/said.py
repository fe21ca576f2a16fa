"""Reasons in English, for tests that read them."""

from escalation.kernel.reasons import Part
from messages.speaker import speaker


def said(part: Part) -> str:
    return speaker().say(part)
