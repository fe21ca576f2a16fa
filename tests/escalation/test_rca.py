"""
The root cause analysis: its course, its clocks, and what customers read of it (CLOSE-2 to CLOSE-5).
"""

import re

import pytest

from escalation.case import commands as c
from escalation.case import events as e
from escalation.case.effects import StartTaskForce
from escalation.case.engine import decide
from escalation.case.lifecycle import Move, RcaState, State
from escalation.case.move_index import PersonsCommand
from escalation.case.moves.approve_rca import ApproveRca
from escalation.case.moves.deploy_task_force import DeployTaskForce
from escalation.case.moves.derive_rca import DeriveRca, RcaDerived
from escalation.case.moves.file_rca import FileRca
from escalation.case.moves.reopen import Reopen
from escalation.case.moves.request_rca import RequestRca
from escalation.case.moves.send_back_rca import SendBackRca
from escalation.case.moves.waive_rca import RcaWaived, WaiveRca
from escalation.case.rca_content import (
    CorrectiveAction,
    CustomerRca,
    FiveWhys,
    InternalRca,
    RcaTimelineEntry,
    Reference,
)
from escalation.case.rca_on_file import merge_rcas, on_file, proposed_timeline
from escalation.case.state import Escalation
from escalation.case.task_forces import ReportTaskForce
from escalation.case.wanted_moves import list_wanted_moves
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Outcome
from escalation.kernel.reasons import Person, reason
from escalation.kernel.refusals import BadRequest, EscalationError
from escalation.kernel.timeline_entry import TimelineEntry, timeline_entry
from escalation.kernel.values import CustomerText, InternalText, to_json
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.system_commands import ReportDelivery, Tick
from escalation.task_force.engine import decide as decide_of_force
from escalation.task_force.engine import deploy, updates_of
from escalation.task_force.moves.add_task import AddTask
from escalation.task_force.moves.stand_down import StandDown
from messages.catalogue import catalogue
from messages.speaker import Speaker
from tests.builders import (
    BUSINESS_DAY,
    DAY,
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
    the,
    to_customers,
    told,
)
from tests.said import lines, said

FILE, DERIVE, APPROVE, SHARE = RCA_COURSE
WHY = InternalText("the customer does not want one")
WAIVE = WaiveRca(by="ed", why=WHY)


def closing(**changes: object) -> Escalation:
    return one_in(State.CLOSING, **({"priority": "P2"} | changes))


def running(escalation: Escalation) -> set[ClockName]:
    return {each.name for each in escalation.running_clocks}


@pytest.mark.parametrize(
    ("priority", "requested", "span"),
    [
        ("P1", True, 3 * DAY),  # calendar days
        ("P2", True, 5 * BUSINESS_DAY),
        ("P3", False, None),
    ],
)
def test_an_rca_is_requested_where_the_playbook_says_so(priority: str, requested: bool, span: object) -> None:
    """
    CLOSE-2, CLOCK-8: always on P1 and P2; the problem coordinator is asked, and has so much time.
    """
    decision = decide(one_in(State.VERIFYING, priority=priority), VERIFY, monday("09:10"))

    assert requested == ("rca_requested" in happened(decision))
    assert requested == ("rca_wanted: cora" in told(decision))
    if requested:
        assert span == clock(decision.state, ClockName.INTERNAL_RCA).after
    else:
        assert {ClockName.CLOSING} == running(decision.state)


def test_the_coordinator_is_told_which_problem_records_to_look_at() -> None:
    """
    CLOSE-3.
    """
    verifying = one_in(State.VERIFYING, priority="P2", problem_records=["PRB-7", "PRB-8"])
    facts = internal(decide(verifying, VERIFY, monday("09:10")), "rca_wanted").facts

    assert (("PRB-7", "PRB-8"), at(7, "09:10")) == (lines(facts.items), facts.due_at)


