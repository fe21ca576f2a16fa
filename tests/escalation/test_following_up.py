"""
After the close: the survey, the post-mortem, and actions until they are done (CLOSE-6, CLOSE-7).
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from escalation.case import commands as c
from escalation.case.effects import OpenSuccessor
from escalation.case.engine import Decision, allowed_moves, decide
from escalation.case.follow_up_actions import Origin
from escalation.case.lifecycle import Move, State
from escalation.case.move_index import PersonsCommand
from escalation.case.moves.acknowledge import Acknowledge
from escalation.case.moves.answer_survey import AnswerSurvey
from escalation.case.moves.change_priority import ChangePriority
from escalation.case.moves.close import Close
from escalation.case.moves.confirm_access import ConfirmAccess
from escalation.case.moves.file_post_mortem import FilePostMortem, PostMortemFiled
from escalation.case.moves.file_rca import FileRca
from escalation.case.moves.finish_action import FinishAction
from escalation.case.moves.reopen import Reopen, Reopened
from escalation.case.moves.send_update import SendUpdate
from escalation.case.post_mortem import PostMortem
from escalation.case.rca_content import CorrectiveAction
from escalation.case.resolution import AccessAnswer
from escalation.case.state import Escalation
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Outcome
from escalation.kernel.reasons import term
from escalation.kernel.refusals import (
    BadRequest,
    EscalationError,
    MoveNotAllowed,
    RoleNotAllowed,
    UnknownName,
)
from escalation.kernel.values import CustomerText, InternalText
from escalation.notifications.system_commands import Tick
from escalation.policy.classification import Priority
from escalation.policy.plan import ActionPolicy
from messages.speaker import speaker
from tests.builders import (
    DECLARE,
    JO,
    RCA_COURSE,
    VERIFY,
    a_customer,
    a_plan,
    after,
    an_acknowledged,
    an_rca,
    at,
    clock,
    friday,
    happened,
    internal,
    monday,
    one_in,
    ready_to_close,
    the,
    told,
)
from tests.escalation.plans import A_SURVEY
from tests.said import lines, said

AL = "BOLT:al@bolt.example"
BO = "BOLT:bo@bolt.example"
CUSTOMERS = (a_customer("ACME"), a_customer("BOLT", "al@bolt.example", "bo@bolt.example"))
CLOSE = Close(by="ed")


def a_closed(**changes: Any) -> Escalation:
    """Closed on Monday at 09:00, with a survey until Friday at 17:00, and two customers of three contacts."""
    rules: dict[str, Any] = {"survey": A_SURVEY, "actions": ActionPolicy()}
    plan = a_plan(**rules | changes)
    return one_in(State.CLOSED, plan=plan, customers=CUSTOMERS)


def answer(by: str, account: str = "ACME", score: int = 5, **more: Any) -> AnswerSurvey:
    return AnswerSurvey(by=by, account=account, score=score, **more)


def a_post_mortem(**changes: Any) -> PostMortem:
    return PostMortem.model_validate(
        {
            "participants": ["ed", "ana", "Jo of ACME"],
            "findings": ["nobody looked at the weather"],
            "concessions": [
                {"what": "a refund", "amount": "250.00", "currency": "EUR", "approved_by": "ceo"}
            ],
            "actions": [
                {"what": "buy tarpaulins", "owner": "max", "due": "2026-03-10"},
                {"what": "train the drivers", "owner": "mia", "due": "2026-03-20"},
            ],
        }
        | changes
    )


def filed(**changes: Any) -> FilePostMortem:
    return FilePostMortem(by="ed", post_mortem=a_post_mortem(**changes))


def refusal(escalation: Escalation, command: c.Command, now: datetime = at(1, "09:00")) -> EscalationError:
    with pytest.raises(EscalationError) as refused:
        decide(escalation, command, now)
    return refused.value


# The survey.


def test_each_customer_contact_is_asked_on_close() -> None:
    """
    CLOSE-6: and answers are taken for five business days.
    """
    closing = one_in(State.CLOSING, plan=a_plan(survey=A_SURVEY), customers=CUSTOMERS)
    decision = decide(after(closing, *ready_to_close(closing)), CLOSE, monday("09:30"))

    assert [f"closed: {JO}, {AL}, {BO}", f"survey: {JO}, {AL}, {BO}"] == told(decision)[1:]
    assert at(7, "09:30") == clock(decision.state, ClockName.SURVEY).due_at
    assert (True, None) == (decision.state.is_followed_up, decision.state.next_due_at)


def test_without_a_survey_in_the_playbook_nobody_is_asked() -> None:
    """
    CLOSE-6: as before there were surveys; nothing follows.
    """
    closed = a_closed(survey=None)

    assert (False, None, ()) == (closed.is_followed_up, closed.wake_at, allowed_moves(closed))
    assert "because it has no survey" in refusal(closed, answer(JO)).message


def test_an_answer_is_on_record() -> None:
    """
    CLOSE-6: whose it is, the score, the comment; a good one alerts nobody.
    """
    decision = decide(a_closed(), answer(JO, comment=InternalText("well done")), at(1, "09:00"))
    recorded = decision.state.survey[JO]

    assert ("ACME", 5, "well done", JO) == (
        recorded.account,
        recorded.score,
        recorded.comment,
        recorded.by,
    )
    assert (["survey_answered"], []) == (happened(decision), told(decision))


@pytest.mark.parametrize(("score", "alerts"), [(1, True), (2, True), (3, False)])
def test_a_low_score_alerts_the_escalation_managers(score: int, alerts: bool) -> None:
    """
    CLOSE-6: with who gave it, and what they wrote.
    """
    command = answer(JO, score=score, comment=InternalText("late again"))
    decision = decide(a_closed(), command, at(1, "09:00"))

    assert (["low_score: ed"] if alerts else []) == told(decision)
    assert [] == [effect for effect in decision.effects if isinstance(effect, OpenSuccessor)]
    if alerts:
        facts = internal(decision, "low_score").facts
        assert (f"Jo of ACME gave {score} of 5", "late again", "Jo") == (
            said(facts.why),
            facts.text,
            facts.by,
        )


def test_a_low_score_reopens_where_the_playbook_says_so_and_once() -> None:
    """
    CLOSE-6, CLOSE-9, KIND-3: a new escalation that names its predecessor and starts one level higher, with the
    priority that it has by now.
    """
    raised = an_acknowledged(plan=a_plan(survey=replace(A_SURVEY, reopens=True)), customers=CUSTOMERS)
    at_p4 = after(raised, ChangePriority(by="ed", priority=Priority.P4))
    closed = after(at_p4, DECLARE, VERIFY, *ready_to_close(at_p4), CLOSE)
    first = decide(closed, answer(JO, score=1), at(1, "09:00"))
    second = decide(first.state, answer(AL, "BOLT", score=1), at(1, "10:00"))
    (opens,) = [effect for effect in first.effects if isinstance(effect, OpenSuccessor)]

    assert (closed.id, 2, Priority.P4, "ed") == (
        opens.request.predecessor,
        opens.request.entry_level,
        opens.request.priority,
        opens.request.submitted_by,
    )
    assert ["survey_answered", "successor_asked"] == happened(first)
    assert ["survey_answered"] == happened(second)
    assert ["low_score: ed"] == told(second)


def test_our_people_record_what_they_were_told() -> None:
    """
    CLOSE-6: the contact is named where the account has several.
    """
    closed = a_closed()
    unnamed = refusal(closed, answer("eva", "BOLT"))
    named = after(closed, at(1, "09:00"), answer("eva", "BOLT", contact="bo@bolt.example"))

    assert isinstance(unnamed, BadRequest)
    assert (
        "contact: given nothing; allowed: whose answer it is, of several contacts of BOLT: al@bolt.example, "
        in (unnamed.message)
    )
    assert ("eva", [BO]) == (named.survey[BO].by, list(named.survey))
    assert [JO] == list(after(closed, answer("eva")).survey)  # the only one of ACME


@pytest.mark.parametrize(
    ("command", "kind", "says"),
    [
        (answer(JO), MoveNotAllowed, "Jo has answered the survey already; each contact answers once"),
        (answer("eva"), MoveNotAllowed, "Jo has answered the survey already"),
        (answer(JO, "BOLT"), RoleNotAllowed, "Jo may not answer survey for BOLT"),
        (
            answer(AL, "BOLT", contact="bo@bolt.example"),
            RoleNotAllowed,
            "Al may not answer survey for Bo; contacts of customers may for themselves",
        ),
        (
            answer("eva", "ACNE"),
            UnknownName,
            "no affected customer 'ACNE'; known: ACME, BOLT; did you mean ACME?",
        ),
        (
            answer("eva", "ACME", contact="al@bolt.example"),
            UnknownName,
            "no contact of ACME 'al@bolt.example'",
        ),
        (answer("mallory"), UnknownName, "unknown person 'mallory'"),
    ],
)
def test_an_answer_that_is_none_of_theirs_is_refused(
    command: AnswerSurvey, kind: type[EscalationError], says: str
) -> None:
    """
    CLOSE-6, ROLE-2: one answer of each contact, for themselves.
    """
    refused = refusal(after(a_closed(), at(1, "08:00"), answer(JO)), command)

    assert kind is type(refused)
    assert f"ACME/4711: {says}" in refused.message


@pytest.mark.parametrize("score", [0, 6, -1, 2.5, "good", None])
def test_a_score_out_of_range_is_refused(score: Any) -> None:
    """
    CLOSE-6: 1 to 5.
    """
    with pytest.raises(ValidationError):
        AnswerSurvey.model_validate({"by": JO, "account": "ACME", "score": score})


def test_a_survey_is_not_open_before_the_close() -> None:
    """
    CLOSE-6: the machine says so.
    """
    closing = one_in(State.CLOSING, plan=a_plan(survey=A_SURVEY))

    assert "cannot answer survey while closing" in refusal(closing, answer(JO), monday("09:10")).message


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ((), Outcome.CANCELLED),
        ((answer(JO), answer(AL, "BOLT")), Outcome.CANCELLED),
        ((answer(JO), answer(AL, "BOLT"), answer(BO, "BOLT")), Outcome.MET),
    ],
)
def test_the_survey_ends_by_itself(answers: tuple[c.Command, ...], outcome: Outcome) -> None:
    """
    CLOSE-6, CLOCK-1: met if everybody answered; nobody is told, and nothing is due after it.
    """
    answered = after(a_closed(), at(1, "09:00"), *answers)
    ended = decide(answered, Tick(), friday("17:00"))

    assert friday("17:00") == answered.wake_at
    assert outcome is clock(ended.state, ClockName.SURVEY).outcome
    assert ([], None, False) == (told(ended), ended.state.wake_at, ended.state.is_followed_up)
    late = refusal(ended.state, answer(AL, "BOLT"), friday("17:01"))
    assert "ACME/4711: cannot answer survey because its survey has ended; allowed now: reopen" == late.message


def test_an_answer_at_the_last_moment_comes_before_the_end_and_one_after_it_too_late() -> None:
    """
    CLOSE-6, CLOCK-1: instants are compared, whether or not a timer fired.
    """
    closed = a_closed()

    assert {JO} == set(after(closed, friday("16:59"), answer(JO)).survey)
    assert "its survey has ended" in refusal(closed, answer(JO), friday("17:00")).message


# What customers may do.


@pytest.mark.parametrize(
    "command",
    [
        Acknowledge(by=JO),
        Reopen(by=JO, why=InternalText("no")),
        SendUpdate(by=JO, customer_text=CustomerText("hello")),
        CLOSE.model_copy(update={"by": JO}),
    ],
)
def test_a_customers_contact_may_answer_and_nothing_else(command: PersonsCommand) -> None:
    """
    ROLE-2: the refusal says what they may.
    """
    refused = refusal(one_in(State.CLOSING), command, monday("09:10"))

    assert isinstance(refused, RoleNotAllowed)
    move = speaker().say(term(command.move))
    assert (
        f"ACME/4711: Jo may not {move}; contacts of customers may, for their own account: "
        "confirm access, answer survey, add evidence, record customer message, state impact, answer question"
    ) == refused.message


def confirm(by: str, account: str, said: AccessAnswer) -> ConfirmAccess:
    return ConfirmAccess(by=by, account=account, answer=said, note=InternalText("the gate stays shut"))


def test_a_contact_confirms_access_of_their_own_account() -> None:
    """
    RESOLVE-6: whatever roles the playbook gives that move to our people; the record has the contact's name.
    """
    plan = a_plan(permissions={Move.CONFIRM_ACCESS: ("engagement_manager",)})
    closing = one_in(State.CLOSING, plan=plan)
    yes = decide(closing, confirm(JO, "ACME", AccessAnswer.YES), monday("09:10"))
    no = decide(closing, confirm(JO, "ACME", AccessAnswer.NO), monday("09:10"))

    assert (JO, State.CLOSING) == (yes.state.access["ACME"].by, yes.state.state)
    assert State.RESOLVING is no.state.state
    assert "ACME cannot use the service yet. the gate stays shut" == said(the(Reopened, no).why)
    assert "ACME cannot use the service yet" == said(internal(no, "reopened").facts.why)


def test_a_contact_neither_waives_nor_answers_for_others() -> None:
    """
    RESOLVE-6, ROLE-2: yes or no, for their own account.
    """
    closing = one_in(State.CLOSING, customers=CUSTOMERS)
    waived = refusal(closing, confirm(JO, "ACME", AccessAnswer.WAIVED), monday("09:10"))
    other = refusal(closing, confirm(JO, "BOLT", AccessAnswer.YES), monday("09:10"))

    assert "ACME/4711: Jo may not waive access; contacts of customers may say yes or no" == waived.message
    assert "ACME/4711: Jo may not confirm access for BOLT" in other.message
    assert {RoleNotAllowed} == {type(waived), type(other)}


def test_those_who_have_said_yes_are_not_asked_again() -> None:
    """
    RESOLVE-6: each contact whose account has not answered is asked, once, beside the news that it is resolved.
    """
    verifying = after(one_in(State.VERIFYING, customers=CUSTOMERS), confirm(AL, "BOLT", AccessAnswer.YES))
    decision = decide(verifying, VERIFY, monday("09:30"))

    assert f"resolved: {JO}, {AL}, {BO}" in told(decision)
    assert f"access_question: {JO}" in told(decision)


# The post-mortem and its actions.


@pytest.mark.parametrize("state", [State.CLOSING, State.CLOSED])
def test_a_post_mortem_is_filed_in_versions(state: State) -> None:
    """
    CLOSE-7: while closing, and after the close for as long as it is followed up.
    """
    now = one_in(state, plan=a_plan(survey=A_SURVEY, actions=ActionPolicy()))
    first = decide(now, filed(), monday("09:10"))
    second = after(first.state, monday("09:20"), filed(findings=["the forecast was known"]))

    assert ["post_mortem_filed"] == happened(first)
    assert (1, 2) == (the(PostMortemFiled, first).version, second.post_mortem_version)
    assert second.post_mortem
    assert ("the forecast was known",) == second.post_mortem.findings


def test_a_post_mortem_comes_too_late_when_nothing_is_followed_up() -> None:
    """
    CLOSE-7.
    """
    refused = refusal(a_closed(survey=None), filed())

    assert (
        "ACME/4711: cannot file post-mortem because nothing is left to follow up; allowed now: reopen"
        == refused.message
    )


def test_a_post_mortem_names_people_whom_we_know() -> None:
    """
    CLOSE-7: every owner and approver that is unknown is told at once, with the nearest name.
    """
    refused = refusal(
        a_closed(),
        filed(
            actions=[
                {"what": "buy", "owner": "maxx", "due": "2026-03-10"},
                {"what": "train", "owner": "mallory", "due": "2026-03-10"},
            ],
            concessions=[{"what": "a refund", "amount": 1, "currency": "EUR", "approved_by": "boss"}],
        ),
    )

    assert isinstance(refused, BadRequest)
    assert ["actions.0.owner", "actions.1.owner", "concessions.0.approved_by"] == [
        fault.where for fault in refused.faults
    ]
    assert "max" == refused.faults[0].suggestion


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"concessions": [{"what": "x", "amount": 5, "approved_by": "ceo"}]}, "concessions.0.currency"),
        (
            {"concessions": [{"what": "x", "amount": 5, "currency": "Euro", "approved_by": "ceo"}]},
            "concessions.0.currency",
        ),
        (
            {"concessions": [{"what": "x", "amount": -5, "currency": "EUR", "approved_by": "ceo"}]},
            "concessions.0.amount",
        ),
        ({"concessions": [{"what": "x", "amount": 5, "currency": "EUR"}]}, "concessions.0.approved_by"),
        ({"actions": [{"what": "buy", "due": "2026-03-10"}]}, "actions.0.owner"),
        ({"actions": [{"what": "buy", "owner": "max"}]}, "actions.0.due"),
        ({"findings": []}, "findings"),
        ({"participants": []}, "participants"),
        ({"blame": ["ana"]}, "blame"),
    ],
)
def test_a_post_mortem_that_is_none_is_refused(changes: dict[str, Any], where: str) -> None:
    """
    CLOSE-7: an amount has a currency and somebody who approved it, an action an owner and a day.
    """
    with pytest.raises(ValidationError) as refused:
        a_post_mortem(**changes)

    assert [where] == [".".join(map(str, fault["loc"])) for fault in refused.value.errors()]


def of_p2() -> Escalation:
    """A closed one with an RCA that promised to repair the roof by 16 March, and a post-mortem's two actions."""
    closing = one_in(State.CLOSING, plan=a_plan(survey=None, actions=ActionPolicy()), priority="P2")
    return after(closing, *ready_to_close(closing), filed(), CLOSE)


