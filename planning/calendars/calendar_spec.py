"""
Form of a calendar in a playbook file: days, hours, dates, time zones and public holidays.

Data and the form of each value alone; ``open_hours.py`` compiles them.
"""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from escalation.kernel.values import require_plausible_year
from planning.calendars.opening_hours import DAYS_FORM, HOURS_FORM, parse_days, parse_hours
from planning.calendars.time_zone_names import time_zone_of
from planning.spec import Spec, checked_by, one_or_several, text_in_an_editor

_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
DATE_FORM = "a date such as 2026-12-24"
DATE_IN_AN_EDITOR = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$", "examples": ["2026-12-24"]}


def _read_date(given: Any) -> Any:
    """Read one form of each date: of two forms as keys, one would silently replace the other."""
    if not isinstance(given, str):
        return given
    try:
        day = date.fromisoformat(given) if re.fullmatch(_DATE, given) else None
    except ValueError:
        day = None
    if day is None:
        raise ValueError(DATE_FORM)
    return require_plausible_year(day)


TimeZone = Annotated[
    str, checked_by(time_zone_of), text_in_an_editor("", "Europe/London", "Asia/Jakarta", "Europe/Istanbul")
]
Date = Annotated[date, BeforeValidator(_read_date), WithJsonSchema(DATE_IN_AN_EDITOR)]
Dates = Annotated[tuple[Date, ...], one_or_several(Date)]
Days = Annotated[str, checked_by(parse_days), text_in_an_editor(DAYS_FORM, "mon-fri", "sat")]
_HoursOfADay = Annotated[str, checked_by(parse_hours), text_in_an_editor(HOURS_FORM, "09:00-17:00")]
Hours = Annotated[tuple[_HoursOfADay, ...], one_or_several(_HoursOfADay)]


class HolidaySpec(Spec):
    """Public holidays of a country, or of a part of it."""

    country: Annotated[str, Field(min_length=1, max_length=100)]
    """Two letters, as in ISO 3166: GB, ID, TR, US."""
    subdivision: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    """A part of the country with holidays of its own: ENG, BY, CA."""


class CalendarSpec(Spec):
    """Open hours of the organisation, or of a part of it."""

    time_zone: TimeZone
    """The zone of the hours below."""
    weekly: dict[Days, Hours]
    """Open hours by days. A day can have several windows. A night such as 22:00-06:00 belongs to its first day."""
    holidays: Annotated[tuple[HolidaySpec, ...], one_or_several(HolidaySpec)] = ()
    """Public holidays, on which it is closed. Of several countries, every holiday of each counts."""
    closed_on: Dates = ()
    """Dates of its own on which it is closed."""
    half_days: dict[Date, Hours] = {}
    """Dates with hours of their own. Go before the week, the holidays and closed_on."""
