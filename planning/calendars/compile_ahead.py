"""Compiler of open hours as far ahead as a clock may count, so that no due time is a guess (CLOCK-5)."""

# Theory of operation
#
# Every clock has at most its whole span left, whatever was paused or changed. So if at any instant open hours are known
# ahead for the longest span of the plan, each due time is known. ``OpenHours.reach`` keeps that span, and the hours are
# compiled further before it is no longer known.
#
# Example: the longest span is 5 business days of 8 hours, so ``reach`` is 40 open hours. On a Monday they last until
# the next Monday, over a fortnight of holidays three weeks. Ever longer times are tried until the span fits.
#
# A span that would take more than ``FURTHEST`` is an exception: its due time is unknown ("not before …") until it comes
# nearer.

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from escalation.kernel.business_time import AHEAD, OpenHours, add, between, worth
from escalation.policy.classification import Priority
from escalation.policy.plan import (
    Basis,
    Level,
    PausePolicy,
    PriorityPolicy,
    SurveyPolicy,
    Target,
    TextApproval,
)
from planning.calendars.calendar_spec import CalendarSpec
from planning.calendars.open_hours import compile_hours, horizon_of

FURTHEST = timedelta(days=5 * 366)
"""Open hours of more than five years are not compiled at once."""
_DAY = timedelta(days=1)

CountedSpan = tuple[timedelta, Basis]
"""A span, and whose time it counts."""


def counted_spans_of(
    levels: Iterable[Level],
    priorities: Mapping[Priority, PriorityPolicy],
    pauses: Iterable[PausePolicy],
    survey: SurveyPolicy | None,
    approval: TextApproval | None,
) -> tuple[CountedSpan, ...]:
    """Return every span that may count open hours, in a plan of these parts."""
    by_priority = any(rules.business_hours for rules in priorities.values())
    most_percent = max(rules.window_percent for rules in priorities.values())
    spans = [*_spans_of_levels(levels, most_percent), *_spans_of(pause.at_most for pause in pauses)]
    spans += _spans_of((survey.within if survey else None, approval.within if approval else None))
    found = list(_select_open_hours(spans, by_priority=by_priority))
    for rules in priorities.values():
        found += _select_open_hours(_spans_of(rules.targets.values()), by_priority=rules.business_hours)
    return tuple(found)


def _spans_of(targets: Iterable[Target | None]) -> Iterator[CountedSpan]:
    return ((target.after, target.basis) for target in targets if target)


def _spans_of_levels(levels: Iterable[Level], percent: int) -> Iterator[CountedSpan]:
    for level in levels:
        yield from _spans_of((level.ack_within, level.ack_expires))
        if level.window:
            yield level.window.maximum * percent / 100, level.window.basis


def _select_open_hours(spans: Iterable[CountedSpan], *, by_priority: bool) -> Iterator[CountedSpan]:
    bases = {Basis.OPEN_HOURS, Basis.BUSINESS_DAYS} | ({Basis.PRIORITY} if by_priority else set())
    return (span for span in spans if span[1] in bases)


def longest_of(spans: Iterable[CountedSpan], business_day: timedelta) -> timedelta:
    """Return the most open time that one of *spans* counts, where a business day is worth *business_day*."""
    counted = (
        worth(after, business_day) if basis is Basis.BUSINESS_DAYS else after for after, basis in spans
    )
    return max(counted, default=timedelta())


def compile_ahead(
    calendar: CalendarSpec,
    since: datetime,
    now: datetime,
    spans: Iterable[CountedSpan],
    name: str = "calendar",
) -> OpenHours:
    """
    Compile open hours from *since* until, counted from *now*, the longest of *spans* has passed, with a margin.

    Raises:
        BadRequest: If it is never open in the months to come.
    """
    until, furthest = horizon_of(now)[1], horizon_of(now)[1] + FURTHEST
    hours = compile_hours(calendar, since, until, name)
    reach = longest_of(spans, hours.business_day)
    while (due := add(hours, now, reach)) is None and until < furthest:
        until = min(furthest, until + 2 * (until - since))
        hours = compile_hours(calendar, since, until, name)
    if due is None:  # further than we compile: remember what is known, and look again when it comes nearer
        return replace(hours, reach=between(hours, now + AHEAD, until))
    # Keep no more than is needed: hours travel with every new run of the workflow.
    wanted = max(horizon_of(now)[1], _midnight_after(due + AHEAD))
    if wanted != until:
        hours = compile_hours(calendar, since, wanted, name)
    return replace(hours, reach=reach)


def _midnight_after(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + _DAY
