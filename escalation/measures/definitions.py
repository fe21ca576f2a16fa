"""
Measures: the figures of one escalation, and the definition of each figure of a report (RECORD-2).

Every measure has its one definition here, and reports show it beside the figure. How the record of an escalation is
measured is in ``fold.py``; how many are summed up is the record store's.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple

from escalation.case.clock_table import PROMISES
from escalation.case.lifecycle import State
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Outcome
from escalation.kernel.ids import tenant_of
from escalation.kernel.values import Instant, frozen
from escalation.notifications.delivery_results import DeliveryResult
from escalation.policy.classification import Priority
from escalation.policy.plan import PlaybookRef

ENGINE_SOURCE = "engine"
"""Source of the escalations that this program ran; an import has the name of its map."""
RCA_CLOCKS = (ClockName.INTERNAL_RCA, ClockName.CUSTOMER_RCA)


_RESOLVED = frozenset({State.VERIFYING, State.CLOSING, State.CLOSED})
_AT_WORK = frozenset({State.STARTED, State.COMMUNICATING, State.RESOLVING})


def is_resolved(state: State) -> bool:
    """Return whether a declared resolution stands in *state*: nothing that was cancelled is resolved."""
    return state in _RESOLVED


def goes_back_to_work(before: State, after: State) -> bool:
    """Return whether a declared resolution did not stand: the escalation went back to work."""
    return before in _RESOLVED and after in _AT_WORK


@frozen
class TimeSpan:
    since_at: Instant
    until_at: Instant
    """End of the span; of one that goes on, the last instant on record."""

    @property
    def lasted(self) -> timedelta:
        return self.until_at - self.since_at


@frozen
class Ownership(TimeSpan):
    """A span in which one level, team and person owned the escalation (RESOLVE-7); None is not known."""

    level: int | None = None
    team: str | None = None
    person: str | None = None


@frozen
class ClockRun:
    """One run of a clock; a clock that is started again has several."""

    name: ClockName
    started_at: Instant
    due_at: Instant | None = None
    ended_at: Instant | None = None
    outcome: Outcome | None = None
    """None: the clock runs and is not late."""
    late_by: timedelta | None = None
    """None: not late, or not known how late."""


@frozen
class PauseTime(TimeSpan):
    """A pause that somebody asked for; a pause for verification is not counted."""

    because: str


@frozen
class AffectedAccount:
    account: str
    tier: str = ""


@frozen
class SurveyAnswer:
    account: str
    contact: str
    at: Instant
    score: int
    comment: str = ""


@frozen
class FollowUp:
    """An action of the RCA or the post-mortem."""

    what: str
    owner: str
    due: date
    done_on: date | None = None
    """By the calendar of UTC; None: not done."""


@frozen
class EscalationMeasures:
    """The figures of one escalation, from its record."""

    id: str
    key: str
    source: str = ENGINE_SOURCE
    playbook: PlaybookRef | None = None
    """Playbook in force at the end; None: an import."""
    subject: str | None = None
    issue_type: str | None = None
    category: str
    reason: str | None = None
    channel: str | None = None
    priority: Priority
    """The latest priority."""
    state: State
    opened_at: Instant
    ended_at: Instant | None = None
    recorded_until: Instant
    predecessor: str | None = None
    level: int | None = None
    """The highest level that it reached; None: not known."""
    acknowledged_at: Instant | None = None
    first_notification_at: Instant | None = None
    declared_at: Instant | None = None
    """Time at which the last resolution was declared."""
    reopened: int = 0
    refused: int = 0
    questions: int | None = None
    """Questions that customers were asked; None: an import."""
    answers_awaited: timedelta | None = None
    """Time waited for answers, of all questions together; None: nothing was asked."""
    attempts: int | None = None
    """To solve it before the start, as far as evidence says; None: an import."""
    entry_level: int | None = None
    """The level at which it began; None: not known."""
    customers: tuple[AffectedAccount, ...] = ()
    participants: tuple[str, ...] = ()
    """Ids of our people, teams and rotas who have, or had, a part; of an import, its owners are (IDENTITY-4)."""
    holds: tuple[Ownership, ...] = ()
    clocks: tuple[ClockRun, ...] = ()
    waits: tuple[PauseTime, ...] = ()
    results: tuple[DeliveryResult, ...] = ()
    answers: tuple[SurveyAnswer, ...] = ()
    causes: tuple[str, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()

    @property
    def tenant(self) -> str:
        return tenant_of(self.key)

    @property
    def lived_for(self) -> timedelta:
        return (self.ended_at or self.recorded_until) - self.opened_at

    @property
    def acknowledged_after(self) -> timedelta | None:
        return self.acknowledged_at - self.opened_at if self.acknowledged_at else None

    @property
    def first_notification_after(self) -> timedelta | None:
        return self.first_notification_at - self.opened_at if self.first_notification_at else None

    @property
    def resolved_at(self) -> datetime | None:
        """Time of the resolution, for the engine's and for imported escalations; None while no resolution stands."""
        return self.declared_at if is_resolved(self.state) else None

    @property
    def resolved_after(self) -> timedelta | None:
        return self.resolved_at - self.opened_at if self.resolved_at else None

    @property
    def resolved_first(self) -> bool | None:
        """Return whether it was resolved at the first contact; None: it is not resolved, or not known (TALK-1)."""
        if self.resolved_at is None or self.entry_level is None:
            return None
        return self.level == self.entry_level and not self.hand_overs and not self.reopened

    @property
    def paused_for(self) -> timedelta:
        return sum((wait.lasted for wait in self.waits), timedelta())

    @property
    def breaches(self) -> int:
        return sum(run.outcome is Outcome.BREACHED for run in self.clocks)

    @property
    def promises(self) -> dict[str, list[int]]:
        """Map each clock to the number of its runs that were met, and of those that were late."""
        met = [run.name.value for run in self.clocks if run.outcome is Outcome.MET]
        late = [run.name.value for run in self.clocks if run.outcome is Outcome.BREACHED]
        return {name: [met.count(name), late.count(name)] for name in sorted({*met, *late})}

    @property
    def holders(self) -> tuple[str, ...]:
        """Owners one after the other: the team, or the person where no team is known."""
        named = (hold.team or hold.person for hold in self.holds)
        return tuple(who for who, _ in groupby(who for who in named if who))

    @property
    def hand_overs(self) -> int:
        return max(0, len(self.holders) - 1)

    @property
    def ping_pong(self) -> int:
        return len(self.holders) - len(set(self.holders))


