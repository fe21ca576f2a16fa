"""
Entries of an iCalendar text over a time: when they are, their summary, and their guests.

Reads what PagerDuty, Opsgenie, Google Calendar and Outlook export. Recurring events are followed; cancelled events and
those without length are left out. Whole days and times without a zone are of the zone that the rota names. Entries
marked as free (``TRANSP:TRANSPARENT``) count, since programs mark whole days so. Knows no playbook.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import recurring_ical_events

from escalation.kernel.characters import clip
from planning.on_call.feed_sources import LARGEST, FeedFault
from planning.on_call.ical_bounds import require_bounded
from planning.on_call.ical_times import calendar_of, end_of, instant_of

_FAR = timedelta(days=2)
"""More than lies between a zone and UTC: the library selects what has no zone as if it were in UTC."""
_LONGEST_SUMMARY = 200
_MOST_AT_ONCE = 50
"""Entries at one time: nobody is on call with so many others."""


class Guest(NamedTuple):
    """Somebody on an entry."""

    email: str
    name: str = ""


class Entry(NamedTuple):
    start: datetime
    end: datetime
    summary: str
    guests: tuple[Guest, ...] = ()
    """Invited, and not declined."""
    organizer: Guest | None = None


def read_entries(data: bytes, since: datetime, until: datetime, zone: ZoneInfo) -> tuple[Entry, ...]:
    """
    Return the entries that touch the time from *since* to *until*, in order.

    Raises:
        FeedFault: If *data* is no iCalendar, or none that can be followed.
    """
    if len(data) > LARGEST:
        raise FeedFault(f"more than {LARGEST:,} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FeedFault("not in UTF-8") from None
    require_bounded(text, until)
    try:
        found = sorted(_entries_between(text, since, until, zone))
        _require_few_at_once(found)
        return tuple(found)
    except FeedFault:
        raise
    except Exception as error:  # the text is anybody's, and the libraries stumble over it in many ways
        raise FeedFault(f"malformed iCalendar ({type(error).__name__})") from None


def _entries_between(text: str, since: datetime, until: datetime, zone: ZoneInfo) -> Iterator[Entry]:
    asked = recurring_ical_events.of(calendar_of(text, zone))
    for event in asked.between(since.astimezone(UTC) - _FAR, until.astimezone(UTC) + _FAR):
        start, end = instant_of(event["DTSTART"].dt, zone), end_of(event, zone)
        if (
            start < end
            and since < end
            and start < until
            and str(event.get("STATUS", "")).upper() != "CANCELLED"
        ):
            yield Entry(start, end, _summary_of(event), tuple(_guests_of(event)), _organizer_of(event))


def _require_few_at_once(found: list[Entry]) -> None:
    """
    Raises:
        FeedFault: If very many of *found*, in order, are at one time.
    """
    ends: list[datetime] = []
    for entry in found:
        while ends and ends[0] <= entry.start:
            heappop(ends)
        heappush(ends, entry.end)
        if len(ends) > _MOST_AT_ONCE:
            raise FeedFault(f"more than {_MOST_AT_ONCE} entries at one time")


def _summary_of(event: Any) -> str:
    return clip(" ".join(str(event.get("SUMMARY", "")).split()), _LONGEST_SUMMARY)


def _guests_of(event: Any) -> Iterator[Guest]:
    found = event.get("ATTENDEE", [])
    for address in found if isinstance(found, list) else [found]:
        if str(address.params.get("PARTSTAT", "")).upper() != "DECLINED":
            yield _make_guest(address)


def _organizer_of(event: Any) -> Guest | None:
    address = event.get("ORGANIZER")
    return None if address is None or isinstance(address, list) else _make_guest(address)


def _make_guest(address: Any) -> Guest:
    email = str(address)
    scheme, _, rest = email.partition(":")
    is_mail = scheme.lower() == "mailto"
    return Guest((rest if is_mail else email).strip(), str(address.params.get("CN", "")).strip())
