"""
The form of single values in a playbook: names, addresses, spans, windows, days, percentages.

Each type takes what people write and says, in its fault, what is allowed. Knows no playbook.
"""

from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field

from escalation.base import Name
from escalation.lifecycle import Move
from escalation.model import VERIFYING
from escalation.plan import ClockName
from escalation.request import EMAIL_ADDRESS
from planning.spans import WINDOW_FORM, Span, WindowSpan, parse_span, parse_window
from planning.week import parse_days, parse_hours

OWNER, LEVEL_CONTACT = "owner", "level_contact"
SPECIAL_ROLES = (OWNER, LEVEL_CONTACT)
"""Roles that nobody is given: whoever owns the escalation, or stands for its level, has them (ROLE-1)."""

TARGET_CLOCKS = tuple(clock for clock in ClockName if clock is not ClockName.LEVEL_WINDOW)
"""Those that a priority sets a target for."""
UNTIL_RESOLUTION = "until resolution"
Phrase = Annotated[str, Field(min_length=1, max_length=500)]


def _listed(given: Any) -> Any:
    """One name alone stands for a list of one."""
    return [given] if isinstance(given, str) else given


def _distinct(names: tuple[str, ...]) -> tuple[str, ...]:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"each once; given twice: {', '.join(twice)}")
    return names


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("a time zone such as Europe/London or Asia/Jakarta") from None
    return name


def _assigned_role(role: str) -> str:
    if role in SPECIAL_ROLES:
        raise ValueError(f"a role of your own: {role} is whoever is that at the moment")
    return role


def _persons_move(move: Move) -> Move:
    if move is Move.BEGIN_COMMUNICATION:
        raise ValueError("a move that people make; this one happens by itself")
    return move


def _target_clock(clock: ClockName) -> ClockName:
    if clock is ClockName.LEVEL_WINDOW:
        raise ValueError("another clock: level_window is the window of each level")
    return clock


def _pause_reason(reason: str) -> str:
    if reason == VERIFYING:
        raise ValueError("another name: this is the pause that a declared resolution makes by itself")
    return reason


def _days(text: str) -> str:
    parse_days(text)
    return text


def _hours(text: str) -> str:
    parse_hours(text)
    return text


def _as_span(given: Any) -> Any:
    return parse_span(given) if isinstance(given, str) else given


def _as_window(given: Any) -> Any:
    if given is None:
        raise ValueError(f"{WINDOW_FORM}; or: {UNTIL_RESOLUTION}")
    if not isinstance(given, str):
        return given
    return None if given.strip().lower() == UNTIL_RESOLUTION else parse_window(given)


def _rising(percents: tuple[int, ...]) -> tuple[int, ...]:
    if any(later <= earlier for earlier, later in pairwise(percents)):
        raise ValueError("percentages that rise, each once")
    return percents


Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][\w.-]*$", max_length=100)]
Names = Annotated[tuple[Name, ...], BeforeValidator(_listed), AfterValidator(_distinct)]
Phrases = Annotated[tuple[Phrase, ...], BeforeValidator(_listed), AfterValidator(_distinct)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
WrittenSpan = Annotated[Span, BeforeValidator(_as_span)]
WrittenWindow = Annotated[WindowSpan | None, BeforeValidator(_as_window)]
Percents = Annotated[
    tuple[Annotated[int, Field(ge=1, le=99)], ...], BeforeValidator(_listed), AfterValidator(_rising)
]


class KnownChannel(StrEnum):
    """The channels that an address may name."""

    EMAIL = "email"
    CONSOLE = "console"


def _address(address: str) -> str:
    channel, _, target = address.partition(":")
    if channel not in set(KnownChannel) or not target.strip():
        raise ValueError(
            f"channel:target, such as email:ana@example.com (channels: {', '.join(KnownChannel)})"
        )
    if channel == KnownChannel.EMAIL and not EMAIL_ADDRESS.fullmatch(target):
        raise ValueError("one e-mail address after email:, such as email:ana@example.com")
    return address


Address = Annotated[str, AfterValidator(_address)]
Addresses = Annotated[tuple[Address, ...], BeforeValidator(_listed), AfterValidator(_distinct)]
TargetClock = Annotated[ClockName, AfterValidator(_target_clock)]
PersonsMove = Annotated[Move, AfterValidator(_persons_move)]
PauseReason = Annotated[Id, AfterValidator(_pause_reason)]
Role = Annotated[Id, AfterValidator(_assigned_role)]
Roles = Annotated[tuple[Role, ...], BeforeValidator(_listed), AfterValidator(_distinct)]
Clocks = Annotated[tuple[ClockName, ...], BeforeValidator(_listed), Field(min_length=1)]
Dates = Annotated[tuple[date, ...], BeforeValidator(_listed)]
Days = Annotated[str, AfterValidator(_days)]
Hours = Annotated[tuple[Annotated[str, AfterValidator(_hours)], ...], BeforeValidator(_listed)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