@frozen
class ImportedEscalation:
    """An escalation that another system handled, with every line of its log."""

    measured: EscalationMeasures
    lines: tuple["LogLine", ...]


@frozen
class LogLine:
    at: Instant
    by: str
    says: dict[str, str]
    """Field to value: as the log has it, and how it was read."""


class Unit(StrEnum):
    COUNT = "count"
    SHARE = "share"
    SPAN = "seconds"
    MEAN = "mean"


class Measure(NamedTuple):
    """One figure of a report."""

    name: str
    title: str
    unit: Unit
    definition: str
    more_is_worse: bool = True
    share: str = ""
    """Sentence about the share of the runs with which the definition ends, if it has one."""


def _times(name: str, title: str, definition: str) -> Iterator[Measure]:
    for suffix, of, share in (
        ("median", "median", "Half took no longer."),
        ("p90", "90 %", "Nine of ten took no longer."),
    ):
        yield Measure(f"{name}_{suffix}", f"{title}, {of}", Unit.SPAN, f"{definition} {share}", share=share)


def attainment_of(clock: ClockName) -> str:
    """Return the name of the measure of one clock's attainment."""
    return f"attainment_{clock.value}"


def _attainment(clock: ClockName) -> Measure:
    return Measure(
        attainment_of(clock),
        f"{clock.words[0].upper()}{clock.words[1:]} in time",
        Unit.SHARE,
        f"Runs of the {clock.words} clock that ended before they were due, of those that did or are late. "
        "Cancelled runs, and those still in time, count neither way.",
        more_is_worse=False,
    )


