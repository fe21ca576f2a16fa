"""
The RCA on paper: in three languages, whatever people wrote, and for customers only what is for customers.
"""

import re
import zlib
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any, get_args

import pytest

from documents.layout import as_html, as_pdf, as_pictures
from documents.rca_paper import Paper, customer_paper, internal_paper
from escalation.case.rca_content import CustomerRca, InternalRca
from escalation.case.rca_on_file import RcaVersion
from escalation.kernel.values import CustomerText, InternalText
from messages.catalogue import catalogue
from tests.documents.papers import MORNING, a_full_rca, about

VERSION = RcaVersion(number=2, by="kemal", at=MORNING + timedelta(hours=1))
TURKISH = "Yağmurda ıslandı; İğneada şubemizde öyle. Çekoslovakyalılaştıramadıklarımızdanmışsınızcasına"
HOSTILE = '#panic("x") *bold* $x^2$ <script>alert(1)</script> {{ 7 * 7 }} \\ "quoted" @label // gone'


def for_customers(language: str = "en", text: str = "It rained in.", **changes: Any) -> Paper:
    rca = CustomerRca(summary=CustomerText(text), actions=(CustomerText("We build a roof"),))
    return customer_paper(about(language), rca, **changes)


def for_us(rca: InternalRca | None = None, language: str = "en", zone: str = "UTC") -> Paper:
    return internal_paper(
        about(language, zone),
        rca or a_full_rca(),
        VERSION,
        customers=("ACME", "BOLT"),
        opened_at=MORNING,
        name_of=str.title,
    )


class _Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.said: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - as it is called
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.said.append(data)


@pytest.mark.parametrize(
    ("language", "title", "day"),
    [
        ("en", "Root cause analysis", "20 November 2026"),
        ("id", "Analisis akar masalah", "20 November 2026"),
        ("tr", "Kök neden analizi", "20 Kasım 2026"),
    ],
)
def test_customers_read_it_in_their_language(language: str, title: str, day: str) -> None:
    """
    CLOSE-4, COMM-9.
    """
    paper = for_customers(language)

    assert (title, day) == (paper.title, paper.facts[-1][1])
    assert f'<html lang="{language}">' in as_html(paper)


def test_what_is_not_approved_says_so() -> None:
    """
    CLOSE-4: nobody hands out a draft by mistake.
    """
    assert ("", catalogue("en").word("paper", "not_approved")) == (
        for_customers().banner,
        for_customers(is_approved=False).banner,
    )


def test_our_own_people_find_everything_in_their_own_time() -> None:
    """
    CLOSE-3: timeline, causes, factors, what went well and badly, actions with owner and due.
    """
    html = as_html(for_us(zone="Asia/Jakarta"))

    for said in (
        *("Fri, 20 Nov 2026, 16:00 WIB", "it began", "The bay has no roof", "They were loaded in the rain"),
        *("The carrier was changed", "The replacement left", "Nobody called", "Build a roof", "Daniel"),
        *("31 March 2027", "PRB-77", "ACME, BOLT", "2, filed by Kemal on Fri, 20 Nov 2026, 17:00 WIB"),
        'href="https://example.com/photos?x=1&amp;y=2"',
    ):
        assert said in html, said


def test_no_internal_text_has_a_way_onto_the_customers_paper() -> None:
    """
    CLOSE-4, COMM-6: every field of the customer RCA is a customer text by type, and refuses another.
    """
    kinds = {name: field.annotation for name, field in CustomerRca.model_fields.items()}

    assert {"summary": CustomerText, "actions": tuple[CustomerText, ...]} == kinds
    assert (CustomerText, ...) == get_args(kinds["actions"])
    with pytest.raises(ValueError, match="a text for customers"):
        CustomerRca(summary=InternalText("not for you"))  # type: ignore[arg-type]


@pytest.mark.parametrize("text", [HOSTILE, TURKISH, "x" * 5_000, "a\nb\n- c\n\nd"])
def test_whatever_people_wrote_is_shown_and_never_run(text: str) -> None:
    """
    COMM-6: markup of one layout or the other is text like any other.
    """
    paper = for_customers(text=text)
    page = _Page(as_html(paper))

    assert "script" not in page.tags
    assert all(line in "".join(page.said) for line in text.splitlines())
    assert as_pdf(paper).startswith(b"%PDF-")


def test_the_pdf_can_draw_every_letter() -> None:
    """
    CLOSE-4: Turkish, Indonesian and typographic letters are in the fonts that come with the compiler.
    """
    letters = "ğüşıöçĞÜŞİÖÇâîû–…’“”€"
    mapped = _characters(as_pdf(for_customers("tr", letters)))

    assert set(letters) <= mapped


def _characters(pdf: bytes) -> set[str]:
    """
    Return what the fonts of a PDF say that their glyphs mean (ToUnicode); a letter without a glyph is in
    none.
    """
    found: set[str] = set()
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            text = zlib.decompress(packed).decode("latin-1")
        except zlib.error:
            continue
        if "beginbfchar" in text:
            pairs = re.findall(r"<[0-9A-Fa-f]+>\s*<([0-9A-Fa-f]+)>", text)
            found |= {letter for each in pairs for letter in bytes.fromhex(each).decode("utf-16-be")}
    return found


def test_the_same_paper_is_the_same_file() -> None:
    """
    COMM-12: a second attempt at a message sends what the first one sent.
    """
    paper = for_us()
    first = as_pdf(paper)
    as_pdf.cache_clear()

    assert first == as_pdf(paper)


def test_a_long_rca_goes_over_pages() -> None:
    """
    CLOSE-3.
    """
    moments = [{"at": MORNING + timedelta(minutes=each), "what": f"moment {each}"} for each in range(80)]

    pages = as_pictures(for_us(a_full_rca(timeline=moments)), dots_per_inch=20)

    assert 4 <= len(pages) <= 6
    assert all(page.startswith(b"\x89PNG") for page in pages)