def test_actions_of_rca_and_post_mortem_live_on_after_the_close() -> None:
    """
    CLOSE-7, CLOSE-3: each with a number, an owner and a day.
    """
    closed = of_p2()

    assert [
        (1, "repair the roof", "max", date(2026, 3, 16), Origin.RCA),
        (2, "buy tarpaulins", "max", date(2026, 3, 10), Origin.POST_MORTEM),
        (3, "train the drivers", "mia", date(2026, 3, 20), Origin.POST_MORTEM),
    ] == [(each.number, each.what, each.owner, each.due, each.origin) for each in closed.actions]
    assert (True, at(6, "08:00")) == (closed.is_followed_up, closed.wake_at)


def reminded(now: Escalation) -> tuple[list[str], Decision]:
    assert now.wake_at
    decision = decide(now, Tick(), now.wake_at)
    return [f"{now.wake_at:%d %b}", *told(decision)], decision


def test_owners_are_reminded_until_it_is_done() -> None:
    """
    CLOSE-7: two days before, on the day, and every week from then on, when the managers hear of it too.
    """
    now = after(of_p2(), at(1, "09:00"), FinishAction(by="max", action=1), FinishAction(by="ed", action=3))
    story = []
    for _ in range(4):
        line, decision = reminded(now)
        story.append(line)
        now = decision.state

    assert [
        ["08 Mar", "action_due: max"],
        ["10 Mar", "action_due: max"],
        ["17 Mar", "action_due: max", "action_due: ed"],
        ["24 Mar", "action_due: max", "action_due: ed"],
    ] == story
    done = after(now, at(23, "09:00"), FinishAction(by="max", action=2))
    assert (None, False) == (done.wake_at, done.is_followed_up)


