"""Questions that messages carry."""

from dataclasses import replace

import pytest

from escalation.notifications.links import (
    CasePage,
    Link,
    PageLink,
    Question,
    destination_of,
    link_for,
    page_for,
    reader_of,
)
from escalation.notifications.notification import Occasion
from tests.delivery.builders import ESCALATION, ana, person, to_customers, to_us


@pytest.mark.parametrize(
    ("occasion", "clock", "question"),
    [
        (Occasion.ASSIGNED, "", Question.ACKNOWLEDGE),
        (Occasion.ACKNOWLEDGEMENT_EXPIRED, "", Question.ACKNOWLEDGE),
        (Occasion.REMINDER, "acknowledgement", Question.ACKNOWLEDGE),
        (Occasion.BREACH, "acknowledgement", Question.ACKNOWLEDGE),
        (Occasion.TASK_FORCE_INVITED, "", Question.SEAT),
        (Occasion.TASK_FORCE_TASK_DUE, "", None),
        (Occasion.REMINDER, "internal RCA", None),  # about something else than who has it
        (Occasion.BREACH, "resolution", None),
        (Occasion.FIRST_NOTIFICATION, "", None),
        (Occasion.RESOLVED, "", None),  # ours are told of it; customers are asked
    ],
)
def test_who_has_it_is_asked_where_somebody_should(
    occasion: Occasion, clock: str, question: Question | None
) -> None:
    """
    MATRIX-5: whoever should acknowledge can do it from the message.
    """
    notice = to_us(person(1, language="tr"), occasion=occasion, clock=clock)

    link = link_for(notice, notice.to[0])

    assert question == (link.question if link else None)
    if link:
        assert (ESCALATION, "ACME/4711", "person-1", "") == (
            link.escalation,
            link.key,
            link.who,
            link.account,
        )
        assert ("tr", "Asia/Jakarta") == (link.language, link.time_zone)


def test_an_invitation_leads_to_its_task_force() -> None:
    """
    RESOLVE-2: found by the escalation's key and its own name.
    """
    link = Link(question=Question.SEAT, escalation="ACME/4711@2026-11-22T13:53:00Z/roof", who="ana")

    assert ("ACME/4711", "roof") == (link.key, link.task_force)


@pytest.mark.parametrize(
    ("occasion", "question"),
    [
        (Occasion.RESOLVED, None),  # the question comes beside it, and is asked once
        (Occasion.ACCESS_QUESTION, Question.ACCESS),
        (Occasion.SURVEY, Question.SURVEY),
        (Occasion.CASE_RECEIVED, None),
        (Occasion.UPDATE, None),
        (Occasion.ASSIGNED, None),  # ours alone
    ],
)
def test_customers_are_asked_whether_access_is_back(occasion: Occasion, question: Question | None) -> None:
    """
    RESOLVE-6, TALK-5: each for their own account; the link says neither that nor their address.
    """
    contact = ana(id="AC:ME:ana@example.com")
    notice = to_customers(contact, occasion=occasion)

    link = link_for(notice, notice.to[0])

    assert question == (link.question if link else None)
    if link:
        assert (reader_of(ESCALATION, contact), "") == (link.who, link.account)  # neither is said


def test_a_link_holds_nothing_of_what_the_message_says() -> None:
    """
    COMM-6: whoever gets hold of a link can read it.
    """
    assert {"question", "escalation", "who", "account", "accounts", "language", "time_zone"} == set(
        Link.__dataclass_fields__
    )
    assert {"escalation", "reader", "language"} == set(PageLink.__dataclass_fields__)


@pytest.mark.parametrize("occasion", [Occasion.CASE_RECEIVED, Occasion.SURVEY, Occasion.MERGED])
def test_each_letter_to_a_customer_leads_to_their_page(occasion: Occasion) -> None:
    """
    TALK-5: the link calls its reader by another name in each case and after each revocation, and says no address.
    """
    contact = ana(id="ACME:ana@example.com")
    notice = to_customers(contact, occasion=occasion)

    page = page_for(notice, contact)
    revoked = page_for(notice, replace(contact, pages_revoked=1))
    elsewhere = page_for(replace(notice, escalation="ACME/4712@1"), contact)
    respelled = page_for(notice, ana(id="BOLT:ANA@example.com"))

    assert page
    assert revoked
    assert elsewhere
    assert (ESCALATION, contact.language) == (page.escalation, page.language)
    assert 3 == len({page.reader, revoked.reader, elsewhere.reader})
    assert page == respelled
    assert "ana" not in page.reader
    assert page_for(to_us(person(1), occasion=Occasion.ASSIGNED), person(1)) is None


def test_each_letter_to_our_people_leads_to_the_page_of_its_escalation() -> None:
    """
    IDENTITY-1: its address says the key alone, and whoever opens it signs in. A letter to a customer never leads
    there, and one about a sponsorship leads nowhere.
    """
    ours = to_us(person(1), occasion=Occasion.UPDATE)
    of_a_force, of_an_account, theirs = (
        replace(ours, escalation=f"{ESCALATION}/roof"),
        replace(ours, escalation="sponsorship:ACME"),
        to_customers(ana()),
    )

    assert CasePage(key="ACME/4711") == destination_of(ours, person(1))
    assert CasePage(key="ACME/4711") == destination_of(of_a_force, person(1))
    assert destination_of(of_an_account, person(1)) is None
    assert page_for(theirs, ana()) == destination_of(theirs, ana())
