"""
Templates: their folders, and the small environment that each of them sees.

A template lies at `LANGUAGE/AUDIENCE/OCCASION.txt`, the page around each HTML message at `frame.html`: first in the
folder of the organisation, then in the one shipped. This file owns the search and the sandbox. It must not know
notices or recipients.
"""

import re
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, Undefined
from jinja2.exceptions import UndefinedError
from jinja2.filters import FILTERS
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from escalation.kernel.language_tag import broader_tags
from messages.catalogue import FALLBACK_LANGUAGE, Catalogue, CatalogueFault, catalogue
from messages.formats import Formats, locale_of, say_code
from messages.markup import escape_marks

SHIPPED = Path(__file__).resolve().parent.parent / "playbooks" / "messages"
FRAME = "frame.html"
DIGEST = "digest"
"""Several messages to one person as one."""
PARTS = frozenset({"layout", "commands"})
"""Templates that are no message by themselves, but part of others."""

_LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
_MOST_WORLDS, _MOST_TAGS = 100, 10_000
"""Languages are asked for by people outside: what is kept for them is bounded."""
_FILTERS = {name: FILTERS[name] for name in ("default", "first", "join", "last", "length", "replace", "trim")}
"""None that marks a text as safe, and none that changes letters by the rules of English."""
_OF_COMMANDS = {"quoted": shlex.quote}
"""One word for the shell, whatever is in it."""


class TemplateFault(ValueError):
    """A text cannot be written; says which template stands in the way, and why."""


@dataclass(frozen=True)
class TemplateEnvironment:
    """All that the templates of one audience and language can see of each other, and how their values read."""

    language: str
    wording: Formats
    environment: Environment


class Templates:
    """
    The templates of *overrides*, a folder of the organisation's own, before those shipped. They are
    compiled once.

    Raises:
        TemplateFault: If *overrides* is no folder.
    """

    def __init__(self, overrides: Path | None = None) -> None:
        if overrides is not None and not overrides.is_dir():
            raise TemplateFault(f"the templates' folder {overrides} does not exist")
        self.overrides = overrides
        self.folders = (SHIPPED,) if overrides is None else (overrides, SHIPPED)
        self.world = lru_cache(maxsize=_MOST_WORLDS)(self._world)
        self.language = lru_cache(maxsize=_MOST_TAGS)(self._language)
        self._frame: Template | None = None

    @property
    def frame(self) -> Template:
        """The page around each HTML message."""
        if self._frame is None:
            page = ImmutableSandboxedEnvironment(
                loader=FileSystemLoader(self.folders),
                undefined=StrictUndefined,
                autoescape=True,
                trim_blocks=True,
                lstrip_blocks=True,
                auto_reload=False,
            )
            page.globals.clear()
            page.filters = _FILTERS | {"lines": _lines}
            self._frame = page.get_template(FRAME)
        return self._frame

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the languages that have a folder."""
        found = (path.parent.parent.name for folder in self.folders for path in folder.glob("*/*/*.txt"))
        return tuple(sorted({name for name in found if _LANGUAGE_TAG.fullmatch(name)}))

    def has(self, language: str, audience: str, name: str) -> bool:
        return any((folder / language / audience / f"{name}.txt").is_file() for folder in self.folders)

    def _language(self, audience: str, name: str, wanted: str) -> str:
        """A text is in one language: the nearest to the one *wanted* that has it."""
        return next(
            (each for each in broader_tags(wanted) if self.has(each, audience, name)), FALLBACK_LANGUAGE
        )

    def _world(self, audience: str, language: str, wanted: str) -> TemplateEnvironment:
        """The layout may come from the fallback."""
        languages = dict.fromkeys((language, FALLBACK_LANGUAGE))
        places = [folder / each / audience for each in languages for folder in self.folders]
        wording = Formats(
            locale_of(language, wanted), self.catalogue(language), in_full=audience == "customer"
        )
        return TemplateEnvironment(language, wording, _environment(places, wording))

    def world_for(self, audience: str, name: str, wanted: str) -> TemplateEnvironment:
        """The world of the template *name* for somebody who reads *wanted*."""
        language = self.language(audience, name, wanted)
        return self.world(audience, language, _tag(locale_of(language, wanted)))

    def catalogue(self, language: str) -> Catalogue:
        """
        Raises:
            TemplateFault: If a catalogue cannot be read.
        """
        try:
            return catalogue(language, self.overrides)
        except CatalogueFault as fault:
            raise TemplateFault(str(fault)) from None


def is_language_folder(folder: str) -> bool:
    """
    Say if a folder of this name contains the templates of a language: tags are in small letters there, as
    `pt-br`.
    """
    return _LANGUAGE_TAG.fullmatch(folder) is not None


def _tag(locale: Locale) -> str:
    return str(locale).replace("_", "-")


def _environment(places: list[Path], wording: Formats) -> Environment:
    world = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(places),
        undefined=StrictUndefined,
        autoescape=True,  # not for HTML: it tells what a template wrote from what was put into it
        finalize=_put_in(wording),
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    world.globals.clear()
    world.filters = _FILTERS | _OF_COMMANDS | wording.filters
    return world


def _put_in(wording: Formats) -> Any:
    """Guard each value that a template shows."""

    def put_in(value: Any) -> Markup:
        match value:
            case Markup():
                return value  # a block of a template, guarded where it was written
            case str():
                return escape_marks(say_code(value))
            case bool() | None:
                raise UndefinedError(f"{value} is shown; ask for it first: {{% if … %}}")
            case int() | float():
                return escape_marks(wording.number(value))
            case Undefined():
                return escape_marks(str(value))  # raises, and says what is not defined
            case _:
                raise UndefinedError(f"a {type(value).__name__} is shown; take its parts one by one")

    return put_in


def _lines(rows: Iterable[Sequence[str]]) -> Markup:
    """Rows of one text each as HTML; mail programs know `<br>`, not all know `white-space`."""
    return Markup("<br>").join(line for row in rows for line in row[0].split("\n"))
