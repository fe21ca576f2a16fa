"""
What a playbook file may say of rotas, and in which form (MATRIX-1).

Data and the shape of each part alone, as in ``schema.py``. Who is on call when is for ``roster.py``.
"""

from datetime import datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from escalation.kernel.values import Name, require_plausible_year
from escalation.policy.people import HandsOver
from planning.calendars.calendar_spec import Date, Days, Hours, TimeZone
from planning.calendars.instants import INSTANT_FORM
from planning.calendars.opening_hours import DAYS
from planning.on_call.shifts import EVERY_FORM, HAND_OVER_FORM, parse_every, parse_hand_over
from planning.spec import Names, Spec, one_or_several

_VARIABLE = r"^[A-Z][A-Z0-9_]*$"


def _every(text: str) -> str:
    parse_every(text)
    return text


def _hand_over(text: str) -> str:
    parse_hand_over(text)
    return text


def _local_time(given: Any) -> Any:
    if not isinstance(given, str):
        return given
    try:
        return datetime.fromisoformat(given.strip())
    except ValueError:
        raise ValueError(INSTANT_FORM) from None


Every = Annotated[
    str,
    AfterValidator(_every),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^(daily|weekly|\d{1,4} ?(h|hrs?|hours?|days?|weeks?))$",
            "description": EVERY_FORM,
            "examples": ["weekly", "daily", "12 h", "2 weeks"],
        }
    ),
]
HandOver = Annotated[
    str,
    AfterValidator(_hand_over),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": rf"^(({'|'.join(DAYS)}) )?\d{{1,2}}:\d{{2}}$",
            "description": HAND_OVER_FORM,
            "examples": ["09:00", "mon 09:00"],
        }
    ),
]
FirstDay = Annotated[Date, AfterValidator(require_plausible_year)]
LocalTime = Annotated[
    datetime,
    BeforeValidator(_local_time),
    AfterValidator(require_plausible_year),
    WithJsonSchema({"type": "string", "description": INSTANT_FORM, "examples": ["2026-12-24T09:00"]}),
]


class RotationSpec(Spec):
    """People who take turns."""

    name: Name
    """As reasons and tables show it: Europe, nights."""
    people: Annotated[Names, Field(min_length=1)]
    """Ids of people, in the order of their turns."""
    every: Every = "weekly"
    """How long a turn is: daily, weekly, 12 h, 3 days, 2 weeks. Days are those of the clocks there, however long."""
    hand_over: HandOver = "09:00"
    """When turns change: a time of day; of turns of weeks also with the day: mon 09:00."""
    since: FirstDay
    """The day of the first turn, which is that of the first of the people; before it there is nobody."""
    time_zone: TimeZone | None = None
    """Hand-over and hours are those of clocks in this zone; left out: as the rota says."""
    restrict_to: dict[Days, Hours] = {}
    """Days to hours in which the rotation answers at all; left out: always."""


class OverrideSpec(Spec):
    """Somebody who stands in for a time, whatever the rest says."""

    from_: Annotated[LocalTime, Field(alias="from")]
    """The first moment: 2026-12-24T09:00, by the clocks of the rota's zone."""
    to: LocalTime
    """The moment at which the rest holds again."""
    person: Name
    """Who stands in: the id of a person."""


class FeedSpec(Spec):
    """A calendar kept elsewhere: its file or address alone, or ``{url_from: …, people: […]}``."""

    file: Annotated[str, Field(max_length=200)] | None = None
    """An iCalendar file in the playbook's folder: on_call.ics."""
    url: Annotated[str, Field(max_length=2_000)] | None = None
    """An https address that answers with iCalendar; one that only you may know belongs under url_from."""
    url_from: Annotated[str, Field(pattern=_VARIABLE, max_length=100)] | None = None
    """The environment variable that holds the address, of which nothing is ever shown."""
    people: Names = ()
    """Ids of those whom its entries can name; left out: everybody who has an address."""

    @model_validator(mode="before")
    @classmethod
    def _from_a_text_alone(cls, given: Any) -> Any:
        if not isinstance(given, str):
            return given
        return {"url" if "://" in given else "file": given}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"anyOf": [{"type": "string", "examples": ["on_call.ics"]}, handler(schema)]}


class RotaSpec(Spec):
    """Who is on call. Overrides go first, then the calendar's entries, then the first rotation that has somebody."""

    name: Name
    """As messages and tables show it."""
    time_zone: TimeZone
    """The clocks that hand-overs, hours and overrides mean, where they do not say otherwise."""
    rotations: Annotated[tuple[RotationSpec, ...], one_or_several(RotationSpec)] = ()
    """In this order: at any time the first one that has somebody answers."""
    overrides: Annotated[tuple[OverrideSpec, ...], one_or_several(OverrideSpec)] = ()
    """Who stands in, and when; of several at a time the first one in the list."""
    hands_over: HandsOver = HandsOver.UNACKNOWLEDGED
    """What the next shift gets: escalations that are unacknowledged, or all that are open."""
    calendar: FeedSpec | None = None
    """An iCalendar file or feed, as PagerDuty, Opsgenie and Google Calendar export it."""
