"""
Plan: what one escalation needs of the playbook, pinned at its start.

Levels, windows, triggers, responses, targets, people and open hours, all resolved: no YAML, time zone or holiday is
looked up after this. What the playbook says later does not reach a running escalation. This file holds data and
finds things in it; it decides nothing.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import field, replace
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from typing import Annotated
from weakref import WeakValueDictionary
from zlib import compress, decompressobj
from zlib import error as ZlibError  # noqa: N812  # it is a class

from pydantic import Field, PlainSerializer, ValidatorFunctionWrapHandler, WrapValidator

from escalation.kernel.budgets import PLAN, size_of
from escalation.kernel.business_time import OpenHours
from escalation.kernel.clock_name import ClockName
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import UnknownName
from escalation.kernel.values import Instant, Name, PropertyCache, from_json, frozen, to_bytes
from escalation.policy.classification import EscalationReason, EvidenceKind, Priority
from escalation.policy.local_time import DeskTime
from escalation.policy.people import Contact, Desk
from escalation.policy.preferences import Preferences
from escalation.policy.translations import Translations


class Unreached(StrEnum):
    """Ways to go on when no contact of a level acknowledges."""

    SKIP = "skip"
    STAY = "stay"
    FALLBACK = "fallback"


class Basis(StrEnum):
    """Time that a span counts (MATRIX-7)."""

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
    Time that an escalation may stay at a level: reminded at the minimum, raised at the maximum (MATRIX-2).

    Business days are written as days of 24 hours; the calendar that counts says what one is worth.
    """

    minimum: timedelta
    maximum: timedelta
    basis: Basis = Basis.PRIORITY


@frozen
class Trigger:
    """A named fact that raises the level at once (MATRIX-3)."""

    name: Name
    says: str = ""
    to_level: int | None = None
    """None: to the next level."""
    reason: EscalationReason = EscalationReason.OTHER
    """Reason code of the raise (KIND-6)."""