def test_a_customer_may_ask_for_one() -> None:
    """
    CLOSE-2: at any time; within closing the coordinator is asked at once.
    """
    early = after(one_in(State.RESOLVING), RequestRca(by="csm"))
    late = decide(one_in(State.CLOSING), RequestRca(by="csm"), monday("09:10"))

    assert (RcaState.REQUESTED, False) == (early.rca.state, ClockName.INTERNAL_RCA in running(early))
    assert "rca_wanted: cora" in told(decide(after(early, DECLARE), VERIFY, monday("09:10")))
    assert ["rca_wanted: cora"] == told(late)
    assert {ClockName.INTERNAL_RCA} == running(late.state)


def test_the_course_from_request_to_shared() -> None:
    """
    CLOSE-3, CLOSE-4: each step, who is told of it, and which clock runs then.
    """
    now = closing()
    story = []
    for command in RCA_COURSE:
        decision = decide(now, command, monday("09:10"))
        now = decision.state
        story.append((happened(decision), told(decision), running(now)))

    assert [
        (["rca_filed"], [], {ClockName.CUSTOMER_RCA}),
        (["rca_derived"], ["rca_approval_wanted: pia"], {ClockName.CUSTOMER_RCA}),
        (["rca_approved"], [], {ClockName.CUSTOMER_RCA}),
        (["rca_shared"], [f"rca: {JO}"], {ClockName.CLOSING}),
    ] == story
    assert (RcaState.SHARED, 1, "pia") == (now.rca.state, now.rca.version, now.rca.approved_by)
    assert Outcome.MET is clock(now, ClockName.INTERNAL_RCA).outcome
    assert Outcome.MET is clock(now, ClockName.CUSTOMER_RCA).outcome


def test_only_what_is_written_for_customers_is_carried_over() -> None:
    """
    CLOSE-4, COMM-6: summary and actions in words for customers; nothing else.
    """
    rca = an_rca(
        contributing_factors=(InternalText("nobody owned the depot"),),
        corrective_actions=(
            CorrectiveAction(
                what=InternalText("mend the roof"),
                owner="max",
                due=monday("09:00").date(),
                for_customers=CustomerText("We mend our depot."),
            ),
            CorrectiveAction(
                what=InternalText("talk to the manager"), owner="ed", due=monday("09:00").date()
            ),
        ),
    )
    shared = decide(after(closing(), FileRca(by="ed", rca=rca), DERIVE, APPROVE), SHARE, monday("09:10"))
    facts = to_customers(shared, "rca").facts

    assert ("Rain came into our depot.", ("We mend our depot.",)) == (facts.text, facts.actions)


def test_the_customer_rca_may_be_written_by_hand() -> None:
    """
    CLOSE-4: in place of the text that the internal one has for customers.
    """
    by_hand = CustomerRca(summary=CustomerText("It rained in."), actions=())
    filed = after(closing(), FILE)

    assert by_hand == the(RcaDerived, decide(filed, DeriveRca(by="cora", rca=by_hand), monday("09:10"))).rca


def test_every_owner_of_an_action_is_known() -> None:
    """
    CLOSE-3: all who are not are named at once, each with its place.
    """
    actions = tuple(
        CorrectiveAction(what=WHY, owner=owner, due=monday("09:00").date())
        for owner in ("maks", "max", "pya")
    )
    with pytest.raises(BadRequest) as refused:
        decide(closing(), FileRca(by="cora", rca=an_rca(corrective_actions=actions)), monday("09:10"))

    assert ["corrective_actions.0.owner", "corrective_actions.2.owner"] == [
        fault.where for fault in refused.value.faults
    ]


def test_it_is_shared_with_every_affected_customer() -> None:
    """
    CLOSE-4.
    """
    now = after(closing(customers=(a_customer("ACME"), a_customer("BOLT"))), FILE, DERIVE, APPROVE)

    assert [f"rca: {JO}, BOLT:jo@bolt.example"] == told(decide(now, SHARE, monday("09:10")))


