"""
The questions of ``escalate playbook new``: for each what is asked, its option, and how its answer is read.

An answer is read the same whether it was typed at the question or given by the option. Asks nobody itself.
"""

import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from entrypoints.cli.new_playbook.outline import AGENT, MANAGER, LevelDraft, Outline, PersonDraft
from escalation.kernel.email_address import as_mailed
from escalation.kernel.language_tag import LanguageTag
from escalation.kernel.name_comparison import fold_name
from escalation.kernel.reasons import InvalidValue
from escalation.kernel.refusals import findings_of, nearest
from escalation.kernel.values import Name
from planning.calendars.calendar_spec import HolidaySpec, Hours, TimeZone
from planning.calendars.opening_hours import DAYS, DAYS_FORM, HOURS_FORM, parse_days
from planning.calendars.public_holidays import (
    list_countries,
    list_subdivisions,
    suggest_country,
    suggest_subdivision,
)
from planning.playbook.faults import list_names
from planning.playbook.value_types import SPECIAL_ROLES, Id
from runtime.settings import ROOT

MOST_LEVELS = 9
_ROUND_THE_CLOCK = "mon-sun 00:00-24:00"
_DAYS_AND_HOURS = re.compile(r"(?P<days>[^\d]+?)\s+(?P<hours>\d.*)")
_NONE = "none"
_MESSAGES = ROOT / "playbooks" / "messages"
"""Has a folder for each language."""


@dataclass(frozen=True)
class Question:
    """One question; *read* puts an answer among the others, or raises ``InvalidValue``."""

    option: str
    asks: str
    example: str
    read: Callable[[Outline, str], None]
    default: Callable[[Outline], str] | None = None
    """The answer of whoever gives none; none: an answer is needed."""
    repeats: bool = False
    """Several answers are taken."""


def _valid(form: Any, given: str | list[str]) -> Any:
    """
    Raises:
        InvalidValue: If *given* does not have the *form*; says what is allowed.
    """
    try:
        return TypeAdapter(form).validate_python(given.strip() if isinstance(given, str) else given)
    except ValidationError as error:
        fault, _ = next(iter(findings_of(error)))
        raise InvalidValue(fault.allowed, fault.suggestion) from None


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _people_in(answers: Outline, text: str) -> list[str]:
    """Return the people's ids in *text*."""
    ids = list(dict.fromkeys(_parts(text)))
    for id_ in ids:
        if id_ not in answers.people:
            called = {person.name: id_ for id_, person in answers.people.items()}
            allowed = f"ids of people: {list_names(answers.people)}"
            raise InvalidValue(allowed, nearest(id_, answers.people, called))
    if not ids:
        raise InvalidValue(f"one id or several: {list_names(answers.people)}")
    return ids


def _name(answers: Outline, text: str) -> None:
    answers.name = _valid(Name, text)


def _time_zone(answers: Outline, text: str) -> None:
    answers.time_zone = _valid(TimeZone, text)


def _hours(answers: Outline, text: str) -> None:
    found = _DAYS_AND_HOURS.fullmatch(_ROUND_THE_CLOCK if text.strip() == "24x7" else text.strip())
    if not found:
        raise InvalidValue(f"{DAYS_FORM}, then {HOURS_FORM}; or 24x7")
    days = found["days"].lower().replace(" ", "").strip(",")
    given = {day for written in answers.hours for day in parse_days(written)}
    if again := [DAYS[day] for day in parse_days(days) if day in given]:
        raise InvalidValue(f"each day once, with all of its hours ({list_names(again)} again)")
    answers.hours[days] = list(_valid(Hours, _parts(found["hours"])))


def _holidays(answers: Outline, text: str) -> None:
    for part in _parts(text):
        if part.lower() != _NONE:
            answers.holidays.append(_days_off(part))


def _days_off(text: str) -> HolidaySpec:
    """Read ``GB``, or ``GB-ENG`` for the holidays of a part of it."""
    country, _, part = text.upper().partition("-")
    if country not in list_countries():
        raise InvalidValue(
            "a country by two letters, or a part of it: GB, GB-ENG; or none", suggest_country(text)
        )
    if part and part not in (known := list_subdivisions(country)):
        meant = suggest_subdivision(country, part)
        raise InvalidValue(
            f"{country}, or a part of it after a hyphen: {list_names(known)}", meant and f"{country}-{meant}"
        )
    return HolidaySpec(country=country, subdivision=part or None)


