"""
Speakers: how the reasons of the rules read in one language, with the dates and numbers of one reader.

Must not know which reasons there are.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import assert_never

from escalation.kernel.reasons import At, Day, Lasting, Listed, Part, Person, Reason, Spoken, Term
from escalation.kernel.timeline_entry import brief, minute
from messages.catalogue import FALLBACK_LANGUAGE, Catalogue, catalogue


@dataclass(frozen=True)
class Speaker:
    catalogue: Catalogue
    instant: Callable[[datetime], str] = minute
    day: Callable[[date], str] = str
    span: Callable[[timedelta], str] = brief
    number: Callable[[int], str] = "{:,}".format
    listed: Callable[[Iterable[str]], str] = ", ".join
    names: Mapping[str, str] = field(default_factory=dict)
    """People's names, by id, if the part does not say them."""

    def say(self, part: Part) -> str:  # noqa: C901 - one case a part
        match part:
            case str():
                return part
            case int():
                return self.number(part)
            case Person(id_, name):
                return name or self.names.get(id_, id_)
            case Term(context, code):
                return self.catalogue.word(context, code)
            case At(at):
                return self.instant(at)
            case Day(day):
                return self.day(day)
            case Lasting(span):
                return self.span(span)
            case Listed(parts, "sentences"):
                return "; ".join(map(self.say, parts))
            case Listed(parts, "lines"):
                return "".join(map(self.say, parts))
            case Listed(parts):
                return self.listed(map(self.say, parts))
            case Reason(code, parts):
                count = next((each for each in reversed(parts) if isinstance(each, int)), 1)
                return self.catalogue.sentence("reason", code, *map(self.say, parts), count=count)
            case never:
                assert_never(never)


@cache
def speaker(language: str = FALLBACK_LANGUAGE) -> Speaker:
    """Return who speaks *language* in a terminal: short times in UTC."""
    return Speaker(catalogue(language))


def did_you_mean(suggestion: str) -> str:
    """For the end of an English sentence; empty without a suggestion."""
    return f"; did you mean {suggestion}?" if suggestion else ""


def _in_english(part: Part) -> str:
    return speaker().say(part)


# A refusal that is logged, or shown by a program that knows nothing of catalogues, reads in English.
Spoken.say = _in_english
