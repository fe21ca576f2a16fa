"""Messages to customers and our own people, and what they never say (COMM)."""

import pytest

from escalation.case import commands as c
from escalation.case.engine import decide
from escalation.case.lifecycle import State
from escalation.case.moves.begin_resolution import BeginResolution
from escalation.case.moves.raise_level import RaiseLevel
from escalation.case.moves.reopen import Reopen
from escalation.case.moves.send_update import SendUpdate
from escalation.case.moves.transfer import Transfer
from escalation.case.next_update import UpdateSent
from escalation.kernel.clock_events import ClockEnded
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Outcome
from escalation.kernel.values import CustomerText, InternalText, to_json
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.notification import CustomerNotification, message_key
from escalation.notifications.system_commands import ReportDelivery, Tick
from escalation.policy.classification import EscalationReason
from tests.builders import (
    DECLARE,
    JO,
    VERIFY,
    a_plan,
    after,
    all_delivered,
    an_acknowledged,
    an_escalation,
    at,
    clock,
    happened,
    internal,
    monday,
    notices,
    one_in,
    opening,
    the,
    to_customers,
    told,
)
from tests.said import lines

N = ClockName.NEXT_UPDATE
HELLO = CustomerText("New pallets are on their way.")
SECRET = InternalText("The depot manager forgot the roof.")


def test_an_update_tells_customers_and_promises_the_next() -> None:
    """
    COMM-3: it meets the cadence, which starts again.
    """
    decision = decide(
        an_acknowledged(priority="P2"), SendUpdate(by="ana", customer_text=HELLO), monday("09:10")
    )

    assert (["update_sent"], [f"update: {JO}"]) == (happened(decision), told(decision))
    facts = to_customers(decision, "update").facts
    assert (HELLO, monday("10:10")) == (facts.text, facts.next_update_at)
    ended = [x for x in decision.events if isinstance(x, ClockEnded)]
    assert [(N, Outcome.MET)] == [(x.clock, x.outcome) for x in ended]


def test_an_internal_update_tells_those_who_follow_it_and_leaves_the_cadence_alone() -> None:
    """
    COMM-3, COMM-6: our own people only, but not whoever wrote it.
    """
    escalation = an_acknowledged(priority="P2")
    decision = decide(escalation, SendUpdate(by="csm", internal_note=SECRET), monday("09:10"))

    assert ["update: ana, ed, ae"] == told(decision)
    assert clock(escalation, N) == clock(decision.state, N)


def test_one_update_can_tell_both_each_their_own_text() -> None:
    """
    COMM-6: the two never mix.
    """
    decision = decide(
        an_acknowledged(), SendUpdate(by="ana", customer_text=HELLO, internal_note=SECRET), monday("09:10")
    )

    assert [f"update: {JO}", "update: ed"] == told(decision)
    assert (HELLO, SECRET) == (
        to_customers(decision, "update").facts.text,
        internal(decision, "update").facts.text,
    )


def test_a_missed_update_reminds_the_owner_then_tells_the_managers() -> None:
    """
    COMM-3: and nothing goes to customers by itself where the playbook does not allow it.
    """
    escalation = an_acknowledged(priority="P2", level=7)
    reminded = decide(escalation, Tick(), monday("09:30"))
    missed = decide(reminded.state, Tick(), monday("10:00"))

    assert ["reminder: ceo"] == told(reminded)
    assert ["breach: ed, ceo"] == told(missed)


def test_a_missed_update_sends_an_honest_holding_update_if_the_playbook_allows() -> None:
    """
    COMM-3: it says when the next one comes, and the cadence goes on.
    """
    text = CustomerText("We are still at work, and have nothing new yet.")
    escalation = an_acknowledged(priority="P2", level=7, plan=a_plan(holding_update=text))
    missed = decide(after(escalation, monday("09:30"), Tick()), Tick(), monday("10:00"))

    assert ["breach: ed, ceo", f"holding: {JO}"] == told(missed)
    assert the(UpdateSent, missed).is_holding
    facts = to_customers(missed, "holding").facts
    assert (text, monday("11:00")) == (facts.text, facts.next_update_at)


