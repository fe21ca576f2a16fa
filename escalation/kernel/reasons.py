"""
Reasons: what the rules say, as data. A catalogue says it in the language of whoever reads it (ADR 29).

A reason is a code and the parts that the sentence names, such as `raised_by` with a person. Codes are the `msgid` of
entries in the context `reason` of `messages/catalogues/*.po`; a test compares both, and the number of parts. Words of
people and of the playbook are parts as well, and stay as they were written.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from escalation.kernel.characters import clip


@dataclass(frozen=True, slots=True)
class Person:
    """A person, team, rota or contact; the name, if the rules know it."""

    id: str
    name: str = ""
    kind: Literal["person"] = "person"


@dataclass(frozen=True, slots=True)
class Term:
    """A code of the rules or of the playbook that each language has a word for."""

    context: str
    """The class of the code, such as `ClockName`; `playbook` for what a playbook invented."""
    code: str
    kind: Literal["term"] = "term"


@dataclass(frozen=True, slots=True)
class At:
    at: datetime
    kind: Literal["at"] = "at"


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    kind: Literal["day"] = "day"


@dataclass(frozen=True, slots=True)
class Lasting:
    span: timedelta
    kind: Literal["lasting"] = "lasting"


@dataclass(frozen=True, slots=True)
class Listed:
    parts: "tuple[Part, ...]"
    of: Literal["words", "sentences", "lines"] = "words"
    kind: Literal["listed"] = "listed"


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    parts: "tuple[Part, ...]" = ()
    kind: Literal["reason"] = "reason"


Part = (
    Annotated[Person | Term | At | Day | Lasting | Listed | Reason, Field(discriminator="kind")] | int | str
)
"""Parts of a sentence. A text is somebody's own words, an identifier or a name: the same in every language."""
PLAYBOOK = "playbook"
"""Context of terms that a playbook invents."""
AsPart = Part | datetime | date | timedelta | tuple["AsPart", ...]


def term(code: StrEnum) -> Term:
    """Return the part that says a code of the rules."""
    return Term(type(code).__name__, code.value)


def reason(code: str, *parts: "AsPart") -> Reason:
    """Return a reason; codes of the rules, instants, days, spans and tuples become parts."""
    return Reason(code, tuple(map(_part, parts)))


def sentences(each: "Iterable[AsPart]") -> Listed:
    """Return a part that lists whole sentences."""
    return Listed(tuple(map(_part, each)), "sentences")


def listed(*parts: "AsPart") -> Listed:
    return Listed(tuple(map(_part, parts)))


def continued_as(obstacle: Reason, other: str | None) -> Reason:
    """Return *obstacle*, with the key of the one that an escalation goes on as, if it does."""
    return reason("goes_on_as", obstacle, other) if other else obstacle


def named(said: Reason, find_name: Callable[[str], str]) -> Reason:
    """Return *said* with the names of people that *find_name* knows by their ids, where it has none itself."""
    return replace(said, parts=tuple(_named(part, find_name) for part in said.parts))


def _named(part: Part, find_name: Callable[[str], str]) -> Part:
    match part:
        case Person(id_, ""):
            return Person(id_, find_name(id_))
        case Reason():
            return named(part, find_name)
        case Listed(parts, of):
            return Listed(tuple(_named(each, find_name) for each in parts), of)
        case _:
            return part


def spell(part: Part) -> str:
    """Return *part* by its codes, for those who have no catalogue at hand."""
    match part:
        case Reason(code, parts):
            return f"{code}({', '.join(map(spell, parts))})" if parts else code
        case Listed(parts):
            return ", ".join(map(spell, parts))
        case Person(id_):
            return id_
        case Term(_, code):
            return code
        case At(at):
            return at.isoformat()
        case Day(day):
            return day.isoformat()
        case Lasting(span):
            return str(span)
        case _:
            return str(part)


class Spoken:
    """Base of errors that read as a text: by their codes, until a speaker of some language takes over."""

    say: ClassVar[Callable[[Part], str]] = spell


class InvalidValue(Spoken, ValueError):
    """A value that is refused: what is allowed instead, and what was probably meant."""

    def __init__(self, allowed: Part, suggestion: str = "") -> None:
        super().__init__(allowed)
        self.allowed = allowed
        self.suggestion = suggestion

    def __str__(self) -> str:
        return Spoken.say(self.allowed)


def as_written(text: str) -> Reason:
    """Return a reason in words that somebody wrote: a person, the playbook, another system."""
    return Reason("as_written", (str(text),))


def shortened_part(part: Part, at_most: int) -> Part:
    """*part*; a text of somebody's own no longer than *at_most* characters."""
    return clip(part, at_most) if isinstance(part, str) else part


def _part(value: "AsPart") -> Part:
    match value:
        case StrEnum():
            return term(value)
        case datetime():
            return At(value)
        case date():
            return Day(value)
        case timedelta():
            return Lasting(value)
        case tuple():
            return Listed(tuple(map(_part, value)))
        case _:
            return value
