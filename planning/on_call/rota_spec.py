"""
Form of a rota in a playbook file (MATRIX-1).

Data and the form of each part alone. Who is on call when is for ``roster.py``.
"""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from escalation.kernel.values import Name, require_plausible_year
from escalation.policy.people import HandsOver
from planning.calendars.calendar_spec import Date, Days, Hours, TimeZone
from planning.calendars.instants import INSTANT_FORM
from planning.calendars.opening_hours import DAYS
from planning.on_call.shifts import EVERY_FORM, HAND_OVER_FORM, parse_every, parse_hand_over
from planning.spec import PeopleOnCall, Refers, ShortSpec, Spec, checked_by, one_or_several, text_in_an_editor

_VARIABLE = r"^[A-Z][A-Z0-9_]*$"


def _read_local_time(given: Any) -> Any:
    if not isinstance(given, str):
        return given
    try:
        return datetime.fromisoformat(given.strip())
    except ValueError:
        raise ValueError(INSTANT_FORM) from None


_EVERY = r"^(daily|weekly|\d{1,4} ?(h|hrs?|hours?|days?|weeks?))$"
_HAND_OVER = rf"^(({'|'.join(DAYS)}) )?\d{{1,2}}:\d{{2}}$"
Every = Annotated[
    str,
    checked_by(parse_every),
    text_in_an_editor(EVERY_FORM, "weekly", "daily", "12 h", "2 weeks", pattern=_EVERY),
]
HandOver = Annotated[
    str,
    checked_by(parse_hand_over),
    text_in_an_editor(HAND_OVER_FORM, "09:00", "mon 09:00", pattern=_HAND_OVER),
]
FirstDay = Annotated[Date, AfterValidator(require_plausible_year)]
LocalTime = Annotated[
    datetime,
    BeforeValidator(_read_local_time),
    AfterValidator(require_plausible_year),
    text_in_an_editor(INSTANT_FORM, "2026-12-24T09:00"),
]


class RotationSpec(Spec):
    """People who are on call in turn."""

    name: Name
    """The name that reasons and tables show: Europe, nights."""
    people: Annotated[PeopleOnCall, Field(min_length=1)]
    """Ids of people, in the order of their shifts."""
    every: Every = "weekly"
    """Length of a shift: daily, weekly, 12 h, 3 days, 2 weeks. Days are those of local clocks, however long."""
    hand_over: HandOver = "09:00"
    """The time of day at which shifts change; for shifts of weeks also with the day: mon 09:00."""
    since: FirstDay
    """The day of the first shift, which the first of the people has. Before it there is nobody."""
    time_zone: TimeZone | None = None
    """The zone of hand-over and hours. If omitted, as the rota says."""
    restrict_to: dict[Days, Hours] = {}
    """Hours in which the rotation answers at all, by days. If omitted, always."""


class OverrideSpec(Spec):
    """Somebody who stands in for a time, whatever the rest of the rota says."""

    from_: Annotated[LocalTime, Field(alias="from")]
    """The first moment: 2026-12-24T09:00, by the clocks of the rota's zone."""
    to: LocalTime
    """The moment at which the rest is valid again."""
    person: Annotated[Name, Refers.PERSON_ON_CALL]
    """The id of the person who stands in."""


class FeedSpec(ShortSpec):
    """A calendar of shifts kept elsewhere: its file or address alone, or ``{url_from: …, people: […]}``."""

    short_field = "file"

    file: Annotated[str, Field(max_length=200)] | None = None
    """An iCalendar file in the playbook's folder: on_call.ics."""
    url: Annotated[str, Field(max_length=2_000)] | None = None
    """An https address that answers with iCalendar; one that only you may know belongs under url_from."""
    url_from: Annotated[str, Field(pattern=_VARIABLE, max_length=100)] | None = None
    """The environment variable with the address. The address is never shown."""
    people: PeopleOnCall = ()
    """Ids of the people whom its entries can name. If omitted, everybody who has an address."""

    @classmethod
    def field_for(cls, given: Any) -> str:
        return "url" if "://" in given else "file"


class RotaSpec(Spec):
    """People on call. Overrides go first, then entries of the calendar, then the first rotation that has somebody."""

    name: Name
    """The name that messages and tables show."""
    time_zone: TimeZone
    """The zone of hand-overs, hours and overrides that name no other."""
    rotations: Annotated[tuple[RotationSpec, ...], one_or_several(RotationSpec)] = ()
    """Rotations, in order: at any time the first one that has somebody answers."""
    overrides: Annotated[tuple[OverrideSpec, ...], one_or_several(OverrideSpec)] = ()
    """People who stand in for a time. Of several at a time, the first one in the list."""
    hands_over: HandsOver = HandsOver.UNACKNOWLEDGED
    """Escalations that the next shift gets: those without acknowledgement, or all that are open."""
    calendar: FeedSpec | None = None
    """An iCalendar file or feed, as PagerDuty, Opsgenie and Google Calendar export it."""

    @property
    def named_people(self) -> tuple[str, ...]:
        """Ids of the people whom it names; a calendar without people can name everybody, and names nobody here."""
        found = [person for rotation in self.rotations for person in rotation.people]
        found += [override.person for override in self.overrides]
        return tuple(dict.fromkeys((*found, *(self.calendar.people if self.calendar else ()))))