@frozen
class Level:
    number: int
    name: Name
    contacts: tuple[Name, ...]
    """Contact ids, tried in this order (MATRIX-5)."""
    asks_all: bool = False
    """True if all contacts are asked at once."""
    needs_all: bool = False
    """True if each of them must acknowledge; else the first one is enough."""
    window: Window | None = None
    """Window of the level; None: no limit."""
    responses: tuple[str, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    managers: tuple[Name, ...] = ()
    """Contacts alerted at each breach at this level (CLOCK-6)."""
    unreached: Unreached = Unreached.STAY
    fallback: Name | None = None
    calendar: Name | None = None
    """Calendar of its people, which its own clocks count; None: as the priority says."""
    ack_within: "Target | None" = None
    """Time to acknowledge; None: as the priority says."""
    ack_expires: "Target | None" = None
    """Time that an acknowledgement is valid without activity; None: for good (MATRIX-6)."""

    @property
    def asked_first(self) -> tuple[Name, ...]:
        return self.contacts if self.asks_all else self.contacts[:1]


@frozen
class Target:
    """Time that a clock may run, and when its owner is reminded; business days as in ``Window``."""

    after: timedelta
    basis: Basis = Basis.PRIORITY
    thresholds: tuple[Annotated[int, Field(gt=0, lt=100)], ...] = ()
    """Percent of ``after``, rising; 100 % is the breach and always there (CLOCK-2)."""


@frozen
class PausePolicy:
    """Effects of a pause for a named reason (CLOCK-3)."""

    stops: tuple[ClockName, ...]
    at_most: Target | None = None
    """Longest pause, which then ends by itself; None: somebody ends it."""


@frozen
class SurveyPolicy:
    """The survey of customers after the close, and what a low score does (CLOSE-6)."""

    within: Target
    """Time in which answers are taken."""
    low_score: int = 2
    """Score that alerts the escalation managers; so does a lower one."""
    reopens: bool = False
    """True if a low score opens a new escalation of the same subject (CLOSE-9)."""


@frozen
class ActionPolicy:
    """Times at which the owners of actions are reminded (CLOSE-7)."""

    remind_before: timedelta = timedelta(days=2)
    """Time before the due day of the first reminder; the second is on that day."""
    chase_every: timedelta = timedelta(days=7)
    """Time between the reminders from then on, until it is done."""


@frozen
class HoldingPolicy:
    """Number of holding updates that customers get in a row, and the time between them (COMM-3)."""

    at_most: int
    """Largest number until a person writes to customers; then nothing goes out by itself."""
    every: Target
    """Shortest time to the next one; the cadence of the priority may be longer."""


@frozen
class PriorityPolicy:
    """Differences that a priority makes (KIND-3, MATRIX-7)."""

    business_hours: bool
    """Spans in minutes and hours count open hours; else the wall clock."""
    targets: dict[ClockName, Target]
    stakeholders: tuple[Name, ...] = ()
    """Contact ids notified at the start (COMM-2)."""
    entry_level: int = 1
    window_percent: int = 100
    """Share of each level window that is left, in percent."""
    calendar: Name | None = None
    """Calendar whose open hours count; None: the plan's."""
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
    """Definition of the hours as JSON; only for compiling them further, never read by the rules."""


@frozen
class TextApproval:
    """Approval that a text for customers needs (COMM-6)."""

    approvers: tuple[Name, ...]
    """Contact ids."""
    within: Target
    author_may: bool = False
    """True if the one who wrote it, or edited it last, may approve it too."""


@frozen
class Plan(PropertyCache):
    playbook: PlaybookRef
    issue_type: Name
    category: Name
    levels: tuple[Level, ...]
    executive_level: int
    sponsors: tuple[Name, ...] = ()
    """Sponsors of the affected accounts; stakeholders of every priority (SPONSOR-2)."""
    priorities: dict[Priority, PriorityPolicy]
    contacts: tuple[Contact, ...]
    others: tuple[Name, ...] = ()
    """Ids of the playbook's other people, who are looked up once a move names them."""
    permissions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The roles that may make a move; a move that is not listed is open to everyone known (ROLE-1)."""
    calendars: dict[Name, Calendar]
    """Calendars that some clock of this escalation can count."""
    calendar: Name
    """Calendar that counts where neither the level, the customer nor the priority names another (MATRIX-7)."""
    desk: DeskTime = DeskTime()
    """Local time of that calendar, in which times are shown."""
    customer_calendar: Name | None = None
    """Calendar of the affected customer, which promises to customers count."""
    question_pause: str | None = None
    """Reason of the pause while a customer is asked something; None: clocks run on (TALK-4)."""
    help_desk: Desk | None = None
    """Named to customers whose owner has no telephone number (TALK-5)."""
    evidence_wanted: tuple[EvidenceKind, ...] = ()
    """Kinds without which it is undocumented; none: any piece of evidence documents it (TALK-1)."""
    pause_reasons: dict[str, PausePolicy] = field(default_factory=dict)
    skills: dict[str, Name] = field(default_factory=dict)
    """Skill to contact id: where a functional escalation goes (KIND-2)."""
    entry_level: int = 1
    """Lowest level at which this category begins (START-1, KIND-3)."""
    escalation_managers: tuple[Name, ...] = ()
    architects: tuple[Name, ...] = ()
    problem_coordinators: tuple[Name, ...] = ()
    engagement_managers: tuple[Name, ...] = ()
    """People who ask customers whether access is back, and share the RCA (RESOLVE-6, CLOSE-4)."""
    bring_in: tuple[Name, ...] = ()
    """Contact ids brought in when the resolution window ends (RESOLVE-1)."""
    rca_approvers: tuple[Name, ...] = ()
    rca_waivable: bool = True
    holding_update: Translations | None = None
    """Text sent by itself when an update is missed; None: never (COMM-3)."""
    holding: HoldingPolicy | None = None
    """None: holding updates after every missed update, at the cadence of the priority."""
    text_approval: TextApproval | None = None
    """Approval that texts for customers need; None: none (COMM-6)."""
    chase_every: timedelta = timedelta(days=1)
    """Time between two chasers of a breached clock, until somebody ends it."""
    customer_preferences: Preferences | None = None
    """Preferences for customers: quiet hours by each contact's own time zone, and limits."""
    survey: SurveyPolicy | None = None
    """None: no survey (CLOSE-6)."""
    actions: ActionPolicy | None = None
    """None: nobody is reminded of actions (CLOSE-7)."""

    @cached_property
    def _by_id(self) -> dict[str, Contact]:
        return {contact.id: contact for contact in self.contacts}

    @cached_property
    def size(self) -> int:
        """Bytes of the plan as it travels: most of a state, and the same from one move to the next."""
        return size_of(self)

    @cached_property
    def packed(self) -> str:
        """The plan as it travels and is kept: compressed, about a quarter of its size."""
        return b64encode(compress(to_bytes(self))).decode()

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
        """Return the plan with those of *people* who were not known, such as somebody new on call."""
        new = tuple(person for person in people if not self.knows(person.id))
        if not new:
            return self
        return share(replace(self, contacts=(*self.contacts, *new)))

    def sponsored_by(self, sponsors: tuple[Contact, ...]) -> "Plan":
        """Return the plan with *sponsors* of the accounts among the stakeholders of every priority (SPONSOR-2)."""
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
        """Return the open hours of a calendar, or of the plan's own if that is gone; None, the wall clock, of none."""
        if calendar is None:
            return None
        return (self.calendars.get(calendar) or self.calendars[self.calendar]).hours

    def extended(self, calendar: str, further: OpenHours) -> "Plan":
        known = self.calendars[calendar]
        longer = replace(known, hours=known.hours.continued(further))
        return share(replace(self, calendars={**self.calendars, calendar: longer}))

    @property
    def extend_at(self) -> Instant:
        """Time at which open hours must be compiled further, well before they end."""
        return min(calendar.hours.extend_at for calendar in self.calendars.values())


_KNOWN: WeakValueDictionary[str, Plan] = WeakValueDictionary()
_LONGEST = 10 * PLAN
"""Bytes that are unpacked; a plan that could be pinned has far fewer."""


def share(plan: Plan) -> Plan:
    """
    Return the plan that this process has already, if it has the same one.

    A plan is the largest part of a state, and all escalations of one kind have the same: a worker keeps it once, for as
    long as one of them needs it. Nothing tells the two apart, so every decision is the same with either.
    """
    return _KNOWN.setdefault(plan.packed, plan)


def _unpack(given: object, read: ValidatorFunctionWrapHandler) -> Plan:
    """Read a plan that travelled packed, or stands as it is."""
    # A plan is most of what the history and the record of a start hold, so it must be small there too, and not only
    # shared where it is read.
    if not isinstance(given, str):
        return share(read(given))
    if (known := _KNOWN.get(given)) is not None:
        return known
    try:
        plain = decompressobj().decompress(b64decode(given, validate=True), _LONGEST)
    except (ValueError, ZlibError):
        raise ValueError("is no packed plan") from None
    return share(from_json(Plan, plain))


SharedPlan = Annotated[
    Plan, WrapValidator(_unpack), PlainSerializer(lambda plan: plan.packed, return_type=str)
]
"""A plan that is packed wherever it travels, and shared wherever it is read."""
