"""
Texts for customers that wait for approval, and apologies (COMM-6, COMM-8).
"""

import pytest

from escalation.case.engine import allowed_moves, decide
from escalation.case.lifecycle import Move
from escalation.case.move_index import PersonsCommand
from escalation.case.moves.approve_text import ApproveText
from escalation.case.moves.cancel import Cancel
from escalation.case.moves.edit_text import EditText
from escalation.case.moves.reject_text import RejectText
from escalation.case.moves.send_update import SendUpdate
from escalation.case.next_update import UpdateSent
from escalation.case.outdated_notifications import find_outdated
from escalation.case.state import Escalation
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Outcome
from escalation.kernel.refusals import (
    BadRequest,
    EscalationError,
    MoveNotAllowed,
    RoleNotAllowed,
    UnknownName,
)
from escalation.kernel.values import CustomerText, InternalText, from_plain
from escalation.notifications.notification import NotificationBatch
from escalation.notifications.system_commands import Tick
from escalation.policy.classification import CancelCause
from escalation.policy.plan import Target, TextApproval
from tests.builders import (
    DECLARE,
    JO,
    MINUTE,
    VERIFY,
    a_plan,
    after,
    an_acknowledged,
    clock,
    happened,
    internal,
    monday,
    notices,
    opening,
    the,
    to_customers,
    told,
)
from tests.said import lines

N, TEXT = ClockName.NEXT_UPDATE, ClockName.CUSTOMER_TEXT
HELLO, BETTER = CustomerText("Soon."), CustomerText("By noon you will hear more.")
WHY = InternalText("promises a date")
WITHIN = Target(after=30 * MINUTE, thresholds=(50,))


def one_that_approves(**changes: object) -> Escalation:
    approval = from_plain(TextApproval, {"approvers": ("mia", "finance"), "within": WITHIN, **changes})
    return an_acknowledged(priority="P2", level=7, plan=a_plan(text_approval=approval))


def waiting(*texts: CustomerText, by: str = "ana", **changes: object) -> Escalation:
    updates = [SendUpdate(by=by, customer_text=text) for text in texts or (HELLO,)]
    return after(one_that_approves(**changes), monday("09:10"), *updates)


def test_a_text_for_customers_waits_until_it_is_approved() -> None:
    """
    COMM-6: approvers read it, customers do not, and the cadence is not met by it.
    """
    decision = decide(one_that_approves(), SendUpdate(by="ana", customer_text=HELLO), monday("09:10"))

    assert (["text_submitted"], ["text_approval_wanted: mia, finance"]) == (
        happened(decision),
        told(decision),
    )
    facts = internal(decision, "text_approval_wanted").facts
    assert ("Soon.", monday("09:40")) == (facts.text, facts.due_at)
    assert monday("09:00") == clock(decision.state, N).started_at


def test_the_internal_half_of_an_update_does_not_wait() -> None:
    """
    COMM-6: approval is for what customers read.
    """
    update = SendUpdate(by="ana", customer_text=HELLO, internal_note=WHY)
    decision = decide(one_that_approves(), update, monday("09:10"))

    assert ["update_sent", "text_submitted"] == happened(decision)
    assert None is the(UpdateSent, decision).customer_text
    assert ["text_approval_wanted: mia, finance", "update: ceo, ed, csm, ae"] == told(decision)


def test_an_approved_text_goes_out_and_meets_the_cadence() -> None:
    """
    COMM-6, COMM-3: it states when the next comes.
    """
    decision = decide(waiting(), ApproveText(by="mia"), monday("09:20"))

    assert (["text_approved", "update_sent"], [f"update: {JO}"]) == (happened(decision), told(decision))
    facts = to_customers(decision, "update").facts
    assert (HELLO, monday("10:20")) == (facts.text, facts.next_update_at)
    assert monday("09:20") == clock(decision.state, N).started_at
    assert (Outcome.MET, ()) == (clock(decision.state, TEXT).outcome, decision.state.pending_texts)


def test_a_rejected_text_goes_back_to_its_author_with_the_reason() -> None:
    """
    COMM-6: customers are told nothing.
    """
    decision = decide(waiting(), RejectText(by="fay", why=WHY), monday("09:20"))

    assert (["text_rejected"], ["text_rejected: ana"]) == (happened(decision), told(decision))
    assert WHY == internal(decision, "text_rejected").facts.text
    assert () == decision.state.pending_texts


def test_an_edited_text_waits_on_under_the_same_clock() -> None:
    """
    COMM-6: by an approver or its author; what goes out is what was approved.
    """
    edited = decide(waiting(), EditText(by="mia", text=BETTER), monday("09:20"))
    approved = decide(edited.state, ApproveText(by="fay"), monday("09:25"))

    assert ["text_approval_wanted: finance"] == told(edited)
    assert monday("09:40") == clock(edited.state, TEXT).due_at
    assert BETTER == to_customers(approved, "update").facts.text


