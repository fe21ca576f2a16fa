"""
Times, durations, lists, numbers and plurals as each reader writes them.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from escalation.case.follow_up_actions import Origin
from escalation.kernel.reasons import reason
from escalation.measures.definitions import Unit
from escalation.notifications.notification import Occasion
from escalation.policy.classification import CancelCause
from messages.catalogue import catalogue
from messages.formats import CodeText, Formats, locale_of, say_code
from tests.delivery.builders import at


def wording(language: str, wanted: str = "", *, in_full: bool = False) -> Formats:
    return Formats(locale_of(language, wanted or language), catalogue(language), in_full)


@pytest.mark.parametrize(
    ("language", "wanted", "short", "in_full"),
    [
        ("en", "en", "Fri, 20 Nov 2026, 16:30 WIB", "Friday, 20 November 2026, 16:30 WIB"),
        ("en", "en-US", "Fri, Nov 20, 2026, 4:30\u202fPM WIB", "Friday, November 20, 2026, 4:30\u202fPM WIB"),
        ("id", "id-ID", "Jum, 20 Nov 2026 pukul 16.30 WIB", "Jumat, 20 November 2026 pukul 16.30 WIB"),
        ("tr", "tr", "20 Kas 2026 Cum, saat 16:30 WIB", "20 Kasım 2026 Cuma, saat 16:30 WIB"),
        # who gets English for want of their language gets English dates with it
        ("en", "de-AT", "Fri, 20 Nov 2026, 16:30 WIB", "Friday, 20 November 2026, 16:30 WIB"),
    ],
)
def test_instants_read_as_the_reader_writes_them(
    language: str, wanted: str, short: str, in_full: str
) -> None:
    """COMM-9: the reader's locale, within the language of the text."""
    jakarta = ZoneInfo("Asia/Jakarta")

    assert short == wording(language, wanted).moment(at("09:30"), jakarta)
    full = wording(language, wanted, in_full=True)
    assert in_full == full.moment(at("09:30"), jakarta)


def test_days_of_one_digit_have_no_zero() -> None:
    """COMM-9: dates as people write them."""
    moment = wording("en").moment(at("09:30").replace(day=6), ZoneInfo("UTC"))

    assert "Fri, 6 Nov 2026, 09:30 UTC" == moment


@pytest.mark.parametrize(
    ("span", "en", "idn", "tr"),
    [
        (timedelta(minutes=1), "1 minute", "1 menit", "1 dakika"),
        (timedelta(minutes=25), "25 minutes", "25 menit", "25 dakika"),
        (timedelta(hours=1, minutes=25), "1 hour, 25 minutes", "1 jam, 25 menit", "1 saat 25 dakika"),
        (timedelta(days=2, hours=3, minutes=59), "2 days, 3 hours", "2 hari, 3 jam", "2 gün 3 saat"),
        (timedelta(days=1, minutes=5), "1 day", "1 hari", "1 gün"),
        (timedelta(seconds=8), "8 seconds", "8 detik", "8 saniye"),
        (timedelta(), "0 minutes", "0 menit", "0 dakika"),
    ],
)
def test_durations_have_their_two_largest_units(span: timedelta, en: str, idn: str, tr: str) -> None:
    """COMM-9: exact enough to act on, short enough to read."""
    assert [en, idn, tr] == [wording(language).duration(span) for language in ("en", "id", "tr")]


@pytest.mark.parametrize(
    ("unit", "value", "en", "idn", "tr"),
    [
        (Unit.COUNT, 1204, "1,204", "1.204", "1.204"),
        (Unit.SHARE, 0.1249, "12.5%", "12,5%", "%12,5"),
        (Unit.SPAN, 180_000, "2 days, 2 hours", "2 hari, 2 jam", "2 gün 2 saat"),
        (Unit.MEAN, 4.456, "4.46", "4,46", "4,46"),
    ],
)
def test_figures_read_as_the_reader_writes_them(unit: Unit, value: float, en: str, idn: str, tr: str) -> None:
    """COMM-9, RECORD-3: in a letter; the page has its own."""
    assert [en, idn, tr] == [wording(language).figure(unit, value) for language in ("en", "id", "tr")]


