"""
Plan: what one escalation needs of the playbook, pinned at its start.

Levels, windows, triggers, responses, targets, people and open hours, all resolved: no YAML, time zone or holiday is
looked up after this. What the playbook says later does not reach a running escalation. This file holds data and
finds things in it; it decides nothing.
"""

from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from typing import Annotated

from pydantic import Field

from escalation.base import CustomerText, Frozen, Instant, Name
from escalation.business_time import OpenHours
from escalation.errors import UnknownName
from escalation.lifecycle import Move


class Priority(StrEnum):
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"


class ReasonCode(StrEnum):
    """Why an escalation starts or rises (KIND-6)."""

    DISSATISFIED_CUSTOMER = "dissatisfied_customer"
    SLA_BREACH = "sla_breach"
    LACK_OF_EXPERTISE = "lack_of_expertise"
    SUPERVISOR_REQUESTED = "supervisor_requested"
    VOLUME_SPIKE = "volume_spike"
    LONG_HOLD = "long_hold"
    BLOCKED_DEPENDENCY = "blocked_dependency"
    LACK_OF_AUTHORITY = "lack_of_authority"
    REPEATED_DELAY = "repeated_delay"
    BUDGET_OVERRUN = "budget_overrun"
    NO_RESPONSE = "no_response"
    EXECUTIVE_THREAT = "executive_threat"
    OTHER = "other"


class ClockName(StrEnum):
    ACKNOWLEDGE = "acknowledge"
    LEVEL_WINDOW = "level_window"
    FIRST_NOTICE = "first_notice"
    NEXT_UPDATE = "next_update"
    RESOLUTION = "resolution"
    VERIFICATION = "verification"
    INTERNAL_RCA = "internal_rca"
    CUSTOMER_RCA = "customer_rca"
    CLOSING = "closing"

    @property
    def words(self) -> str:
        if self is ClockName.ACKNOWLEDGE:
            return "acknowledgement"
        return self.value.replace("_", " ").replace("rca", "RCA")


class Unreached(StrEnum):
    """What happens when no contact of a level acknowledges (MATRIX-5)."""

    SKIP = "skip"
    HOLD = "hold"
    FALLBACK = "fallback"


class ContactKind(StrEnum):
    PERSON = "person"
    TEAM = "team"
    SCHEDULE = "schedule"
    """Stands for whoever is on call; found out when needed, never pinned."""


class Recipient(Frozen):
    """Whom a message goes to, and how."""

    id: str
    name: str
    addresses: tuple[str, ...]
    """``channel:target``, in order of preference."""
    language: str = "en"
    time_zone: str = "UTC"


class Contact(Frozen):
    """A person or a team that can hold an escalation, be told of it, or make moves in it."""

    id: Name
    name: Name
    kind: ContactKind = ContactKind.PERSON
    roles: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    """Of a team or a schedule: the ids of its people."""
    addresses: tuple[str, ...] = ()
    """``channel:target``, in order of preference."""
    language: str = "en"
    time_zone: str = "UTC"

    @cached_property
    def recipient(self) -> Recipient:
        return Recipient(
            id=self.id,
            name=self.name,
            addresses=self.addresses,
            language=self.language,
            time_zone=self.time_zone,
        )


class Window(Frozen):
    """How long a level may hold without resolution: reminded at the minimum, risen at the maximum (MATRIX-2)."""

    minimum: timedelta
    maximum: timedelta
    in_business_days: bool = False


class Trigger(Frozen):
    """A named fact that sends the escalation up at once (MATRIX-3)."""

    name: Name
    says: str = ""
    to_level: int | None = None
    """None: to the next level."""
    reason: ReasonCode = ReasonCode.OTHER
    """The reason code of the rise (KIND-6)."""


class Level(Frozen):
    number: int
    name: Name
    contacts: tuple[Name, ...]
    """Contact ids, tried in this order (MATRIX-5)."""
    window: Window | None = None
    """None: holds until resolution."""
    responses: tuple[str, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    managers: tuple[Name, ...] = ()
    """Alerted at each breach while the level holds (CLOCK-6)."""
    unreached: Unreached = Unreached.HOLD
    fallback: Name | None = None


class Target(Frozen):
    """How long a clock may run, and when its owner is reminded."""

    after: timedelta
    in_business_days: bool = False
    around_the_clock: bool = False
    """Counts every minute, whatever the priority counts (the first notice, CLOCK-8)."""
    thresholds: tuple[Annotated[int, Field(gt=0, lt=100)], ...] = ()
    """Percent of ``after``, rising; 100 % is the breach and always there (CLOCK-2)."""


class PriorityRules(Frozen):
    """What a priority changes (KIND-3, MATRIX-7)."""

    business_hours: bool
    """Spans in minutes and hours count open hours; else the wall clock."""
    targets: dict[ClockName, Target]
    stakeholders: tuple[Name, ...] = ()
    """Contact ids told at the start (COMM-2)."""
    entry_level: int = 1
    window_percent: int = 100
    """Level windows shrink to this share."""
    rca_required: bool = False


class PlaybookRef(Frozen):
    name: Name
    version: str
    sha256: str


class CalendarSource(Frozen):
    """Where the open hours come from; only for compiling them further, never read by the rules."""

    name: Name
    definition: str
    """The calendar as JSON."""


class Plan(Frozen):
    playbook: PlaybookRef
    issue_type: Name
    category: Name
    levels: tuple[Level, ...]
    executive_level: int
    priorities: dict[Priority, PriorityRules]
    contacts: tuple[Contact, ...]
    permissions: dict[Move, tuple[str, ...]] = {}
    """The roles that may make a move; a move that is not listed is open to everyone known (ROLE-1)."""
    open_hours: OpenHours
    calendar: CalendarSource
    pause_reasons: dict[str, tuple[ClockName, ...]] = {}
    """Named reason to the clocks that it stops (CLOCK-3)."""
    escalation_managers: tuple[Name, ...] = ()
    architects: tuple[Name, ...] = ()
    problem_coordinators: tuple[Name, ...] = ()
    engagement_managers: tuple[Name, ...] = ()
    """Ask customers whether access is back, and share the RCA (RESOLVE-6, CLOSE-4)."""
    bring_in: tuple[Name, ...] = ()
    """Contact ids brought in when the resolution window ends (RESOLVE-1)."""
    rca_approvers: tuple[Name, ...] = ()
    rca_waivable: bool = True
    holding_update: CustomerText | None = None
    """Sent by itself when an update is missed; None: never (COMM-3)."""
    chase_every: timedelta = timedelta(days=1)
    """How often a breached clock is brought up again until somebody ends it."""

    @cached_property
    def _by_id(self) -> dict[str, Contact]:
        return {contact.id: contact for contact in self.contacts}

    def contact(self, contact_id: str) -> Contact:
        """
        Raises:
            UnknownName: If the plan has no such person or team.
        """
        try:
            return self._by_id[contact_id]
        except KeyError:
            raise UnknownName.of("unknown person", contact_id, sorted(self._by_id)) from None

    def knows(self, contact_id: str) -> bool:
        return contact_id in self._by_id

    def level(self, number: int) -> Level:
        """
        Raises:
            UnknownName: If the matrix has no such level.
        """
        if 1 <= number <= len(self.levels):
            return self.levels[number - 1]
        raise UnknownName(f"unknown level {number}; known: 1 to {len(self.levels)}")

    @property
    def last_level(self) -> int:
        return len(self.levels)

    @property
    def extend_at(self) -> Instant:
        """When the open hours must be compiled further, well before they end."""
        return self.open_hours.compiled_until - timedelta(days=45)
