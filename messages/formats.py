"""
Formats of times, durations, lists, numbers and codes, in one language, for one reader (COMM-9).

Owns what Babel knows of languages and what a language's catalogue adds. It must not know templates or occasions.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache, partial
from math import inf
from typing import Any, Literal, assert_never
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, format_timedelta, get_timezone_name
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent

from escalation.measures.definitions import Unit
from messages.catalogue import Catalogue
from messages.speaker import Speaker

_INTERNATIONAL = {"en": "en-GB"}
"""English of no country in particular: the day before the month, and 24 hours."""
_PLAIN = Locale.parse("en_GB")
_UnitOfTime = Literal["day", "hour", "minute", "second"]
_UNITS: tuple[tuple[_UnitOfTime, int], ...] = (
    ("day", 86_400),
    ("hour", 3_600),
    ("minute", 60),
    ("second", 1),
)


class InstantText(str):
    """An instant as its reader reads it; two of them have a span between them."""

    __slots__ = ("_at",)
    _at: datetime

    @classmethod
    def of(cls, at: datetime, shown: str) -> "InstantText":
        moment = cls(shown)
        moment._at = at
        return moment

    def __lt__(self, other: str) -> bool:
        return self._at < other._at if isinstance(other, InstantText) else super().__lt__(other)

    def __gt__(self, other: str) -> bool:
        return self._at > other._at if isinstance(other, InstantText) else super().__gt__(other)

    def until(self, other: "InstantText") -> timedelta:
        return abs(other._at - self._at)


class CodeText(str):
    """A word of the rules: it compares as the rules have it, and reads as the language says it."""

    __slots__ = ("_said",)
    _said: str

    @classmethod
    def of(cls, code: str, said: str) -> "CodeText":
        made = cls(code)
        made._said = said
        return made


def say_code(value: str) -> str:
    return value._said if isinstance(value, CodeText) else value


@dataclass(frozen=True)
class Formats:
    locale: Locale
    catalogue: Catalogue
    in_full: bool = False
    """Weekdays and months are written out, as in a letter."""

    @property
    def direction(self) -> str:
        return str(self.locale.text_direction)

    def moment(self, at: datetime, zone: tzinfo) -> InstantText:
        """Return `Fri, 20 Nov 2026, 16:30 WIB`; a zone without letters is named: `12:30 (Türkiye Time)`."""
        day, time, name = _day_time_zone(at, zone, self.locale, self.in_full)
        together = self.catalogue.sentence("date", "day_and_time", day, time)
        return InstantText.of(at, f"{together} {name}")

    def day(self, day: date) -> str:
        """`20 Nov 2026`"""
        return format_date(day, "medium", locale=self.locale)

    def speaker(self, zone: tzinfo) -> Speaker:
        """Return who says reasons to a reader in *zone*."""
        return Speaker(
            self.catalogue,
            instant=lambda at: self.moment(at, zone),
            day=self.day,
            span=self.duration,
            number=self.number,
        )

    def figure(self, unit: Unit, value: float) -> str:
        """A figure of a report in *unit*: `1,204`, `34.5%`, `2 days, 3 hours`."""
        match unit:
            case Unit.COUNT:
                return self.number(value)
            case Unit.SHARE:
                return format_percent(round(value, 3), locale=self.locale, decimal_quantization=False)
            case Unit.SPAN:
                return self.duration(timedelta(seconds=value))
            case Unit.MEAN:
                return self.number(round(value, 2))
            case never:
                assert_never(never)

    def span(self, start: InstantText, end: InstantText) -> str:
        """`1 hour, 25 minutes`: what lies between two moments, in its two largest units."""
        return self.duration(start.until(end))

    def duration(self, span: timedelta) -> str:
        left = int(span.total_seconds())
        counted: list[str] = []
        for unit, seconds in _UNITS[_first_of(left) :][:2]:
            count, left = divmod(left, seconds)
            if count or not counted:
                counted.append(self._counted(count * seconds, unit))
        return format_list(counted, style="unit", locale=self.locale)

    def _counted(self, seconds: int, unit: _UnitOfTime) -> str:
        # format_unit knows no Turkish days
        return format_timedelta(seconds, granularity=unit, threshold=inf, locale=self.locale)

    def number(self, number: float) -> str:
        return format_decimal(number, locale=self.locale)

    def listed(self, items: Iterable[str]) -> str:
        """`a, b and c`"""
        return format_list([say_code(each) for each in items], locale=self.locale)

    def plural(self, count: int, other: str, **forms: str) -> str:
        """The form that goes with *count* (`one`, `few`, …; else *other*), the number in place of `{}`."""
        form = forms.get(self.locale.plural_form(count), other)
        return form.replace("{}", self.number(count))

    def capital(self, text: str) -> str:
        """*text* with a capital first letter, which in Turkish is not the one of English."""
        first = "İ" if text[:1] == "i" and self.locale.language in {"tr", "az"} else text[:1].upper()
        return first + text[1:]

    @property
    def filters(self) -> dict[str, Any]:
        """The filters that a template can use."""
        return {"span": self.span, "number": self.number, "listed": self.listed, "plural": self.plural}


def _first_of(seconds: int) -> int:
    """Find the first unit to write; no time at all is written in minutes."""
    fitting = (index for index, (_, length) in enumerate(_UNITS) if seconds >= length)
    return next(fitting, len(_UNITS) - 2)


@lru_cache(maxsize=1_000)
def locale_of(language: str, wanted: str) -> Locale:
    """The reader's own locale, if it is of the *language* of the text; else that of the language."""
    tags = (wanted, _INTERNATIONAL.get(language, language), language)
    for tag in tags:
        if tag.lower().partition("-")[0] == language.partition("-")[0] and tag != "en":
            try:
                return Locale.parse(tag, sep="-")
            except (UnknownLocaleError, ValueError):
                continue
    return _PLAIN


@lru_cache(maxsize=1_000)
def zone_of(name: str) -> tzinfo:
    """Return the zone of that name. An unknown zone must not stop a message: the time is in UTC then, and says so."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


@lru_cache(maxsize=10_000)  # many messages of one batch name the same instants
def _day_time_zone(at: datetime, zone: tzinfo, locale: Locale, in_full: bool) -> tuple[str, str, str]:
    local = at.astimezone(zone)
    name = local.tzname() or "UTC"
    short = partial(format_skeleton, "yMMMEd", locale=locale)
    day = format_date(local, "full", locale) if in_full else short(local)
    time = format_time(local, "short", zone, locale)
    return str(day), str(time), name if name[0].isalpha() else f"({_name_of(zone, locale)})"


def write_instant(
    at: datetime, zone: tzinfo, words: Catalogue, locale: Locale, *, in_full: bool = False
) -> str:
    """Return an instant as pages and papers write it, as messages do: `Fri, 20 Nov 2026, 16:30 WIB`."""
    day, time, name = _day_time_zone(at, zone, locale, in_full)
    return f"{words.word('date', 'day_and_time').format(day, time)} {name}"


def _name_of(zone: tzinfo, locale: Locale) -> str:
    """Return a zone's name in words, as a reader of *locale* says it: `Türkiye Saati`."""
    return str(get_timezone_name(zone, "short", locale=locale, zone_variant="generic"))