def test_after_downtime_each_person_hears_once_of_all_that_is_due() -> None:
    """
    CLOSE-7, CLOCK-2: no burst, and one message for all actions.
    """
    decision = decide(of_p2(), Tick(), at(60, "12:00"))
    (ed,) = [n for n in decision.effects if getattr(n, "to", ()) and n.to[0].id == "ed"]  # type: ignore[union-attr]

    assert ["action_due: max", "action_due: ed", "action_due: mia"] == told(decision)
    assert (
        "1. repair the roof (max, due 2026-03-16, RCA)",
        "2. buy tarpaulins (max, due 2026-03-10, post-mortem)",
        "3. train the drivers (mia, due 2026-03-20, post-mortem)",
    ) == lines(ed.facts.items)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("number", "kind", "says"),
    [
        (7, UnknownName, "no action '7'; known: 1, 2, 3"),
        (1, MoveNotAllowed, "action 1 was done already, by max"),
    ],
)
def test_what_is_no_open_action_cannot_be_done(number: int, kind: type[EscalationError], says: str) -> None:
    """
    CLOSE-7.
    """
    now = after(of_p2(), at(1, "08:00"), FinishAction(by="max", action=1))
    refused = refusal(now, FinishAction(by="ed", action=number))

    assert kind is type(refused)
    assert f"ACME/4711: {says}" in refused.message


