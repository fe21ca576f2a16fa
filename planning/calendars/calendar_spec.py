"""
Form of a calendar in a playbook file: days, hours, dates, time zones and public holidays.

Data and the form of each value alone; ``open_hours.py`` compiles them.
"""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from escalation.kernel.values import require_plausible_year
from planning.calendars.opening_hours import DAYS_FORM, HOURS_FORM, parse_days, parse_hours
from planning.calendars.time_zone_names import time_zone_of
from planning.spec import Spec, one_or_several

_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
DATE_FORM = "a date such as 2026-12-24"
DATE_IN_AN_EDITOR = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$", "examples": ["2026-12-24"]}


def _time_zone(name: str) -> str:
    time_zone_of(name)
    return name


def _days(text: str) -> str:
    parse_days(text)
    return text


def _hours(text: str) -> str:
    parse_hours(text)
    return text


def _as_date(given: Any) -> Any:
    """One form for each date, for the same reason."""
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
    str,
    AfterValidator(_time_zone),
    WithJsonSchema({"type": "string", "examples": ["Europe/London", "Asia/Jakarta", "Europe/Istanbul"]}),
]
Date = Annotated[date, BeforeValidator(_as_date), WithJsonSchema(DATE_IN_AN_EDITOR)]
Dates = Annotated[tuple[Date, ...], one_or_several(Date)]
Days = Annotated[
    str,
    AfterValidator(_days),
    WithJsonSchema({"type": "string", "description": DAYS_FORM, "examples": ["mon-fri", "sat"]}),
]
_HoursOfADay = Annotated[
    str,
    AfterValidator(_hours),
    WithJsonSchema({"type": "string", "description": HOURS_FORM, "examples": ["09:00-17:00"]}),
]
Hours = Annotated[tuple[_HoursOfADay, ...], one_or_several(_HoursOfADay)]


class HolidaySpec(Spec):
    """Public holidays of a country, or of a part of it."""

    country: Annotated[str, Field(min_length=1, max_length=100)]
    """Two letters, as ISO 3166 has them: GB, ID, TR, US."""
    subdivision: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    """A part of the country with holidays of its own: ENG, BY, CA."""


class CalendarSpec(Spec):
    """When the organisation is open."""

    time_zone: TimeZone
    """The hours below are those of clocks in this zone."""
    weekly: dict[Days, Hours]
    """Days to open hours. Several windows a day are fine, and so is a night: 22:00-06:00 belongs to the first day."""
    holidays: Annotated[tuple[HolidaySpec, ...], one_or_several(HolidaySpec)] = ()
    """Public holidays, on which it is closed; of several countries: whenever one of them has one."""
    closed_on: Dates = ()
    """Own dates: what would open on such a day does not."""
    half_days: dict[Date, Hours] = {}
    """Dates with hours of their own, whatever the week and the holidays say."""
