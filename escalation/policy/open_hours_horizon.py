"""Open hours that end soon, and are to be compiled further."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from escalation.kernel.values import Instant, Name, frozen
from escalation.policy.plan import Calendar


@frozen
class CompileOpenHours:
    """Open hours end soon: compile them further."""

    calendar: Name
    definition: str
    since: Instant
    until: Instant


EXTENSION = timedelta(days=90)


def open_hours_to_compile(calendars: Mapping[str, Calendar], now: datetime) -> Iterator[CompileOpenHours]:
    """Of those calendars whose open hours end soon, the next stretch."""
    for name, calendar in calendars.items():
        if now >= calendar.hours.extend_at:
            since = calendar.hours.compiled_until
            until = max(since, now) + EXTENSION
            yield CompileOpenHours(calendar=name, definition=calendar.definition, since=since, until=until)