MAY_FINISH: dict[str, tuple[str, ...]] = {Move.FINISH_ACTION: ("action_owner", "escalation_manager")}


@pytest.mark.parametrize(
    ("by", "action", "says"),
    [
        (
            "mia",
            1,
            "Mia may not finish action 1, which is for max; roles that may: action_owner, escalation_manager",
        ),
        ("ana", 3, "Ana may not finish action; roles that may: action_owner, escalation_manager"),
    ],
)
def test_an_action_is_done_by_its_owner_or_whom_the_playbook_lets(by: str, action: int, says: str) -> None:
    """
    CLOSE-7, ROLE-2: another action's owner and a stranger are refused, with the roles that may.
    """
    closed = of_p2()
    now = replace(closed, plan=replace(closed.plan, permissions=MAY_FINISH))

    refused = refusal(now, FinishAction(by=by, action=action))

    assert (RoleNotAllowed, f"ACME/4711: {says}") == (type(refused), refused.message)
    for who, number in (("max", 1), ("ed", 2), ("mia", 3)):
        now = after(now, at(1, "09:00"), FinishAction(by=who, action=number))
    assert ["max", "ed", "mia"] == [each.done_by for each in now.actions]


@pytest.mark.parametrize("finished", [(3,), (1, 2, 3)], ids=["others are open", "none is open"])
@pytest.mark.parametrize(
    ("number", "kind", "says"),
    [
        (3, MoveNotAllowed, "action 3 was done already, by mia, 2026-03-03 09:00 UTC"),
        (99, UnknownName, "no action '99'; known: 1, 2, 3"),
    ],
)
def test_who_has_done_all_their_actions_hears_so(
    finished: tuple[int, ...], number: int, kind: type[EscalationError], says: str
) -> None:
    """
    CLOSE-7: they own nothing that is open, and are told what became of it rather than of roles.
    """
    closed = of_p2()
    now = replace(closed, plan=replace(closed.plan, permissions=MAY_FINISH))
    for each in finished:
        now = after(now, at(1, "09:00"), FinishAction(by={3: "mia"}.get(each, "max"), action=each))

    refused = refusal(now, FinishAction(by="mia", action=number))

    assert (kind, f"ACME/4711: {says}") == (type(refused), refused.message)


