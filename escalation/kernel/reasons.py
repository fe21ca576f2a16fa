"""
Reasons: what the rules say, as data. A catalogue says it in the language of whoever reads it (ADR 29).

A reason is a code and the parts that the sentence names, such as `raised_by` with a person. Codes are the `msgid` of
entries in the context `reason` of `messages/catalogues/*.po`; a test compares both, and the number of parts. Words of
people and of the playbook are parts as well, and stay as they were written.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal, NewType

from pydantic import Field


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
    of: Literal["words", "sentences"] = "words"
    kind: Literal["listed"] = "listed"


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    parts: "tuple[Part, ...]" = ()
    kind: Literal["reason"] = "reason"


Part = (
    Annotated[Person | Term | At | Day | Lasting | Listed | Reason, Field(discriminator="kind")] | int | str
)
"""What a sentence names. A text is somebody's own words, an identifier or a name: the same in every language."""
PLAYBOOK = "playbook"
"""Context of terms that a playbook invents."""
AsPart = Part | datetime | date | timedelta | tuple["AsPart", ...]


def reason(code: str, *parts: "AsPart") -> Reason:
    """Return a reason; codes of the rules, instants, days, spans and tuples become parts."""
    return Reason(code, tuple(map(_part, parts)))


def sentences(each: "Iterable[AsPart]") -> Listed:
    """Return a part that lists whole sentences."""
    return Listed(tuple(map(_part, each)), "sentences")


def as_written(text: str) -> Reason:
    """Return a reason in words that somebody wrote: a person, the playbook, another system."""
    return Reason("as_written", (str(text),))


def _part(value: "AsPart") -> Part:
    match value:
        case StrEnum():
            return Term(type(value).__name__, value.value)
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


Why = NewType("Why", str)
NO_REASON = Why("")


class Sentence(StrEnum):
    """`{}` stands for a name, a number, a word of the rules, or a further sentence."""

    # by whom
    RAISED_BY = "raised by {}"
    TRANSFERRED_BY = "transferred by {}: {}"
    UPDATE_BY = "update by {}"
    DECLARED_BY = "{} declared by {}"
    VERIFIED_BY = "{} verified by {}"
    REJECTED_BY = "rejected by {}"
    REOPENED = "reopened"
    REOPENED_BY = "reopened by {}"
    NO_ACCESS = "{} cannot use the service yet"
    DERIVED_BY = "derived by {}"
    APPROVED_BY = "approved by {}"
    CLOSED_BY = "closed by {}"
    REBASED_BY = "rebased by {}: {} instead of {}"
    TEXT_BY = "text {}, by {}"
    TEXT_EDITED_BY = "text {}, edited by {}"
    TEXT_REJECTED_BY = "text {}, rejected by {}"
    LOW_SCORE = "{} of {} gave {} of 5"
    CANCELLED_FOR = "{} ({})"
    MERGED_BY = "{} goes on here, merged by {}"

    # who is asked now
    PRIORITY_CHANGED = "priority changed from {} to {}"
    ENTERS_AT_LEVEL = "{} enters at level {}"
    WINDOW_ENDED = "the window of level {} ended"
    NOT_ACKNOWLEDGED = "{} did not acknowledge"
    NOTHING_HEARD = "nothing was heard of {} since the acknowledgement"
    OWNER_LEFT = "{} is not in the playbook any more"
    LAST_LEVEL_NOW = "level {} is the last now"
    LEVEL_IS_FOR = "level {} is for {} now"

    # on call
    ON_CALL_NOW = "on call now"
    ON_CALL_INSTEAD_OF = "on call now, instead of {}"
    NOBODY_ON_CALL = "nobody is on call for {}"
    NOBODY_ON_CALL_BECAUSE = "nobody is on call for {}: {}"
    AND_ALSO = "{}; {}"
    NO_SHIFT = "nobody: no override, calendar entry or rotation holds at that time"
    NO_SCHEDULE = "the playbook has no on-call schedule {} now"
    STRAY_ENTRY = "the {} names nobody of the playbook"
    CALENDAR_UNUSABLE = "the calendar cannot be used: {}"

    # what is due
    DUE = "{} is due"
    OVERDUE = "{} is overdue"
    STILL_OVERDUE = "{} is still overdue"
    NO_MORE_HOLDING = (
        "customers had {} automatic updates in a row, and get no more until somebody writes to them"
    )
    LEVEL_DUE_TO_RISE = "this level is due to rise"
    ACKNOWLEDGEMENT_EXPIRES = "nothing was heard for a while, and the acknowledgement expires"
    PAUSE_ENDS = "the pause ends soon"
    PAUSE_ENDED = "the pause, {}, has lasted as long as it may"
    ACTION_DUE = "an action is due"
    ACTION_OVERDUE = "an action is overdue"

    # task forces
    OF_TASK_FORCE = "task force {}: {}"
    LEAD = "you lead it"
    SEAT_OFFERED = "the seat {}, led by {}"
    SEATS_SETTLED = "every seat is settled"
    SEAT_VACANT = "nobody is left to ask for the seat {}"
    SEAT_LEFT = "{} left the seat {}"
    TASK_GIVEN = "you have a task"
    TASK_DUE = "a task is due soon"
    TASK_OVERDUE = "a task is overdue"
    STATUS_DUE = "the status is due"
    STATUS_OVERDUE = "the status is overdue"
    STATUS_MISSING = "the status is missing"
    STATUS_STILL_MISSING = "the status is still missing"
    REPORTED_BY = "reported by {}"
    RESOLUTION_DECLARED = "the resolution is declared"
    ESCALATION_CLOSED = "the escalation is closed"
    ESCALATION_CANCELLED = "the escalation is cancelled"
    ESCALATION_ENDED = "its escalation has ended"
    ENDED_BY_OPERATOR = "the operator ended it in Temporal"
    NOT_DEPLOYED = "it could not start, because an earlier one of that name has not ended"

    # lines of a list
    NOT_DELIVERED = "{} to {} did not arrive: {}"
    ACTION = "{}. {} ({}, due {}, {})"
    TASK = "{} ({}, due {})"
    SEAT_DECLINED = "{} declined the seat {}: {}"

    def of(self, *parts: object) -> Why:
        assert self.count("{}") == len(parts), self
        return Why(self.format(*parts))