def test_the_cadence_ends_with_the_resolution() -> None:
    """
    COMM-3: while it is verified customers need not be told, and may be.
    """
    verifying = one_in(State.VERIFYING)
    decision = decide(verifying, SendUpdate(by="ana", customer_text=HELLO), monday("10:00"))

    assert None is clock(verifying, N).next_at
    assert clock(verifying, N) == clock(decision.state, N)
    assert None is to_customers(decision, "update").facts.next_update_at
    assert Outcome.MET is clock(one_in(State.CLOSING), N).outcome


def test_a_hand_over_says_who_answers_next_and_when() -> None:
    """
    COMM-4.
    """
    decision = decide(an_acknowledged(), Transfer(by="ana", to="finance"), monday("09:10"))
    facts = to_customers(decision, "hand_over").facts

    assert ("Finance", monday("13:00")) == (facts.owner, facts.next_update_at)


def test_a_customer_is_never_promised_a_time_that_is_past() -> None:
    """
    COMM-4, COMM-5: an update was missed; the hand-over that follows promises none.
    """
    missed = after(an_acknowledged(priority="P2", level=7), monday("10:00"), Tick())
    decision = decide(missed, Transfer(by="ed", to="finance"), monday("10:30"))

    assert None is to_customers(decision, "hand_over").facts.next_update_at


def test_a_hand_over_that_comes_late_promises_nothing_past() -> None:
    """
    COMM-4, CLOCK-2: after downtime it rises before the missed update is noticed.
    """
    decision = decide(an_acknowledged(priority="P2"), Tick(), monday("12:00"))

    assert None is to_customers(decision, "hand_over").facts.next_update_at


def test_only_the_receipt_names_the_service_level() -> None:
    """
    COMM-5: everything after it promises the next update, never a fix time.
    """
    opened = opening(priority="P2")
    story = [
        opened,
        decide(opened.state, SendUpdate(by="ana", customer_text=HELLO), monday("09:10")),
        decide(opened.state, Transfer(by="ana", to="finance"), monday("09:10")),
        decide(opened.state, Tick(), monday("09:30")),
        decide(one_in(State.VERIFYING), VERIFY, monday("09:10")),
        decide(one_in(State.CLOSING), Reopen(by="ed", why=SECRET), monday("09:10")),
    ]
    promised = [
        notice.occasion
        for decision in story
        for notice in decision.effects
        if isinstance(notice, CustomerNotification) and notice.facts.resolve_by
    ]

    assert ["case_received"] == promised


def test_what_was_done_reaches_customers_only_in_words_meant_for_them() -> None:
    """
    COMM-6, RESOLVE-4.
    """
    command = DECLARE.model_copy(update={"done": SECRET, "customer_text": HELLO})
    decision = decide(after(an_acknowledged(), command), VERIFY, monday("09:30"))

    assert (HELLO, SECRET) == (
        to_customers(decision, "resolved").facts.text,
        internal(decision, "resolved").facts.text,
    )
    assert SECRET not in to_json(to_customers(decision, "resolved"))


def test_a_message_has_the_same_key_however_often_it_is_decided() -> None:
    """
    COMM-12: escalation, cause, occasion and recipient.
    """
    first, again = opening(), opening()
    keys = [message_key(notice, to) for notice in notices(first.effects) for to in notice.to]

    assert [
        f"ACME/4711@1:20260302T090000.000000Z.open:case_received:{JO}",
        "ACME/4711@1:20260302T090000.000000Z.open:assigned:ana",
        "ACME/4711@1:20260302T090000.000000Z.open:first_notification:ed",
    ] == keys
    assert keys == [message_key(notice, to) for notice in notices(again.effects) for to in notice.to]


def _receipts(*failed: tuple[str, str]) -> ReportDelivery:
    return ReportDelivery(
        results=tuple(
            DeliveryResult(key=f"k:{who}", recipient=who, occasion=occasion, why="550 no such mailbox")
            for who, occasion in failed
        )
    )