def _languages(answers: Outline, text: str) -> None:
    known = sorted(folder.name for folder in _MESSAGES.iterdir() if folder.is_dir())
    for part in _parts(text):
        tag = _valid(LanguageTag, part)
        if tag not in known:
            allowed = (
                f"languages in which there are messages: {list_names(known)} (docs/how-to/add-a-language.md)"
            )
            raise InvalidValue(allowed, nearest(tag, known))
        if tag not in answers.languages:
            answers.languages.append(tag)


def _person(answers: Outline, text: str) -> None:
    parts = _parts(text)
    if len(parts) < 3:
        raise InvalidValue(
            "an id, a name and an e-mail address, such as: maya, Maya Okafor, maya@example.com"
        )
    id_, *name, email = parts
    id_ = _new_id(id_, answers.people, (AGENT, MANAGER, *SPECIAL_ROLES))
    # from here on levels may name this person, so that one slip is one fault
    answers.people[id_] = PersonDraft(", ".join(name), email)
    answers.people[id_] = PersonDraft(_valid(Name, ", ".join(name)), as_mailed(email))


def _new_id(text: str, taken: Collection[str], reserved: Collection[str] = ()) -> str:
    id_: str = _valid(Id, text)
    if id_ in taken:
        raise InvalidValue(f"an id that is not taken yet ({id_} is)")
    if id_ in reserved:
        raise InvalidValue(f"another id than {id_}, which is a role")
    return id_


def _level(answers: Outline, text: str) -> None:
    name, colon, ids = text.rpartition(":")
    if not colon or not name.strip():
        raise InvalidValue("a name and the people who are asked, such as: Service desk: maya, tom")
    if len(answers.levels) == MOST_LEVELS:
        raise InvalidValue(f"at most {MOST_LEVELS} levels here; more can be written into the file")
    answers.levels.append(LevelDraft(_valid(Name, name), _people_in(answers, ids)))


def _managers(answers: Outline, text: str) -> None:
    found = _people_in(answers, text)
    answers.managers += [id_ for id_ in found if id_ not in answers.managers]


def _category(answers: Outline, text: str) -> None:
    id_, colon, name = text.partition(":")
    if not colon:
        id_, name = _as_id(text), text
    valid_name = _valid(Name, name)
    answers.categories[_new_id(id_, answers.categories)] = valid_name


def _as_id(name: str) -> str:
    """Return ``late_delivery`` for ``Late delivery``; a name without a Latin letter needs an id of its own."""
    plain = unicodedata.normalize("NFKD", fold_name(name)).encode("ascii", "ignore").decode()
    id_ = "_".join(re.findall(r"[a-z0-9]+", plain))
    if not id_:
        raise InvalidValue(
            "an id of Latin letters, a colon and the name, such as: late_delivery: Late delivery"
        )
    return id_


def _whoever_is_free(answers: Outline) -> str:
    """Return somebody who holds no level, so that nobody verifies their own work; else the last level's contact."""
    free = [id_ for id_ in answers.people if id_ not in answers.contacts]
    return (free or answers.levels[-1].contacts)[0]


QUESTIONS = (
    Question("--name", "What is your organisation or desk called?", "Acme support", _name),
    Question("--time-zone", "In which time zone do you work? Name a place.", "Europe/London", _time_zone),
    Question(
        "--hours",
        "When are you open?",
        "mon-fri 09:00-12:00, 13:00-17:00",
        _hours,
        lambda _: "mon-fri 09:00-17:00",
        repeats=True,
    ),
    Question(
        "--holidays",
        "Whose public holidays do you keep? A country by two letters, or a part of it.",
        "GB-ENG",
        _holidays,
        lambda _: _NONE,
        repeats=True,
    ),
    Question(
        "--language",
        "In which languages do you write to people? Your own first.",
        "en, id, tr",
        _languages,
        lambda _: "en",
        repeats=True,
    ),
    Question(
        "--person",
        "Who works with you? An id, the name, the e-mail address.",
        "maya, Maya Okafor, maya@example.com",
        _person,
        repeats=True,
    ),
    Question(
        "--level",
        "Who is asked first, and who next if nobody solves it? Level by level: a name, and people by their ids.",
        "Service desk: maya, tom",
        _level,
        repeats=True,
    ),
    Question(
        "--manager",
        "Who looks after the escalations, verifies solutions and closes? Better somebody who is at no level.",
        "elena",
        _managers,
        _whoever_is_free,
        repeats=True,
    ),
    Question(
        "--category",
        "What do customers come with?",
        "Late delivery",
        _category,
        lambda _: "Complaint",
        repeats=True,
    ),
)
