"""
The view of a customer: what one contact reads of a case, and that nothing else can be read there (COMM-6, TALK-5).
"""

from collections.abc import Iterator
from dataclasses import is_dataclass
from typing import Any, get_args, get_type_hints

import pytest
from pydantic import BaseModel

from escalation.case.audience import customer_recipients
from escalation.case.customer_view import CustomerPage, CustomerView, customer_page, customer_view
from escalation.case.engine import decide
from escalation.case.lifecycle import State
from escalation.case.moves.correct_contact import CorrectContact
from escalation.case.moves.revoke_page import RevokePage
from escalation.case.state import Escalation
from escalation.kernel.refusals import EscalationError, RoleNotAllowed, UnknownName
from escalation.kernel.values import CustomerText, CustomerWords, InternalText, from_json, to_json
from escalation.notifications.links import reader_of
from tests.builders import JO, a_request, after, an_acknowledged, monday, one_in, told
from tests.escalation.marked_case import AL, CLOSED, MARK, RESOLVED, a_marked_case

NOW = monday("09:10")


def reader(now: Escalation, contact: str = JO) -> str:
    return reader_of(now.id, next(each for each in customer_recipients(now) if each.id == contact))


def shown(*later: Any, contact: str = JO) -> CustomerView:
    now, events = a_marked_case(*later)
    found = customer_page(now, events, reader(now, contact), NOW)
    assert found.view
    return found.view


