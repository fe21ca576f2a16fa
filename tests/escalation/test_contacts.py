"""
A wrong contact is corrected, and not chased for ever (COMM-13).
"""

from datetime import datetime
from typing import Any

import pytest

from escalation.case.engine import Decision, decide
from escalation.case.lifecycle import State
from escalation.case.moves.answer_survey import AnswerSurvey
from escalation.case.moves.close import Close
from escalation.case.moves.correct_contact import ContactCorrected, CorrectContact
from escalation.case.moves.send_update import SendUpdate
from escalation.case.outdated_notifications import find_outdated
from escalation.case.state import Escalation
from escalation.kernel.clock_name import ClockName
from escalation.kernel.refusals import BadRequest, MoveNotAllowed, UnknownName
from escalation.kernel.values import CustomerText
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.notification import NotificationBatch
from escalation.notifications.system_commands import ReportDelivery
from tests.builders import (
    JO,
    a_customer,
    a_plan,
    after,
    all_delivered,
    an_acknowledged,
    an_escalation,
    clock,
    monday,
    notices,
    one_in,
    opening,
    ready_to_close,
    the,
    to_customers,
    told,
)
from tests.escalation.plans import A_SURVEY
from tests.said import said

WRONG, RIGHT = "jo@acme.example", "jo.buyer@acme.example"
NEW = f"ACME:{RIGHT}"
BOTH = (a_customer("ACME", "Jo@acme.example", "bea@acme.example"), a_customer("BOLT", WRONG))


def correction(**given: Any) -> CorrectContact:
    return CorrectContact.model_validate({"by": "ana", "contact": WRONG, "email": RIGHT} | given)


def corrected(now: Escalation, at: datetime = monday("09:10"), **given: Any) -> Decision:
    return decide(now, correction(**given), at)


def bounced(now: Escalation) -> Escalation:
    lost = DeliveryResult(key="k:1", recipient=JO, occasion="case_received", why="550 no such mailbox")
    ours = tuple(each for each in all_delivered(now, monday("09:01")).results if each.recipient != JO)
    return decide(now, ReportDelivery(results=(lost, *ours)), monday("09:01")).state


def test_the_right_address_is_told_and_the_wrong_one_is_not_chased_any_more() -> None:
    """
    COMM-2, COMM-13: the first notification waits for the right person, and nothing is undelivered.
    """
    before = bounced(an_escalation())
    assert ((JO,), [JO]) == (before.unnotified, [each.recipient for each in before.undelivered])

    decision = corrected(before)
    now = decision.state
    assert [f"case_received: {NEW}"] == told(decision)
    assert ((NEW,), ()) == (now.unnotified, now.undelivered)

    met = after(now, monday("09:12"), all_delivered(now, monday("09:12")))
    assert "met" == clock(met, ClockName.FIRST_NOTIFICATION).outcome


def test_what_goes_again_is_how_things_stand_and_not_the_old_letters() -> None:
    """
    COMM-3: the receipt with the times of now, and the last news.
    """
    news = SendUpdate(by="ana", customer_text=CustomerText("New pallets are on their way."))
    decision = corrected(after(an_acknowledged(), monday("09:05"), news))

    assert [f"case_received: {NEW}", f"update: {NEW}"] == told(decision)
    assert "New pallets are on their way." == to_customers(decision, "update").facts.text


def test_while_it_closes_the_right_address_is_told_of_the_end_and_asked() -> None:
    """
    RESOLVE-6, CLOSE-6: what those who were reached had; after the close the survey, unless it was answered.
    """
    closing = one_in(State.CLOSING, plan=a_plan(survey=A_SURVEY))
    closed = after(closing, monday("09:05"), *ready_to_close(closing), Close(by="ed"))
    answer = AnswerSurvey(by="ed", account="ACME", score=5)

    assert [f"resolved: {NEW}", f"access_question: {NEW}"] == told(corrected(closing))
    assert [f"closed: {NEW}", f"survey: {NEW}"] == told(corrected(closed))
    late = corrected(after(closed, monday("09:06"), answer))
    assert [f"closed: {NEW}"] == told(late)
    assert [NEW] == list(late.state.survey)


def test_a_name_a_language_or_a_zone_is_corrected_and_nothing_goes_again() -> None:
    """
    COMM-9: the next letter is right.
    """
    given: dict[str, Any] = {
        "email": None,
        "name": "Jo Buyer",
        "language": "tr",
        "time_zone": "Europe/Istanbul",
    }
    decision = corrected(an_acknowledged(), **given)
    (contact,) = decision.state.request.recipients

    assert [] == told(decision)
    assert (JO, "Jo Buyer", "tr", "Europe/Istanbul") == (
        contact.id,
        contact.name,
        contact.language,
        contact.time_zone,
    )
    assert "contact Jo corrected: name Jo Buyer, language tr, time zone Europe/Istanbul" == said(
        the(ContactCorrected, decision).sentence()
    )


def test_one_mailbox_is_corrected_in_each_of_its_accounts() -> None:
    """
    COMM-13: one person, however it is spelt.
    """
    now = corrected(an_escalation(customers=BOTH), contact="JO@acme.example").state
    jo, bea = now.request.recipients

    assert (NEW, ("ACME", "BOLT")) == (jo.id, jo.speaks_for)
    assert "ACME:bea@acme.example" == bea.id


def test_what_waits_for_the_wrong_address_does_not_leave_any_more() -> None:
    """
    COMM-12: it may be a stranger's.
    """
    opened = opening()
    batch = NotificationBatch(notices=tuple(notices(opened.effects)))
    decision = corrected(opened.state)
    stale = find_outdated(decision.state, (*opened.events, *decision.events), batch)

    assert [(f"case_received:{JO}", "the contact was corrected meanwhile")] == [
        (key.split(":", 2)[2], said(why)) for key, why in stale.items()
    ]


def test_what_bounces_at_the_wrong_address_after_the_correction_is_nobodys() -> None:
    """
    COMM-13: it was on its way; nobody is told of it, and nothing counts as undelivered.
    """
    late = DeliveryResult(key="k:2", recipient=JO, occasion="update", why="550 no such mailbox")
    decision = decide(corrected(an_acknowledged()).state, ReportDelivery(results=(late,)), monday("09:12"))

    assert ([], ()) == (told(decision), decision.state.undelivered)


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        ({"contact": "jon@acme.example"}, UnknownName, "no customer's contact"),
        ({"email": None}, BadRequest, "an e-mail address, a name, a language or a time zone"),
        ({"email": "Bea@acme.example"}, BadRequest, "an address that no other contact has here"),
        ({"email": None, "language": "en"}, MoveNotAllowed, "is known like this already"),
    ],
)
def test_what_corrects_nothing_is_refused(given: dict[str, Any], error: type[Exception], says: str) -> None:
    """
    START-6: with what was given and what is allowed; nothing is half done.
    """
    customers = (a_customer("ACME", WRONG, "bea@acme.example"),)

    with pytest.raises(error, match=says):
        corrected(an_escalation(customers=customers), **given)
