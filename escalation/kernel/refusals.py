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

The class is the stable code (``code``) that crosses the wire; the prose is for people and may change.
This file knows no rule: it only words refusals.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import ValidationError

from escalation.kernel.budgets import REFUSAL, first_of, shortened
from escalation.kernel.characters import clip
from escalation.kernel.name_comparison import fold_name
from escalation.kernel.numbers import number_of
from escalation.kernel.values import frozen

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


NOTHING_CALLED: Mapping[str, str] = MappingProxyType({})


@frozen
class Fault:
    """One thing wrong with an input."""

    where: str
    given: str
    allowed: str
    suggestion: str = ""

    def __str__(self) -> str:
        return f"{self.where}: given {self.given}; allowed: {self.allowed}{did_you_mean(self.suggestion)}"


class Misspelled(ValueError):
    """What a validator says of a value that is probably a slip: what is allowed, and what was meant."""

    def __init__(self, allowed: str, suggestion: str) -> None:
        super().__init__(allowed)
        self.suggestion = suggestion


class EscalationError(Exception):
    """A refusal. Nothing has changed."""

    code: ClassVar[str] = "escalation_error"

    def __init__(self, message: str, faults: Iterable[Fault] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.faults = tuple(faults)


class BadRequest(EscalationError):
    code = "bad_request"

    @classmethod
    def because(cls, what: str, faults: Iterable[Fault]) -> "BadRequest":
        found = tuple(faults)
        told = first_of(found, REFUSAL)
        lines = "".join(f"\n  {fault}" for fault in told)
        lines += f"\n  and {len(found) - len(told):,} more" if len(told) < len(found) else ""
        return cls(f"{what} is refused: {number_of(len(found), 'fault')}{lines}", told)


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
        what: str,
        given: str,
        known: Iterable[str],
        *,
        listed: str = "",
        called: Mapping[str, str] = NOTHING_CALLED,
    ) -> "UnknownName":
        """
        *what* nothing is called *given*; *listed* says the *known* ones in other words than their own, and *called*
        what else some are called.
        """
        names = tuple(known)
        every = listed or ", ".join(shortened(names, REFUSAL)) or "none"
        return cls(
            f"{what} {quote_input(given)}; known: {every}{did_you_mean(nearest(given, names, called))}"
        )


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


def did_you_mean(suggestion: str) -> str:
    """For the end of a refusal; empty without a suggestion."""
    return f"; did you mean {suggestion}?" if suggestion else ""


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
    """What was given; what has parts and is long, in words: the first characters of its spelling say nothing."""
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
    """What is a text of ours, with a length, pydantic takes for a list."""
    is_text = found["type"] in {"too_short", "too_long"} and isinstance(found["input"], str)
    return f"string_{found['type']}" if is_text else found["type"]


UNKNOWN_FIELD = frozenset({"extra_forbidden", "unexpected_keyword_argument"})
"""What pydantic calls a field that does not exist, of a model and of a dataclass."""
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
