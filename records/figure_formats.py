"""Figures and periods in words, the same in the terminal and on the page."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from escalation.kernel.timeline_entry import brief
from escalation.measures.definitions import Unit
from records.report import Figure, Period, Report

_A_MOMENT = timedelta(microseconds=1)


def format_figure(figure: Figure) -> str:
    """The value as people read it; a dash where there is nothing to draw it from."""
    if figure.value is None:
        return "–"
    match figure.measure.unit:
        case Unit.COUNT:
            return f"{figure.value:,.0f}"
        case Unit.SHARE:
            return f"{100 * figure.value:.1f} %"
        case Unit.SPAN:
            return brief(timedelta(seconds=figure.value))
        case Unit.MEAN:
            return f"{figure.value:.2f}"


def format_as_of(report: Report, zone: ZoneInfo) -> str:
    """Say the time that the figures are of, and which of them may be older."""
    at = f"As of {report.as_of.astimezone(zone):%Y-%m-%d %H:%M} {zone.key}."
    older = "as of the last change that is on record"
    if report.record is None:
        return f"{at} Open escalations were not asked, and count {older}."
    if report.record.silent:
        silent = f"{report.record.silent:,} of {report.record.asked:,} open escalations"
        return f"{at} {silent} gave no answer, and count {older}."
    return at


def format_period(period: Period, zone: ZoneInfo) -> str:
    """The days of *period*, as those of *zone*."""
    since = format_day(period.since.astimezone(zone)) if period.since else ""
    until = format_day((period.until - _A_MOMENT).astimezone(zone)) if period.until else ""
    match since, until:
        case "", "":
            return "at any time"
        case first, "":
            return f"from {first} on"
        case "", last:
            return f"until {last}"
        case first, last:
            return f"on {first}" if first == last else f"from {first} to {last}"


def format_day(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"
