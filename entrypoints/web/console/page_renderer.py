"""
Renderer of pages: the templates of the console, with what every page has in common.

Must not know requests or Temporal.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from entrypoints.web.console.clock_bars import clock_bar, standing_of_due
from entrypoints.web.console.reader import CONSOLE, Reader
from escalation.kernel.command_fields import FieldKind
from messages.catalogue import Catalogue
from messages.html_forms import html_forms

_FOLDER = Path(__file__).parent / "pages"
PAGES = ("for_me", "all", "sponsorships", "look_back", "playbook")
"""Pages of the navigation, in its order."""


class PageRenderer:
    """Renders pages."""

    def __init__(self) -> None:
        self._templates = html_forms(_FOLDER)
        self._templates.globals.update(
            clock_bar=clock_bar, standing_of_due=standing_of_due, FieldKind=FieldKind, navigation=PAGES
        )

    def render(self, template: str, reader: Reader, values: Mapping[str, Any]) -> str:
        """Return the page of *template* for *reader*."""
        direction = reader.locale.text_direction
        return self._templates.get_template(template).render(reader=reader, direction=direction, **values)

    def render_trouble(
        self, words: Catalogue, trouble: str, said: str, *, path: str = "/", link: str = "back"
    ) -> str:
        """Return a page that says what went wrong, and how to go on: by a *link* to *path*."""
        return self.render_notice(words, f"trouble.{trouble}", said, path=path, link=link)

    def render_notice(self, words: Catalogue, title: str, said: str, *, path: str, link: str) -> str:
        """Return a page that says one thing, with a *link* to *path*. It needs no reader."""
        return self._templates.get_template("notice.html").render(
            language=words.language,
            text=words.sentence(CONSOLE, title),
            said=said,
            path=path,
            link=words.word(CONSOLE, link),
        )
