"""
Every way in which the engine says no.

::

    EscalationError
    ├── BadRequest          the request is malformed; carries every fault at once (START-6)
    ├── MoveNotAllowed      the state machine, or something still open, forbids the move
    │   └── NotReadyToClose   the close gate is not satisfied (CLOSE-8)
    ├── RoleNotAllowed      this person may not make this move (ROLE-2)
    ├── NotProven           nobody vouches for who makes the move (IDENTITY-3)
    ├── UnknownName         a person, level, trigger, response, account, record that the escalation does not have
    ├── UnknownEscalation   no such key
    ├── RateExceeded        more was done within a short time than people do
    └── StillFinishing      the escalation has ended, but its last messages are still on their way

The class is the stable code (``code``). A refusal crosses the wire as data: what it is about, what stands in the way,
which moves are allowed, every fault. Text is made of it where a person reads it. This file knows no rule.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import ValidationError

from escalation.kernel.budgets import REFUSAL, first_of, shortened
from escalation.kernel.characters import clip
from escalation.kernel.name_comparison import fold_name
from escalation.kernel.reasons import InvalidValue, Listed, Part, Reason, Spoken, listed, reason
from escalation.kernel.values import frozen

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


NOTHING_CALLED: Mapping[str, str] = MappingProxyType({})


FAULTS = "refused.faults"
"""Code of an obstacle that is a list of faults: what is refused, and how many there are."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a file; lines and columns are counted from 1, and are 0 for the file as a whole."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@frozen
class Fault:
    """One thing wrong with an input."""

    where: str = ""
    """The field, by its path; empty: the whole."""
    place: Place | None = None
    given: Part
    allowed: Part
    suggestion: str = ""

    @property
    def location(self) -> str:
        """``reference.yaml:12:3 calendars.office``"""
        return f"{self.place or ''} {self.where}".strip()

    @property
    def reason(self) -> Reason:
        return reason(
            "refused.fault",
            self.location or reason("whole"),
            self.given,
            _meaning(self.allowed, self.suggestion),
        )

    def __str__(self) -> str:
        return EscalationError.say(self.reason)


@frozen
class Refusal:
    """Everything that is known of a refusal, as it crosses the wire."""

    code: str
    subject: Part = ""
    """Subject of the refusal: the key of an escalation, a request."""
    obstacle: Part = ""
    """Reason why nothing was done."""
    allowed_moves: tuple[Part, ...] | None = None
    """Moves that are allowed instead; None: the refusal is about something else than a move."""
    faults: tuple[Fault, ...] = ()

    @property
    def reason(self) -> Reason:
        said = self.obstacle
        if isinstance(said, Reason) and said.code == FAULTS:
            said = Reason(FAULTS, (*said.parts, self._lines))
        if self.subject:
            said = reason("refused.subject", self.subject, said)
        if self.allowed_moves is not None:
            moves = self.allowed_moves or reason("refused.ended")
            said = reason("refused.allowed_now", said, moves)
        return said if isinstance(said, Reason) else reason("as_written", said)

    @property
    def _lines(self) -> Listed:
        """A line for each fault, and the count of the others."""
        lines = [reason("on_a_line", fault.reason) for fault in self.faults]
        match self.obstacle:
            case Reason(_, (_, int(total))) if total > len(lines):
                lines.append(reason("on_a_line", reason("and_more", total - len(lines))))
        return Listed(tuple(lines), "lines")


class EscalationError(Spoken, Exception):
    """A refusal. Nothing has changed."""

    code: ClassVar[str] = "escalation_error"

    def __init__(
        self,
        obstacle: Part,
        faults: Iterable[Fault] = (),
        *,
        subject: Part = "",
        allowed_moves: Iterable[Part | StrEnum] | None = None,
    ) -> None:
        super().__init__(obstacle)
        moves = None if allowed_moves is None else listed(*allowed_moves).parts
        self.refusal = Refusal(
            code=self.code, subject=subject, obstacle=obstacle, allowed_moves=moves, faults=tuple(faults)
        )

    @classmethod
    def of_refusal(cls, refusal: Refusal) -> "EscalationError":
        """Return the error that *refusal* came from."""
        error = BY_CODE[refusal.code](refusal.obstacle)
        error.refusal = refusal
        return error

    @property
    def message(self) -> str:
        return EscalationError.say(self.refusal.reason)

    @property
    def faults(self) -> tuple[Fault, ...]:
        return self.refusal.faults

    def __str__(self) -> str:
        return self.message


