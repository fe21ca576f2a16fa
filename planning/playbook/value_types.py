"""
Types of single values in a playbook: names, addresses, spans, windows, percentages.

Each type reads what people write, and its fault says what is allowed. Knows no playbook.
"""

import re
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from escalation.case.clock_table import PAUSABLE, PROMISES
from escalation.case.lifecycle import NOBODYS, Move
from escalation.case.state import VERIFYING
from escalation.kernel.clock_name import OF_TASK_FORCES, ClockName
from escalation.kernel.email_address import as_mailed
from escalation.kernel.reasons import InvalidValue, reason
from escalation.policy.spans import SPAN_FORM, WINDOW_FORM, Span, WindowSpan, parse_span, parse_window
from planning.spec import one_or_several, require_distinct, text_in_an_editor

OWNER, LEVEL_CONTACT, TASK_FORCE_LEAD = "owner", "level_contact", "task_force_lead"
ACTION_OWNER = "action_owner"
SPECIAL_ROLES = (OWNER, LEVEL_CONTACT, TASK_FORCE_LEAD, ACTION_OWNER)
"""Roles by what somebody is at the moment: owner of the escalation, contact of its level, lead of its task force, owner
of an action (ROLE-1). Nobody can be given them."""

_SET_ELSEWHERE = {
    ClockName.LEVEL_WINDOW: "level_window is the window of each level",
    ClockName.CUSTOMER_TEXT: "customer_text is `within` of `approvals`",
}
_PROMISES = {*PROMISES, *OF_TASK_FORCES} - _SET_ELSEWHERE.keys()
TARGET_CLOCKS = tuple(clock for clock in ClockName if clock in _PROMISES)
"""Clocks for which a priority has a target."""
OPTIONAL_CLOCKS = frozenset({ClockName.INTERNAL_UPDATE})
"""Clocks that run only where a priority has a target."""
UNTIL_RESOLUTION = "until resolution"
_WINDOW_OR_END = reason("allowed.or", WINDOW_FORM, UNTIL_RESOLUTION)
Phrase = Annotated[str, Field(min_length=1, max_length=500)]


def _check_role(role: str) -> str:
    if role in SPECIAL_ROLES:
        raise ValueError(f"a role of your own: {role} is whoever is that at the moment")
    return role


def _check_move(move: Move) -> Move:
    if move in NOBODYS:
        raise ValueError("a move that people make; this one happens by itself")
    return move


def _check_target_clock(clock: ClockName) -> ClockName:
    if clock in _SET_ELSEWHERE:
        raise ValueError(f"another clock: {_SET_ELSEWHERE[clock]}")
    if clock not in TARGET_CLOCKS:
        raise ValueError(f"one of {', '.join(TARGET_CLOCKS)}")
    return clock


def _check_pausable(clock: ClockName) -> ClockName:
    if clock not in PAUSABLE:
        raise ValueError(f"a clock that runs while the problem is worked on: {', '.join(PAUSABLE)}")
    return clock


def _check_pause_reason(reason: str) -> str:
    if reason == VERIFYING:
        raise ValueError("another name: this is the pause that a declared resolution makes by itself")
    return reason


def _read_span(given: Any) -> Any:
    return parse_span(given) if isinstance(given, str) else given


def _read_window(given: Any) -> Any:
    if given is None:
        raise InvalidValue(_WINDOW_OR_END)
    if not isinstance(given, str):
        return given
    return None if given.strip().lower() == UNTIL_RESOLUTION else parse_window(given)


def _read_number(given: Any) -> Any:
    """Accept one form of each number: of ``1`` and ``01`` as keys, one would silently replace the other."""
    if isinstance(given, str) and not re.fullmatch(LEVEL_NUMBER, given):
        raise ValueError("a whole number from 1 to 50, such as 3")
    return given


def _require_rising(percents: tuple[int, ...]) -> tuple[int, ...]:
    if any(later <= earlier for earlier, later in pairwise(percents)):
        raise ValueError("percentages that rise, each once")
    return percents


