"""Reasons of the rules as the terminal says them, in the language of whoever reads it."""

import os

from escalation.kernel.reasons import Part
from messages.catalogue import languages, nearest_language
from messages.speaker import speaker

_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""The first that is set counts, as for other programs."""


def say(part: Part) -> str:
    wanted = next(filter(None, map(os.environ.get, _VARIABLES)), "")
    return speaker(nearest_language((wanted.partition(".")[0].replace("_", "-"),), languages())).say(part)