class BadRequest(EscalationError):
    code = "bad_request"

    @classmethod
    def because(cls, what: Part, faults: Iterable[Fault]) -> "BadRequest":
        found = tuple(faults)
        shown = first_of(found, REFUSAL)
        return cls(reason(FAULTS, what, len(found)), shown)

    @property
    def request(self) -> Part:
        """Subject of a list of faults: its first part."""
        match self.refusal.obstacle:
            case Reason("refused.faults", (what, _)):
                return what
            case _:
                return ""


class MoveNotAllowed(EscalationError):
    code = "move_not_allowed"


class NotReadyToClose(MoveNotAllowed):
    code = "not_ready_to_close"


class RoleNotAllowed(EscalationError):
    code = "role_not_allowed"


class NotProven(EscalationError):
    code = "not_proven"


class UnknownName(EscalationError):
    code = "unknown_name"

    @classmethod
    def of(
        cls,
        what: Part,
        given: str,
        known: Iterable[str],
        *,
        subject: Part = "",
        listed: Part = "",
        called: Mapping[str, str] = NOTHING_CALLED,
    ) -> "UnknownName":
        """
        *what* nothing is called *given*; *listed* says the *known* ones in other words than their own, and *called*
        what else some are called.
        """
        names = tuple(known)
        every = listed or shortened(names, REFUSAL) or reason("none")
        obstacle = reason("unknown", what, quote_input(given), every)
        return cls(_meaning(obstacle, nearest(given, names, called)), subject=subject)


class UnknownEscalation(EscalationError):
    code = "unknown_escalation"


class RateExceeded(EscalationError):
    code = "rate_exceeded"


class StillFinishing(EscalationError):
    code = "still_finishing"


BY_CODE: dict[str, type[EscalationError]] = {
    kind.code: kind
    for kind in (
        EscalationError,
        BadRequest,
        MoveNotAllowed,
        NotReadyToClose,
        RoleNotAllowed,
        NotProven,
        UnknownName,
        UnknownEscalation,
        RateExceeded,
        StillFinishing,
    )
}


_LONGEST_ECHO = 80


def quote_input(given: Any) -> str:
    """*given* as a short quotation, for an error message."""
    text = str(given) if isinstance(given, timedelta) else repr(given)
    return clip(text, _LONGEST_ECHO)


def nearest(given: str, known: Iterable[str], called: Mapping[str, str] = NOTHING_CALLED) -> str:
    """
    The known name that *given* is probably a slip of; empty if none is close. *called*: what else some are called, to
    the name: Priya Nair, of priya.
    """
    by_folded = {fold_name(name): name for name in known}
    taken = set(by_folded.values())
    by_folded = {fold_name(words): name for words, name in called.items() if name in taken} | by_folded
    close = get_close_matches(fold_name(given), by_folded, n=1, cutoff=0.6)
    return by_folded[close[0]] if close else ""


def _meaning(said: Part, suggestion: str) -> Part:
    return reason("refused.did_you_mean", said, suggestion) if suggestion else said


def faults_of(error: ValidationError, within: str = "") -> tuple[Fault, ...]:
    """Pydantic's findings in our words: where, what was given, what is allowed."""
    return tuple(fault for fault, _ in findings_of(error, within))


def findings_of(error: ValidationError, within: str = "") -> "Iterator[tuple[Fault, ErrorDetails]]":
    """
    Each fault with the finding of pydantic's that it words; without those that say nothing new: a list counts as too
    short where its items are faulty.
    """
    errors = error.errors(include_url=False)
    return ((_fault_of(found, within), found) for found in errors if not _follows_from(found, errors))


