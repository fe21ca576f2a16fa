"""The review pack: one page that needs nothing else."""

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest

from records.figure_formats import format_figure, format_period
from records.period_report import make_report
from records.report import By, Period
from records.review_pack import render_review_pack
from records.store import RecordStore
from tests.builders import THE_MONDAY, at
from tests.records.past import filled, imported

AS_OF = datetime(2026, 6, 1, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")


class Page(HTMLParser):
    """The content of a page: its elements, its ids, and its texts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        given = {name: value or "" for name, value in attrs}
        self.ids += [given["id"]] if "id" in given else []
        self.addresses += [given[name] for name in ("src", "href", "xlink:href") if name in given]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def own_store(tmp_path: Path) -> RecordStore:
    store = RecordStore.at(None, tmp_path)
    filled(store)
    store.close()
    return store


def test_the_pack_needs_nothing_from_outside(own_store: RecordStore) -> None:
    """
    RECORD-3: no scripts, nothing fetched; a mail can carry it.
    """
    html = render_review_pack(make_report(own_store, Period(), AS_OF, By.TEAM), UTC_ZONE)
    page = Page(html)
    own_store.close()

    assert set() == {"script", "img", "link", "iframe", "object"} & page.elements
    assert [] == [address for address in page.addresses if not address.startswith("#")]
    assert {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"} >= set(
        re.findall(r"https?://[^\"'\s<]+", html)
    )
    assert "@import" not in html
    assert len(page.ids) == len(set(page.ids))


def test_every_figure_stands_beside_its_definition(own_store: RecordStore) -> None:
    """
    RECORD-2: the definition is that of the measure.
    """
    found = make_report(own_store, Period(), AS_OF)
    html = render_review_pack(found, UTC_ZONE)
    own_store.close()

    for figure in found.whole.figures.values():
        of = f'<td class="n">{figure.of:,}</td>'
        row = f'<td>{figure.measure.title}</td><td class="n">{format_figure(figure)}</td>{of}'
        assert f"{row}<td>{figure.measure.definition}" in html


def test_its_charts_are_drawings(own_store: RecordStore) -> None:
    """
    RECORD-3: each is well-formed, and says its figures in words too.
    """
    html = render_review_pack(make_report(own_store, Period(), AS_OF), UTC_ZONE)
    own_store.close()
    drawings = [ET.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", html, re.DOTALL)]  # noqa: S314 - our own

    assert 7 <= len(drawings)
    assert "level 4" in html
    assert any("".join(drawing.itertext()).count("%") for drawing in drawings)


def test_what_customers_write_is_text(own_store: RecordStore) -> None:
    """
    COMM-6, RECORD-3: a subject that looks like a script is shown, not run.
    """
    html = render_review_pack(make_report(own_store, Period(), AS_OF), UTC_ZONE)
    own_store.close()

    assert "<script>" not in html
    assert "&lt;script&gt;alert(" in html
    assert "🙈" in html


def test_the_page_says_whose_days_it_counts(own_store: RecordStore) -> None:
    """
    RECORD-3: and each day on it is one of those.
    """
    there = ZoneInfo("Pacific/Kiritimati")
    found = make_report(own_store, Period(), AS_OF)
    html = render_review_pack(found, there)
    own_store.close()

    assert "days are those of Pacific/Kiritimati" in html
    for case in found.worst:
        assert f'<td class="at">{case.opened_at.astimezone(there):%Y-%m-%d}</td>' in html


def test_a_quiet_period_is_a_short_page(own_store: RecordStore) -> None:
    """
    RECORD-3: nothing was opened.
    """
    html = render_review_pack(
        make_report(own_store, Period(since=datetime(2030, 1, 1, tzinfo=UTC)), AS_OF), UTC_ZONE
    )
    own_store.close()

    assert "None was opened: there is nothing to report." in html
    assert "<svg" not in html


def test_one_escalation_makes_a_page(tmp_path: Path) -> None:
    """
    RECORD-3: as little as there can be.
    """
    store = RecordStore.at(None, tmp_path)
    list(store.import_escalations(imported()[1:]))
    html = render_review_pack(make_report(store, Period(), AS_OF, By.CUSTOMER), UTC_ZONE)
    store.close()

    assert "Caller 2" in html
    assert "6 h 00 min" in html


@pytest.mark.parametrize(
    ("period", "zone", "words"),
    [
        (Period(), "UTC", "at any time"),
        (Period(since=THE_MONDAY), "UTC", "from 2 March 2026 on"),
        (Period(until=THE_MONDAY), "UTC", "until 1 March 2026"),
        (Period(THE_MONDAY, at(1, "00:00")), "UTC", "on 2 March 2026"),
        (Period(THE_MONDAY, at(7, "00:00")), "UTC", "from 2 March 2026 to 8 March 2026"),
        (Period(at(0, "17:00"), at(7, "17:00")), "Asia/Jakarta", "from 3 March 2026 to 9 March 2026"),
    ],
)
def test_a_period_is_told_in_days(period: Period, zone: str, words: str) -> None:
    """
    RECORD-3: the last day counts too.
    """
    assert words == format_period(period, ZoneInfo(zone))


@pytest.mark.parametrize("zone", ["UTC", "Asia/Jakarta"])
def test_the_pack_of_a_single_day_draws_no_course_over_time(own_store: RecordStore, zone: str) -> None:
    """
    RECORD-3: one bar as wide as the page says nothing; openings are shown by priority instead. The day is one of the
    reader's zone, and may lie on two of UTC.
    """
    there = ZoneInfo(zone)
    since = THE_MONDAY.replace(hour=0, minute=0, tzinfo=there)
    a_day = Period(since, since + timedelta(days=1))

    html = render_review_pack(make_report(own_store, a_day, AS_OF), there)

    own_store.close()
    assert f"opened on {THE_MONDAY.day} {THE_MONDAY:%B %Y}" in html
    assert '<figure class="of_the_day"><h3>Opened, by priority</h3>' in html
    assert '<figure class="opened">' not in html
    assert "Days are those of UTC" not in html


def test_the_pack_of_a_week_draws_its_course(own_store: RecordStore) -> None:
    """
    RECORD-3: a bar for each day.
    """
    since = THE_MONDAY.replace(hour=0, minute=0)

    html = render_review_pack(
        make_report(own_store, Period(since, since + timedelta(days=7)), AS_OF), UTC_ZONE
    )

    own_store.close()
    assert '<figure class="opened">' in html
    assert '<figure class="of_the_day">' not in html