@pytest.mark.parametrize(
    ("before", "command", "state"),
    [
        ((FILE, DERIVE, APPROVE), FILE, RcaState.DRAFTED),  # a new version starts over
        ((FILE, DERIVE, APPROVE), DERIVE, RcaState.DERIVED),  # other words need approval again
    ],
)
def test_what_changes_after_the_approval_needs_it_again(
    before: tuple[c.Command, ...], command: c.Command, state: RcaState
) -> None:
    """
    CLOSE-4: and its clock runs on; nobody gains time by filing again.
    """
    approved = after(closing(), *before)
    again = after(approved, monday("12:00"), command)

    assert (state, None) == (again.rca.state, again.rca.approved_by)
    assert clock(approved, ClockName.CUSTOMER_RCA) == clock(again, ClockName.CUSTOMER_RCA)


@pytest.mark.parametrize(
    ("before", "command", "said"),
    [
        ((FILE, DERIVE), ApproveRca(by="ana"), "may not approve RCA; roles that may: approver"),
        ((FILE, DERIVE, APPROVE), APPROVE, "cannot approve RCA while the RCA is approved"),
        ((FILE,), APPROVE, "cannot approve RCA while the RCA is filed internally"),
        ((FILE, DERIVE, APPROVE, SHARE), DERIVE, "cannot write customer RCA while the RCA is shared"),
    ],
)
def test_an_approval_out_of_turn_is_refused(
    before: tuple[c.Command, ...], command: PersonsCommand, said: str
) -> None:
    """
    CLOSE-4, ROLE-2: by the wrong role, a second time, too early, too late.
    """
    now = after(closing(), *before)

    with pytest.raises(EscalationError, match=re.escape(said)):
        decide(now, command, monday("09:10"))


def test_nothing_of_the_internal_rca_reaches_customers_but_what_is_for_them() -> None:
    """
    CLOSE-4, COMM-6: whatever an internal field says is in no message and no customer RCA.
    """
    secret = InternalText("SECRET")
    told = CustomerText("We mend our depot.")
    action = CorrectiveAction(what=secret, owner="max", due=monday("09:00").date(), for_customers=told)
    rca = InternalRca(
        summary=secret,
        timeline=(RcaTimelineEntry(at=monday("09:00"), what=secret),),
        root_causes=(secret,),
        five_whys=(FiveWhys(problem=secret, whys=(secret,)),),
        contributing_factors=(secret,),
        went_well=(secret,),
        went_badly=(secret,),
        corrective_actions=(action,),
        problem_records=("SECRET",),
        links=(Reference(what=secret, url="https://secret.example/SECRET"),),
        summary_for_customers=CustomerText("Rain came in."),
    )
    approved = after(closing(), FileRca(by="cora", rca=rca), DERIVE, APPROVE)
    shared = decide(approved, SHARE, monday("09:10"))
    read = approved.rca.customer

    assert read == CustomerRca(summary=CustomerText("Rain came in."), actions=(told,))
    assert "SECRET" not in to_json(to_customers(shared, "rca"))


def test_versions_stay_on_file() -> None:
    """
    CLOSE-3: who filed each and when; the latest unless another is asked for.
    """
    first, second = an_rca(summary=InternalText("one")), an_rca(summary=InternalText("two"))
    events: list[e.Event] = []
    now = closing()
    for rca in (first, second):
        decision = decide(now, FileRca(by="cora", rca=rca), monday("09:10"))
        events += decision.events
        now = decision.state

    assert [(2, second), (1, first), (None, None)] == [
        (found.version and found.version.number, found.rca)
        for found in (on_file(now, events, number) for number in (None, 1, 7))
    ]
    assert [(1, "cora"), (2, "cora")] == [
        (version.number, version.by) for version in on_file(now, events).versions
    ]


