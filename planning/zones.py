"""
What the clocks of a time zone show, and when they are put forward or back.

Owns what zones are called, and the two edges of daylight saving: times of day that are skipped, and those that are
shown twice.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from zoneinfo import ZoneInfo, available_timezones

_DAY = 86_400
_ALIKE = 0.8
"""More than Mars is like Paris."""
TIME_ZONE_FORM = "a time zone such as Europe/London or Asia/Jakarta"


def zone_meant(given: str) -> str:
    """The time zone that *given* is a slip of, or the city of; empty if none is close: ``New York``."""
    zones = sorted(available_timezones())
    by_name = {_spelled(zone.rpartition("/")[2]): zone for zone in zones if "/" in zone}
    by_name |= {_spelled(zone): zone for zone in zones}
    spelled = _spelled(given)
    close = get_close_matches(spelled, by_name, n=1, cutoff=_ALIKE)
    return by_name[close[0]] if close else ""


def _spelled(name: str) -> str:
    return name.lower().replace(" ", "").replace("_", "").replace("-", "")


def first_shown(local: datetime, zone: ZoneInfo) -> datetime:
    """
    The first instant at which the zone's clocks show *local*, or have skipped it.

    Later local times never give earlier instants, so what is cut by local times stays in order.
    """
    instant = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local:
        return instant
    before = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return datetime.fromtimestamp(_change(zone, int(before.timestamp()), int(instant.timestamp())), UTC)


def offsets(zone: ZoneInfo, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
    """The time from *begin* to *end* cut where the zone's offset from UTC changes: start, end, offset in seconds."""
    start, offset = begin, _offset(zone, begin)
    for probe in (*range(begin + _DAY, end, _DAY), end - 1):
        if _offset(zone, probe) != offset:
            change = _change(zone, max(start, probe - _DAY), probe)
            yield start, change, offset
            start, offset = change, _offset(zone, change)
    yield start, end, offset


def _change(zone: ZoneInfo, before: int, after: int) -> int:
    """The first second after *before*, and not after *after*, that has another offset."""
    old = _offset(zone, before)
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (middle, after) if _offset(zone, middle) == old else (before, middle)
    return after


def _offset(zone: ZoneInfo, at: int) -> int:
    offset = datetime.fromtimestamp(at, zone).utcoffset()
    assert offset is not None
    return offset // timedelta(seconds=1)
