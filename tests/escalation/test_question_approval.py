"""
Questions to customers that wait for approval, as updates do where the playbook wants it (COMM-6, TALK-4).
"""

from dataclasses import replace

import pytest

from escalation.case.engine import decide
from escalation.case.moves.approve_text import ApproveText
from escalation.case.moves.ask_customer import AskCustomer
from escalation.case.moves.cancel import Cancel
from escalation.case.moves.edit_text import EditText
from escalation.case.moves.reject_text import RejectText
from escalation.case.state import Escalation
from escalation.kernel.clock_name import ClockName
from escalation.kernel.refusals import BadRequest, MoveNotAllowed
from escalation.kernel.values import CustomerText, InternalText
from escalation.policy.plan import Target, TextApproval
from tests.builders import (
    MINUTE,
    a_plan,
    after,
    an_acknowledged,
    happened,
    internal,
    monday,
    notices,
    to_customers,
)
from tests.escalation.test_questions import REASONS, WAITING
from tests.said import said

BETTER = CustomerText("Which pallets, by number?")
APPROVAL = TextApproval(approvers=("mia", "finance"), within=Target(after=30 * MINUTE))
PLAN = replace(a_plan(question_pause=WAITING, pause_reasons=REASONS), text_approval=APPROVAL)


def a_question(by: str = "ana") -> AskCustomer:
    return AskCustomer(
        by=by,
        account="ACME",
        text=CustomerText("Which pallets?"),
        what_for=CustomerText("To find the truck."),
        due_at=monday("11:00"),
    )


def waiting(by: str = "ana") -> Escalation:
    return after(one_that_approves(), monday("09:10"), a_question(by))


def one_that_approves() -> Escalation:
    return an_acknowledged(priority="P2", level=7, plan=PLAN)


def test_a_question_waits_until_it_is_approved() -> None:
    """Approvers read all that the customer would; the customer gets nothing, and no clock stands still for it."""
    now = waiting()
    approved = decide(now, ApproveText(by="mia"), monday("09:20"))

    assert ((), None) == (now.questions, now.pause)
    assert ["Which pallets?"] == [str(text.text) for text in now.pending_texts]
    (question,) = approved.state.questions
    assert (1, "ana", monday("11:00")) == (question.number, question.by, question.due_at)
    assert approved.state.pause
    assert approved.state.is_clock_running(ClockName.CUSTOMER_ANSWER)
    assert [] == [kind for kind in happened(approved) if kind == "update_sent"]
    assert "Which pallets?" == to_customers(approved, "customer_question").facts.text
    assert () == approved.state.pending_texts


def test_approvers_read_what_it_is_needed_for() -> None:
    """All words of the question are a customer's to read."""
    made = decide(one_that_approves(), a_question(), monday("09:10"))

    assert "Which pallets?\n\nTo find the truck." == internal(made, "text_approval_wanted").facts.text
    assert [] == [each for each in notices(made.effects) if each.audience == "customer"]


def test_a_question_is_asked_in_the_words_of_whoever_edited_it() -> None:
    """The purpose stays the same."""
    edited = after(waiting(), EditText(by="mia", text=BETTER))

    approved = decide(edited, ApproveText(by="fay"), monday("09:30"))

    (question,) = approved.state.questions
    assert (BETTER, "To find the truck.") == (question.text, str(question.what_for))


def test_a_question_whose_time_is_over_is_not_asked_any_more() -> None:
    """The approver is told why; it can be rejected, and nobody was asked."""
    late = monday("11:30")
    with pytest.raises(BadRequest) as refused:
        decide(waiting(), ApproveText(by="mia"), late)
    rejected = decide(waiting(), RejectText(by="mia", why=InternalText("Too late")), late)

    assert "due_at" in {fault.where for fault in refused.value.faults}
    assert ((), ()) == (rejected.state.questions, rejected.state.pending_texts)


def test_the_author_does_not_approve_their_own_question() -> None:
    """As with an update."""
    with pytest.raises(MoveNotAllowed, match=r"wrote|written"):
        decide(waiting("mia"), ApproveText(by="mia"), monday("09:20"))


def test_an_open_question_ends_with_the_escalation() -> None:
    """The record says that nobody answered; a new escalation asks again what it still needs."""
    asked = decide(waiting(), ApproveText(by="mia"), monday("09:20")).state

    made = decide(asked, Cancel(by="ana", why=InternalText("Withdrawn")), monday("09:30"))

    assert () == made.state.questions
    (ended,) = [event for event in made.events if event.kind == "questions_ended"]
    assert "questions 1 ended unanswered" == said(ended.sentence())