def test_the_timeline_is_proposed_from_the_record() -> None:
    """
    CLOSE-3: what happened, not the workings of clocks and messages.
    """
    decision = decide(one_in(State.VERIFYING, priority="P2"), VERIFY, monday("09:10"))

    proposed = proposed_timeline(map(timeline_entry, decision.events), said)

    assert ["ari verified the resolution", "RCA requested"] == [moment.what for moment in proposed]
    assert {monday("09:10")} == {moment.at for moment in proposed}


def test_a_proposed_timeline_calls_people_by_their_names() -> None:
    """
    CLOSE-3: readers of an RCA know no ids; people's own words stay as they are.
    """
    speaker = Speaker(catalogue("en"), names={"maya": "Maya Okafor"})
    what = reason("event.transferred", Person("maya"), Person("desk"), "maya asked")
    happened = TimelineEntry(seq=1, at=monday("09:10"), by="maya", kind="transferred", what=what)

    (moment,) = proposed_timeline([happened], speaker.say)

    assert "transferred from Maya Okafor to desk: maya asked" == moment.what


def test_a_proposed_timeline_tells_of_a_task_force_once() -> None:
    """
    CLOSE-3, RESOLVE-2: what it did; its deployment and end are told by the escalation, its messages are no news.
    """
    now, nine = an_acknowledged(), monday("09:10")
    roof = {"name": "roof", "mission": "Find the leak", "lead": "ed", "seats": [{"role": "architect"}]}
    deployed = decide(now, DeployTaskForce.model_validate({"by": "ed", **roof}), nine)
    (charter,) = (effect.charter for effect in deployed.effects if isinstance(effect, StartTaskForce))
    made = [deploy(charter, nine)]
    sent = DeliveryResult(key="k:1", recipient="ed", occasion="task_force_invited", delivered_at=nine)
    for command in (
        ReportDelivery(results=(sent,)),
        AddTask(by="ed", what=InternalText("Look up"), owner="ed"),
        StandDown(id=charter.id, by="ed", why="fixed", about=charter.about),
    ):
        made.append(decide_of_force(made[-1].state, command, nine))
    entries = [*map(timeline_entry, deployed.events)]
    for news in filter(None, map(updates_of, made)):
        entries += map(timeline_entry, decide(deployed.state, ReportTaskForce(update=news), nine).events)

    assert [
        "task force roof deployed, led by ed: Find the leak",
        "task force roof: task 1 for ed: Look up",
    ] == [moment.what for moment in proposed_timeline(entries, said)]


def test_several_are_made_one() -> None:
    """
    CLOSE-3: each thing once, the timeline by time, the texts one after the other.
    """
    late = RcaTimelineEntry(at=monday("12:00"), what=InternalText("it ended"))
    early = RcaTimelineEntry(at=monday("09:00"), what=InternalText("it began"))
    one = an_rca(summary=InternalText("one"), timeline=(late,), problem_records=("PRB-1", "PRB-2"))
    other = an_rca(
        summary=InternalText("two"),
        timeline=(early, late),
        problem_records=("PRB-2", "PRB-3"),
        root_causes=(InternalText("no trial"),),
        summary_for_customers=None,
    )

    both = merge_rcas((one, other))

    assert ("one\n\ntwo", (early, late)) == (both.summary, both.timeline)
    assert ("PRB-1", "PRB-2", "PRB-3") == both.problem_records
    assert ("the roof of the depot leaks", "no trial") == both.root_causes
    assert (1, "Rain came into our depot.") == (len(both.corrective_actions), both.summary_for_customers)


def test_an_rca_of_several_must_not_be_too_much() -> None:
    """
    CLOSE-3: the limits of one hold.
    """
    many = [an_rca(root_causes=(InternalText(f"cause {number}"),)) for number in range(21)]

    with pytest.raises(ValueError, match="at most 20"):
        merge_rcas(many)