def test_an_action_of_a_team_is_done_by_any_of_its_members() -> None:
    """
    CLOSE-7, ROLE-2.
    """
    closing = one_in(State.CLOSING, plan=a_plan(permissions=MAY_FINISH, actions=ActionPolicy()))
    now = after(closing, filed(actions=[{"what": "call", "owner": "finance", "due": "2026-03-10"}]))
    member = now.plan.contact("finance").members[0]

    assert member == after(now, FinishAction(by=member, action=1)).actions[0].done_by


def test_a_new_version_keeps_what_it_asks_for_again() -> None:
    """
    CLOSE-7, CLOSE-3: number and being done stay; what is asked for no longer is tracked no longer.
    """
    closing = one_in(State.CLOSING, plan=a_plan(actions=ActionPolicy()), priority="P2")
    done = after(closing, RCA_COURSE[0], filed(), FinishAction(by="max", action=2))
    roof, gutter = (
        CorrectiveAction(what=InternalText(what), owner="max", due=date(2026, 4, 1))
        for what in ("repair the roof", "clean the gutter")
    )
    again = after(
        done,
        FileRca(by="cora", rca=an_rca(corrective_actions=(gutter, roof))),
        filed(actions=[]),
    )

    assert [
        (1, "repair the roof", date(2026, 4, 1), True),
        (2, "buy tarpaulins", date(2026, 3, 10), False),
        (4, "clean the gutter", date(2026, 4, 1), True),
    ] == [(each.number, each.what, each.due, each.is_open) for each in again.actions]


