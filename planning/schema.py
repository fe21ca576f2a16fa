"""
What a playbook file may say, and in which form.

Data and the shape of each part alone: whether the parts fit together is for ``checks.py``, what a level inherits
for ``ladder.py``. The field names are what managers write; renaming one breaks their files.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, PrivateAttr, model_validator

from escalation.base import Asked, CustomerText, Name
from escalation.plan import Priority, Unreached
from escalation.request import Degree
from planning.forms import (
    Addresses,
    Clocks,
    Dates,
    Days,
    Hours,
    Id,
    Language,
    Names,
    PauseReason,
    Percents,
    PersonsMove,
    Phrase,
    Phrases,
    Roles,
    TargetClock,
    TimeZone,
    WrittenSpan,
    WrittenWindow,
)
from planning.spans import parse_span


class CalendarRules(Asked):
    """When the organisation is open."""

    time_zone: TimeZone
    weekly: dict[Days, Hours]
    closed_on: Dates = ()
    """Own dates: what would open on such a day does not."""


class Person(Asked):
    name: Name
    roles: Roles = ()
    addresses: Addresses = ()
    language: Language = "en"
    time_zone: TimeZone = "UTC"


class Team(Asked):
    name: Name
    members: Annotated[Names, Field(min_length=1)]
    addresses: Addresses = ()
    language: Language = "en"
    time_zone: TimeZone = "UTC"


class TargetRules(Asked):
    """How long a clock may run: ``4 h``, or with its own reminders ``{within: 4 h, remind_at: [50]}``."""

    within: WrittenSpan
    remind_at: Percents | None = None
    """None: as the playbook says for all."""

    @model_validator(mode="before")
    @classmethod
    def _from_a_span_alone(cls, given: Any) -> Any:
        return {"within": given} if isinstance(given, str) else given


class BasisOfTime(StrEnum):
    """MATRIX-7."""

    ALWAYS = "24x7"
    BUSINESS = "business"


class PriorityWritten(Asked):
    """What a priority changes (KIND-3)."""

    basis: BasisOfTime
    entry_level: Annotated[int, Field(ge=1)] = 1
    window_percent: Annotated[int, Field(ge=1, le=1000)] = 100
    stakeholders: Names = ()
    rca_required: bool = False
    targets: dict[TargetClock, TargetRules] = {}


class TriggerRules(Asked):
    """A fact that sends the escalation up: its words, or ``{says: …, to_level: 5}`` (MATRIX-3)."""

    says: Phrase
    to_level: int | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_words_alone(cls, given: Any) -> Any:
        return {"says": given} if isinstance(given, str) else given


class LevelRules(Asked):
    """What is said of a level in one place; what is left out is inherited."""

    name: Name | None = None
    contacts: Names = ()
    window: WrittenWindow = None
    responses: Phrases = ()
    triggers: dict[Id, TriggerRules] = {}
    managers: Names = ()
    unreached: Unreached = Unreached.HOLD
    fallback: Name | None = None


LevelNumber = Annotated[int, Field(ge=1, le=50)]


class Scope(Asked):
    """What the playbook, an issue type and a category can each say of levels; the nearer one wins."""

    executive_level: LevelNumber | None = None
    each_level: LevelRules = LevelRules()
    levels: dict[LevelNumber, LevelRules] = {}


class CategoryRules(Scope):
    name: Name


class IssueTypeRules(Scope):
    name: Name
    categories: Annotated[dict[Id, CategoryRules], Field(min_length=1)]


class Duties(Asked):
    """Who is asked for what, by role or by id."""

    escalation_managers: Annotated[Names, Field(min_length=1)]
    architects: Names = ()
    problem_coordinators: Names = ()
    rca_approvers: Names = ()
    bring_in: Names = ()
    """Told when the resolution target is missed (RESOLVE-1)."""


class RcaRules(Asked):
    may_be_waived: bool = True


class Playbook(Scope):
    """A whole playbook file."""

    name: Name
    version: Annotated[str, Field(min_length=1, max_length=50)]
    calendars: Annotated[dict[Id, CalendarRules], Field(min_length=1)]
    calendar: Name
    """The one of the calendars that open hours and business days count in."""
    people: Annotated[dict[Id, Person], Field(min_length=1)]
    teams: dict[Id, Team] = {}
    duties: Duties
    permissions: dict[PersonsMove, Names] = {}
    priorities: dict[Priority, PriorityWritten]
    targets: dict[TargetClock, TargetRules] = {}
    """For every priority that does not say otherwise."""
    remind_at: Percents = (50, 75, 90)
    priority_from: dict[Degree, dict[Degree, Priority]]
    """Impact, then urgency."""
    pause_reasons: dict[PauseReason, Clocks] = {}
    rca: RcaRules = RcaRules()
    holding_update: CustomerText | None = None
    chase_every: WrittenSpan = parse_span("1 day")
    issue_types: Annotated[dict[Id, IssueTypeRules], Field(min_length=1)]

    _sha256: str = PrivateAttr(default="")

    @property
    def sha256(self) -> str:
        """Of the file's bytes; of a file that extends another, of the digests of both."""
        return self._sha256

    def with_digest(self, sha256: str) -> "Playbook":
        self._sha256 = sha256
        return self

    def holders(self, role: str) -> tuple[str, ...]:
        return tuple(id_ for id_, person in self.people.items() if role in person.roles)

    @property
    def roles(self) -> tuple[str, ...]:
        """Every role that somebody has, in the order of the people."""
        return tuple(dict.fromkeys(role for person in self.people.values() for role in person.roles))

    def ids_of(self, names: Iterable[str]) -> tuple[str, ...]:
        """People and teams by name: an id stands for itself, a role for everybody who has it."""
        found: dict[str, None] = {}
        for name in names:
            is_id = name in self.people or name in self.teams
            found |= dict.fromkeys((name,) if is_id else self.holders(name))
        return tuple(found)
