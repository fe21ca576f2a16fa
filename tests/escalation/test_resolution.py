"""
The resolution: plan, declaration, verdict, access, and the way back (RESOLVE, CLOSE-9).
"""

import pytest

from escalation.case import commands as c
from escalation.case.action_plan import Step
from escalation.case.engine import decide
from escalation.case.lifecycle import State
from escalation.case.moves.acknowledge import Acknowledge
from escalation.case.moves.confirm_access import ConfirmAccess
from escalation.case.moves.reject_resolution import RejectResolution
from escalation.case.moves.reopen import Reopen, Reopened
from escalation.case.moves.revise_plan import RevisePlan
from escalation.case.moves.send_update import SendUpdate
from escalation.case.moves.transfer import Transfer
from escalation.case.resolution import AccessAnswer, ResolutionKind
from escalation.case.state import Escalation
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Outcome
from escalation.kernel.values import LONGEST_TEXT, CustomerText, InternalText, from_json, to_json
from escalation.notifications.system_commands import Tick
from escalation.policy.classification import EscalationReason, Priority
from escalation.policy.plan import Target
from tests.builders import (
    DAY,
    DECLARE,
    JO,
    VERIFY,
    a_customer,
    a_plan,
    after,
    an_acknowledged,
    an_escalation,
    at,
    clock,
    happened,
    internal,
    monday,
    one_in,
    priorities_with,
    the,
    to_customers,
    told,
    tuesday,
)
from tests.said import lines, said

A, W, N, R, V = (
    ClockName.ACKNOWLEDGE,
    ClockName.LEVEL_WINDOW,
    ClockName.NEXT_UPDATE,
    ClockName.RESOLUTION,
    ClockName.VERIFICATION,
)
WHY = InternalText("the pallets are still wet")
REJECT = RejectResolution(by="ari", why=WHY)
REOPEN = Reopen(by="ed", why=WHY)
NO_ACCESS = ConfirmAccess(by="eva", account="ACME", answer=AccessAnswer.NO, note=InternalText("portal down"))


def a_step(what: str = "send new pallets", owner: str = "ana") -> Step:
    return Step(what=InternalText(what), owner=owner)


def test_a_plan_begins_the_resolution_and_is_revised_as_people_learn() -> None:
    """
    RESOLVE-1, COMM-10: versions say who and why.
    """
    first = decide(an_acknowledged(), RevisePlan(by="ana", steps=(a_step(),)), monday("09:10"))
    again = RevisePlan(
        by="mia", steps=(a_step(), a_step("mend the roof", "max")), why=InternalText("it rains")
    )
    second = decide(first.state, again, monday("09:12"))

    assert (["plan_revised", "resolution_begun"], State.RESOLVING) == (
        happened(first),
        first.state.state,
    )
    assert (["plan_revised"], []) == (happened(second), told(second))
    plan = second.state.action_plan
    assert plan
    assert (2, "mia", "it rains", 2) == (plan.version, plan.by, plan.why, len(plan.steps))


def test_unresolved_in_time_brings_more_people_in() -> None:
    """
    RESOLVE-1: the playbook says who.
    """
    quiet = priorities_with(Priority.P1, targets={N: Target(after=99 * DAY)})
    escalation = an_acknowledged(priority="P1", level=7, plan=a_plan(priorities=quiet))
    decision = decide(escalation, Tick(), monday("13:00"))

    assert ["breach: ed, ceo", "brought_in: dora"] == told(decision)
    assert "resolution is overdue" == said(internal(decision, "brought_in").facts.why)


def test_who_was_brought_in_follows_it_from_then_on() -> None:
    """
    RESOLVE-1: they hear of updates and of the end, as the others do, and not before they were brought in.
    """
    quiet = priorities_with(Priority.P1, targets={N: Target(after=99 * DAY)})
    before = an_acknowledged(priority="P1", level=7, plan=a_plan(priorities=quiet))
    breached = after(before, monday("13:00"), Tick())
    update = SendUpdate(by="ed", internal_note=InternalText("the roof is open"))

    assert "dora" not in told(decide(before, update, monday("09:20")))[0]
    assert "dora" in told(decide(breached, update, monday("13:05")))[0]
    assert "dora" in told(decide(after(breached, monday("13:05"), DECLARE), VERIFY, monday("13:10")))[0]


