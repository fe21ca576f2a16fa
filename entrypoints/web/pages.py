"""
Pages: a question with its form, or a plain page that only says something.

Owns markup, style, and which facts are shown. What customers see of an escalation is a type of its own, made of texts
for customers alone (COMM-6). Must not know requests, tokens or moves.
"""

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from babel import Locale
from markupsafe import Markup

from entrypoints.web.answer_fields import LONGEST_COMMENT, SCORES
from entrypoints.web.link_answers import QuestionInContext
from entrypoints.web.page_texts import PAGE, Languages, section
from escalation.kernel.values import CustomerText, frozen
from escalation.notifications.links import Link, PageLink, Question
from messages.catalogue import FALLBACK_LANGUAGE, Catalogue
from messages.formats import locale_of, write_instant, zone_of
from messages.html_forms import html_forms

_FOLDER = Path(__file__).parent
_STYLE = (_FOLDER / "page.css").read_text(encoding="utf-8")
STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
"""Of the one style sheet, for the content security policy."""


class Page(NamedTuple):
    html: str
    language: str


@frozen
class CustomerFactsShown:
    """All that a customer's page shows of an escalation."""

    reference: str
    subject: CustomerText
    accounts: tuple[str, ...] = ()
    """Of a reader who speaks for several."""


class Pages:
    """Pages in *languages*."""

    def __init__(self, languages: Languages) -> None:
        self._languages = languages
        self._forms = html_forms(_FOLDER)

    def question(self, inquiry: QuestionInContext, form: Mapping[str, str] | None = None) -> Page:
        """The question that a link asks; with *form*, again, because that was no answer."""
        words = self._languages.words(self._languages.nearest(inquiry.link.language))
        match inquiry.link.question:
            case Question.ACKNOWLEDGE:
                return self._acknowledge(inquiry, words, is_again=form is not None)
            case Question.ACCESS:
                return self._answer(inquiry, words, form, _for_customers(inquiry, words))
            case Question.SURVEY:
                scores = [(score, words.word(PAGE, f"survey.score_{score}")) for score in SCORES]
                return self._answer(inquiry, words, form, _for_customers(inquiry, words), scores=scores)
            case Question.SEAT:
                return self._answer(inquiry, words, form, _of_seat(inquiry, words))

    def notice(
        self,
        name: str,
        *,
        language: str = FALLBACK_LANGUAGE,
        link: Link | PageLink | None = None,
        who: str = "",
    ) -> Page:
        """
        The notice of that name, in the words for the question of *link* if there are any.

        *language* counts where there is no link.
        """
        tag = self._languages.nearest(link.language) if link else language
        words = self._languages.words(tag)
        section_of = link.question if isinstance(link, Link) else "case"
        of_question = f"{section_of}.{name}" if link else name
        code = of_question if words.has(PAGE, f"{of_question}.title") else name
        reference = link.key if link else ""
        title, text = (
            words.sentence(PAGE, f"{code}.{part}", reference=reference, who=who) for part in ("title", "text")
        )
        return self.draw("page.html", tag, title=title, text=text)

    def _acknowledge(self, inquiry: QuestionInContext, words: Catalogue, *, is_again: bool) -> Page:
        view, names, said = inquiry.view, section(words, "facts"), section(words, "acknowledge")
        facts = [
            (names["reference"], view.key),
            (names["subject"], view.subject),
            (names["priority"], view.priority.value),
            (names["level"], f"{view.level} – {view.level_name}"),
            (names["owner"], view.owner_name),
        ]
        if view.next_due_at:
            facts.append((names["due"], instant_text(view.next_due_at, words, inquiry.link.time_zone)))
        return self.draw(
            "acknowledge.html",
            words.language,
            title=said["title"],
            text=said["text"],
            words=said,
            facts=facts,
            mistake=said["mistake"] if is_again else "",
            members=inquiry.members,
        )

    def _answer(
        self,
        inquiry: QuestionInContext,
        words: Catalogue,
        form: Mapping[str, str] | None,
        facts: list[tuple[str, str]],
        **more: Any,
    ) -> Page:
        """A choice, and a comment."""
        said = section(words, inquiry.link.question)
        return self.draw(
            f"{inquiry.link.question}.html",
            words.language,
            title=said["title"],
            text=said["text"],
            words=said,
            facts=facts,
            mistake=said["mistake"] if form is not None else "",
            form={"answer": "", "score": "", "comment": "", **(form or {})},
            longest=LONGEST_COMMENT,
            **more,
        )

    def draw(self, name: str, language: str, **values: Any) -> Page:
        """Draw the template *name* in *language*, with what it names as *values*."""
        filled = {"facts": (), "mistake": "", **values}
        html = self._forms.get_template(name).render(
            language=language,
            direction=_locale(language).text_direction,
            style=Markup(_STYLE),  # noqa: S704 - our own file
            **filled,
        )
        return Page(html, language)


def _for_customers(inquiry: QuestionInContext, words: Catalogue) -> list[tuple[str, str]]:
    shown = CustomerFactsShown(
        reference=inquiry.view.key,
        subject=CustomerText(inquiry.view.subject),
        accounts=inquiry.link.accounts,
    )
    names = section(words, "facts")
    facts = [(names["reference"], shown.reference), (names["problem"], shown.subject)]
    if shown.accounts:
        facts.append((names["accounts"], ", ".join(shown.accounts)))
    return facts


def _of_seat(inquiry: QuestionInContext, words: Catalogue) -> list[tuple[str, str]]:
    force, seat, names = inquiry.force, inquiry.seat, section(words, "facts")
    assert force
    assert seat
    facts = [
        (names["reference"], force.key),
        (names["subject"], inquiry.view.subject),
        (names["priority"], inquiry.view.priority.value),
        (names["mission"], force.mission),
        (names["seat"], f"{seat.role} ({seat.skill})" if seat.skill else seat.role),
        (names["lead"], inquiry.name_of(force.lead)),
    ]
    if seat.answer_by:
        facts.append((names["answer_by"], instant_text(seat.answer_by, words, inquiry.link.time_zone)))
    return facts


def instant_text(at: datetime, words: Catalogue, time_zone: str) -> str:
    """Return an instant in the reader's time zone, as messages write it: `Friday, 20 November 2026, 16:30 WIB`."""
    locale = locale_of(words.language, words.language)
    return write_instant(at, zone_of(time_zone), words, locale, in_full=True)


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except ValueError:
        return Locale(FALLBACK_LANGUAGE)
