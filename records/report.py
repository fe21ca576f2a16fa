"""A report: the figures of a period and what they are drawn from, as plain values. How they look is not known here."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from escalation.measures.definitions import BY_NAME, Measure
from escalation.measures.report_schedule import OpenEscalationsRecorded
from escalation.policy.sight import UNLIMITED, Sight


class By(StrEnum):
    """Groups that a report can be divided into."""

    CATEGORY = "category"
    PRIORITY = "priority"
    CUSTOMER = "customer"
    TEAM = "team"
    LEVEL = "level"
    REASON = "reason"


FIRST = (
    "escalations",
    "resolve_median",
    "acknowledge_median",
    "attainment_resolution",
    "breached",
    "ping_pong",
    "reopened",
    "paused",
    "satisfaction",
    "rca_on_time",
)
"""Keys of the figures that a reader wants first, where there is anything to draw them from."""
NOT_KNOWN = "not known"
"""The label of those that lack what a report is divided by."""


@dataclass(frozen=True, slots=True)
class Period:
    """A period: escalations opened from ``since`` on and before ``until``; None is unbounded."""

    since: datetime | None = None
    until: datetime | None = None
    sight: Sight = UNLIMITED
    """Of these escalations, those that whoever asks may look at (IDENTITY-4)."""


class Figure(NamedTuple):
    name: str
    value: float | None
    """In the unit of its measure; None: there is nothing to draw it from."""
    of: int
    """The number of escalations, runs or answers behind it."""

    @property
    def measure(self) -> Measure:
        return BY_NAME[self.name]


class Group(NamedTuple):
    label: str
    figures: dict[str, Figure]

    def value(self, name: str) -> float | None:
        return self.figures[name].value


class OpenedCount(NamedTuple):
    """Number of escalations opened on one day, with one priority."""

    on: date
    priority: str
    escalations: int


class LevelCount(NamedTuple):
    level: int
    """The highest that they reached."""
    escalations: int


class OwnedByTeam(NamedTuple):
    """Time that a team owned escalations (RESOLVE-7)."""

    team: str
    escalations: int
    hours: float


class Case(NamedTuple):
    """One escalation worth a look."""

    key: str
    subject: str | None
    category: str
    priority: str
    state: str
    opened_at: datetime
    level: int | None
    lived_for: float
    """Seconds."""
    breaches: int
    reopened: int
    hand_overs: int
    ping_pong: int
    owners: tuple[str, ...] = ()
    """The owners, one after the other; of ping-pong alone."""


class OverdueAction(NamedTuple):
    key: str
    what: str
    owner: str
    due: date


class Cause(NamedTuple):
    cause: str
    escalations: int
    keys: tuple[str, ...]
    """The first ten."""


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of a period (RECORD-2), and what a review looks at (RECORD-3)."""

    period: Period
    by: By | None
    as_of: datetime
    whole: Group
    groups: tuple[Group, ...]
    """By what it is divided by, most escalations first."""
    priorities: tuple[Group, ...]
    """The times of each priority alone."""
    volumes: dict[By, tuple[tuple[str, int], ...]]
    opened: tuple[OpenedCount, ...]
    reached: tuple[LevelCount, ...]
    held: tuple[OwnedByTeam, ...]
    worst: tuple[Case, ...]
    ping_pong: tuple[Case, ...]
    to_do: int
    """Actions that are not done, whenever their escalations were opened."""
    overdue: tuple[OverdueAction, ...]
    """Of these, those that were due before."""
    causes: tuple[Cause, ...]
    imported: int
    """Of the escalations, those that another system saw through."""
    record: OpenEscalationsRecorded | None = None
    """The result of bringing open escalations on record up to ``as_of``; None: that was not asked."""

    @property
    def is_empty(self) -> bool:
        return not self.whole.value("escalations")

    def rows(self) -> Iterator[tuple[str, Figure]]:
        """Every figure with the label of its group."""
        for group in (self.whole, *self.groups):
            for figure in group.figures.values():
                yield group.label, figure