@pytest.mark.parametrize("kind", ResolutionKind)
def test_a_resolution_is_declared_with_what_was_done(kind: ResolutionKind) -> None:
    """
    RESOLVE-4: a fix or a workaround. The architect is asked to verify it; customers hear when it holds.
    """
    command = DECLARE.model_copy(update={"resolution": kind})
    decision = decide(an_acknowledged(), command, monday("09:10"))

    assert (State.VERIFYING, ["resolution_declared"]) == (decision.state.state, happened(decision))
    assert ["verification_wanted: ari"] == told(decision)
    facts = internal(decision, "verification_wanted").facts
    assert (f"{kind} declared by Ana", "new pallets were sent") == (said(facts.why), facts.text)
    assert monday("13:10") == clock(decision.state, V).due_at


def test_whoever_verifies_reads_what_customers_will() -> None:
    """
    COMM-6, RESOLVE-5: the verification approves it, where the playbook wants texts approved, too.
    """
    declare = DECLARE.model_copy(update={"customer_text": CustomerText("New pallets come today.")})
    declared = decide(an_acknowledged(), declare, monday("09:10"))
    verified = decide(declared.state, VERIFY, monday("09:20"))

    assert ("New pallets come today.",) == lines(internal(declared, "verification_wanted").facts.items)
    assert "New pallets come today." == to_customers(verified, "resolved").facts.text


def test_a_verified_resolution_is_told_inside_and_outside() -> None:
    """
    RESOLVE-5: its clocks ended when it was declared, not when somebody looked.
    """
    verifying = after(an_acknowledged(), monday("09:10"), DECLARE)
    decision = decide(verifying, VERIFY, monday("11:00"))

    assert (State.CLOSING, ["resolution_verified"]) == (decision.state.state, happened(decision))
    assert ["resolved: ana, ed", f"resolved: {JO}", f"access_question: {JO}"] == told(decision)
    ended = {name: clock(decision.state, name) for name in (W, N, R, V)}
    assert {Outcome.MET} == {each.outcome for each in ended.values()}
    assert [monday("09:10")] * 3 + [monday("11:00")] == [each.ended_at for each in ended.values()]


def test_a_rejected_resolution_goes_back_with_the_reason() -> None:
    """
    RESOLVE-5: to whoever owns it.
    """
    decision = decide(one_in(State.VERIFYING), REJECT, monday("09:30"))

    assert (State.RESOLVING, ["resolution_rejected"]) == (decision.state.state, happened(decision))
    assert ["resolution_rejected: ana"] == told(decision)
    assert WHY == internal(decision, "resolution_rejected").facts.text
    assert None is decision.state.resolution


@pytest.mark.parametrize(
    "back",
    [
        (REJECT,),  # from verifying
        (REOPEN,),
        (NO_ACCESS,),
        (VERIFY, REOPEN),  # from closing
        (VERIFY, NO_ACCESS),
    ],
)
def test_clocks_run_on_from_where_they_were(back: tuple[c.Command, ...]) -> None:
    """
    RESOLVE-5, CLOSE-9: two open hours of verifying are no time of the problem.
    """
    before = after(an_acknowledged(), monday("09:20"))
    again = after(before, monday("09:20"), DECLARE, monday("11:20"), *back)

    assert {
        W: monday("11:30"),  # ten of thirty minutes were left
        N: monday("15:00"),
        R: at(3, "11:00"),
    } == {name: clock(again, name).due_at for name in (W, N, R)}
    assert {None} == {clock(again, name).outcome for name in (W, N, R)}
    assert "threshold_passed" not in happened(decide(again, Tick(), monday("11:21")))


@pytest.mark.parametrize("back", [(REJECT,), (VERIFY, REOPEN)])
def test_who_has_not_acknowledged_has_no_more_time_for_it(back: tuple[c.Command, ...]) -> None:
    """
    RESOLVE-5, MATRIX-5: of thirty minutes twenty were left; who is asked instead meanwhile has all of them.
    """
    declared = after(an_escalation(), monday("09:10"), DECLARE)
    given = Transfer(by="ana", to="max", reason=EscalationReason.LACK_OF_EXPERTISE)
    again = after(declared, monday("11:10"), *back)
    others = after(declared, monday("11:00"), given, monday("11:10"), *back)

    assert (monday("11:30"), monday("11:40")) == (clock(again, A).due_at, clock(others, A).due_at)
    assert Outcome.CANCELLED is clock(after(declared, VERIFY), A).outcome


@pytest.mark.parametrize("back", [(REJECT,), (VERIFY, REOPEN)])
def test_a_window_that_ended_before_does_not_come_back(back: tuple[c.Command, ...]) -> None:
    """
    RESOLVE-5, MATRIX-2: it rose to the last level, which has no window; the one of the level below stays ended.
    """
    risen = after(an_escalation(level=6), at(3, "09:00"), Tick(), Acknowledge(by="ceo"))
    again = after(risen, DECLARE, *back)

    assert 7 == again.level
    assert (Outcome.BREACHED, False) == (clock(again, W).outcome, clock(again, W).is_running)


