"""
One mailbox is one person: told, asked and surveyed once, however often and however it is named (COMM-12, START-5).
"""

from typing import Any

from escalation.case.customer_view import customer_page
from escalation.case.engine import Decision, decide
from escalation.case.lifecycle import State
from escalation.case.moves.answer_survey import AnswerSurvey
from escalation.case.moves.close import Close
from escalation.case.moves.confirm_access import ConfirmAccess
from escalation.case.moves.join_outage import JoinOutage, new_in
from escalation.case.moves.reopen import Reopened
from escalation.case.request import recipients_of
from escalation.case.resolution import AccessAnswer
from escalation.case.state import Escalation
from escalation.kernel.values import InternalText
from escalation.notifications.links import link_for
from tests.builders import (
    DECLARE,
    VERIFY,
    a_customer,
    a_plan,
    after,
    all_delivered,
    an_escalation,
    monday,
    notices,
    one_in,
    ready_to_close,
    the,
    to_customers,
    told,
)
from tests.escalation.plans import A_SURVEY
from tests.said import said

BOTH = (a_customer("ACME", "Jo@ACME.example"), a_customer("BOLT", "jo@acme.example", "bea@bolt.example"))
JO, BEA = "ACME:Jo@acme.example", "BOLT:bea@bolt.example"


def joining(*customers: Any) -> JoinOutage:
    return JoinOutage(by="ana", case_key="BOLT/1", customers=customers)


def to_jo(decision: Decision) -> list[str]:
    """The occasions of the letters to Jo's mailbox, whoever it is that they are for."""
    found = notices(decision.effects)
    return [each.occasion for each in found for to in each.to if "jo@" in to.addresses[0].casefold()]


def test_a_mailbox_in_two_spellings_and_two_accounts_is_one_recipient() -> None:
    """
    COMM-12: known by the first account, and speaking for each.
    """
    twice = (a_customer("ACME", "Jo@ACME.example", "jo@acme.example"), *BOTH[1:])
    jo, bea = recipients_of(twice)

    assert (JO, ("ACME", "BOLT")) == (jo.id, jo.speaks_for)
    assert (BEA, ("BOLT",)) == (bea.id, bea.speaks_for)


def test_who_joins_and_is_known_is_not_told_again() -> None:
    """
    START-5: by another account or in another spelling; what is new is on record, and the account is theirs, too.
    """
    before = an_escalation(customers=BOTH[:1])
    joined = decide(before, joining(BOTH[1]), monday("09:01"))

    assert [BEA] == [to.id for to in to_customers(joined, "case_received").to]
    assert (BEA,) == joined.state.joiners
    jo = joined.state.customer_contact("BOLT:jo@acme.example")
    assert jo
    assert (JO, ("ACME", "BOLT")) == (jo.id, jo.speaks_for)
    assert () == new_in(before.request, joining(a_customer("ACME", "JO@acme.example"))).customers


def test_who_is_known_elsewhere_keeps_the_name_that_they_are_known_by() -> None:
    """
    COMM-12: the key of a message holds the recipient's id, which must never change by a join.
    """
    opened = an_escalation(
        customers=(a_customer("ACME", "ann@acme.example"), a_customer("BOLT", "jo@acme.example"))
    )
    joined = decide(opened, joining(a_customer("ACME", "Jo@acme.example")), monday("09:01"))

    assert [each.id for each in opened.request.recipients] == [
        each.id for each in joined.state.request.recipients
    ]


def test_who_speaks_for_two_accounts_is_asked_once_and_answers_for_both() -> None:
    """
    RESOLVE-6: the link leads to both, for the page to name them, and says neither.
    """
    verified = decide(one_in(State.VERIFYING, customers=BOTH), VERIFY, monday("09:10"))
    assert ["resolved", "access_question"] == to_jo(verified)
    question = to_customers(verified, "access_question")
    link = link_for(question, question.to[0])
    assert link
    assert ("", ()) == (link.account, link.accounts)
    found = customer_page(verified.state, (), link.who, monday("09:10")).view
    assert found
    assert ("ACME", "BOLT") == found.accounts

    yes = ConfirmAccess(by=JO, account="ACME", answer=AccessAnswer.YES)
    answered = decide(verified.state, yes, monday("09:11"))
    assert {"ACME", "BOLT"} == set(answered.state.access)

    no = ConfirmAccess(by=JO, account="BOLT", answer=AccessAnswer.NO, note=InternalText("still wet"))
    refused = decide(verified.state, no, monday("09:11"))
    assert "ACME, BOLT cannot use the service yet. still wet" == said(the(Reopened, refused).why)


def test_who_is_known_is_asked_for_the_account_that_joins_at_the_end() -> None:
    """
    START-5, RESOLVE-6: told of the resolution already; only the access of the new account is open.
    """
    closing = one_in(State.CLOSING, customers=BOTH[:1])
    yes = ConfirmAccess(by=JO, account="ACME", answer=AccessAnswer.YES)
    answered = after(closing, monday("09:20"), yes)

    assert ["access_question"] == to_jo(decide(answered, joining(BOTH[1]), monday("09:30")))


def closed_and_surveyed() -> Decision:
    plan = a_plan(survey=A_SURVEY)
    closing = one_in(State.CLOSING, customers=BOTH, plan=plan)
    ready = after(closing, monday("09:20"), *ready_to_close(closing))
    return decide(ready, Close(by="ed"), monday("09:30"))


def test_who_speaks_for_two_accounts_is_surveyed_once() -> None:
    """
    CLOSE-6: one answer, for whichever account, in whichever spelling.
    """
    closed = closed_and_surveyed()
    assert ["closed", "survey"] == to_jo(closed)

    answer = AnswerSurvey(by="ed", account="BOLT", contact="JO@acme.example", score=4)
    answered: Escalation = decide(closed.state, answer, monday("10:00")).state
    assert [JO] == list(answered.survey)


def test_the_first_notice_is_met_once_each_person_is_told() -> None:
    """
    COMM-2: nobody is waited for twice.
    """
    opened = an_escalation(customers=BOTH)

    assert 1 == sum("jo@" in who.casefold() for who in opened.unnotified)
    assert () == after(opened, monday("09:01"), all_delivered(opened, monday("09:01"))).unnotified
    assert told(decide(opened, DECLARE, monday("09:01")))