_UNIT = "(s|secs?|seconds?|m|min|mins|minutes?|h|hrs?|hours?|d|days?)"
_AMOUNT = r"\d{1,6}(\.\d{1,3})?"
_ONE_SPAN = f"{_AMOUNT} *(business +)?{_UNIT}"
SPAN_PATTERN = f"^{_ONE_SPAN}( *{_ONE_SPAN})*( +24x7)?$"
_WINDOW_PATTERN = (
    f"^({UNTIL_RESOLUTION}|({_ONE_SPAN}( *{_ONE_SPAN})*|{_AMOUNT}) *[-–] *{_ONE_SPAN}( *{_ONE_SPAN})*)$"
)
LEVEL_NUMBER = "[1-9][0-9]?"

ID_PATTERN = r"^[A-Za-z0-9][\w.-]*$"
ID_FORM = "letters, digits, . _ and -, beginning with a letter or digit"
Id = Annotated[str, Field(pattern=ID_PATTERN, max_length=100)]
Telephone = Annotated[str, Field(pattern=r"^\+?[0-9][0-9 ()./-]{2,38}$")]
Phrases = Annotated[tuple[Phrase, ...], one_or_several(Phrase), AfterValidator(require_distinct)]
SpanText = Annotated[
    Span,
    BeforeValidator(_read_span),
    text_in_an_editor(
        SPAN_FORM, "15 min", "60 min 24x7", "4 business h", "2 business days", pattern=SPAN_PATTERN
    ),
]
WindowText = Annotated[
    WindowSpan | None,
    BeforeValidator(_read_window),
    text_in_an_editor(
        _WINDOW_OR_END, "15 - 30 min", "1 - 2 business days", UNTIL_RESOLUTION, pattern=_WINDOW_PATTERN
    ),
]
_Percent = Annotated[int, Field(ge=1, le=99)]
Percents = Annotated[tuple[_Percent, ...], one_or_several(_Percent), AfterValidator(_require_rising)]


class KnownChannel(StrEnum):
    """Channels of addresses."""

    EMAIL = "email"
    CONSOLE = "console"
    SLACK = "slack"
    TEAMS = "teams"
    WEBHOOK = "webhook"
    APPRISE = "apprise"


BY_NAME = tuple(each for each in KnownChannel if each not in {KnownChannel.EMAIL, KnownChannel.CONSOLE})
"""Channels whose endpoints have names. The endpoint itself is a secret that is set up where the workers run."""
_TARGET_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")


def _check_address(address: str) -> str:
    channel, _, target = address.partition(":")
    if channel not in set(KnownChannel) or not target.strip():
        raise ValueError(
            f"channel:target, such as email:ana@example.com (channels: {', '.join(KnownChannel)})"
        )
    if channel in BY_NAME and not _TARGET_NAME.fullmatch(target):
        raise ValueError(
            f"a name after {channel}:, in small letters, digits and _, such as {channel}:support (what it leads to is "
            "set up where the workers run)"
        )
    return f"{channel}:{_check_mailbox(target)}" if channel == KnownChannel.EMAIL else address


def _check_mailbox(target: str) -> str:
    try:
        return as_mailed(target)
    except ValueError as fault:
        raise ValueError(
            f"one e-mail address after email:, such as email:ana@example.com ({fault})"
        ) from None


Address = Annotated[
    str,
    AfterValidator(_check_address),
    text_in_an_editor(
        "", "email:ana@example.com", "slack:support", pattern=f"^({'|'.join(KnownChannel)}):.+"
    ),
]
Addresses = Annotated[tuple[Address, ...], one_or_several(Address), AfterValidator(require_distinct)]
TargetClock = Annotated[
    ClockName,
    AfterValidator(_check_target_clock),
    WithJsonSchema({"type": "string", "enum": list(TARGET_CLOCKS)}),
]
PersonsMove = Annotated[
    Move,
    AfterValidator(_check_move),
    WithJsonSchema({"type": "string", "enum": [move for move in Move if move not in NOBODYS]}),
]
PauseReason = Annotated[Id, AfterValidator(_check_pause_reason)]
Role = Annotated[Id, AfterValidator(_check_role)]
Roles = Annotated[tuple[Role, ...], one_or_several(Role), AfterValidator(require_distinct)]
_Pausable = Annotated[
    ClockName, AfterValidator(_check_pausable), WithJsonSchema({"type": "string", "enum": list(PAUSABLE)})
]
Clocks = Annotated[tuple[_Pausable, ...], one_or_several(_Pausable), Field(min_length=1)]
LevelNumber = Annotated[
    int,
    Field(ge=1, le=50),
    BeforeValidator(_read_number, json_schema_input_type=Annotated[int, Field(ge=1, le=50)]),
]
