"""Values of options: zones, instants, spans, names, files. Each fault says what is allowed."""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from rich.text import Text

from entrypoints.files import STANDARD_INPUT
from entrypoints.terminal import err, out, write
from escalation.kernel.language_tag import language_tag
from escalation.kernel.reasons import InvalidValue, Part, reason
from escalation.kernel.refusals import BadRequest, Fault, nearest, quote_input
from escalation.policy.plan import Basis
from escalation.policy.spans import Span, SpanFault, parse_span
from planning.calendars.instants import parse_instant
from planning.calendars.time_zone_names import time_zone_of
from planning.on_call.feeds import Feeds
from planning.plain_files import read_plain
from planning.playbook.faults import file_fault, list_names
from runtime.network import Network
from runtime.settings import Settings

_Named = TypeVar("_Named", bound=StrEnum)
_Read = TypeVar("_Read")
_Given = ParamSpec("_Given")


_NUMBER = re.compile(r"[\d.]+", re.ASCII)


def bad_option(where: str, given: Part, allowed: Part, suggestion: str = "") -> BadRequest:
    fault = Fault(where=where, given=given, allowed=allowed, suggestion=suggestion)
    return BadRequest.because(reason("of.command"), (fault,))


class OptionValues:
    """Values that were typed for one command: all that is wrong with them is reported at once."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def read(
        self, otherwise: _Read, reader: Callable[_Given, _Read], *args: _Given.args, **kwargs: _Given.kwargs
    ) -> _Read:
        """Return the result of *reader*; *otherwise* stands in for what it refuses, so that the rest is read too."""
        try:
            return reader(*args, **kwargs)
        except BadRequest as error:
            self.faults += error.faults
            return otherwise

    def refuse(self, where: str, given: Part, allowed: Part, suggestion: str = "") -> None:
        self.faults += bad_option(where, given, allowed, suggestion).faults

    def zone(self, name: str) -> ZoneInfo:
        return self.read(ZoneInfo("UTC"), parse_zone, name)

    def instant(self, text: str | None, there: ZoneInfo, option: str) -> datetime | None:
        return self.read(None, parse_time, text, there, option)

    @contextmanager
    def rest(self) -> Iterator[None]:
        """
        Around what is read last.

        Raises:
            BadRequest: With all that was refused.
        """
        try:
            yield
        except BadRequest as error:
            self.faults += error.faults
        self.require()

    def require(self) -> None:
        """
        Raises:
            BadRequest: With all that was refused.
        """
        if self.faults:
            raise BadRequest.because(reason("of.command"), self.faults)


def parse_zone(name: str) -> ZoneInfo:
    """
    Raises:
        BadRequest: If there is no such time zone.
    """
    try:
        return time_zone_of(name)
    except InvalidValue as slip:
        raise bad_option("--tz", quote_input(name), slip.allowed, slip.suggestion) from None


def parse_time(text: str | None, there: ZoneInfo, option: str) -> datetime | None:
    """
    Raises:
        BadRequest: If it is no instant, or none in that zone.
    """
    try:
        return parse_instant(text, there) if text is not None else None
    except InvalidValue as error:
        raise bad_option(option, quote_input(text), error.allowed) from None


def parse_duration(text: str, option: str, *, bare: str = "") -> Span:
    """
    Return the span that was typed; a number alone counts in *bare*, if that is given.

    Raises:
        BadRequest: If it is none.
    """
    unit = f" {bare}" if bare and _NUMBER.fullmatch(text.strip()) else ""
    try:
        return parse_span(text + unit)
    except SpanFault as error:
        raise bad_option(option, quote_input(text), error.allowed) from None


def parse_language(tag: str, option: str) -> str:
    """
    Raises:
        BadRequest: If no language can be called that.
    """
    try:
        return language_tag(tag)
    except InvalidValue as error:
        raise bad_option(option, quote_input(tag), error.allowed) from None


def current_minute() -> datetime:
    return datetime.now(UTC).replace(second=0, microsecond=0)


def parse_choice(kind: type[_Named], text: str, option: str) -> _Named:
    """
    Raises:
        BadRequest: If nothing of that kind has this name.
    """
    known = {name.lower(): name for name in kind}
    found = known.get(text.lower())
    if found is None:
        raise bad_option(option, quote_input(text), list_names(kind), nearest(text, kind))
    return found


def open_feeds() -> "Feeds":
    """Open the calendars of rotas, asked as a worker with these settings asks."""
    return Feeds(Network(Settings.load().private_networks).transport)


def read_bytes(path: str, option: str) -> bytes:
    """
    The file at *path*; ``-`` is standard input.

    Raises:
        BadRequest: If it cannot be read.
    """
    try:
        return sys.stdin.buffer.read() if path == STANDARD_INPUT else read_plain(path)
    except OSError as error:
        fault = file_fault(path, error, "a file that can be read", option)
        raise BadRequest.because(reason("of.command"), (fault,)) from None


def write_file(path: Path, content: str | bytes, option: str) -> None:
    """
    Raises:
        BadRequest: If it cannot be written.
    """
    try:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    except OSError as error:
        fault = file_fault(path, error, "a file that can be written", option)
        raise BadRequest.because(reason("of.command"), (fault,)) from None
    err.print(Text(f"Written: {path}"))  # beside what `--json` prints


STANDARD_OUTPUT = "-"


def print_or_write(target: str, text: str, what: str) -> None:
    """
    Write *text* to the file *target*, or print it, if that is ``-``.

    Raises:
        BadRequest: If it cannot be written.
    """
    if target == STANDARD_OUTPUT:
        write(text)
        return
    try:
        Path(target).write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadRequest.because(what, (file_fault(target, error, "a file that can be written"),)) from None
    out.print(Text(f"Written: {target}"))


def parse_seat(text: str) -> dict[str, Any]:
    """Return the seat of ``specialist/database=hannah,tom``."""
    wanted, _, people = text.partition("=")
    role, _, skill = wanted.partition("/")
    names = [person.strip() for person in people.split(",") if person.strip()]
    return {"role": role.strip(), "skill": skill.strip() or None, "people": names}


def parse_status_interval(text: str | None) -> timedelta | None:
    """
    Raises:
        BadRequest: If it is no span of minutes and hours.
    """
    if text is None:
        return None
    span = parse_duration(text, "--status-every")
    if span.basis is not Basis.PRIORITY:
        allowed = "minutes and hours, such as 4 h: they count what the priority counts"
        raise bad_option("--status-every", quote_input(text), allowed)
    return span.elapsed


def parse_days(text: str, option: str) -> int:
    """
    Return whole calendar days; what is allowed of them, the terms say.

    Raises:
        BadRequest: If it is no number of days.
    """
    if text.strip().isdecimal():
        return int(text)
    found = parse_duration(text, option)
    if found.basis is not Basis.CALENDAR_DAYS or found.elapsed % timedelta(days=1):
        raise bad_option(option, quote_input(text), "whole days, such as 30 or 30d")
    return found.elapsed.days


def make_folder(folder: Path, option: str) -> None:
    """
    Raises:
        BadRequest: If nothing can be written there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        fault = file_fault(folder, error, "a folder that can be written", option)
        raise BadRequest.because(reason("of.command"), (fault,)) from None
