"""
Changes of the clocks of a time zone: when they are put forward or back.

Knows no calendar. Names of zones are for ``time_zone_names.py``.
"""

# Two edges of daylight saving need care. In spring some local times are skipped: on 2026-03-29 the clocks of Berlin go
# from 02:00 to 03:00, and 02:30 does not exist. In autumn some are shown twice: on 2026-10-25 they go from 03:00 back
# to 02:00, and 02:30 is shown at two instants. Python marks the second one by ``fold=1`` (PEP 495), and gives skipped
# times an instant that shows another time. Some zones change at midnight, some by half an hour, some by a whole day
# (Samoa, 2011-12-30), so nothing here assumes one hour or two o'clock.

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_DAY = 86_400


def first_instant_of(local: datetime, zone: ZoneInfo) -> datetime:
    """
    Return the first instant at which the zone's clocks show *local*, or have skipped it.

    Later local times never give earlier instants, so what is cut by local times stays in order.
    """
    instant = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local:
        return instant
    # Skipped: read by the old and by the new offset, the time gives an instant on each side of the change between them.
    before = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return datetime.fromtimestamp(_find_change(zone, int(before.timestamp()), int(instant.timestamp())), UTC)


def split_by_offset(zone: ZoneInfo, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Cut the time from *begin* to *end* where the zone's offset from UTC changes: start, end, offset in seconds."""
    # Zones change at most once a day, so one probe a day finds each change, and bisection finds its second.
    start, offset = begin, _offset_at(zone, begin)
    for probe in (*range(begin + _DAY, end, _DAY), end - 1):
        if _offset_at(zone, probe) != offset:
            change = _find_change(zone, max(start, probe - _DAY), probe)
            yield start, change, offset
            start, offset = change, _offset_at(zone, change)
    yield start, end, offset


def _find_change(zone: ZoneInfo, before: int, after: int) -> int:
    """Return the first second after *before*, and not after *after*, that has another offset."""
    old = _offset_at(zone, before)
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (middle, after) if _offset_at(zone, middle) == old else (before, middle)
    return after


def _offset_at(zone: ZoneInfo, at: int) -> int:
    offset = datetime.fromtimestamp(at, zone).utcoffset()
    assert offset is not None
    return offset // timedelta(seconds=1)
