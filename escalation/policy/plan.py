"""
Plan: what one escalation needs of the playbook, pinned at its start.

Levels, windows, triggers, responses, targets, people and open hours, all resolved: no YAML, time zone or holiday is
looked up after this. What the playbook says later does not reach a running escalation. This file holds data and
finds things in it; it decides nothing.
"""

from collections.abc import Iterable
from dataclasses import field, replace
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import Annotated
from weakref import WeakValueDictionary

from pydantic import AfterValidator, Field

from escalation.kernel.budgets import size_of
from escalation.kernel.business_time import OpenHours
from escalation.kernel.clock_name import ClockName
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import UnknownName
from escalation.kernel.values import Instant, Name, PropertyCache, frozen, to_bytes
from escalation.policy.classification import EscalationReason, Priority
from escalation.policy.local_time import DeskTime
from escalation.policy.people import Contact
from escalation.policy.preferences import Preferences
from escalation.policy.translations import Translations


class Unreached(StrEnum):
    """What happens when no contact of a level acknowledges."""

    SKIP = "skip"
    STAY = "stay"
    FALLBACK = "fallback"


class Basis(StrEnum):
    """Whose time a span counts (MATRIX-7)."""

    PRIORITY = "priority"
    """Minutes and hours: open hours or the wall clock, as the priority says."""
    OPEN_HOURS = "open_hours"
    """Business hours: always a calendar's open hours."""
    BUSINESS_DAYS = "business_days"
    """Business days: always a calendar's, each worth one ordinary day of its open hours."""
    AROUND_THE_CLOCK = "around_the_clock"
    """``60 min 24x7``: every minute, whatever the priority counts."""
    CALENDAR_DAYS = "calendar_days"
    """Days: the wall clock; only where the priority runs by it."""


@frozen
class Window:
    """
    How long a level may hold without resolution: reminded at the minimum, risen at the maximum (MATRIX-2).

    Business days are written as days of 24 hours; what one is worth, the calendar that counts then says.
    """

    minimum: timedelta
    maximum: timedelta
    basis: Basis = Basis.PRIORITY


@frozen
class Trigger:
    """A named fact that sends the escalation up at once (MATRIX-3)."""

    name: Name
    says: str = ""
    to_level: int | None = None
    """None: to the next level."""
    reason: EscalationReason = EscalationReason.OTHER
    """The reason code of the rise (KIND-6)."""


