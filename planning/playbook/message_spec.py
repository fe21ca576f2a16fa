"""
Form of limits and quiet hours in a playbook file, and their meaning for one recipient (COMM-11, COMM-12).

When quiet hours end is for ``quiet_hours.py``.
"""

from dataclasses import replace
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from escalation.policy.limit_text import LIMIT_FORM, parse_limit
from escalation.policy.preferences import Limit, Preferences
from planning.calendars.calendar_spec import Days, Hours
from planning.calendars.opening_hours import HOURS_FORM, DayHours, join_intervals, parse_days, parse_hours
from planning.playbook.value_types import KnownChannel
from planning.spec import Spec, checked_by, one_or_several, text_in_an_editor

EVERY_DAY = "mon-sun"
_A_WEEK = 7 * 86_400
_DAY = 86_400


def _read_by_day(given: Any) -> Any:
    """Take hours alone for those of every day."""
    return {EVERY_DAY: given} if isinstance(given, str | list) else given


def _require_some_time(quiet: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    windows = [
        (day * _DAY + start, day * _DAY + end)
        for days, hours in quiet.items()
        for day in parse_days(days)
        for start, end in map(parse_hours, hours)
    ]
    if _covers_a_week(join_intervals(windows)):
        raise ValueError("some time that is not quiet")
    return quiet


def _covers_a_week(windows: list[DayHours]) -> bool:
    """The part of Sunday's night that is on the next Monday is quiet on the first Monday, too."""
    over = [(start - _A_WEEK, end - _A_WEEK) for start, end in windows]
    return any(start <= 0 and end >= _A_WEEK for start, end in join_intervals((*windows, *over)))


_AnyHours = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
QuietHours = Annotated[
    dict[Days, Hours],
    BeforeValidator(_read_by_day),
    AfterValidator(_require_some_time),
    WithJsonSchema(
        {
            "anyOf": [*_AnyHours["anyOf"], {"type": "object", "additionalProperties": _AnyHours}],
            "description": f"{HOURS_FORM}; or days to such hours",
            "examples": ["22:00-07:00", {"mon-fri": "22:00-07:00", "sat,sun": "20:00-09:00"}],
        }
    ),
]
_LimitText = Annotated[
    str, checked_by(parse_limit), text_in_an_editor(LIMIT_FORM, "5 per 10 min", "20 per 1 h")
]
Limits = Annotated[tuple[_LimitText, ...], one_or_several(_LimitText), Field(max_length=10)]


class CustomerMessagesSpec(Spec):
    """Messages to customers."""

    quiet_hours: QuietHours = {}
    """Hours in which messages wait, in the time zone of each contact. P1 does not wait."""
    at_most: Limits | None = None
    """Most messages to one contact. If omitted, as for our own people."""


class MessagesSpec(Spec):
    """Messages, where a person or team does not say otherwise."""

    at_most: Limits = ()
    """Most messages to one person or team, such as 10 per 10 min. The rest comes as one digest."""
    channels: dict[KnownChannel, Limits] = {}
    """Most messages by one channel."""
    customers: CustomerMessagesSpec = CustomerMessagesSpec()
    """Limits and quiet hours of messages to customers."""

    def preferences(
        self,
        quiet_hours: dict[str, tuple[str, ...]],
        at_most: tuple[str, ...] | None,
        urgent_addresses: tuple[str, ...] = (),
    ) -> Preferences | None:
        """Return the preferences of one recipient; None if there are none."""
        limits = (*_parse_limits(self.at_most if at_most is None else at_most), *self._of_channels())
        if not (quiet_hours or limits or urgent_addresses):
            return None
        return Preferences(urgent_addresses=urgent_addresses, quiet_hours=quiet_hours, limits=limits)

    @property
    def of_customers(self) -> Preferences | None:
        return self.preferences(self.customers.quiet_hours, self.customers.at_most)

    def _of_channels(self) -> tuple[Limit, ...]:
        return tuple(
            replace(limit, channel=channel.value)
            for channel, written in self.channels.items()
            for limit in _parse_limits(written)
        )


def _parse_limits(written: tuple[str, ...]) -> tuple[Limit, ...]:
    return tuple(map(parse_limit, written))
