"""Contacts of customers are called by their names, wherever what happened is shown."""

from escalation.case.contact_names import ContactNames
from escalation.case.deliveries import deliveries
from escalation.case.engine import decide
from escalation.case.move_index import PersonsCommand
from escalation.case.moves.correct_contact import CorrectContact
from escalation.case.moves.record_customer_message import RecordCustomerMessage
from escalation.case.moves.revoke_page import RevokePage
from escalation.case.request import Channel
from escalation.case.view import make_move_result, timeline
from escalation.kernel.event import RecordedEvent
from escalation.kernel.values import CustomerText, CustomerWords
from tests.builders import JO, all_delivered, opening
from tests.escalation.plans import monday
from tests.said import lines, said


def words_of(by: str) -> RecordCustomerMessage:
    return RecordCustomerMessage(
        by=by, account="ACME", text=CustomerWords("Still wet"), channel=Channel.PORTAL
    )


MOVES: tuple[PersonsCommand, ...] = (
    words_of(JO),
    words_of("ACME:Jo@ACME.example"),  # as their mail program spells it
    RevokePage(by="ana", contact="jo@acme.example"),
    CorrectContact(
        by="ana", contact="jo@acme.example", email="j@acme.example", name=CustomerText("Jo Buyer")
    ),
    words_of("ACME:j@acme.example"),
)


def test_no_line_calls_a_contact_by_their_address() -> None:
    """Neither who did it nor whom it is about, before and after a correction; who did it keeps their id."""
    begun = opening()
    now, events = begun.state, list(begun.events)
    for command in (all_delivered(now, monday("09:00")), *MOVES):
        made = decide(now, command, monday("09:10"))
        now, events = made.state, [*events, *made.events]
    names = ContactNames(now.request.customers, events)

    found = timeline(events, names.find)

    theirs = [line for line in found if line.kind == "customer_message_recorded"]
    assert ["Jo Buyer"] * 3 == [line.by_name for line in theirs]
    assert JO == theirs[0].by
    assert all("Jo Buyer" in said(line.what) for line in theirs)
    assert ["contact Jo corrected: email j@acme.example, name Jo Buyer"] == [
        said(line.what) for line in found if "@" in said(line.what)
    ]
    assert {"Jo Buyer"} == {each.name for each in deliveries(events, 0, names.find) if "@" in each.recipient}


def test_a_record_knows_the_names_without_the_escalation() -> None:
    """From the start, and from what came later."""
    begun = opening()
    made = decide(begun.state, MOVES[3], monday("09:10"))
    events: tuple[RecordedEvent, ...] = (*begun.events, *made.events)

    names = ContactNames(events=events)

    assert "Jo Buyer" == names.find(JO) == names.find("ACME:j@acme.example")
    assert "" == names.find("ana") == names.find("ACME:nobody@acme.example")


def test_the_answer_to_a_move_calls_its_maker_by_name() -> None:
    """Moves by the link of a letter included."""
    made = decide(opening().state, words_of(JO), monday("09:10"))

    assert "Jo said, by the customer's page" in lines(make_move_result(made.state, made.events).happened)