def test_it_may_be_waived_with_a_reason_and_asked_for_after_all() -> None:
    """
    CLOSE-2, section 11.
    """
    waived = decide(closing(), WAIVE, monday("09:10"))
    again = decide(waived.state, RequestRca(by="csm"), monday("09:20"))

    assert (WHY, {ClockName.CLOSING}) == (the(RcaWaived, waived).why, running(waived.state))
    assert ["rca_wanted: cora"] == told(again)
    assert {ClockName.INTERNAL_RCA} == running(again.state)


def test_its_clocks_chase_their_owners() -> None:
    """
    CLOSE-5: reminders to the coordinator; overdue, it goes up to the managers of this level and of the next, then of
    one more at each chase, up to the last.
    """
    now = one_in(State.CLOSING, priority="P1")
    half = decide(now, Tick(), at(1, "21:00"))
    overdue = decide(half.state, Tick(), at(3, "09:00"))
    chased = decide(overdue.state, Tick(), friday("09:00"))

    assert ["reminder: cora"] == told(half)
    assert ["breach: max, sol, cora"] == told(overdue)
    assert ["reminder: max, dora, cora"] == told(chased)
    assert ["reminder: max, ceo, cora"] == told(decide(chased.state, Tick(), at(6, "09:00")))
    assert ["reminder: max, ed, cora"] == told(decide(chased.state, Tick(), at(60, "09:00")))


@pytest.mark.parametrize(
    ("done", "chased"),
    [
        ((FILE,), "cora"),  # to be derived
        ((FILE, DERIVE), "pia"),  # to be approved
        ((FILE, DERIVE, APPROVE), "eva"),  # to be shared
    ],
)
def test_the_customer_rca_is_chased_with_whoever_is_next(done: tuple[c.Command, ...], chased: str) -> None:
    """
    CLOSE-4, CLOSE-5: not with those who have done their part.
    """
    now = after(one_in(State.CLOSING, priority="P1", plan=a_plan(engagement_managers=("eva",))), *done)
    overdue = decide(now, Tick(), at(4, "18:00"))

    assert [f"breach: max, sol, {chased}"] == told(overdue)


def test_above_the_last_level_an_overdue_rca_stays_with_its_managers() -> None:
    """
    CLOSE-5: and nobody is alerted twice.
    """
    last = one_in(State.CLOSING, priority="P1", level=7)

    assert ["breach: ed, cora"] == told(decide(last, Tick(), at(3, "09:00")))


def test_closing_itself_has_a_clock() -> None:
    """
    CLOCK-1: what nobody closes is brought up with the escalation manager.
    """
    now = after(one_in(State.CLOSING), at(1, "09:00"), Tick())

    assert ["breach: mia, ed"] == told(decide(now, Tick(), at(1, "17:00")))


def test_a_reopened_one_takes_up_its_rca_where_it_was() -> None:
    """
    CLOSE-9, CLOSE-5: the clock that its state asks for begins again at the next verification.
    """
    drafted = after(closing(), FILE, Reopen(by="ed", why=WHY), DECLARE, VERIFY)

    assert (RcaState.DRAFTED, {ClockName.CUSTOMER_RCA}) == (drafted.rca.state, running(drafted))


def test_an_rca_that_was_shared_before_the_reopening_is_asked_for_anew() -> None:
    """
    CLOSE-2, CLOSE-9: it explained a resolution that did not hold.
    """
    reopened = after(closing(), *RCA_COURSE, Reopen(by="ed", why=WHY), DECLARE)
    verified = decide(reopened, VERIFY, monday("09:10"))
    filed = after(verified.state, FILE)

    assert "rca_wanted: cora" in told(verified)
    assert (RcaState.DRAFTED, 2) == (filed.rca.state, filed.rca.version)


def test_a_customer_may_have_asked_for_the_one_that_was_shared() -> None:
    """
    CLOSE-2, CLOSE-9: where the playbook does not require one, it is asked for again all the same.
    """
    asked = after(
        closing(priority="P3"), RequestRca(by="csm"), *RCA_COURSE, Reopen(by="ed", why=WHY), DECLARE
    )

    assert "rca_wanted: cora" in told(decide(asked, VERIFY, monday("09:10")))


