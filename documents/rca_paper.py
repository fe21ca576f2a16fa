"""
The RCA as a paper, before it is laid out: what is on it and in which order, in one language, with dates as its reader
writes them.

Owns what customers and what our own people find on an RCA. Knows no HTML and no PDF. The paper for customers is made
of customer texts alone (CLOSE-4, COMM-6).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Literal

from babel import Locale
from babel.dates import format_date

from escalation.case.rca_content import CustomerRca, InternalRca
from escalation.case.rca_on_file import RcaVersion
from escalation.kernel.values import CustomerText
from escalation.policy.classification import Priority
from messages.catalogue import Catalogue, catalogue, languages, nearest_language
from messages.formats import write_instant

_INTERNATIONAL = {"en": "en_GB"}
"""English of no country in particular: the day before the month, and 24 hours."""

Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Part:
    heading: str
    kind: Literal["text", "list", "table", "chain", "links"]
    rows: Rows
    """Of a text a paragraph each, of a chain the problem and its whys; of a table the first is its head."""


@dataclass(frozen=True)
class Paper:
    language: str
    title: str
    subject: str
    banner: str
    """The line that must be seen first; may be empty."""
    facts: Rows
    parts: tuple[Part, ...]
    page: str
    """Form of the page numbers: ``Page {page} of {pages}``."""
    made_at: datetime


@dataclass(frozen=True)
class PaperContext:
    """The subject of the paper, and the reader that it is written for."""

    reference: str
    subject: CustomerText
    priority: Priority
    made_at: datetime
    language: str
    zone: tzinfo

    @property
    def words(self) -> Catalogue:
        return catalogue(nearest_language((self.language,), languages()))

    def word(self, name: str) -> str:
        return self.words.word("paper", name)

    @property
    def locale(self) -> Locale:
        language = self.words.language
        return Locale.parse(_INTERNATIONAL.get(language, language))

    def day(self, day: date) -> str:
        return str(format_date(day, "long", self.locale))

    def instant(self, at: datetime) -> str:
        return write_instant(at, self.zone, self.words, self.locale)


def customer_paper(about: PaperContext, rca: CustomerRca, *, is_approved: bool = True) -> Paper:
    word = about.word
    parts = (
        Part(word("what_happened"), "text", _paragraphs(rca.summary)),
        Part(word("what_we_do"), "list", tuple((str(action),) for action in rca.actions)),
    )
    banner = "" if is_approved else word("not_approved")
    facts = (
        (word("reference"), about.reference),
        (word("priority"), about.priority.value),
        (word("date"), about.day(about.made_at.astimezone(about.zone).date())),
    )
    return _paper(about, banner, facts, parts)


def internal_paper(
    about: PaperContext,
    rca: InternalRca,
    version: RcaVersion,
    *,
    customers: tuple[str, ...],
    opened_at: datetime,
    name_of: Callable[[str], str],
) -> Paper:
    """*name_of*: how a person of that id is called."""
    word = about.word
    filed = word("filed").format(version=version.number, by=name_of(version.by), at=about.instant(version.at))
    facts = (
        (word("reference"), about.reference),
        (word("priority"), about.priority.value),
        (word("customers"), ", ".join(customers)),
        (word("opened"), about.instant(opened_at)),
        (word("problem_records"), ", ".join(rca.problem_records)),
        (word("version"), filed),
    )
    return _paper(about, word("internal"), facts, tuple(_internal_parts(about, rca, name_of)))


def _internal_parts(about: PaperContext, rca: InternalRca, name_of: Callable[[str], str]) -> Iterator[Part]:
    word = about.word
    yield Part(word("summary"), "text", _paragraphs(rca.summary))
    yield _list(about, "root_causes", rca.root_causes)
    for number, chain in enumerate(rca.five_whys):
        heading = "" if number else word("five_whys")
        yield Part(heading, "chain", ((str(chain.problem),), *((str(why),) for why in chain.whys)))
    yield _list(about, "contributing_factors", rca.contributing_factors)
    yield _table(
        about,
        "timeline",
        ("at", "what"),
        tuple((about.instant(moment.at), str(moment.what)) for moment in rca.timeline),
    )
    yield _list(about, "went_well", rca.went_well)
    yield _list(about, "went_badly", rca.went_badly)
    actions = tuple(
        (str(each.what), name_of(each.owner), about.day(each.due), str(each.for_customers or "–"))
        for each in rca.corrective_actions
    )
    yield _table(about, "corrective_actions", ("what", "owner", "due", "for_customers"), actions)
    yield Part(word("summary_for_customers"), "text", _paragraphs(rca.summary_for_customers or ""))
    yield Part(word("links"), "links", tuple((str(link.what), link.url) for link in rca.links))


def _list(about: PaperContext, name: str, texts: tuple[str, ...]) -> Part:
    return Part(about.word(name), "list", tuple((str(text),) for text in texts))


def _table(about: PaperContext, name: str, columns: tuple[str, ...], rows: Rows) -> Part:
    head = tuple(about.word(column) for column in columns)
    return Part(about.word(name), "table", (head, *rows) if rows else ())


def _paragraphs(text: str) -> Rows:
    return tuple((part.strip(),) for part in str(text).split("\n\n") if part.strip())


def _paper(about: PaperContext, banner: str, facts: Rows, parts: tuple[Part, ...]) -> Paper:
    return Paper(
        language=about.words.language,
        title=about.word("title"),
        subject=str(about.subject),
        banner=banner,
        facts=tuple(fact for fact in facts if fact[1]),
        parts=tuple(part for part in parts if part.rows),
        page=about.word("page"),
        made_at=about.made_at,
    )