def types_in(kind: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every type that a value of *kind* can hold, with the fields that lead there."""
    yield path, kind
    for part in get_args(kind):
        yield from types_in(part, path)
    if isinstance(kind, type) and (is_dataclass(kind) or issubclass(kind, BaseModel)):
        for name, hint in get_type_hints(kind).items():
            yield from types_in(hint, f"{path}.{name}")


def test_no_field_of_it_can_hold_a_text_of_ours() -> None:
    """
    COMM-6: by their types; and what is said is a customer's text or words.
    """
    held = dict[str, set[Any]]()
    for path, kind in types_in(CustomerPage):
        held.setdefault(path, set()).add(kind)

    assert [] == [path for path, kinds in held.items() if InternalText in kinds]
    assert CustomerText in held[".view.conversation.told"]
    assert CustomerWords in held[".view.conversation.said"]
    assert CustomerText in held[".view.questions.text"]


@pytest.mark.parametrize("later", [(), RESOLVED, CLOSED])
def test_no_text_of_ours_is_in_it(later: tuple[Any, ...]) -> None:
    """
    COMM-6: also where each of ours has a mark, at every stage of a life.
    """
    now, events = a_marked_case(*later)
    ours = to_json((now, events)).count(MARK)

    for contact in (JO, AL):
        page = customer_page(now, events, reader(now, contact), NOW)
        assert page.view
        assert MARK not in to_json(page)
        assert page == from_json(CustomerPage, to_json(page))
    assert 10 < ours


def test_a_customer_reads_what_they_were_told_and_what_they_said() -> None:
    """
    TALK-5: in the order in which it was said; of another customer of the outage nothing.
    """
    view = shown()

    assert [
        ("impact", "Acme's shops are empty"),
        ("update", "The roof leaks."),
        ("question", "How many are wet, Acme?"),
        ("answer", "Nine, says Acme"),
        ("question", "Which bay, Acme?"),
        ("message", "Acme waits"),
        ("evidence", None),
    ] == [(each.kind, each.told or each.said) for each in view.conversation]
    assert ("Acme's shops are empty", ("ACME",)) == (view.impact, view.accounts)
    assert [(3, "Which bay, Acme?", "We send as many.")] == [
        (each.number, each.text, each.what_for) for each in view.questions
    ]
    assert [] == [each for each in view.conversation if each.is_ours != (each.told is not None)]
    for hidden in ("Bolt", "bolt"):
        assert hidden not in to_json(view)
    assert "Acme" not in to_json(shown(contact=AL)).replace("ACME/4711", "")


def test_what_is_asked_and_shown_follows_the_case() -> None:
    """
    RESOLVE-6, CLOSE-4, CLOSE-6: a solution once it is verified; access, RCA and survey when their time has come.
    """
    declared, solved, closed = shown(RESOLVED[0]), shown(*RESOLVED), shown(*CLOSED)

    assert (State.VERIFYING, False) == (declared.state, declared.is_access_asked)
    assert "New pallets are there." not in to_json(declared)
    assert (State.CLOSING, True, None) == (solved.state, solved.is_access_asked, solved.rca)
    assert "New pallets are there." == solved.conversation[-1].told
    assert (State.CLOSED, False, True) == (closed.state, closed.is_access_asked, closed.is_survey_asked)
    assert closed.rca
    assert ("Rain came into our depot.", monday("09:10")) == (closed.rca.summary, closed.rca_shared_at)
    assert (True, False) == (solved.takes_words, closed.takes_words)
    assert ((), None) == (closed.questions, closed.next_update_at)
    assert not shown(*CLOSED, contact=AL).is_survey_asked  # answered


def test_a_promise_is_shown_until_its_time() -> None:
    """
    COMM-3, COMM-5: a time that has passed is no promise any more.
    """
    now = an_acknowledged(priority="P2")
    contact = now.request.recipients[0]
    due_at = now.next_update_at
    assert due_at

    assert due_at == customer_view(now, (), contact, NOW).next_update_at
    assert customer_view(now, (), contact, due_at).next_update_at is None


def test_a_revoked_link_opens_nothing_and_the_next_letter_has_another() -> None:
    """
    TALK-5: for that contact alone, in any spelling of the address, as often as needed; nobody is notified.
    """
    now, events = a_marked_case()
    before, other = reader(now), reader(now, AL)

    decision = decide(now, RevokePage(by="ana", contact="JO@acme.example"), NOW)
    revoked = decision.state
    twice = after(revoked, NOW, RevokePage(by="ana", contact="jo@acme.example"))

    assert [] == told(decision)
    for later in (revoked, twice):
        assert customer_page(later, events, before, NOW).view is None
        assert customer_page(later, events, reader(later), NOW).view
        assert customer_page(later, events, other, NOW).view
    assert customer_page(twice, events, reader(revoked), NOW).view is None
    assert {"jo@acme.example": 2} == from_json(Escalation, to_json(twice)).pages_revoked


def test_a_corrected_address_ends_the_links_of_the_wrong_one() -> None:
    """
    COMM-13: also when it is corrected back; another name or language leaves them as they are.
    """
    now = an_acknowledged()
    wrong = reader(now)
    named = after(now, NOW, CorrectContact(by="ana", contact="jo@acme.example", name=CustomerText("Jo B.")))
    moved = after(now, NOW, CorrectContact(by="ana", contact="jo@acme.example", email="jo.b@acme.example"))
    back = after(moved, NOW, CorrectContact(by="ana", contact="jo.b@acme.example", email="jo@acme.example"))

    assert customer_page(named, (), wrong, NOW).view
    assert customer_page(moved, (), wrong, NOW).view is None
    assert customer_page(back, (), wrong, NOW).view is None
    assert customer_page(back, (), reader(back), NOW).view


@pytest.mark.parametrize(
    ("by", "contact", "refusal"),
    [("ana", "nobody@acme.example", UnknownName), (JO, "jo@acme.example", RoleNotAllowed)],
)
def test_our_people_revoke_links_of_contacts_there_are(
    by: str, contact: str, refusal: type[EscalationError]
) -> None:
    """
    ROLE-2: a customer cannot.
    """
    with pytest.raises(refusal):
        decide(an_acknowledged(), RevokePage(by=by, contact=contact), NOW)


def test_where_a_case_went_over_its_page_says_so() -> None:
    """
    CLOSE-10: the reference is the one that the letter named, too.
    """
    now = one_in(State.CANCELLED, key=a_request().key)
    view = customer_view(now, (), now.request.recipients[0], NOW)

    assert (State.CANCELLED, None, False) == (view.state, view.merged_into, view.takes_words)
