"""
Spans of time as people write them: ``15 min``, ``45m``, ``1h30m``, ``4 business h``, ``1-2 business days``.

Owns the form. Knows no calendar: what one business day is worth is an argument.
"""

import re
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from escalation.kernel.business_time import worth
from escalation.kernel.reasons import InvalidValue, Reason, reason
from escalation.kernel.values import frozen
from escalation.policy.plan import Basis

LONGEST = timedelta(days=3660)
_MICROSECONDS_A_SECOND = 1_000_000
_SECONDS = {
    "s": 1,
    "sec": 1,
    "second": 1,
    "m": 60,
    "min": 60,
    "minute": 60,
    "h": 3600,
    "hr": 3600,
    "hour": 3600,
}
_PART = re.compile(r"(\d{1,6}(?:\.\d{1,3})?) ?([a-z]+(?: [a-z]+)?)", re.ASCII)
_ONE_END = re.compile(r"([\d.]+) ?[a-z]+(?: [a-z]+)?", re.ASCII)
_HUGE = re.compile(r"\d{9}", re.ASCII)
"""Nine digits: even as seconds, more than the longest span."""
_ALWAYS = " 24x7"
_BARE_NUMBER = re.compile(r"\d{1,6}(?:\.\d{1,3})?", re.ASCII)
# Units and examples stand in each catalogue as they are typed, in English: they are read, not only said.
SPAN_FORM = reason("allowed.span")
WINDOW_FORM = reason("allowed.window")


class SpanFault(InvalidValue):
    """A span that cannot be understood."""


@frozen
class Span:
    """One span: an amount in one basis."""

    written: str
    basis: Basis
    elapsed: timedelta
    """The amount as a time; of business days: that many days of 24 hours, to be scaled by ``worth``."""

    @property
    def always_in_open_hours(self) -> bool:
        return self.basis in {Basis.OPEN_HOURS, Basis.BUSINESS_DAYS}

    def worth(self, business_day: timedelta) -> timedelta:
        """The span as a time, in the hours that it counts."""
        if self.basis is not Basis.BUSINESS_DAYS:
            return self.elapsed
        return worth(self.elapsed, business_day)


@frozen
class WindowSpan:
    """Time that an escalation may stay at a level: reminded at the minimum, raised at the maximum (MATRIX-2)."""

    minimum: Span
    maximum: Span


def parse_span(text: str) -> Span:
    """
    Read ``1 h 30 min``.

    Raises:
        SpanFault: If it is no span, or none at all.
    """
    span = _span(_normal(text), SPAN_FORM)
    if not span.elapsed:
        raise SpanFault(reason("allowed.more_than_nothing"))
    return span


def parse_window(text: str) -> WindowSpan:
    """
    Read ``15-30 min`` or ``30 min - 1 h``.

    Raises:
        SpanFault: If it is no window, an empty one, or its minimum exceeds its maximum.
    """
    ends = [end.strip() for end in _normal(text).split("-")]
    if len(ends) == 1 and (alone := _ONE_END.fullmatch(ends[0])):
        raise SpanFault(reason("allowed.both_ends", f"{alone[1]} - {ends[0]}"))
    if len(ends) != 2 or not all(ends):
        raise SpanFault(WINDOW_FORM)
    last = _span(ends[1], WINDOW_FORM)
    first = _span(_with_unit_of(ends[0], ends[1]), WINDOW_FORM)
    if Basis.AROUND_THE_CLOCK in {first.basis, last.basis}:
        raise SpanFault(reason("allowed.window_basis"))
    if Basis.CALENDAR_DAYS in {first.basis, last.basis}:
        raise SpanFault(reason("allowed.window_days"))
    if first.basis is not last.basis:
        raise SpanFault(reason("allowed.window_one_unit"))
    if not last.elapsed:
        raise SpanFault(reason("allowed.window_not_empty"))
    if first.elapsed > last.elapsed:
        raise SpanFault(reason("allowed.minimum_first"))
    return WindowSpan(minimum=first, maximum=last)


def _normal(text: str) -> str:
    """Lower case, single spaces, one kind of dash."""
    return " ".join(re.sub("[‐-―−]", "-", text).lower().split())


def _with_unit_of(first: str, last: str) -> str:
    """``15`` of ``15-30 min`` is in minutes too."""
    if not _BARE_NUMBER.fullmatch(first):
        return first
    return f"{first} {_PART.findall(last)[0][1]}"


def _span(text: str, form: Reason) -> Span:
    is_always = text.endswith(_ALWAYS)
    text = text.removesuffix(_ALWAYS)
    if _HUGE.search(text):
        raise SpanFault(reason("allowed.days_at_most", LONGEST.days))
    parts = _PART.findall(text)
    if not parts or not re.fullmatch(rf"{_PART.pattern}(?: ?{_PART.pattern})*", text, re.ASCII):
        raise SpanFault(form)
    measured = [_part(Decimal(number), unit, form) for number, unit in parts]
    bases = {basis for basis, _ in measured}
    if len(bases) > 1:
        raise SpanFault(reason("allowed.one_unit"))
    elapsed = _sum(elapsed for _, elapsed in measured)
    if elapsed > LONGEST:
        raise SpanFault(reason("allowed.days_at_most", LONGEST.days))
    basis = bases.pop()
    if is_always:
        if basis not in {Basis.PRIORITY, Basis.CALENDAR_DAYS}:
            raise SpanFault(reason("allowed.business_or_always"))
        basis = Basis.AROUND_THE_CLOCK
    return Span(written=f"{text}{_ALWAYS if is_always else ''}", basis=basis, elapsed=elapsed)


def _part(number: Decimal, unit: str, form: Reason) -> tuple[Basis, timedelta]:
    is_business = unit.startswith("business ")
    unit = unit.removeprefix("business ")
    singular = unit if unit in _SECONDS else unit.removesuffix("s")
    if unit == "d" or singular == "day":
        return Basis.BUSINESS_DAYS if is_business else Basis.CALENDAR_DAYS, _times(number, 86_400)
    if singular not in _SECONDS:
        raise SpanFault(form)
    return Basis.OPEN_HOURS if is_business else Basis.PRIORITY, _times(number, _SECONDS[singular])


def _times(number: Decimal, seconds: int) -> timedelta:
    return timedelta(microseconds=int(number * seconds * _MICROSECONDS_A_SECOND))


def _sum(spans: Iterable[timedelta]) -> timedelta:
    return sum(spans, timedelta())
