"""
Questions to customers: asked with a due time, answered or not, while clocks stand still (TALK-4).
"""

from datetime import timedelta
from typing import Any

import pytest

from escalation.case.engine import decide
from escalation.case.lifecycle import State
from escalation.case.moves.answer_question import AnswerQuestion, QuestionAnswered
from escalation.case.moves.ask_customer import AskCustomer
from escalation.case.moves.pause import PauseClocks
from escalation.case.outdated_notifications import find_outdated
from escalation.case.state import Escalation
from escalation.case.view import view
from escalation.kernel.budgets import QUESTIONS
from escalation.kernel.clock_name import ClockName
from escalation.kernel.refusals import (
    BadRequest,
    EscalationError,
    MoveNotAllowed,
    RoleNotAllowed,
    UnknownName,
)
from escalation.kernel.values import CustomerText, CustomerWords
from escalation.measures.fold import measure_events
from escalation.notifications.notification import NotificationBatch
from escalation.notifications.system_commands import Tick
from escalation.policy.plan import PausePolicy, Target
from tests.builders import (
    HOUR,
    JO,
    a_customer,
    a_plan,
    after,
    an_acknowledged,
    clock,
    happened,
    monday,
    one_in,
    opening,
    the,
    to_customers,
    told,
    tuesday,
)

WAITING = "waiting_for_customer"
STOPS = (ClockName.LEVEL_WINDOW, ClockName.RESOLUTION, ClockName.NEXT_UPDATE)
REASONS = {
    WAITING: PausePolicy(stops=STOPS, at_most=Target(after=4 * HOUR)),
    "waiting_for_vendor": PausePolicy(stops=(ClockName.LEVEL_WINDOW,)),
}
PLAN = a_plan(question_pause=WAITING, pause_reasons=REASONS)


def a_case(**changes: Any) -> Escalation:
    return an_acknowledged(**{"plan": PLAN, "priority": "P2"} | changes)


def a_question(by: str = "ben", **changes: Any) -> AskCustomer:
    said: dict[str, Any] = {
        "account": "ACME",
        "text": CustomerText("Which pallets?"),
        "what_for": CustomerText("To find the truck."),
        "due_at": monday("11:00"),
    }
    return AskCustomer(**{"by": by} | said | changes)


def an_answer(by: str = JO, **changes: Any) -> AnswerQuestion:
    return AnswerQuestion(**{"by": by, "answer": CustomerWords("The green ones")} | changes)


def test_the_customer_is_asked_and_clocks_stand_still() -> None:
    """
    TALK-4: what, what for, by when; and nobody else is told.
    """
    decision = decide(a_case(), a_question(), monday("09:10"))

    assert ["customer_asked", "clocks_paused"] == happened(decision)
    assert [f"customer_question: {JO}"] == told(decision)
    facts = to_customers(decision, "customer_question").facts
    assert ("Which pallets?", "To find the truck.", monday("11:00"), 1) == (
        facts.text,
        facts.what_for,
        facts.answer_by,
        facts.question,
    )
    assert WAITING == view(decision.state).paused_because
    assert clock(decision.state, ClockName.RESOLUTION).due_at is None


def test_the_answer_resumes_the_clocks_and_those_who_wait_hear_it() -> None:
    """
    TALK-4: owner and whoever asked, and nobody else.
    """
    asked = after(a_case(), monday("09:10"), a_question())
    decision = decide(asked, an_answer(), monday("09:40"))

    assert ["question_answered", "clocks_resumed"] == happened(decision)
    assert ["question_answered: ana, ben"] == told(decision)
    assert (JO, 1) == (the(QuestionAnswered, decision).contact, the(QuestionAnswered, decision).number)
    assert () == view(decision.state).questions
    assert not clock(decision.state, ClockName.CUSTOMER_ANSWER).is_running
    assert monday("17:00") == clock(a_case(), ClockName.RESOLUTION).due_at
    assert (
        tuesday("09:30") == clock(decision.state, ClockName.RESOLUTION).due_at
    )  # 30 min later, of open hours


def test_the_pause_lasts_until_the_last_answer() -> None:
    now = after(a_case(), monday("09:10"), a_question(), a_question(due_at=monday("10:00")))
    assert monday("10:00") == clock(now, ClockName.CUSTOMER_ANSWER).due_at

    now = after(now, monday("09:20"), an_answer(number=2))
    assert now.pause is not None
    assert monday("11:00") == clock(now, ClockName.CUSTOMER_ANSWER).due_at
    assert after(now, monday("09:30"), an_answer()).pause is None


