"""Measures of one escalation."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from escalation.case import commands as c
from escalation.case.lifecycle import State
from escalation.case.moves.acknowledge import Acknowledge
from escalation.case.moves.cancel import Cancel
from escalation.case.moves.change_priority import ChangePriority
from escalation.case.moves.close import Close
from escalation.case.moves.confirm_access import ConfirmAccess
from escalation.case.moves.join_outage import JoinOutage
from escalation.case.moves.pause import PauseClocks, ResumeClocks
from escalation.case.moves.reject_resolution import RejectResolution
from escalation.case.moves.request_rca import RequestRca
from escalation.case.moves.send_update import SendUpdate
from escalation.case.moves.transfer import Transfer
from escalation.case.resolution import AccessAnswer
from escalation.case.system_events import MoveRefused
from escalation.kernel.clock_name import OF_TASK_FORCES, ClockName
from escalation.kernel.clocks import Outcome
from escalation.kernel.values import CustomerText, InternalText, from_json, to_json
from escalation.measures.definitions import (
    BY_NAME,
    MEASURES,
    ClockRun,
    EscalationMeasures,
    Ownership,
    attainment_of,
    same_cause,
)
from escalation.measures.fold import measure_events
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.system_commands import ReportDelivery, Tick
from escalation.policy.classification import CancelCause, EscalationReason, Priority
from escalation.policy.plan import ActionPolicy
from tests.builders import (
    DECLARE,
    HOUR,
    JO,
    MINUTE,
    RCA_COURSE,
    VERIFY,
    a_customer,
    a_plan,
    all_delivered,
    at,
    monday,
    opening,
    tuesday,
)
from tests.escalation.notified import events_of
from tests.escalation.plans import A_SURVEY
from tests.records.past import AFTER_CLOSE

BOLT = "BOLT:jo@bolt.example"
TO_FINANCE = Transfer(by="ana", to="finance", reason=EscalationReason.LACK_OF_EXPERTISE)


def told_of(*steps: c.Command | datetime, **changes: Any) -> EscalationMeasures:
    return measure_events(events_of(opening(**changes), *steps))


def run_of(found: EscalationMeasures, name: ClockName) -> ClockRun:
    return next(run for run in found.clocks if run.name is name)


def a_hold(team: str | None, person: str | None = None, level: int | None = 1) -> Ownership:
    return Ownership(
        team=team, person=person, level=level, since_at=monday("09:00"), until_at=monday("10:00")
    )


def test_the_first_notice_is_the_first_and_when_it_was_delivered() -> None:
    """
    RECORD-2, START-5: whoever joins later has a first message of their own; and COMM-2's clock counts the delivery.
    """
    begun = opening()
    join = JoinOutage(by="ben", case_key="BOLT/7", customers=(a_customer("BOLT"),))
    told = all_delivered(begun.state, monday("09:03"))
    told_again = ReportDelivery(
        results=(
            DeliveryResult(
                key="K:2:case_received:BOLT",
                recipient=BOLT,
                occasion="case_received",
                channel="email",
                delivered_at=monday("09:30"),
            ),
        )
    )

    found = measure_events(
        events_of(begun, monday("09:05"), told, monday("09:20"), join, monday("09:40"), told_again)
    )

    assert 3 * MINUTE == found.first_notification_after
    assert [3 * MINUTE, 10 * MINUTE] == [
        run.ended_at - run.started_at
        for run in found.clocks
        if run.name is ClockName.FIRST_NOTIFICATION and run.ended_at
    ]


def test_a_record_begins_with_the_opening() -> None:
    """
    RECORD-1: what does not begin with it is not a record.
    """
    with pytest.raises(ValueError, match="must begin with opened"):
        measure_events(events_of(opening())[1:])


def test_times_are_from_the_opening() -> None:
    """
    RECORD-2: to acknowledge, to first notification, to resolve; by the calendar.
    """
    start = opening()
    told = measure_events(
        events_of(
            start,
            monday("09:04"),
            all_delivered(start.state, monday("09:04")),
            monday("09:10"),
            Acknowledge(by="ana"),
            tuesday("10:00"),
            DECLARE,
        )
    )

    assert 4 * MINUTE == told.first_notification_after
    assert 10 * MINUTE == told.acknowledged_after
    assert 25 * HOUR == told.resolved_after


def test_only_a_resolution_that_stands_counts() -> None:
    """
    RECORD-2: rejected (RESOLVE-5), it is as if it had not been declared; the return counts as reopened.
    """
    reject = RejectResolution(by="ari", why=InternalText("it is broken again"))

    told = told_of(Acknowledge(by="ana"), DECLARE, monday("11:00"), reject)

    assert told.resolved_after is None
    assert 1 == told.reopened


def test_a_clock_that_is_met_and_one_that_is_late() -> None:
    """
    RECORD-2: attainment per clock, with the lateness of a breach.
    """
    told = told_of(Acknowledge(by="ana"), at(7, "10:00"), Tick(), at(7, "11:00"), DECLARE, VERIFY)
    resolution = run_of(told, ClockName.RESOLUTION)

    assert Outcome.MET == run_of(told, ClockName.ACKNOWLEDGE).outcome
    assert Outcome.BREACHED == resolution.outcome
    assert resolution.due_at is not None
    assert at(7, "11:00") - resolution.due_at == resolution.late_by
    assert told.breaches == sum(run.outcome is Outcome.BREACHED for run in told.clocks) > 0


def test_a_clock_that_runs_in_time_has_no_outcome() -> None:
    """
    RECORD-2: it counts neither way.
    """
    assert run_of(told_of(), ClockName.RESOLUTION).outcome is None


def test_each_start_of_a_clock_is_a_run() -> None:
    """
    RECORD-2: the update clock starts again with each update (COMM-3), and each run counts.
    """
    update = SendUpdate(by="ana", customer_text=CustomerText("We are at it."))
    told = told_of(Acknowledge(by="ana"), monday("09:30"), update, monday("10:00"), update)

    runs = [run for run in told.clocks if run.name is ClockName.NEXT_UPDATE]

    assert [Outcome.MET, Outcome.MET, None] == [run.outcome for run in runs]


def test_every_level_team_and_person_that_held_it_is_known() -> None:
    """
    RESOLVE-7: and how long.
    """
    told = told_of(Acknowledge(by="ana"), monday("09:10"), TO_FINANCE, monday("09:25"), Acknowledge(by="fay"))

    held = [(hold.level, hold.team, hold.person, hold.lasted) for hold in told.holds]

    assert [(1, None, "ana", 10 * MINUTE), (1, "finance", None, 15 * MINUTE)] == held[:2]
    assert [(1, "finance", "fay", timedelta())] == held[2:]


@pytest.mark.parametrize(
    ("teams", "hand_overs", "back_and_forth"),
    [
        ((), 0, 0),
        (("a",), 0, 0),
        (("a", "a"), 0, 0),  # another person of the same team
        (("a", "b"), 1, 0),
        (("a", None, "a"), 0, 0),  # a gap in what is known is no hand-over
        (("a", "b", "a"), 2, 1),
        (("a", "b", "a", "b"), 3, 2),
        (("a", "b", "c"), 2, 0),
    ],
)
def test_ping_pong_is_a_hand_over_to_one_that_had_it(
    teams: tuple[str | None, ...], hand_overs: int, back_and_forth: int
) -> None:
    """
    RECORD-2: hand-overs and ping-pong.
    """
    held = replace(told_of(), holds=tuple(a_hold(team) for team in teams))

    assert (hand_overs, back_and_forth) == (held.hand_overs, held.ping_pong)


def test_a_person_counts_where_no_team_is_known() -> None:
    """
    RECORD-2: hand-overs from person to person.
    """
    held = replace(told_of(), holds=(a_hold(None, "ana"), a_hold("finance", "fay"), a_hold("finance", "may")))

    assert ("ana", "finance") == held.holders


def test_a_pause_counts_and_the_hold_of_a_verification_does_not() -> None:
    """
    RECORD-2: share of time paused.
    """
    pause = PauseClocks(by="ana", because="waiting_for_customer")
    told = told_of(
        Acknowledge(by="ana"),
        monday("10:00"),
        pause,
        monday("12:00"),
        ResumeClocks(by="ana"),
        DECLARE,
        monday("13:00"),
        VERIFY,
    )

    assert 2 * HOUR == told.paused_for
    assert 4 * HOUR == told.lived_for


def test_causes_and_actions_are_those_of_the_last_rca() -> None:
    """
    RECORD-2, CLOSE-3: repeated root causes, actions that are due.
    """
    told = told_of(Acknowledge(by="ana"), DECLARE, VERIFY, RequestRca(by="ed"), *RCA_COURSE[:2])

    assert ("the roof of the depot leaks",) == told.causes
    assert ["repair the roof"] == [each.what for each in told.follow_ups]
    assert State.CLOSING == told.state


def test_what_happens_after_the_close_is_measured() -> None:
    """
    RECORD-2, CLOSE-6, CLOSE-7: late answers, and actions that are done; the escalation itself lives no longer for it.
    """
    access = ConfirmAccess(by="eva", account="ACME", answer=AccessAnswer.YES)
    rca = (RequestRca(by="ed"), *RCA_COURSE)
    plan = a_plan(survey=A_SURVEY, actions=ActionPolicy())

    told = told_of(
        Acknowledge(by="ana"), DECLARE, VERIFY, access, *rca, Close(by="ed"), *AFTER_CLOSE, plan=plan
    )

    assert [("ACME", JO, 4, "quick", at(2, "09:00"))] == [
        (each.account, each.contact, each.score, each.comment, each.at) for each in told.answers
    ]
    assert [("repair the roof", None), ("buy tarpaulins", at(3, "09:00").date())] == [
        (each.what, each.done_on) for each in told.follow_ups
    ]
    assert (timedelta(), at(3, "09:00")) == (told.lived_for, told.recorded_until)


def test_promises_count_each_run_that_was_met_or_late() -> None:
    """
    RECORD-2: attainment; what still runs, or was called off, is no part of it.
    """
    update = SendUpdate(by="ana", customer_text=CustomerText("We are at it."))
    told = told_of(Acknowledge(by="ana"), monday("09:30"), update, monday("10:00"), update)

    assert [2, 0] == told.promises[ClockName.NEXT_UPDATE]
    assert ClockName.RESOLUTION not in told.promises


def test_a_changed_priority_counts_as_it_is_at_last() -> None:
    """
    RECORD-2: and nothing of what was recorded before is lost.
    """
    told = told_of(Acknowledge(by="ana"), ChangePriority(by="ana", priority=Priority.P2))

    assert Priority.P2 == told.priority
    assert ["ACME"] == [customer.account for customer in told.customers]


def test_every_measure_is_defined_once() -> None:
    """
    RECORD-2: each has a title and a definition, and no two have the same name.
    """
    assert len(MEASURES) == len(BY_NAME)
    assert [] == [each.name for each in MEASURES if not each.definition.endswith(".") or not each.title]


def test_causes_are_the_same_whatever_their_case_and_spaces() -> None:
    """
    RECORD-2: repeated root causes.
    """
    assert same_cause("  The ROOF\nleaks ") == same_cause("the roof leaks")


def test_what_is_cancelled_is_not_resolved() -> None:
    """
    RECORD-2: a duplicate that was found while verifying has no time to resolve, in an import neither.
    """
    duplicate = Cancel(by="ed", cause=CancelCause.WITHDRAWN, why=InternalText("told twice"))

    told = told_of(monday("10:00"), DECLARE, monday("10:30"), duplicate)

    assert (State.CANCELLED, None) == (told.state, told.resolved_after)


def test_what_is_measured_survives_json() -> None:
    """
    RECORD-1: as every stored state does.
    """
    told = told_of(Acknowledge(by="ana"), DECLARE)

    assert told == from_json(EscalationMeasures, to_json(told))


def test_a_refused_signal_is_counted() -> None:
    """
    RECORD-1: refusals are on record too.
    """
    events = events_of(opening())
    refused = MoveRefused(seq=events[-1].seq + 1, at=events[-1].at, move="close", why="not now")

    assert 1 == measure_events((*events, refused)).refused


def test_clocks_that_no_escalation_runs_have_no_figure() -> None:
    """
    RECORD-2: a task force runs its own, and a figure that is always empty would look like nothing missed.
    """
    names = {measure.name for measure in MEASURES}

    assert set() == names & {attainment_of(clock) for clock in OF_TASK_FORCES}
    assert attainment_of(ClockName.RESOLUTION) in names
