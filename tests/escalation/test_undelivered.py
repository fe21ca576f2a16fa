"""
A message that could not be delivered is reported to a person, as long as anybody can be reached (COMM-13).
"""

from dataclasses import replace

from escalation.case.engine import Decision, decide
from escalation.case.state import Escalation
from escalation.case.view import view
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.system_commands import ReportDelivery
from tests.builders import JO, a_plan, an_escalation, happened, internal, levels_with, monday, told
from tests.said import lines
from workflows import search_attributes as sa
from workflows import web_ui

BOUNCED = "550 no such mailbox"
LINE = ("ed", "mia", "max", "sol", "dora", "stan", "ceo", "nils", "ana", "ben")
"""Escalation manager, managers of each level, a fallback contact, the owner, another contact of the level."""


def failed(who: str, occasion: str = "undeliverable") -> DeliveryResult:
    return DeliveryResult(key=f"{occasion}:{who}", recipient=who, occasion=occasion, why=BOUNCED)


def heard(who: str, occasion: str = "undeliverable") -> DeliveryResult:
    return replace(failed(who, occasion), delivered_at=monday("09:02"), why="")


def after_receipts(escalation: Escalation, *receipts: DeliveryResult) -> Decision:
    return decide(escalation, ReportDelivery(results=receipts), monday("09:03"))


def with_a_fallback() -> Escalation:
    return an_escalation(plan=a_plan(levels=levels_with(7, fallback="nils")))


def test_the_next_in_line_hears_when_the_escalation_manager_cannot_be_reached() -> None:
    """
    COMM-13: of what customers were not told, and that the escalation manager was not either.
    """
    first = after_receipts(an_escalation(), failed(JO, "case_received"))
    second = after_receipts(first.state, failed("ed"))

    assert (["undeliverable: ed"], ["undeliverable: mia"]) == (told(first), told(second))
    assert (
        f"confirmation of receipt to {JO} did not arrive: {BOUNCED}",
        f"undeliverable to ed did not arrive: {BOUNCED}",
    ) == lines(internal(second, "undeliverable").facts.items)


def test_the_line_goes_on_until_somebody_hears_and_has_an_end() -> None:
    """
    COMM-13: never silence while anybody can be reached; and nobody is told twice that they cannot be.
    """
    now, tried = with_a_fallback(), []
    decision = after_receipts(now, failed(JO, "case_received"))
    while who := [to.id for notice in decision.effects for to in notice.to]:  # type: ignore[union-attr]
        tried += who
        decision = after_receipts(decision.state, *map(failed, who))

    assert LINE == tuple(tried)
    assert "delivery_reported" in happened(decision)


def test_who_cannot_hear_is_passed_over_the_next_time() -> None:
    """
    COMM-13: a manager whose address bounces is not asked first again, until something reaches them.
    """
    deaf = after_receipts(an_escalation(), failed(JO, "case_received"), failed("ed")).state
    again = after_receipts(deaf, failed(JO, "update"))
    back = after_receipts(again.state, heard("ed", "first_notification"), failed(JO, "holding"))

    assert ["undeliverable: mia"] == told(again)
    assert ["undeliverable: ed"] == told(back)


def test_who_missed_something_just_now_is_not_told_of_it_by_the_same_address() -> None:
    """
    COMM-13: the escalation manager's own first notification bounced.
    """
    assert ["undeliverable: mia"] == told(after_receipts(an_escalation(), failed("ed", "first_notification")))


def test_one_of_two_managers_who_hears_is_enough() -> None:
    """
    COMM-13: the others on the same rung were told in the same batch.
    """
    plan = a_plan(escalation_managers=("ed", "eva"))
    first = after_receipts(an_escalation(plan=plan), failed(JO, "case_received"))
    second = after_receipts(first.state, failed("ed"), heard("eva"))

    assert (["undeliverable: ed, eva"], []) == (told(first), told(second))


def test_a_schedule_whose_person_cannot_hear_is_asked_once() -> None:
    """
    COMM-13, MATRIX-1: whoever is on call for it would be the same one again.
    """
    plan = a_plan(escalation_managers=("duty",))
    now = after_receipts(an_escalation(plan=plan), failed(JO, "case_received")).state

    assert ["undeliverable: mia"] == told(after_receipts(now, failed("nils")))


def test_what_is_missing_is_seen_by_everybody_who_looks() -> None:
    """
    COMM-13: in the view, in the details of the Web UI and in the list.
    """
    now = after_receipts(
        an_escalation(), failed(JO, "case_received"), failed(JO, "update"), failed("ed")
    ).state

    assert [(JO, "case_received"), (JO, "update"), ("ed", "undeliverable")] == [
        (each.recipient, each.occasion) for each in view(now).undelivered
    ]
    assert "**Not delivered** (3)" in web_ui.current_details(now, ())
    assert 2 == web_ui.search_values(now)[sa.UNDELIVERED]
    assert web_ui.search_values(an_escalation())[sa.UNDELIVERED] is None
