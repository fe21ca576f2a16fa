"""One line of a timeline."""

from collections.abc import Callable
from datetime import datetime, timedelta

from escalation.kernel.event import RecordedEvent
from escalation.kernel.proof import Door
from escalation.kernel.reasons import Part, Person, Reason, named
from escalation.kernel.values import CustomerText, Instant, frozen


@frozen
class TimelineEntry:
    """One line of a timeline."""

    seq: int
    at: Instant
    by: str
    by_name: str = ""
    """The name of a customer's contact who did it; of our own people, readers know the names."""
    kind: str
    what: Reason
    note: Part = ""
    """Text that the person added, in their own words."""
    told: CustomerText | None = None
    """Text that customers got."""
    door: Door | None = None
    """The way that it came in by, if that is proven."""

    def say_without_actor(self, say: Callable[[Part], str]) -> str:
        """Return the sentence for where the name of whoever did it stands beside it, and need not begin it."""
        match self.what:
            case Reason(code, (Person(self.by), *parts)):
                return say(Reason(code, ("", *parts))).lstrip(" ,")
            case what:
                return say(what)


def find_nobody(_: str) -> str:
    """Return no name, where no contacts of customers are known."""
    return ""


def timeline_entry(event: RecordedEvent, find_name: Callable[[str], str] = find_nobody) -> TimelineEntry:
    """Return the line of *event*; *find_name* returns the name of a customer's contact by their id."""
    return TimelineEntry(
        seq=event.seq,
        at=event.at,
        by=event.by,
        by_name=find_name(event.by),
        kind=event.kind,
        what=named(event.sentence(), find_name),
        note=event.added,
        told=event.told_customers,
        door=event.door,
    )


def minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def brief(span: timedelta) -> str:
    """Return a span in its two largest units: ``2 h 05 min``."""
    seconds = max(0, round(span.total_seconds()))
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, seconds = divmod(rest, 60)
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {seconds:02} s" if minutes else f"{seconds} s"