def test_no_answer_reminds_the_customer_once_and_tells_the_owner() -> None:
    """
    TALK-4: the pause lasts on, up to its longest time; then the clocks run on.
    """
    asked = after(a_case(), monday("09:10"), a_question())

    late = decide(asked, Tick(), monday("11:00"))
    assert ["question_reminded"] == happened(late)
    assert [f"customer_question: {JO}", "question_unanswered: ana, ben"] == told(late)
    assert to_customers(late, "customer_question").facts.is_reminder
    assert late.state.pause is not None

    later = decide(late.state, Tick(), monday("13:10"))
    assert "clocks_resumed" in happened(later)
    assert "question_reminded" not in happened(later)
    assert later.state.pause is None
    assert 1 == len(later.state.questions)  # an answer is still welcome


def test_an_agent_answers_in_the_words_of_the_customer() -> None:
    customers = [a_customer("ACME", "jo@acme.example", "jim@acme.example")]
    asked = after(a_case(customers=customers), monday("09:10"), a_question())
    said = the(QuestionAnswered, decide(asked, an_answer("ana", contact="jim@acme.example"), monday("09:20")))

    assert ("ana", "ACME:jim@acme.example", "The green ones") == (said.by, said.contact, said.answer)


def test_only_contacts_of_the_account_are_asked_and_may_answer() -> None:
    now = a_case(customers=[a_customer("ACME"), a_customer("GLOBEX")])
    asked = decide(now, a_question(account="GLOBEX"), monday("09:10"))

    assert ["customer_question: GLOBEX:jo@globex.example"] == told(asked)
    with pytest.raises(RoleNotAllowed):
        decide(asked.state, an_answer(), monday("09:20"))


def test_without_a_reason_in_the_playbook_no_clock_stands_still() -> None:
    now = after(a_case(plan=a_plan()), monday("09:10"), a_question())

    assert now.pause is None
    assert () == after(now, monday("09:20"), an_answer()).questions


def test_a_pause_for_something_else_is_left_alone() -> None:
    """
    TALK-4: one pause at a time; the answer ends only that of the playbook's reason.
    """
    paused = after(a_case(), monday("09:05"), PauseClocks(by="ana", because="waiting_for_vendor"))
    now = after(paused, monday("09:10"), a_question())
    now = after(now, monday("09:20"), an_answer())

    assert now.pause is not None
    assert "waiting_for_vendor" == now.pause.reason


def test_a_resolution_that_is_verified_asks_without_a_pause() -> None:
    decision = decide(one_in(State.VERIFYING, plan=PLAN), a_question(), monday("09:10"))

    assert ["customer_asked"] == happened(decision)


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (a_question(account="BOLT"), UnknownName),
        (a_question(due_at=monday("09:00")), BadRequest),  # it is past
        (an_answer("ana", number=7), UnknownName),
        (a_question(by=JO), RoleNotAllowed),
    ],
)
def test_what_cannot_be_asked_or_answered_is_refused(
    command: AskCustomer | AnswerQuestion, refusal: type[EscalationError]
) -> None:
    asked = after(a_case(), monday("09:10"), a_question())

    with pytest.raises(refusal):
        decide(asked, command, monday("09:20"))


def test_of_several_questions_one_is_named() -> None:
    two = after(a_case(), monday("09:10"), a_question(), a_question())

    with pytest.raises(MoveNotAllowed, match="several questions are open; say the number of one: 1, 2"):
        decide(two, an_answer(), monday("09:20"))
    with pytest.raises(MoveNotAllowed, match="no question to a customer is open"):
        decide(a_case(), an_answer(), monday("09:20"))


def test_there_is_a_limit_of_open_questions() -> None:
    many = after(a_case(), monday("09:10"), *(a_question() for _ in range(QUESTIONS)))

    with pytest.raises(MoveNotAllowed, match=f"{QUESTIONS} questions wait"):
        decide(many, a_question(), monday("09:20"))


def test_a_question_that_was_answered_meanwhile_does_not_leave() -> None:
    """
    TALK-4, COMM-12: neither the question nor its reminder.
    """
    asked = decide(a_case(), a_question(), monday("09:10"))
    batch = NotificationBatch(notices=(to_customers(asked, "customer_question"),))
    answered = decide(asked.state, an_answer(), monday("09:20"))

    assert {} == find_outdated(asked.state, asked.events, batch)
    assert 1 == len(find_outdated(answered.state, (*asked.events, *answered.events), batch))


def test_questions_and_the_time_waited_for_answers_are_measured() -> None:
    """
    TALK-4: those without an answer too.
    """
    start = opening(plan=PLAN, priority="P2")
    now, events = start.state, list(start.events)
    story = (
        (a_question(), "09:10"),
        (a_question(), "09:15"),
        (an_answer(number=1), "09:30"),
        (an_answer(number=2), "09:45"),
    )
    for command, at in story:
        decision = decide(now, command, monday(at))
        now, events = decision.state, [*events, *decision.events]

    measured = measure_events(events)
    assert (2, timedelta(minutes=50)) == (measured.questions, measured.answers_awaited)
    assert measure_events(start.events).answers_awaited is None
