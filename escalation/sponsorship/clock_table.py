"""
The clocks of a sponsorship: touch-points on a cadence, and the review on its day.

Both remind two days before they are due, or after half the time if that is later, when they are due, and week by week
until what they promise is done (SPONSOR-1).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from escalation.kernel.clock_events import ClockStarted
from escalation.kernel.clock_loop import ClockRow, new_clock
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Clock, Timing
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import MoveNotAllowed
from escalation.notifications.notification import Occasion
from escalation.sponsorship.state import CHASED_EVERY, Sponsorship, Terms, Words
from escalation.sponsorship.work import SponsorshipWork

REMINDED_BEFORE = timedelta(days=2)
NEGLECTED_AFTER = 3 * CHASED_EVERY
"""Time overdue after which the managers of sponsorships are reminded of a touch-point, too."""


def is_neglected(programme: Sponsorship, at: datetime) -> bool:
    """Return whether the touch-point is overdue for so long that the sponsor is reminded for the third time."""
    due_at = programme.touch_due_at
    return due_at is not None and at >= due_at + NEGLECTED_AFTER


@dataclass(frozen=True, slots=True, kw_only=True)
class SponsorshipClock(ClockRow[Sponsorship, SponsorshipWork]):
    """A clock of which the sponsor is reminded, before and after it is due alike."""

    occasion: Occasion
    items: Callable[[Terms], tuple[Words, ...]]
    """Of the terms, those that the reminder repeats."""

    def timing(self, now: Sponsorship, name: ClockName) -> Timing | None:  # noqa: ARG002 - set by the move that starts it
        return None

    def remind(self, work: SponsorshipWork, clock: Clock) -> None:
        items = self.items(work.state.terms) if work.state.terms else ()
        work.notify(self.occasion, work.sponsors, due_at=clock.due_at, items=items)
        if clock.name is ClockName.TOUCH_POINT and is_neglected(work.state, work.now):
            work.notify(self.occasion, work.managers, due_at=clock.due_at)

    def expire(self, work: SponsorshipWork, clock: Clock) -> None:
        self.remind(work, clock)

    def chase(self, work: SponsorshipWork, clock: Clock, times: int) -> None:  # noqa: ARG002 - each time alike
        self.remind(work, clock)


CLOCKS: Mapping[ClockName, SponsorshipClock] = {
    ClockName.TOUCH_POINT: SponsorshipClock(
        promise="The sponsor speaks with the account once in each cadence.",
        starts=("account_enrolled", "touch_point_logged"),
        ends=("touch_point_logged", "account_exited"),
        occasion=Occasion.TOUCH_POINT,
        items=lambda terms: terms.duties,
    ),
    ClockName.SPONSORSHIP_REVIEW: SponsorshipClock(
        promise="The measures of success are looked at on the day that was agreed.",
        starts=("account_enrolled", "sponsorship_reviewed"),
        ends=("sponsorship_reviewed", "account_exited"),
        occasion=Occasion.SPONSORSHIP_REVIEW,
        items=lambda terms: terms.measures,
    ),
}


def start_touch_point(work: SponsorshipWork) -> None:
    """Start the next cadence. It counts from now: an early touch-point does not bring two soon after each other."""
    assert work.state.terms
    _start(work, ClockName.TOUCH_POINT, work.now + timedelta(days=work.state.terms.every_days))


def start_review(work: SponsorshipWork, day: date) -> None:
    """
    Start waiting for the next review, which is due on the morning of *day*.

    Raises:
        MoveNotAllowed: If that has passed.
    """
    due_at = datetime.combine(day, time(9), UTC)
    if due_at <= work.now:
        raise MoveNotAllowed(reason("sponsorship.review_passed", day), subject=work.state.key)
    _start(work, ClockName.SPONSORSHIP_REVIEW, due_at)


def _start(work: SponsorshipWork, name: ClockName, due_at: datetime) -> None:
    work.end(name)
    after = due_at - work.now
    timing = Timing(after, thresholds=(max(after - REMINDED_BEFORE, after / 2),))
    work.record(ClockStarted(clock=new_clock(work.state, name, timing, work.now)))