@pytest.mark.parametrize("before", [(FILE, DERIVE), (FILE, DERIVE, APPROVE)])
def test_what_was_derived_before_the_reopening_is_not_shared_after_it(before: tuple[c.Command, ...]) -> None:
    """
    CLOSE-4, CLOSE-9: its words are of a resolution that did not hold; it is derived and approved again.
    """
    again = after(closing(), *before, Reopen(by="ed", why=WHY), DECLARE, VERIFY)

    assert (RcaState.DRAFTED, None, None) == (again.rca.state, again.rca.customer, again.rca.approved_by)
    assert RcaState.SHARED is after(again, DERIVE, APPROVE, SHARE).rca.state


def test_a_shared_rca_can_be_asked_for_again() -> None:
    """
    CLOSE-2: a customer who is not content with it.
    """
    again = after(closing(), *RCA_COURSE, RequestRca(by="csm"))

    assert (RcaState.REQUESTED, {ClockName.INTERNAL_RCA}) == (again.rca.state, running(again))


@pytest.mark.parametrize("before", [(FILE, DERIVE), (FILE, DERIVE, APPROVE)])
def test_an_rca_is_sent_back_to_whoever_derived_it(before: tuple[c.Command, ...]) -> None:
    """
    CLOSE-4: with the reason, until it is shared; it waits for its author, its words stay, and its clock runs on.
    """
    why = InternalText("name the day of the repair")
    derived = after(closing(), *before)
    back = decide(derived, SendBackRca(by="pia", why=why), monday("12:00"))
    wanted = {each.move: each for each in list_wanted_moves(back.state)}[Move.DERIVE_RCA]
    again = after(back.state, monday("12:05"), DERIVE)

    assert (["rca_sent_back"], ["rca_sent_back: cora"]) == (happened(back), told(back))
    assert why == internal(back, "rca_sent_back").facts.text == back.state.rca.sent_back_because
    assert (("cora",), reason("sent_back_by", Person("pia", "Pia"))) == (wanted.who, wanted.why)
    assert (RcaState.DRAFTED, None) == (back.state.rca.state, back.state.rca.approved_by)
    assert derived.rca.customer == back.state.rca.customer
    assert clock(derived, ClockName.CUSTOMER_RCA) == clock(back.state, ClockName.CUSTOMER_RCA)
    assert (RcaState.DERIVED, None) == (again.rca.state, again.rca.sent_back_because)


def test_without_people_for_it_the_escalation_manager_is_asked() -> None:
    """
    CLOSE-3, CLOSE-4, RESOLVE-5: never nobody.
    """
    plan = a_plan(problem_coordinators=(), rca_approvers=(), architects=())
    verifying = decide(one_in(State.RESOLVING, priority="P2", plan=plan), DECLARE, monday("09:10"))
    wanted = decide(verifying.state, VERIFY, monday("09:10"))
    derived = decide(after(wanted.state, FILE), DERIVE, monday("09:10"))

    assert ["verification_wanted: ed"] == told(verifying)
    assert "rca_wanted: ed" in told(wanted)
    assert ["rca_approval_wanted: ed"] == told(derived)


def test_engagement_managers_are_asked_for_access_and_to_share() -> None:
    """
    RESOLVE-6, CLOSE-4: what only they may do, they are asked to do.
    """
    plan = a_plan(engagement_managers=("eva",))
    verified = decide(one_in(State.VERIFYING, plan=plan, priority="P1"), VERIFY, monday("10:00"))
    approved = decide(after(verified.state, monday("10:00"), FILE, DERIVE), APPROVE, monday("10:00"))

    assert ("ACME",) == lines(internal(verified, "access_wanted").facts.items)
    assert ["eva"] == [recipient.id for recipient in internal(approved, "rca_ready").to]
