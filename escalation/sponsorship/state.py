"""
Sponsorship: the whole state of the executive sponsorship of one account, immutable.

Who sponsors it, on which terms, for how long, and what is due when (SPONSOR). It keeps the latest of what was noted.
"""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field

from escalation.kernel.budgets import PROGRAMME, last_of
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocked_state import ClockedState
from escalation.kernel.ids import Own, name_in, own_id
from escalation.kernel.reasons import Part
from escalation.kernel.values import Input, InputDay, Instant, InternalText, Name, frozen
from escalation.policy.people import Contact
from escalation.sponsorship.lifecycle import SponsorshipState

CHASED_EVERY = timedelta(days=7)
_MOST_KEPT = 200
"""Entries of each list."""

Words = Annotated[InternalText, Field(min_length=1, max_length=2_000)]
_Listed = Annotated[tuple[Words, ...], Field(min_length=1, max_length=20)]


def sponsorship_key(account: str) -> str:
    """Return the workflow id of an account's sponsorship, its key everywhere."""
    return own_id(Own.SPONSORSHIP, account)


def account_of(key: str) -> str:
    """Return the account whose sponsorship has this key; empty, if it is no sponsorship's key."""
    return name_in(Own.SPONSORSHIP, key)


class Terms(Input):
    """The terms of a sponsorship: who sponsors the account, what for, and how it ends."""

    sponsor: Name
    duties: _Listed
    entry_criteria: _Listed
    measures: _Listed
    exit_criteria: _Listed
    every_days: Annotated[int, Field(ge=1, le=366)]
    """The cadence of touch-points."""
    review_on: InputDay
    """The day of the first review."""


@frozen
class LogEntry:
    """An entry for a touch-point, a review, a proposal or a failed message: who, when, what."""

    by: str
    at: Instant
    text: Part
    escalation: str = ""


def latest(*entries: LogEntry) -> tuple[LogEntry, ...]:
    """Return as many of the last *entries* as the state keeps."""
    return last_of(entries[-_MOST_KEPT:], PROGRAMME)


@frozen
class Sponsorship(ClockedState):
    """The sponsorship of one account."""

    account: str
    standing: SponsorshipState = SponsorshipState.PROPOSED
    proposals: tuple[LogEntry, ...] = ()
    terms: Terms | None = None
    sponsor: Contact | None = None
    enrolled_at: Instant | None = None
    touch_points: tuple[LogEntry, ...] = ()
    reviews: tuple[LogEntry, ...] = ()
    exited: LogEntry | None = None
    undelivered: tuple[LogEntry, ...] = ()
    """Messages that did not arrive, and why (COMM-13)."""

    @property
    def key(self) -> str:
        return sponsorship_key(self.account)

    @property
    def is_attended(self) -> bool:
        return self.standing is SponsorshipState.ENROLLED

    @property
    def chase_every(self) -> timedelta:
        return CHASED_EVERY

    @property
    def touch_due_at(self) -> datetime | None:
        return self._due_at(ClockName.TOUCH_POINT)

    @property
    def review_due_at(self) -> datetime | None:
        return self._due_at(ClockName.SPONSORSHIP_REVIEW)

    @property
    def next_due_at(self) -> datetime | None:
        return min((at for at in (self.touch_due_at, self.review_due_at) if at), default=None)

    def _due_at(self, name: ClockName) -> datetime | None:
        clock = self.clock(name)
        return clock.due_at if clock and clock.is_running else None

    @property
    def wake_at(self) -> datetime | None:
        return min((clock.next_at for clock in self.running_clocks if clock.next_at), default=None)