def faults_in(errors: "Iterable[ErrorDetails]") -> tuple[Fault, ...]:
    """As ``faults_of``, of findings of pydantic's that another library collected."""
    found = tuple(errors)
    return tuple(_fault_of(each, "") for each in found if not _follows_from(each, found))


def _follows_from(found: "ErrorDetails", errors: "Iterable[ErrorDetails]") -> bool:
    within = found["loc"]
    return found["type"] == "too_short" and any(
        len(other["loc"]) > len(within) and other["loc"][: len(within)] == within for other in errors
    )


def _fault_of(found: "ErrorDetails", within: str) -> Fault:
    return Fault(
        where=".".join(str(part) for part in ((within,) if within else ()) + found["loc"]),
        given=_given(found),
        allowed=_allowed(found),
        suggestion=getattr(found.get("ctx", {}).get("error"), "suggestion", ""),
    )


def _given(found: "ErrorDetails") -> Part:
    """Return what was given. A long value with parts is described: the first characters of its spelling say nothing."""
    given = found["input"]
    if found["type"] == "missing" or given is None or given in ([], ()):
        return reason("nothing")
    is_short = len(repr(given)) <= _LONGEST_ECHO
    match given:
        case Mapping() if not is_short:
            return reason("given.mapping", clip(", ".join(map(str, given)), _LONGEST_ECHO))
        case list() | tuple() if not is_short:
            return reason("given.list", len(given))
        case _:
            return quote_input(given)


def _kind(found: "ErrorDetails") -> str:
    """Return the kind of a fault; pydantic takes a bounded text of ours for a list."""
    is_text = found["type"] in {"too_short", "too_long"} and isinstance(found["input"], str)
    return f"string_{found['type']}" if is_text else found["type"]


UNKNOWN_FIELD = frozenset({"extra_forbidden", "unexpected_keyword_argument"})
"""Names that pydantic gives to an unknown field, of a model and of a dataclass."""
_KINDS = {
    "allowed.required": "missing",
    "allowed.no_such_field": " ".join(UNKNOWN_FIELD),
    "allowed.mapping": "dict_type model_type model_attributes_type dataclass_type",
    "allowed.list": "tuple_type list_type",
    "allowed.whole_number": "int_type int_parsing int_from_float",
    "allowed.true_or_false": "bool_type bool_parsing",
    "allowed.instant": "timezone_aware datetime_type datetime_parsing datetime_from_date_parsing",
    "allowed.day": "date_type date_parsing date_from_datetime_parsing date_from_datetime_inexact",
    "allowed.number": "decimal_type decimal_parsing finite_number",
    "allowed.duration": "time_delta_type time_delta_parsing",
    "allowed.text": "string_type",
    "allowed.some_text": "string_too_short",
}
"""Kinds of findings that the library words for programmers."""
_IN_WORDS = {kind: reason(code) for code, kinds in _KINDS.items() for kind in kinds.split()}
_BOUNDS = {
    "too_short": ("allowed.items_at_least", "min_length"),
    "too_long": ("allowed.items_at_most", "max_length"),
    "string_too_long": ("allowed.characters_at_most", "max_length"),
    "greater_than": ("allowed.greater_than", "gt"),
    "greater_than_equal": ("allowed.at_least", "ge"),
    "less_than_equal": ("allowed.at_most", "le"),
    "decimal_max_digits": ("allowed.digits_at_most", "max_digits"),
    "decimal_max_places": ("allowed.decimals_at_most", "decimal_places"),
    "decimal_whole_digits": ("allowed.digits_at_most", "whole_digits"),
}
"""Kinds of findings with a bound, and its name in the finding."""


def _allowed(found: "ErrorDetails") -> Part:
    kind, limits = _kind(found), found.get("ctx", {})
    if kind in _IN_WORDS:
        return _IN_WORDS[kind]
    if kind in _BOUNDS:
        code, bound = _BOUNDS[kind]
        limit = limits[bound]
        return reason(code, limit if isinstance(limit, int | timedelta) else str(limit))
    if isinstance(refused := limits.get("error"), InvalidValue):
        return refused.allowed
    return found["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