def test_an_earlier_plan_reminds_nobody() -> None:
    """
    CLOSE-7: escalations that began before there were reminders go on as they did.
    """
    closing = one_in(State.CLOSING, priority="P2")
    closed = after(closing, *ready_to_close(closing), CLOSE)

    assert 1 == len(closed.open_actions)
    assert (None, False) == (closed.wake_at, closed.is_followed_up)


def test_the_gate_does_not_wait_for_actions_nor_answers() -> None:
    """
    CLOSE-8: resolution, access, records and RCA; what follows up comes after it.
    """
    closing = one_in(State.CLOSING, plan=a_plan(survey=A_SURVEY, actions=ActionPolicy()))

    assert ("access of ACME is neither confirmed nor waived",) == lines(
        after(closing, filed()).missing_to_close
    )
    assert State.CLOSED is after(closing, filed(), *ready_to_close(closing), CLOSE).state


def test_actions_survive_a_reopening() -> None:
    """
    CLOSE-7, CLOSE-9: what was promised stays promised.
    """
    closing = one_in(State.CLOSING, plan=a_plan(actions=ActionPolicy()))
    again = after(closing, filed(), Reopen(by="ed", why=InternalText("it leaks")))

    assert (State.RESOLVING, 2) == (again.state, len(again.open_actions))
    assert {1, 2} == {each.number for each in after(again, DECLARE, VERIFY).open_actions}
