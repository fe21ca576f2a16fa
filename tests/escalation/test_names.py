"""
Names are compared as a reader compares them.
"""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.case.engine import decide
from escalation.case.moves.transfer import Transfer
from escalation.kernel.name_comparison import fold_name
from escalation.kernel.refusals import UnknownName, nearest
from tests.builders import an_escalation, monday


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Işıl Aydın", "IŞIL AYDIN"),
        ("İpek Çelik", "ipek çelik"),
        ("İpek Çelik", "IPEK ÇELIK"),
        ("Strauß", "STRAUSS"),
        ("Zoë Müller", unicodedata.normalize("NFD", "Zoë Müller")),
        ("Nguyễn Thị", unicodedata.normalize("NFD", "NGUYỄN THỊ")),
        ("Σίσυφος", "ΣΊΣΥΦΟΣ"),
        ("Conan O'Brien", "Conan O’Brien"),
        ("Jean-Luc Mai", "Jean‑Luc\u00a0Mai"),
        ("Ana Ng", "\uff21\uff4e\uff41\u3000\uff2e\uff47"),  # in full width
    ],
)
def test_spellings_of_one_name_are_alike(one: str, other: str) -> None:
    """
    MATRIX-1: whoever is meant is found.
    """
    assert fold_name(one) == fold_name(other)


@pytest.mark.parametrize(("one", "other"), [("Novak", "Novák"), ("Ana", "Anna"), ("Işıl", "Isil")])
def test_names_of_different_people_differ(one: str, other: str) -> None:
    """
    MATRIX-1: nobody else is.
    """
    assert fold_name(one) != fold_name(other)


@given(st.text(max_size=20))
def test_a_folded_name_stays_as_it_is(name: str) -> None:
    """A folded name can be kept, and compared later."""
    assert fold_name(name) == fold_name(fold_name(name))
    assert fold_name(name) == fold_name(unicodedata.normalize("NFD", name))


def test_a_full_name_leads_to_the_id() -> None:
    """
    START-6: people type what they call each other.
    """
    assert "isil" == nearest("IŞIL AYDIN", ("isil", "omar"), {"Işıl Aydın": "isil"})
    with pytest.raises(UnknownName, match=r"did you mean duty\?"):
        decide(an_escalation(), Transfer(by="ana", to="DUTY DESK"), monday("09:10"))
