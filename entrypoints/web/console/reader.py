"""
Readers: who looks at a page, in which language, and in which time zone.

A choice of language or zone lives in a cookie of the browser; without one, the browser's language and UTC count.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from functools import cached_property
from typing import Self
from urllib.parse import unquote

from babel import Locale
from babel.dates import format_skeleton, format_time, format_timedelta
from starlette.requests import Request

from client import EscalationClient
from entrypoints.web.page_texts import Languages
from escalation.kernel.command_fields import CommandField
from escalation.kernel.field_reader import purpose_of
from escalation.kernel.reasons import Part
from escalation.kernel.timeline_entry import TimelineEntry
from escalation.kernel.values import ENGINE
from identity.caller import Caller, NotIdentified
from messages.catalogue import Catalogue
from messages.formats import Formats, locale_of, zone_of
from messages.speaker import Speaker

LANGUAGE_COOKIE = "escalation_language"
ZONE_COOKIE = "escalation_zone"
"""Set by the console's script from the browser's own zone, so that due times are the reader's."""
_REPORTED = "task_force_reported"
CONSOLE = "console"
"""Context of the console's words in the catalogues."""


@dataclass(frozen=True)
class Reader:
    """Somebody who looks at a page, now."""

    caller: Caller
    client: EscalationClient
    """Sees what the reader may look at (IDENTITY-4)."""
    words: Catalogue
    zone: tzinfo
    now: datetime
    names: Mapping[str, str]
    """Names of the playbook's people and teams, by id."""

    @property
    def person(self) -> str | None:
        return self.caller.person

    def require_person(self) -> str:
        """
        Return who makes a move.

        Raises:
            NotIdentified: If nobody is named.
        """
        if self.person is None:
            raise NotIdentified(self.text("not_named"))
        return self.person

    @property
    def language(self) -> str:
        return self.words.language

    @cached_property
    def locale(self) -> Locale:
        return locale_of(self.language, self.language)

    @cached_property
    def formats(self) -> Formats:
        return Formats(self.locale, self.words)

    @cached_property
    def _speaker(self) -> Speaker:
        return replace(self.formats.speaker(self.zone), names=self.names)

    def knowing(self, names: Mapping[str, str]) -> Self:
        """Return this reader, who knows the people of one escalation's plan, too."""
        return replace(self, names={**self.names, **names})

    def say(self, part: Part) -> str:
        """Return a reason, or a text, as this reader understands it."""
        return self._speaker.say(part)

    def tell(self, part: Part) -> str:
        """Return what happened, as a sentence of its own: with a capital first letter."""
        return self.formats.capital(self.say(part))

    def text(self, code: str, *parts: object, count: int = 1) -> str:
        """Return a phrase of the console."""
        return self.words.sentence(CONSOLE, code, *map(str, parts), count=count)

    def label(self, context: str, code: str) -> str:
        """Return the name of a state, a clock or a move, with a capital first letter."""
        return self.formats.capital(self.words.word(context, code))

    def code(self, code: StrEnum) -> str:
        """Return the name of a code of the rules, with a capital first letter."""
        return self.label(type(code).__name__, code)

    def field(self, name: str) -> str:
        """Return the label of a field."""
        return self.label("field", name)

    def help(self, field: CommandField) -> str:
        """Return what a field means; its declaration says that in English."""
        return self.words.word("help", field.description) if field.description else ""

    def purpose(self, command: type) -> str:
        """Return what a move is for; its declaration says that in English."""
        return self.words.word("help", purpose_of(command))

    def name(self, person: str) -> str:
        return self.names.get(person, person)

    def actor(self, entry: TimelineEntry) -> str:
        """Return who did what *entry* says; nobody of a task force's report, which says itself who did what there."""
        if entry.by == ENGINE:
            return "" if entry.kind == _REPORTED else self.text("by_itself")
        return entry.by_name or self.name(entry.by)

    def deed(self, entry: TimelineEntry) -> str:
        """Return what happened, for where `actor` stands beside it."""
        return self.formats.capital(entry.say_without_actor(self.say))

    def exact(self, at: datetime) -> str:
        """Return an instant in the reader's zone."""
        return str(self.formats.moment(at, self.zone))

    def brief(self, at: datetime) -> str:
        """Return an instant in the reader's zone as it fits into a list: `30 Nov, 10:51`."""
        there = at.astimezone(self.zone)
        day = format_skeleton("MMMd", there, locale=self.locale)
        return f"{day}, {format_time(there, 'short', locale=self.locale)}"

    def day(self, day: date) -> str:
        return self.formats.day(day)

    def weekday(self, day: date) -> str:
        return str(format_skeleton("MMMEd", day, locale=self.locale))

    def time(self, at: datetime) -> str:
        return str(format_time(at.astimezone(self.zone), "short", locale=self.locale))

    def relative(self, at: datetime) -> str:
        """Return how far away an instant is: `in 12 minutes`, `12 minutes ago`."""
        return str(format_timedelta(at - self.now, add_direction=True, locale=self.locale))

    def due(self, at: datetime) -> str:
        """Return how a due time stands: `in 1 hour, 12 minutes`, `38 minutes late`."""
        code = "due.in" if at > self.now else "due.late"
        return self.text(code, self.formats.duration(_rounded(abs(at - self.now))))


def _rounded(span: timedelta) -> timedelta:
    """Return *span* without what only flickers: seconds of minutes, minutes of days."""
    if span < timedelta(minutes=1):
        return span
    return span - span % (timedelta(hours=1) if span >= timedelta(days=1) else timedelta(minutes=1))


def choose_words(request: Request, languages: Languages) -> Catalogue:
    """Return the words for a request: by the reader's choice, else by the browser's languages."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    accepted = request.headers.get("accept-language", "")
    return languages.words(chosen if chosen in languages.tags else languages.accepted(accepted))


def choose_zone(request: Request) -> tzinfo:
    """Return the reader's time zone; UTC where the browser did not say."""
    given = unquote(request.cookies.get(ZONE_COOKIE, ""))
    return zone_of(given) if given else UTC
