"""People whom the entries of a calendar mean, in whatever letters."""

import unicodedata

import pytest

from planning.on_call.calendar_names import EntryMatcher
from planning.on_call.ical import Entry, Guest
from planning.playbook.people_spec import PersonSpec
from tests.planning.builders import faults_of_text, utc
from tests.planning.rotas import WEEKS, text_of

PEOPLE = {
    id_: PersonSpec.model_validate({"name": name, "roles": ["desk"], "addresses": [f"email:{email}"]})
    for id_, name, email in (
        ("isil", "Işıl Aydın", "isil@example.com"),
        ("franz", "Franz Strauß", "franz@example.com"),
        ("zoe", "Zoë Müller", "zoe@example.com"),
        ("conan", "Conan O'Brien", "conan@example.com"),
        ("ana", "Ana Lima", "ana@example.com"),
        ("ana2", "ANA LIMA", "ana2@example.com"),
        ("urs", "Urs Frei", "urs@münchen.example"),
    )
}
NAMED = EntryMatcher(PEOPLE)


def of(summary: str = "", *guests: Guest) -> tuple[str, ...]:
    return NAMED.of(Entry(utc("2026-11-02 09:00"), utc("2026-11-03 09:00"), summary, guests))


@pytest.mark.parametrize(
    ("written", "id_"),
    [
        ("IŞIL AYDIN", "isil"),
        ("Franz STRAUSS", "franz"),
        (unicodedata.normalize("NFD", "Zoë Müller"), "zoe"),
        ("Conan O’Brien", "conan"),
    ],
)
def test_a_name_is_found_however_it_is_spelled(written: str, id_: str) -> None:
    """
    MATRIX-1: of a guest, in a title, and before an ending.
    """
    assert (id_,) == of("", Guest("somebody@elsewhere.example", written))
    assert (id_,) == of(f"On call: {written}")
    assert (id_,) == of(f"{written}’ın nöbeti")


def test_two_people_of_one_name_are_both_meant() -> None:
    """
    MATRIX-5: better one too many than the wrong one alone; the address tells them apart.
    """
    assert ("ana", "ana2") == of("Ana Lima")
    assert ("ana2",) == of("Ana Lima", Guest("ANA2@example.com", "Ana Lima"))


@pytest.mark.parametrize("written", ["urs@xn--mnchen-3ya.example", "URS@MÜNCHEN.example"])
def test_an_address_is_found_however_it_is_spelled(written: str) -> None:
    """
    COMM-13: one mailbox is one person.
    """
    assert ("urs",) == of("", Guest(written))


def test_a_name_in_another_one_is_nobodys() -> None:
    """
    MATRIX-1: whole names alone.
    """
    assert () == of("Joana Lima")


def test_a_full_name_in_a_playbook_leads_to_the_id() -> None:
    """
    START-6: where only ids may stand.
    """
    (fault,) = faults_of_text(text_of(rotations=[WEEKS | {"people": ["priya", "LUKAS NOVAK"]}]))

    assert "lukas" == fault.suggestion