def test_what_cannot_be_delivered_is_raised_to_a_person() -> None:
    """
    COMM-13: the escalation manager is told who was not.
    """
    decision = decide(
        an_escalation(), _receipts((JO, "case_received"), ("csm", "first_notification")), monday("09:01")
    )

    assert ["undeliverable: ed"] == told(decision)
    assert (
        f"confirmation of receipt to {JO} did not arrive: 550 no such mailbox",
        "first notification to csm did not arrive: 550 no such mailbox",
    ) == lines(internal(decision, "undeliverable").facts.items)


@pytest.mark.parametrize("state", [State.VERIFYING, State.RESOLVING])
def test_first_notices_that_arrive_late_still_count(state: State) -> None:
    """
    COMM-2: resolved before the last one was delivered; the clock must not breach afterwards.
    """
    way: dict[State, c.Command] = {State.VERIFYING: DECLARE, State.RESOLVING: BeginResolution(by="ana")}
    quick = after(an_escalation(), monday("09:01"), way[state])
    told_all = after(quick, monday("09:02"), all_delivered(quick, monday("09:02")))

    assert Outcome.MET is clock(told_all, ClockName.FIRST_NOTIFICATION).outcome


def test_delivery_is_recorded_even_after_the_end() -> None:
    """
    COMM-12: the last messages are still on their way when it closes.
    """
    closed = one_in(State.CLOSED)
    decision = decide(closed, all_delivered(closed, monday("09:02")), monday("09:02"))

    assert (["delivery_reported"], State.CLOSED) == (happened(decision), decision.state.state)


def test_a_notice_delivered_in_time_is_in_time_however_late_we_hear_of_it() -> None:
    """
    COMM-2: the first notification of P3 is due at 10:00; told at 09:59, reported at noon.
    """
    opened = an_escalation()
    decision = decide(opened, all_delivered(opened, monday("09:59")), monday("12:00"))

    assert Outcome.MET is clock(decision.state, ClockName.FIRST_NOTIFICATION).outcome


def test_a_notice_delivered_late_is_late_even_if_that_is_all_we_hear() -> None:
    """
    CLOCK-1, COMM-2: told at 10:10, due at 10:00, reported at noon: breached, alerted, and ten minutes late.
    """
    opened = an_escalation()
    decision = decide(opened, all_delivered(opened, monday("10:10")), monday("12:00"))

    assert Outcome.BREACHED is clock(decision.state, ClockName.FIRST_NOTIFICATION).outcome
    assert "clock_breached" in happened(decision)


@pytest.mark.parametrize(
    ("reason", "at_fault"),
    [("sla_breach", True), ("repeated_delay", True), ("dissatisfied_customer", False), ("other", False)],
)
def test_the_receipt_apologises_where_the_reason_is_our_fault(reason: str, at_fault: bool) -> None:
    """
    COMM-8: the facts say so; the words are the template's.
    """
    assert at_fault == to_customers(opening(reason=reason), "case_received").facts.apologise


def test_a_window_that_ended_is_our_fault() -> None:
    """
    COMM-8, KIND-4: the hand-over of a rise by itself apologises; one that the customer wished for does not.
    """
    risen = decide(an_escalation(), Tick(), monday("09:30"))
    wished = decide(
        an_acknowledged(),
        RaiseLevel(by="ana", reason=EscalationReason.SUPERVISOR_REQUESTED),
        monday("09:10"),
    )

    assert to_customers(risen, "hand_over").facts.apologise
    assert not to_customers(wished, "hand_over").facts.apologise


def test_a_late_resolution_is_apologised_for_when_it_is_resolved_and_not_in_every_update() -> None:
    """
    COMM-8, COMM-3: a resolution that came later than the service level has it.
    """
    late = decide(an_acknowledged(), Tick(), at(10, "17:00")).state
    update = decide(late, SendUpdate(by="ana", customer_text=HELLO), at(10, "17:01"))
    resolved = after(update.state, at(10, "17:02"), DECLARE)

    assert not to_customers(update, "update").facts.apologise
    assert to_customers(decide(resolved, VERIFY, at(10, "17:03")), "resolved").facts.apologise


def test_every_message_says_when_it_happened() -> None:
    """
    COMM-9: it may be read much later, so what it tells of carries its own time.
    """
    decision = decide(an_escalation(), Tick(), monday("09:30"))

    assert {monday("09:30")} == {notice.facts.at for notice in notices(decision.effects)}