@frozen
class Level:
    number: int
    name: Name
    contacts: tuple[Name, ...]
    """Contact ids, tried in this order (MATRIX-5)."""
    asks_all: bool = False
    """All of them are asked at once."""
    needs_all: bool = False
    """It is acknowledged once each of them has; else by the first."""
    window: Window | None = None
    """None: holds until resolution."""
    responses: tuple[str, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    managers: tuple[Name, ...] = ()
    """Alerted at each breach while the level holds (CLOCK-6)."""
    unreached: Unreached = Unreached.STAY
    fallback: Name | None = None
    calendar: Name | None = None
    """The open hours of its people, which its own clocks count; None: as the priority says."""
    ack_within: "Target | None" = None
    """How soon it must be acknowledged; None: as the priority says."""
    ack_expires: "Target | None" = None
    """How long an acknowledgement holds without activity; None: for good (MATRIX-6)."""

    @property
    def asked_first(self) -> tuple[Name, ...]:
        return self.contacts if self.asks_all else self.contacts[:1]


@frozen
class Target:
    """How long a clock may run, and when its owner is reminded; business days as in ``Window``."""

    after: timedelta
    basis: Basis = Basis.PRIORITY
    thresholds: tuple[Annotated[int, Field(gt=0, lt=100)], ...] = ()
    """Percent of ``after``, rising; 100 % is the breach and always there (CLOCK-2)."""


@frozen
class PausePolicy:
    """What a pause for a named reason does (CLOCK-3)."""

    stops: tuple[ClockName, ...]
    at_most: Target | None = None
    """It ends by itself then; None: when somebody ends it."""


@frozen
class SurveyPolicy:
    """What is asked of customers after the close, and what a low score does (CLOSE-6)."""

    within: Target
    """How long answers are taken."""
    low_score: int = 2
    """This score, or a lower one, alerts the escalation managers."""
    reopens: bool = False
    """A low score opens a new escalation of the same subject (CLOSE-9)."""


@frozen
class ActionPolicy:
    """When the owners of corrective actions are reminded (CLOSE-7)."""

    remind_before: timedelta = timedelta(days=2)
    """Once before the due day, and once on it."""
    chase_every: timedelta = timedelta(days=7)
    """From then on, until it is done."""


@frozen
class HoldingPolicy:
    """How many holding updates customers get in a row, and how far apart (COMM-3)."""

    at_most: int
    """Until a person writes to customers; then nothing goes out by itself."""
    every: Target
    """The next one is promised no sooner than this, nor sooner than the cadence of the priority."""


@frozen
class PriorityPolicy:
    """What a priority changes (KIND-3, MATRIX-7)."""

    business_hours: bool
    """Spans in minutes and hours count open hours; else the wall clock."""
    targets: dict[ClockName, Target]
    stakeholders: tuple[Name, ...] = ()
    """Contact ids told at the start (COMM-2)."""
    entry_level: int = 1
    window_percent: int = 100
    """Level windows shrink to this share."""
    calendar: Name | None = None
    """Whose open hours count; None: the plan's."""
    rca_required: bool = False


@frozen
class PlaybookRef:
    name: Name
    version: str
    sha256: str

    def __str__(self) -> str:
        return f"{self.name} {self.version} ({self.sha256[:12]})"


@frozen
class Calendar:
    """Open hours, as far as they are compiled."""

    hours: OpenHours
    definition: str
    """Where they come from, as JSON; only for compiling them further, never read by the rules."""


@frozen
class TextApproval:
    """A text for customers waits until somebody has approved it (COMM-6)."""

    approvers: tuple[Name, ...]
    """Contact ids."""
    within: Target
    author_may: bool = False
    """Whether whoever wrote it, or edited it last, may approve it, too."""


@frozen
class Plan(PropertyCache):
    playbook: PlaybookRef
    issue_type: Name
    category: Name
    levels: tuple[Level, ...]
    executive_level: int
    sponsors: tuple[Name, ...] = ()
    """Of the affected accounts, when it was compiled or they joined; stakeholders of every priority (SPONSOR-2)."""
    priorities: dict[Priority, PriorityPolicy]
    contacts: tuple[Contact, ...]
    others: tuple[Name, ...] = ()
    """Ids of the playbook's other people, who are looked up once a move names them."""
    permissions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The roles that may make a move; a move that is not listed is open to everyone known (ROLE-1)."""
    calendars: dict[Name, Calendar]
    """Those that some clock of this escalation can count."""
    calendar: Name
    """The one that counts where neither the level, the customer nor the priority names another (MATRIX-7)."""
    desk: DeskTime = DeskTime()
    """Local time of that calendar, in which times are shown."""
    customer_calendar: Name | None = None
    """Of the affected customer: promises to customers count it."""
    pause_reasons: dict[str, PausePolicy] = field(default_factory=dict)
    skills: dict[str, Name] = field(default_factory=dict)
    """Skill to the contact id of whoever has it: where a functional escalation goes (KIND-2)."""
    entry_level: int = 1
    """Where this category begins, or higher (START-1, KIND-3)."""
    escalation_managers: tuple[Name, ...] = ()
    architects: tuple[Name, ...] = ()
    problem_coordinators: tuple[Name, ...] = ()
    engagement_managers: tuple[Name, ...] = ()
    """Ask customers whether access is back, and share the RCA (RESOLVE-6, CLOSE-4)."""
    bring_in: tuple[Name, ...] = ()
    """Contact ids brought in when the resolution window ends (RESOLVE-1)."""
    rca_approvers: tuple[Name, ...] = ()
    rca_waivable: bool = True
    holding_update: Translations | None = None
    """Sent by itself when an update is missed; None: never (COMM-3)."""
    holding: HoldingPolicy | None = None
    """None: after every missed update, at the cadence of the priority."""
    text_approval: TextApproval | None = None
    """What a text for customers needs before it leaves; None: nothing (COMM-6)."""
    chase_every: timedelta = timedelta(days=1)
    """How often a breached clock is brought up again until somebody ends it."""
    customer_preferences: Preferences | None = None
    """How customers are told: quiet hours by each contact's own time zone, and limits."""
    survey: SurveyPolicy | None = None
    """None: customers are not asked (CLOSE-6)."""
    actions: ActionPolicy | None = None
    """None: actions are on record, and nobody is reminded of them (CLOSE-7)."""

    @cached_property
    def _by_id(self) -> dict[str, Contact]:
        return {contact.id: contact for contact in self.contacts}

    @cached_property
    def size(self) -> int:
        """Bytes of it as it travels: most of a state, and the same from one move to the next."""
        return size_of(self)

    @cached_property
    def fingerprint(self) -> bytes:
        return sha256(to_bytes(self)).digest()

    def contact(self, contact_id: str) -> Contact:
        """
        Raises:
            UnknownName: If the plan has no such person or team.
        """
        try:
            return self._by_id[contact_id]
        except KeyError:
            called = {contact.name: contact.id for contact in self.contacts}
            raise UnknownName.of(
                reason("no.person"), contact_id, sorted(self._by_id), called=called
            ) from None

    def knows(self, contact_id: str) -> bool:
        return contact_id in self._by_id

    def joined_by(self, people: Iterable[Contact]) -> "Plan":
        """With those of *people* who were not known, such as somebody new on call."""
        new = tuple(person for person in people if not self.knows(person.id))
        if not new:
            return self
        return share(replace(self, contacts=(*self.contacts, *new)))

    def sponsored_by(self, sponsors: tuple[Contact, ...]) -> "Plan":
        """With *sponsors* of the accounts among the stakeholders of every priority (SPONSOR-2)."""
        if not sponsors:
            return self
        ids = tuple(dict.fromkeys((*self.sponsors, *(sponsor.id for sponsor in sponsors))))
        priorities = {
            priority: replace(rules, stakeholders=tuple(dict.fromkeys((*rules.stakeholders, *ids))))
            for priority, rules in self.priorities.items()
        }
        return share(replace(self.joined_by(sponsors), priorities=priorities, sponsors=ids))

    def level(self, number: int) -> Level:
        """
        Raises:
            UnknownName: If the matrix has no such level.
        """
        if 1 <= number <= len(self.levels):
            return self.levels[number - 1]
        raise UnknownName(reason("unknown", reason("no.level"), number, reason("range", 1, len(self.levels))))

    @property
    def last_level(self) -> int:
        return len(self.levels)

    def hours(self, calendar: str | None) -> OpenHours | None:
        """The open hours of a calendar; None, the wall clock, of none. One that is gone: the plan's own."""
        if calendar is None:
            return None
        return (self.calendars.get(calendar) or self.calendars[self.calendar]).hours

    def extended(self, calendar: str, further: OpenHours) -> "Plan":
        known = self.calendars[calendar]
        longer = replace(known, hours=known.hours.continued(further))
        return share(replace(self, calendars={**self.calendars, calendar: longer}))

    @property
    def extend_at(self) -> Instant:
        """When open hours must be compiled further, well before they end."""
        return min(calendar.hours.extend_at for calendar in self.calendars.values())


_KNOWN: WeakValueDictionary[bytes, Plan] = WeakValueDictionary()


def share(plan: Plan) -> Plan:
    """
    Return the plan that this process has already, if it has the same one.

    A plan is the largest part of a state, and all escalations of one kind have the same: a worker keeps it once, for as
    long as one of them needs it. Nothing tells the two apart, so every decision is the same with either.
    """
    return _KNOWN.setdefault(plan.fingerprint, plan)


SharedPlan = Annotated[Plan, AfterValidator(share)]
"""A plan that is shared wherever it is read."""
