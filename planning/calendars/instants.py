"""
Instants as people write them: local time of a zone, or with an offset of its own.

A local time that the zone's clocks skip is refused; of one that they show twice the first is meant.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from escalation.kernel.reasons import InvalidValue
from escalation.kernel.values import require_plausible_year

INSTANT_FORM = "a date and time such as 2026-11-20T16:30, or with an offset: 2026-11-20T16:30+07:00"


def parse_instant(text: str, zone: ZoneInfo) -> datetime:
    """
    Read *text* as an instant in UTC.

    Raises:
        InvalidValue: If it is none, or none in that zone; the message says what is allowed.
    """
    try:
        written = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InvalidValue(INSTANT_FORM) from None
    return to_utc(written, zone)


def to_utc(written: datetime, zone: ZoneInfo) -> datetime:
    """
    Return *written* in UTC: by its own offset, or else as local time of *zone*.

    Raises:
        InvalidValue: If the zone's clocks never show it, or it is not of our time.
    """
    require_plausible_year(written)
    if written.tzinfo:
        return written.astimezone(UTC)
    instant = written.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != written:
        raise InvalidValue(f"a time that exists there: the clocks of {zone.key} skip this one")
    return instant


def format_after_start(span: timedelta) -> str:
    """Format a time after the start, to the minute: ``+3 d 0:20``. Show seconds only where there are any."""
    hours, rest = divmod(span.seconds, 3_600)
    minutes, seconds = divmod(rest, 60)
    days = f"{span.days} d " if span.days else ""
    return f"+{days}{hours}:{minutes:02}{f':{seconds:02}' if seconds else ''}"