def test_lists_numbers_and_plurals_follow_the_language() -> None:
    """COMM-9."""
    names = ("a", "b", "c")
    languages = [wording(language) for language in ("en", "id", "tr", "ru")]

    assert ["a, b and c", "a, b, dan c", "a, b ve c", "a, b и c"] == [
        each.listed(names) for each in languages
    ]
    assert ["1,234.5", "1.234,5", "1.234,5", "1\xa0234,5"] == [each.number(1234.5) for each in languages]
    files = {"one": "{} файл", "few": "{} файла", "other": "{} файлов"}
    assert ["1 файл", "3 файла", "5 файлов"] == [languages[3].plural(count, **files) for count in (1, 3, 5)]


def test_a_capital_is_that_of_the_language() -> None:
    """COMM-9: Turkish has two letters i."""
    assert ("İç", "It") == (wording("tr").capital("iç"), wording("en").capital("it"))


def test_a_code_compares_as_the_rules_have_it() -> None:
    """A template asks `clock == "next update"` in every language, and shows what the language says."""
    code = CodeText.of("next update", "kabar berikutnya")

    assert code == "next update"
    assert "kabar berikutnya" == say_code(code)


def test_days_and_instants_in_lines_are_the_readers() -> None:
    """COMM-9: dates are written as the others of the message; what people wrote stays, even a word like ours."""
    action = reason("action", 1, "update", "rca", date(2026, 11, 23), Origin.POST_MORTEM)
    task = reason("numbered", 1, reason("task", "Climb up", "ana", datetime(2026, 11, 23, 10, tzinfo=UTC)))
    missed = reason("not_delivered", Occasion.RCA, "rca", "breach")
    said = [
        [wording(each).speaker(ZoneInfo("Asia/Jakarta")).say(line) for line in (action, task, missed)]
        for each in ("en", "id", "tr")
    ]

    assert [
        [
            "1. update (rca, due 23 Nov 2026, post-mortem)",
            "1. Climb up (ana, due Mon, 23 Nov 2026, 17:00 WIB)",
            "rca to rca did not arrive: breach",
        ],
        [
            "1. update (rca, tenggat 23 Nov 2026, tinjauan akhir)",
            "1. Climb up (ana, tenggat Sen, 23 Nov 2026 pukul 17.00 WIB)",
            "RCA untuk rca tidak sampai: breach",
        ],
        [
            "1. update (rca, son tarih 23 Kas 2026, değerlendirme)",
            "1. Climb up (ana, son tarih 23 Kas 2026 Pzt, saat 17:00 WIB)",
            "kök neden analizi, alıcı rca, ulaşmadı: breach",
        ],
    ] == said


def test_moments_are_ordered_by_time() -> None:
    """A template asks `at < due_at`, whatever their letters are."""
    friday, sunday = (wording("en").moment(at("09:30").replace(day=day), ZoneInfo("UTC")) for day in (20, 22))

    assert (True, False) == (friday < sunday, friday > sunday)


@pytest.mark.parametrize("language", ["id", "tr"])
def test_a_sentence_within_a_sentence_is_said_in_the_readers_language(language: str) -> None:
    """COMM-9: no English word is left over, whatever the sentence was made of."""
    vacant = reason("seat_vacant", ("X", "Z"))
    why = reason("of_task_force", "Q", reason("and_also", reason("seats_settled"), vacant))
    cancelled = reason("cancelled_for", CancelCause.WITHDRAWN, reason("ended_by_operator"))
    said = " ".join(wording(language).speaker(UTC).say(each) for each in (why, cancelled))

    assert set() == {"withdrawn", "ended", "task", "force", "seat", "every", "nobody"} & set(
        said.replace("(", " ").replace(";", " ").split()
    )