def test_what_had_breached_before_the_declaration_is_breached_when_it_comes_back() -> None:
    """
    RESOLVE-5, CLOCK-4: and it is chased again: once, whatever the verification took.
    """
    late = after(an_acknowledged(priority="P1", level=7), monday("13:00"), Tick())
    closing = after(late, monday("14:00"), DECLARE, monday("15:00"), VERIFY)
    decision = decide(closing, REOPEN, at(4, "15:00"))

    assert monday("13:00") == clock(decision.state, R).breached_at
    assert 2 == told(decision).count("reminder: ed, ceo")  # resolution, and next update
    assert at(5, "13:00") == clock(decision.state, R).next_at


def test_verification_has_a_clock_that_chases_the_architect() -> None:
    """
    RESOLVE-5, CLOCK-1.
    """
    verifying = one_in(State.VERIFYING)
    reminded = decide(verifying, Tick(), monday("11:00"))
    breached = decide(reminded.state, Tick(), monday("13:00"))

    assert ["reminder: ari"] == told(reminded)
    assert ["breach: mia, ari"] == told(breached)
    assert "reminder: mia, ari" in told(decide(breached.state, Tick(), tuesday("13:00")))


def two_customers() -> Escalation:
    return one_in(State.CLOSING, customers=(a_customer("ACME"), a_customer("BOLT")))


@pytest.mark.parametrize("answer", [AccessAnswer.YES, AccessAnswer.WAIVED])
def test_access_is_confirmed_customer_by_customer(answer: AccessAnswer) -> None:
    """
    RESOLVE-6, CLOSE-8: confirmed, or waived by name.
    """
    decision = decide(
        two_customers(), ConfirmAccess(by="eva", account="BOLT", answer=answer), monday("09:10")
    )

    assert (["access_answered"], []) == (happened(decision), told(decision))
    assert {"BOLT": ("eva", answer)} == {
        account: (access.by, access.answer) for account, access in decision.state.access.items()
    }
    assert ("access of ACME is neither confirmed nor waived",) == lines(decision.state.missing_to_close)


@pytest.mark.parametrize("state", [State.VERIFYING, State.CLOSING])
def test_a_customer_without_access_sends_it_back(state: State) -> None:
    """
    RESOLVE-6: with the customer's words; both sides are told.
    """
    decision = decide(one_in(state), NO_ACCESS, monday("09:10"))

    assert State.RESOLVING is decision.state.state
    assert ["access_answered", "reopened"] == happened(decision)
    assert ["reopened: ana, ed", f"reopened: {JO}"] == told(decision)
    assert "ACME cannot use the service yet. portal down" == said(the(Reopened, decision).why)
    facts = internal(decision, "reopened").facts
    assert ("ACME cannot use the service yet", "portal down") == (said(facts.why), facts.text)
    assert None is to_customers(decision, "reopened").facts.text


def test_access_is_asked_for_anew_after_a_reopening() -> None:
    """
    RESOLVE-6, CLOSE-9: what was confirmed of the first resolution says nothing of the second.
    """
    confirmed = after(two_customers(), ConfirmAccess(by="eva", account="BOLT", answer=AccessAnswer.YES))
    again = after(confirmed, REOPEN, DECLARE, VERIFY)

    assert {} == again.access
    assert 2 == len(again.missing_to_close)


def test_a_yes_before_the_verdict_counts() -> None:
    """
    RESOLVE-6: customers may be asked while it is being verified.
    """
    verifying = after(
        one_in(State.VERIFYING), ConfirmAccess(by="eva", account="ACME", answer=AccessAnswer.YES)
    )

    assert () == after(verifying, VERIFY).missing_to_close


def test_a_long_answer_survives_being_stored() -> None:
    """
    RESOLVE-6: the reason for reopening is made of it, and must stay within what a text may be.
    """
    long = NO_ACCESS.model_copy(update={"note": InternalText("x" * LONGEST_TEXT)})
    reopened = the(Reopened, decide(one_in(State.CLOSING), long, monday("09:10")))

    assert reopened == from_json(Reopened, to_json(reopened))


def test_reopening_from_closing_tells_everybody_and_goes_back() -> None:
    """
    CLOSE-9: the clocks of closing are cancelled.
    """
    decision = decide(one_in(State.CLOSING, priority="P2"), REOPEN, monday("09:10"))

    assert (State.RESOLVING, ["reopened"]) == (decision.state.state, happened(decision))
    assert ["reopened: ana, csm, ae", f"reopened: {JO}"] == told(decision)
    assert Outcome.CANCELLED is clock(decision.state, ClockName.INTERNAL_RCA).outcome