MEASURES: tuple[Measure, ...] = (
    Measure("escalations", "Escalations", Unit.COUNT, "Opened in the period."),
    Measure("open", "Still open", Unit.COUNT, "Opened in the period, and neither closed nor cancelled."),
    *_times(
        "acknowledge",
        "Time to acknowledge",
        "From the opening to the first acknowledgement; in an import, to the first state that is not new.",
    ),
    *_times(
        "first_notification",
        "Time to first notification",
        "From the opening until everybody who must know had been notified; an import does not say.",
    ),
    *_times(
        "resolve",
        "Time to resolve",
        "From the opening to the resolution that stands, by the calendar, pauses included; none while there is none, "
        "and none of what was cancelled.",
    ),
    *(_attainment(clock) for clock in PROMISES),
    Measure("breached", "With a breach", Unit.SHARE, "Escalations of which at least one clock was late."),
    Measure(
        "breaches", "Breaches", Unit.COUNT, "Runs of clocks that were late, whether they have ended or not."
    ),
    Measure(
        "level_reached",
        "Highest level, mean",
        Unit.MEAN,
        "The highest level that each came to; an import has no levels.",
    ),
    Measure(
        "hand_overs",
        "Hand-overs, mean",
        Unit.MEAN,
        "Times that it passed from one team to another, or from person to person where no team is known.",
    ),
    Measure(
        "ping_pong",
        "Ping-pong",
        Unit.SHARE,
        "Escalations handed over at least once to a team or person that had had it before.",
    ),
    Measure(
        "paused",
        "Time paused",
        Unit.SHARE,
        "Time in pauses, such as waiting for the customer, of all the time from opening to end.",
    ),
    Measure(
        "reopened",
        "Reopened",
        Unit.SHARE,
        "Escalations that went back to work at least once after a resolution had been declared.",
    ),
    Measure(
        "questions",
        "Questions to customers, mean",
        Unit.MEAN,
        "Questions that customers were asked; an import does not say.",
    ),
    *_times(
        "answers_awaited",
        "Time waited for answers",
        "From each question to its answer, all of an escalation together; none where nothing was asked.",
    ),
    Measure(
        "attempts",
        "Attempts before the start, mean",
        Unit.MEAN,
        "Attempts to solve it before the escalation was opened, as far as its evidence names them; an import does not "
        "say.",
    ),
    Measure(
        "resolved_first",
        "Resolved at first contact",
        Unit.SHARE,
        "Escalations that were never raised, handed over or reopened, of those with a resolution that stands; an "
        "import does not say.",
        more_is_worse=False,
    ),
    Measure(
        "satisfaction",
        "Satisfaction, mean",
        Unit.MEAN,
        "Scores of the surveys that were answered, from 1 to 5.",
        more_is_worse=False,
    ),
    Measure(
        "rca_on_time",
        "RCA on time",
        Unit.SHARE,
        "Runs of the internal and customer RCA clocks that ended before they were due, of those that did or are late.",
        more_is_worse=False,
    ),
    Measure(
        "open_actions",
        "Actions to be done",
        Unit.COUNT,
        "Actions of RCAs and post-mortems that are not done, of all that were agreed on for escalations opened in the "
        "period.",
    ),
    Measure(
        "repeated_causes",
        "Repeated root causes",
        Unit.COUNT,
        "Causes that more than one escalation names, in the same words whatever their case and spaces; in an "
        "import, the problem record that the helpdesk names.",
    ),
)
BY_NAME = {measure.name: measure for measure in MEASURES}


def same_cause(cause: str) -> str:
    """Return the form in which two causes are equal if they count as the same."""
    return " ".join(cause.casefold().split())
