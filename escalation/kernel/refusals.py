"""
Every way in which the engine says no.

::

    EscalationError
    ├── BadRequest          the request is malformed; carries every fault at once (START-6)
    ├── MoveNotAllowed      the state machine, or something still open, forbids the move
    │   └── NotReadyToClose   the close gate is not satisfied (CLOSE-8)
    ├── RoleNotAllowed      this person may not make this move (ROLE-2)
    ├── UnknownName         a person, level, trigger, response, account, record that the escalation does not have
    ├── UnknownEscalation   no such key
    ├── RateExceeded        more was done within a short time than people do
    └── StillFinishing      the escalation has ended, but its last messages are still on their way

The class is the stable code (``code``). A refusal crosses the wire as data: what it is about, what stands in the way,
which moves are allowed, every fault. Text is made of it where a person reads it. This file knows no rule.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from difflib import get_close_matches
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import ValidationError

from escalation.kernel.budgets import REFUSAL, first_of, shortened
from escalation.kernel.characters import clip
from escalation.kernel.name_comparison import fold_name
from escalation.kernel.reasons import Listed, Part, Reason, listed, reason, spell
from escalation.kernel.values import frozen

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


NOTHING_CALLED: Mapping[str, str] = MappingProxyType({})


FAULTS = "refused.faults"
"""Code of an obstacle that is a list of faults: what is refused, and how many there are."""


@frozen
class Fault:
    """One thing wrong with an input."""

    where: str
    given: Part
    allowed: Part
    suggestion: str = ""

    @property
    def reason(self) -> Reason:
        return reason("refused.fault", self.where, self.given, _meaning(self.allowed, self.suggestion))

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


class Misspelled(ValueError):
    """Fault of a validator in a value that is probably a slip: what is allowed, and what was meant."""

    def __init__(self, allowed: str, suggestion: str) -> None:
        super().__init__(allowed)
        self.suggestion = suggestion


class EscalationError(Exception):
    """A refusal. Nothing has changed."""

    code: ClassVar[str] = "escalation_error"
    say: ClassVar[Callable[[Part], str]] = spell
    """The text of a refusal: by its codes, until a speaker of some language takes over."""

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
        where=".".join(str(part) for part in ((within,) if within else ()) + found["loc"]) or "(whole)",
        given=_given(found),
        allowed=_allowed(_kind(found), found["msg"], found.get("ctx", {})),
        suggestion=getattr(found.get("ctx", {}).get("error"), "suggestion", ""),
    )


def _given(found: "ErrorDetails") -> str:
    """Return what was given. A long value with parts is described: the first characters of its spelling say nothing."""
    given = found["input"]
    if found["type"] == "missing" or given is None or given in ([], ()):
        return "nothing"
    is_short = len(repr(given)) <= _LONGEST_ECHO
    match given:
        case Mapping() if not is_short:
            return clip(f"a mapping of {', '.join(map(str, given))}", _LONGEST_ECHO)
        case list() | tuple() if not is_short:
            return f"a list of {len(given)}"
        case _:
            return quote_input(given)


def _kind(found: "ErrorDetails") -> str:
    """Return the kind of a fault; pydantic takes a bounded text of ours for a list."""
    is_text = found["type"] in {"too_short", "too_long"} and isinstance(found["input"], str)
    return f"string_{found['type']}" if is_text else found["type"]


UNKNOWN_FIELD = frozenset({"extra_forbidden", "unexpected_keyword_argument"})
"""Names that pydantic gives to an unknown field, of a model and of a dataclass."""
_SIZES = {
    "too_short": "at least {min_length} of these",
    "too_long": "at most {max_length} of these",
    "string_too_short": "a text that is not empty",
    "string_too_long": "at most {max_length} characters",
}
_A_MAPPING = "a mapping, such as name: value"
_A_DATE = "a date such as 2026-12-24"
_A_NUMBER = "a whole number"
_AN_INSTANT = "a date and time with its offset, such as 2026-11-20T16:30+07:00"
_IN_WORDS = {
    "missing": "this field is required",
    **dict.fromkeys(UNKNOWN_FIELD, "no field of this name exists here"),
    "dict_type": _A_MAPPING,
    "model_type": _A_MAPPING,
    "model_attributes_type": _A_MAPPING,
    "dataclass_type": _A_MAPPING,
    "int_type": _A_NUMBER,
    "int_parsing": _A_NUMBER,
    "int_from_float": _A_NUMBER,
    "string_type": "a text",
    "tuple_type": "a list, such as [a, b]",
    "list_type": "a list, such as [a, b]",
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "timezone_aware": _AN_INSTANT,
    "datetime_type": _AN_INSTANT,
    "datetime_parsing": _AN_INSTANT,
    "datetime_from_date_parsing": _AN_INSTANT,
    "date_type": _A_DATE,
    "date_parsing": _A_DATE,
    "date_from_datetime_parsing": _A_DATE,
    "date_from_datetime_inexact": _A_DATE,
}
"""Kinds of findings that the library words for programmers."""


def _allowed(kind: str, message: str, limits: Mapping[str, Any]) -> str:
    if kind in _IN_WORDS:
        return _IN_WORDS[kind]
    if kind in _SIZES:
        return _SIZES[kind].format(**limits)
    return message.removeprefix("Input should be ").removeprefix("Value error, ")
