"""
What forecasts are given on the command line: zones, instants, names, files. Each fault says what is allowed.
"""

import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rich.text import Text

from entrypoints import showing
from entrypoints.files import STANDARD_INPUT
from escalation.errors import BadRequest, Fault, nearest, shown
from planning.faults import listed
from planning.instants import parse_instant
from planning.zones import TIME_ZONE_FORM, zone_meant

_Named = TypeVar("_Named", bound=StrEnum)


def refused(where: str, given: str, allowed: str, suggestion: str = "") -> BadRequest:
    fault = Fault(where=where, given=given, allowed=allowed, suggestion=suggestion)
    return BadRequest.because("the command", (fault,))


def zone(name: str) -> ZoneInfo:
    """
    Raises:
        BadRequest: If there is no such time zone.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise refused("--tz", shown(name), TIME_ZONE_FORM, zone_meant(name)) from None


def instant(text: str | None, there: ZoneInfo, option: str) -> datetime | None:
    """
    Raises:
        BadRequest: If it is no instant, or none in that zone.
    """
    try:
        return parse_instant(text, there) if text is not None else None
    except ValueError as error:
        raise refused(option, shown(text), str(error)) from None


def this_minute() -> datetime:
    return datetime.now(UTC).replace(second=0, microsecond=0)


def named(kind: type[_Named], text: str, option: str) -> _Named:
    """
    Raises:
        BadRequest: If nothing of that kind has this name.
    """
    known = {name.lower(): name for name in kind}
    found = known.get(text.lower())
    if found is None:
        raise refused(option, shown(text), listed(kind), nearest(text, kind))
    return found


def bytes_of(path: str, option: str) -> bytes:
    """
    The file at *path*; ``-`` is standard input.

    Raises:
        BadRequest: If it cannot be read.
    """
    try:
        return sys.stdin.buffer.read() if path == STANDARD_INPUT else Path(path).read_bytes()
    except OSError as error:
        raise refused(f"{option} {path}", error.strerror or "an error", "a file that can be read") from None


def write(path: Path, content: str | bytes, option: str) -> None:
    """
    Raises:
        BadRequest: If it cannot be written.
    """
    try:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise refused(
            f"{option} {path}", error.strerror or "an error", "a file that can be written"
        ) from None
    showing.err.print(Text(f"Written: {path}"))  # beside what `--json` prints
