"""
How a message reads: a notice and one recipient become a subject and a text.

Owns the templates' world: where they lie, what they can name, in which language and time zone. It must not know
addresses, channels or rules. What customers wrote is data here: it is put in, never run.

A template lies at `LANGUAGE/AUDIENCE/OCCASION.txt`, first in the folder of the organisation, then in the one shipped.
Its first line is the subject. It can name the facts of its notice, `recipient` and `link`, nothing else (COMM-6).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from channels.harmless import many_lines, one_line
from escalation.base import LONGEST_TEXT
from escalation.effects import CustomerFacts, CustomerNotice, InternalFacts, InternalNotice, Recipient

SHIPPED = Path(__file__).resolve().parent.parent / "playbooks" / "messages"
FALLBACK_LANGUAGE = "en"

_LANGUAGE_TAG = re.compile(r"[a-z]{2,8}(-[a-z0-9]{1,8})*")
_TWO_BLANK_LINES = re.compile(r"\n{3,}")
_LONGEST_REASON = 300
_KEEPS_ITS_LINES = "text"


class TextFault(ValueError):
    """
    A text cannot be written; says which template stands in the way, and why.
    """


@dataclass(frozen=True)
class Text:
    """
    One message as one person reads it.
    """

    subject: str
    text: str
    html: str | None
    language: str
    """In which it is written, whatever the recipient prefers."""


class Texts:
    """
    The templates of *overrides*, a folder of the organisation's own, before those shipped.

    Raises:
        TextFault: If *overrides* is no folder.
    """

    def __init__(self, overrides: Path | None = None) -> None:
        if overrides is not None and not overrides.is_dir():
            raise TextFault(f"the templates' folder {overrides} does not exist")
        self._folders = (SHIPPED,) if overrides is None else (overrides, SHIPPED)
        self._worlds: dict[tuple[str, str], ImmutableSandboxedEnvironment] = {}

    def render(
        self, notice: InternalNotice | CustomerNotice, recipient: Recipient, *, link: str = ""
    ) -> Text:
        """
        Write *notice* for *recipient*, dates in their time zone; *link* leads to where it can be answered.

        Raises:
            TextFault: If there is no template, or it does not work.
        """
        name = f"{notice.occasion}.txt"
        language = self._language(notice.audience, name, recipient.language)
        try:
            template = self._world(notice.audience, language).get_template(name)
            written = many_lines(template.render(_facts(notice.facts, recipient) | {"link": link}))
        except Exception as fault:
            reason = one_line(_reason(fault), at_most=_LONGEST_REASON)
            raise TextFault(
                f"the text {language}/{notice.audience}/{name} cannot be written: {reason}"
            ) from fault
        subject, _, body = _TWO_BLANK_LINES.sub("\n\n", written).strip().partition("\n")
        if not subject.strip() or not body.strip():
            raise TextFault(
                f"the text {language}/{notice.audience}/{name} has no subject, or nothing after it"
            )
        return Text(subject=subject.strip(), text=body.strip("\n") + "\n", html=None, language=language)

    def _language(self, audience: str, name: str, wanted: str) -> str:
        """
        A text is in one language: the nearest to the one *wanted* that has this occasion.
        """
        for language in _nearest(wanted):
            if any((folder / language / audience / name).is_file() for folder in self._folders):
                return language
        return FALLBACK_LANGUAGE

    def _world(self, audience: str, language: str) -> ImmutableSandboxedEnvironment:
        """
        All that templates of this audience and language can see of each other; the layout may come from the fallback.
        """
        if (audience, language) not in self._worlds:
            languages = dict.fromkeys((language, FALLBACK_LANGUAGE))
            places = [folder / each / audience for each in languages for folder in self._folders]
            self._worlds[audience, language] = _world_of(places)
        return self._worlds[audience, language]


def _world_of(places: list[Path]) -> ImmutableSandboxedEnvironment:
    world = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(places),
        undefined=StrictUndefined,
        autoescape=False,  # plain text has nothing to escape
        trim_blocks=True,
        lstrip_blocks=True,
    )
    world.globals.clear()
    return world


def _nearest(wanted: str) -> Iterator[str]:
    """
    `pt-BR` is tried as `pt-br`, then as `pt`. Anything that is no language tag is nobody's folder.
    """
    tag = wanted.lower()
    if _LANGUAGE_TAG.fullmatch(tag):
        while tag:
            yield tag
            tag = tag.rpartition("-")[0]


def _facts(facts: InternalFacts | CustomerFacts, recipient: Recipient) -> dict[str, Any]:
    """
    The whole namespace of a template: plain strings, so that nothing leads on to other objects.
    """
    zone = _zone(recipient.time_zone)
    shown = {name: _shown(name, getattr(facts, name), zone) for name in type(facts).model_fields}
    return shown | {"recipient": _shown("recipient", recipient.name, zone)}


def _shown(name: str, value: Any, zone: tzinfo) -> Any:
    match value:
        case None | int():
            return value
        case datetime():
            return human(value, zone)
        case tuple():
            return tuple(_shown("", each, zone) for each in value)
        case _ if name == _KEEPS_ITS_LINES:
            return many_lines(str(value))
        case _:
            return one_line(str(value), at_most=LONGEST_TEXT)


def human(at: datetime, zone: tzinfo) -> str:
    """
    `Fri 20 Nov 2026, 16:30 WIB`; where a zone has no letters of its own, `UTC+03`.
    """
    local = at.astimezone(zone)
    name = local.tzname() or "UTC"
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M} {name if name[0].isalpha() else f'UTC{name}'}"


def _zone(name: str) -> tzinfo:
    """
    A zone that nobody knows must not hold up a message: it is told in UTC, and says so.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


def _reason(fault: Exception) -> str:
    match fault:
        case TemplateSyntaxError():
            return f"{fault.name}, line {fault.lineno}: {fault.message}"
        case TemplateNotFound():
            return f"there is no {fault.name}"
        case TemplateError():
            return fault.message or type(fault).__name__
        case _:
            return f"{type(fault).__name__}: {fault}"
