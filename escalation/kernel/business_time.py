"""
Arithmetic over open hours: add a span to an instant, and measure between two instants.

Open hours are plain UTC intervals, compiled elsewhere from time zones and holidays; none of those are known here
(CLOCK-5, CLOCK-7). Without open hours the arithmetic is that of the wall clock (24x7).

Theory of operation
-------------------
Number the open microseconds from the beginning of the horizon: ``open_until`` turns an instant into its number,
``instant_after`` a number into the first instant that has it. Then to add a span is to add to the number, and the time
between two instants is the difference of theirs. Example, open from 09:00 to 17:00 on two days:

    Monday   09:00 → 0 h     17:00 → 8 h
    Tuesday  09:00 → 8 h     17:00 → 16 h

    Monday 16:00 is 7 h; 3 h later is 10 h, and that is Tuesday 11:00.
    Monday 22:00 is 8 h, and so is Tuesday 09:00: a closed night is worth nothing.
    8 h after Monday 09:00 is Monday 17:00 and not Tuesday 09:00: the first instant with that number.

Trap: the numbers are integers, of microseconds. Floating-point seconds would round, and two ways to the same due time
would differ.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import accumulate, chain, pairwise

from escalation.kernel.values import Instant, PropertyCache, frozen

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DAY_US = 86_400_000_000
AHEAD = timedelta(days=45)
"""Time before their end at which open hours are compiled further."""


def _to_us(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def _from_us(us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=us)


@frozen
class OpenHours(PropertyCache):
    """
    The open hours of an organisation, up to a horizon.

    ``compiled_until`` ends the horizon: what would be due after it is not known, and the hours must be extended before
    it is reached.
    """

    steps: tuple[int, ...]
    """Whole seconds from 1970 UTC to the first opening, then each open time and each gap by turns."""
    compiled_until: Instant
    business_day: timedelta
    """Open time of an ordinary day: what "one business day" is worth."""
    reach: timedelta = timedelta()
    """Open time that must always be known ahead: the longest that a clock can count."""

    @staticmethod
    def steps_of(spans: Iterable[tuple[int, int]]) -> tuple[int, ...]:
        """Return the steps of *spans*: (start, end) in whole seconds since 1970 UTC, sorted and disjoint."""
        edges = (0, *chain.from_iterable(spans))
        return tuple(later - earlier for earlier, later in pairwise(edges))

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        edges = accumulate(self.steps)
        return tuple(zip(edges, edges, strict=True))

    @cached_property
    def extend_at(self) -> datetime:
        """Time to compile them further: well before they end, and while ``reach`` is still known ahead."""
        left = self._open_before[-1] - self.reach // _MICROSECOND
        runs_short_at = self.instant_after(left) if left > 0 and self.reach else None
        margin = self.compiled_until - AHEAD
        return min(margin, _from_us(runs_short_at)) if runs_short_at is not None else margin

    def continued(self, further: "OpenHours") -> "OpenHours":
        """Return these hours, and beyond their horizon those of *further*: what was computed stays so."""
        end = _to_us(self.compiled_until) // 1_000_000
        spans = [(max(start, end), stop) for start, stop in further.spans if stop > end]
        kept = self.spans
        if spans and kept and spans[0][0] == kept[-1][1]:  # the horizon cut a span in two
            spans[0], kept = (kept[-1][0], spans[0][1]), kept[:-1]
        return replace(
            self,
            steps=self.steps_of((*kept, *spans)),
            compiled_until=max(self.compiled_until, further.compiled_until),
        )

    @cached_property
    def _starts(self) -> list[int]:
        return [start * 1_000_000 for start, _ in self.spans]

    @cached_property
    def _ends(self) -> list[int]:
        return [end * 1_000_000 for _, end in self.spans]

    @cached_property
    def _open_before(self) -> list[int]:
        """Open microseconds before each span, and after the last."""
        return list(
            accumulate((end - start for start, end in zip(self._starts, self._ends, strict=True)), initial=0)
        )

    def open_until(self, us: int) -> int:
        """Return the open microseconds from the beginning of the horizon until *us*."""
        begun = bisect_right(self._starts, us)
        if begun == 0:
            return 0
        return self._open_before[begun - 1] + min(us, self._ends[begun - 1]) - self._starts[begun - 1]

    def instant_after(self, open_us: int) -> int | None:
        """Return the first instant by which *open_us* open microseconds have passed; None beyond the horizon."""
        index = bisect_left(self._open_before, open_us) - 1
        if index < 0:
            return self._starts[0]
        if index >= len(self._starts):
            return None
        return self._starts[index] + open_us - self._open_before[index]


def worth(days: timedelta, business_day: timedelta) -> timedelta:
    """Return the open time of business days that are written as days of 24 hours."""
    return timedelta(microseconds=(days // _MICROSECOND) * (business_day // _MICROSECOND) // _DAY_US)


def add(hours: OpenHours | None, start: datetime, span: timedelta) -> datetime | None:
    """
    Return the instant at which *span* of open time has passed since *start*: the first such, so 17:00 today rather
    than 09:00 tomorrow. None if it lies beyond the horizon: a guess is worse. Nothing added is *start* itself.
    """
    if hours is None or not span:
        return start + span
    start_us = _to_us(start)
    due_us = hours.instant_after(hours.open_until(start_us) + span // _MICROSECOND)
    return None if due_us is None else max(start, _from_us(due_us))


def between(hours: OpenHours | None, start: datetime, end: datetime) -> timedelta:
    """Return the open time from *start* to *end*; zero if *end* is not later."""
    if end <= start:
        return timedelta()
    if hours is None:
        return end - start
    return timedelta(microseconds=hours.open_until(_to_us(end)) - hours.open_until(_to_us(start)))
