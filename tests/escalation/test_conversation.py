"""
Conversation in an escalation: comments with mentions, and messages of customers (TALK-2, TALK-3).
"""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from escalation.case.engine import decide
from escalation.case.moves.add_comment import AddComment, CommentAdded
from escalation.case.moves.record_customer_message import CustomerMessageRecorded, RecordCustomerMessage
from escalation.case.request import Channel
from escalation.kernel.clock_name import ClockName
from escalation.kernel.refusals import RoleNotAllowed, UnknownName
from escalation.kernel.values import CustomerText, CustomerWords, InternalText
from escalation.notifications.notification import InternalNotification
from escalation.policy.plan import Target
from tests.builders import (
    JO,
    a_customer,
    a_plan,
    an_acknowledged,
    an_escalation,
    clock,
    internal,
    levels_with,
    monday,
    notices,
    the,
    told,
)


def a_comment(note: str, by: str = "ben") -> AddComment:
    return AddComment(by=by, note=InternalText(note))


def a_message(by: str = "ben", account: str = "ACME", **changes: Any) -> RecordCustomerMessage:
    said: dict[str, Any] = {"text": CustomerWords("The shop is down"), "channel": Channel.PHONE}
    return RecordCustomerMessage(**{"by": by, "account": account} | said | changes)


# Comments.


@pytest.mark.parametrize(
    ("note", "mentioned"),
    [
        ("Look at the roof", []),
        ("@max Look at the roof", ["max"]),
        ("@max, @fay: who goes? @max", ["max", "fay"]),  # each once
        ("Ask @finance.", ["finance"]),  # a team; the full stop ends the sentence
        ("(@max) and \n@fay", ["max", "fay"]),
        ("Write to jo@max or jo@acme.example", []),  # an address is no mention
        ("@ben does it", []),  # whoever writes it is not told
        ("cost @ 5 euros, @ all", []),
    ],
)
def test_those_mentioned_are_notified_at_once_and_nobody_else(note: str, mentioned: list[str]) -> None:
    """
    TALK-2: not the owner either, unless they are named.
    """
    decision = decide(an_escalation(), a_comment(note), monday("09:05"))

    assert ([f"mentioned: {', '.join(mentioned)}"] if mentioned else []) == told(decision)
    assert note == the(CommentAdded, decision).added


def test_a_comment_is_internal() -> None:
    """
    TALK-2, COMM-6: by type, and only our people are told.
    """
    decision = decide(an_escalation(), a_comment("@max They are wrong."), monday("09:05"))

    assert "They are wrong." in str(internal(decision, "mentioned").facts.text)
    assert all(isinstance(each, InternalNotification) for each in notices(decision.effects))
    with pytest.raises(ValidationError):
        AddComment.model_validate({"by": "ben", "note": CustomerText("hello")})


def test_an_unknown_mention_is_refused_with_the_names_that_there_are() -> None:
    """
    TALK-2: those of the playbook too whom the plan does not have yet.
    """
    now = an_escalation(plan=a_plan(others=("zoe",)))

    with pytest.raises(UnknownName, match="'maks'") as refused:
        decide(now, a_comment("@ana @maks?"), monday("09:05"))
    assert all(name in refused.value.message for name in ("max", "finance", "zoe"))


def test_people_of_the_playbook_are_looked_up_once_they_are_mentioned() -> None:
    assert ("zoe", "max") == a_comment("@zoe and @max").named


# Messages of customers.


@pytest.mark.parametrize("by", ["ben", JO])
def test_the_owner_hears_what_a_customer_says_and_nobody_else(by: str) -> None:
    """
    TALK-3: from the customer, or written down by an agent.
    """
    decision = decide(an_escalation(), a_message(by), monday("09:05"))

    said = the(CustomerMessageRecorded, decision)
    assert (JO, Channel.PHONE, monday("09:05")) == (said.contact, said.channel, said.said_at)
    assert ["customer_message: ana"] == told(decision)
    assert "The shop is down" == internal(decision, "customer_message").facts.text


def test_it_has_the_instant_at_which_it_was_said() -> None:
    decision = decide(an_escalation(), a_message(at=monday("08:40")), monday("09:05"))

    assert monday("08:40") == the(CustomerMessageRecorded, decision).said_at


@pytest.mark.parametrize(
    ("contact", "found"),
    [
        (None, ""),  # somebody of the account
        ("JIM@acme.example", "ACME:jim@acme.example"),
    ],
)
def test_of_several_contacts_one_is_named(contact: str | None, found: str) -> None:
    now = an_escalation(customers=[a_customer("ACME", "jo@acme.example", "jim@acme.example")])
    decision = decide(now, a_message(contact=contact), monday("09:05"))

    assert found.lower() == the(CustomerMessageRecorded, decision).contact.lower()


@pytest.mark.parametrize(
    ("message", "refusal"),
    [
        (a_message(account="BOLT"), UnknownName),  # no affected customer
        (a_message(contact="nobody@acme.example"), UnknownName),
        (a_message(by=JO, account="GLOBEX"), RoleNotAllowed),  # a contact speaks for their own account
    ],
)
def test_nobody_speaks_for_another(message: RecordCustomerMessage, refusal: type[Exception]) -> None:
    now = an_escalation(customers=[a_customer("ACME"), a_customer("GLOBEX")])

    with pytest.raises(refusal):
        decide(now, message, monday("09:05"))


def test_a_message_of_a_customer_keeps_an_acknowledgement_alive() -> None:
    """
    TALK-3, MATRIX-6: it counts as activity.
    """
    now = an_acknowledged(plan=a_plan(levels=levels_with(1, ack_expires=Target(after=timedelta(hours=2)))))
    before = clock(now, ClockName.ACKNOWLEDGEMENT_EXPIRY).due_at
    after = decide(now, a_message(by=JO), monday("09:20")).state

    assert before is not None
    assert before + timedelta(minutes=20) == clock(after, ClockName.ACKNOWLEDGEMENT_EXPIRY).due_at