@pytest.mark.parametrize(
    ("command", "error", "says"),
    [
        (
            ApproveText(by="ana", number=1),
            RoleNotAllowed,
            "Ana may not approve text; who may: Mia, Finance",
        ),
        (EditText(by="ben", number=1, text=BETTER), RoleNotAllowed, "Ben may not edit text"),
        (RejectText(by="ben", number=2, why=WHY), RoleNotAllowed, "Ben may not reject text"),
        (ApproveText(by="mia", number=7), UnknownName, "no waiting text '7'; known: 1, 2"),
        (ApproveText(by="mia"), BadRequest, "number: given nothing; allowed: one of 1, 2"),
    ],
)
def test_what_stands_in_the_way_is_said(
    command: PersonsCommand, error: type[EscalationError], says: str
) -> None:
    """
    COMM-6, ROLE-2.
    """
    with pytest.raises(error, match=says):
        decide(waiting(HELLO, BETTER), command, monday("09:20"))


def test_nobody_approves_a_text_of_their_own_unless_the_playbook_says_so() -> None:
    """
    COMM-6: four eyes, where somebody else has written no word of it.
    """
    with pytest.raises(MoveNotAllowed, match="Mia wrote text 1, so somebody else must approve it"):
        decide(waiting(by="mia"), ApproveText(by="mia"), monday("09:20"))

    edited = after(waiting(), EditText(by="mia", text=BETTER))
    with pytest.raises(MoveNotAllowed, match="Mia wrote text 1, so somebody else must approve it"):
        decide(edited, ApproveText(by="mia"), monday("09:20"))

    own = decide(waiting(by="mia", author_may=True), ApproveText(by="mia"), monday("09:20"))
    assert [f"update: {JO}"] == told(own)


def test_where_nothing_waits_there_is_nothing_to_approve() -> None:
    """
    COMM-6: the moves are not among those allowed.
    """
    moves = {Move.APPROVE_TEXT, Move.EDIT_TEXT, Move.REJECT_TEXT}

    assert not moves & set(allowed_moves(one_that_approves()))
    assert moves <= set(allowed_moves(waiting()))
    with pytest.raises(MoveNotAllowed, match="cannot approve text because no text waits for approval"):
        decide(one_that_approves(), ApproveText(by="mia"), monday("09:20"))


def test_a_text_that_nobody_looks_at_is_brought_up() -> None:
    """
    COMM-6, CLOCK-6: approvers are reminded, then the managers of the level are told as well.
    """
    reminded = decide(waiting(), Tick(), monday("09:25"))
    missed = decide(after(reminded.state, monday("09:30"), Tick()), Tick(), monday("09:40"))

    assert ["reminder: mia, finance"] == told(reminded)
    assert ["breach: ed, mia, finance"] == told(missed)


def test_of_several_texts_the_clock_counts_for_the_one_that_waits_longest() -> None:
    """
    COMM-6, CLOCK-1.
    """
    second = after(waiting(), monday("09:20"), SendUpdate(by="ana", customer_text=BETTER))
    left = after(second, monday("09:30"), ApproveText(by="mia", number=1))

    assert monday("09:40") == clock(second, TEXT).due_at
    assert (monday("09:20"), monday("09:50")) == (clock(left, TEXT).started_at, clock(left, TEXT).due_at)


def test_a_holding_update_needs_no_approval_and_says_what_it_is() -> None:
    """
    COMM-3, COMM-6: its words are the playbook's.
    """
    approval = TextApproval(approvers=("mia",), within=WITHIN)
    plan = a_plan(text_approval=approval, holding_update=CustomerText("Still at work."))
    now = an_acknowledged(priority="P2", level=7, plan=plan)
    missed = decide(after(now, monday("09:30"), Tick()), Tick(), monday("10:00"))

    assert f"holding: {JO}" in told(missed)


def test_an_update_carries_an_apology_if_its_author_wants_one() -> None:
    """
    COMM-8: also when it had to be approved first.
    """
    update = SendUpdate(by="ana", customer_text=HELLO, apologise=True)
    at_once = decide(an_acknowledged(), update, monday("09:10"))
    held = after(one_that_approves(), monday("09:10"), update)

    assert to_customers(at_once, "update").facts.apologise
    assert to_customers(decide(held, ApproveText(by="mia"), monday("09:20")), "update").facts.apologise


def test_a_text_that_waits_keeps_it_from_being_closed() -> None:
    """
    COMM-3, CLOSE-8: it is sent or rejected first, and does not vanish.
    """
    closing = after(waiting(), DECLARE, VERIFY)

    assert "text 1 for customers waits for approval" in lines(closing.missing_to_close)
    assert not any(
        "text" in what for what in lines(after(closing, RejectText(by="mia", why=WHY)).missing_to_close)
    )


def test_a_cancellation_gives_waiting_texts_back_to_their_authors() -> None:
    """
    COMM-3, CLOSE-10: with the reason, even if it takes a while to arrive.
    """
    cancel = Cancel(by="ed", cause=CancelCause.WITHDRAWN, why=WHY)
    decision = decide(waiting(HELLO, BETTER), cancel, monday("09:20"))
    rejected = [each for each in notices(decision.effects) if each.occasion == "text_rejected"]

    assert ((), ["ana", "ana"]) == (decision.state.pending_texts, [each.to[0].id for each in rejected])
    assert {} == find_outdated(decision.state, decision.events, NotificationBatch(notices=tuple(rejected)))
    assert Outcome.CANCELLED is clock(decision.state, TEXT).outcome


@pytest.mark.parametrize("is_ours", [True, False])
def test_a_start_says_whether_the_company_is_at_fault(is_ours: bool) -> None:
    """
    COMM-8: whatever the reason code says.
    """
    assert is_ours == to_customers(opening(our_fault=is_ours), "case_received").facts.apologise
