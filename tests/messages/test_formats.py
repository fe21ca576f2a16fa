"""
Times, durations, lists, numbers and plurals as each reader writes them.
"""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from escalation.kernel.reasons import Sentence
from escalation.measures.definitions import Unit
from messages.formats import CodeText, Formats, Words, locale_of, say_code
from messages.templates import Templates
from tests.delivery.builders import at


def wording(language: str, wanted: str = "", **words: str) -> Formats:
    return Formats(locale_of(language, wanted or language), Words(words))


@pytest.mark.parametrize(
    ("language", "wanted", "short", "in_full"),
    [
        ("en", "en", "Fri, 20 Nov 2026, 16:30 WIB", "Friday, 20 November 2026, 16:30 WIB"),
        ("en", "en-US", "Fri, Nov 20, 2026, 4:30\u202fPM WIB", "Friday, November 20, 2026, 4:30\u202fPM WIB"),
        ("id", "id-ID", "Jum, 20 Nov 2026 16.30 WIB", "Jumat, 20 November 2026 16.30 WIB"),
        ("tr", "tr", "20 Kas 2026 Cum 16:30 WIB", "20 Kasım 2026 Cuma 16:30 WIB"),
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
    full = Formats(locale_of(language, wanted), Words(), in_full=True)
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


def test_words_of_the_rules_are_said_in_the_language() -> None:
    """COMM-9: short sentences too, with further words of the list inside; what is not known stays as it is."""
    words = Words({"resolution": "çözüm", "{} is overdue": "{} gecikti", "from {} to {}": "{1} ← {0}"})

    assert ["çözüm", "çözüm gecikti", "RCA gecikti", "b ← a", "other", "", "{}"] == [
        words.of(english)
        for english in (
            "resolution",
            "resolution is overdue",
            "RCA is overdue",
            "from a to b",
            "other",
            "",
            "{}",
        )
    ]


def test_the_languages_have_words_for_the_same() -> None:
    """COMM-9: what one of the languages can say of the rules, the other can too."""
    idn, tr = (dict(Templates().words(language).said) for language in ("id", "tr"))
    assert {2} == {words.pop("day and time").count("{}") for words in (idn, tr)}

    assert set(idn) == set(tr)
    for english, indonesian in idn.items():
        assert {english.count("{")} == {indonesian.count("{"), tr[english].count("{")}, english


def test_a_code_compares_as_the_rules_have_it() -> None:
    """A template asks `clock == "next update"` in every language, and shows what the language says."""
    code = CodeText.of("next update", "kabar berikutnya")

    assert code == "next update"
    assert "kabar berikutnya" == say_code(code)


def test_days_and_instants_in_lines_are_the_readers() -> None:
    """COMM-9: written as the other dates of the letter; what is none stays as it is."""
    action = Sentence.ACTION.of(1, "Call (twice)", "ana", "2026-11-23", "RCA")
    task = f"1. {Sentence.TASK.of('Climb up', 'ana', '2026-11-23 10:00 UTC')}"
    languages = [Formats(locale_of(each, each), Templates().words(each)) for each in ("en", "id", "tr")]
    said = [[each.line(line, ZoneInfo("Asia/Jakarta")) for line in (action, task)] for each in languages]

    assert [
        ["1. Call (twice) (ana, due 23 Nov 2026, RCA)", "1. Climb up (ana, due Mon, 23 Nov 2026, 17:00 WIB)"],
        [
            "1. Call (twice) (ana, tenggat 23 Nov 2026, RCA)",
            "1. Climb up (ana, tenggat Sen, 23 Nov 2026 pukul 17.00 WIB)",
        ],
        [
            "1. Call (twice) (ana, son tarih 23 Kas 2026, RCA)",
            "1. Climb up (ana, son tarih 23 Kas 2026 Pzt, saat 17:00 WIB)",
        ],
    ] == said


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        # owners, contacts and tasks are called what they are called
        (Sentence.TASK.of("update", "rca", "2026-12-01"), "update (rca, son tarih 1 Ara 2026)"),
        (
            Sentence.ACTION.of(1, "rise", "rca", "2026-12-01", "RCA"),
            "1. rise (rca, son tarih 1 Ara 2026, RCA)",
        ),
        (Sentence.NOT_DELIVERED.of("rca", "rca", "breach"), "kök neden analizi, alıcı rca, ulaşmadı: breach"),
        (Sentence.NOT_DELIVERED.of("rca", "a", "b to c"), "kök neden analizi, alıcı a, ulaşmadı: b to c"),
        (Sentence.SEAT_DECLINED.of("Rise", "rca", "2026-12-01"), "Rise, rca rolünü kabul etmedi: 2026-12-01"),
        # responses and records are whole lines of somebody
        *(
            (text, text)
            for text in ("update", "resolution is overdue", "rca (email)", "2026-12-01", "INC-2026-11-23")
        ),
        # no dates
        *((text, text) for text in ("Call (ana, due tomorrow)", "Call (ana, due 20261201)")),
        (Sentence.TASK.of("Call", "ana", "2026-13-01"), "Call (ana, son tarih 2026-13-01)"),
    ],
)
def test_what_people_wrote_in_a_line_stays(line: str, expected: str) -> None:
    """COMM-9: however it resembles a word of the rules."""
    turkish = Formats(locale_of("tr", "tr"), Templates().words("tr"))

    assert expected == turkish.line(line, ZoneInfo("UTC"))


def test_moments_are_ordered_by_time() -> None:
    """A template asks `at < due_at`, whatever their letters are."""
    friday, sunday = (wording("en").moment(at("09:30").replace(day=day), ZoneInfo("UTC")) for day in (20, 22))

    assert (True, False) == (friday < sunday, friday > sunday)


@pytest.mark.parametrize("language", ["id", "tr"])
@pytest.mark.parametrize(
    "why",
    [
        Sentence.CANCELLED_FOR.of("withdrawn", Sentence.ENDED_BY_OPERATOR),
        Sentence.OF_TASK_FORCE.of(
            "Q", Sentence.AND_ALSO.of(Sentence.SEATS_SETTLED.of(), Sentence.SEAT_VACANT.of("X, Z"))
        ),
    ],
)
def test_a_sentence_within_a_sentence_is_said_in_the_readers_language(language: str, why: str) -> None:
    """COMM-9: no English word is left over, whatever the sentence was made of."""
    words = Templates().words(language)

    assert set() == {"withdrawn", "ended", "task", "force", "seat", "every", "nobody"} & set(
        words.of(why).replace("(", " ").replace(";", " ").split()
    )
