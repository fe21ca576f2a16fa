"""
Task forces as their escalation sees them: deployed, heard of, stood down (RESOLVE-2, RESOLVE-3).
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from escalation.case import commands as c
from escalation.case.deliveries import deliveries
from escalation.case.effects import StartTaskForce
from escalation.case.engine import Decision, allowed_moves, decide
from escalation.case.lifecycle import Move
from escalation.case.moves.cancel import Cancel
from escalation.case.moves.change_priority import ChangePriority
from escalation.case.moves.deploy_task_force import DeployTaskForce
from escalation.case.moves.raise_level import RaiseLevel
from escalation.case.moves.send_update import SendUpdate
from escalation.case.moves.stand_down_task_force import StandDownTaskForce
from escalation.case.outdated_notifications import find_outdated
from escalation.case.state import Escalation
from escalation.case.task_forces import (
    NoteFailedDeployment,
    ReportTaskForce,
    TaskForceReported,
    TaskForceStoodDown,
)
from escalation.case.view import view
from escalation.kernel.clock_name import ClockName
from escalation.kernel.ids import RunId
from escalation.kernel.reasons import as_written
from escalation.kernel.refusals import (
    BadRequest,
    EscalationError,
    MoveNotAllowed,
    RoleNotAllowed,
    UnknownName,
)
from escalation.kernel.values import InternalText
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.notification import NotificationBatch
from escalation.notifications.system_commands import CancelByOperator
from escalation.policy.classification import CancelCause, EscalationReason, Priority
from escalation.policy.plan import Target
from escalation.task_force.lifecycle import TaskForceState
from escalation.task_force.moves.keep_informed import KeepInformed
from escalation.task_force.moves.stand_down import StandDown
from escalation.task_force.state import Charter, OpenTask, SeatRequest, StatusReport, TaskForceSummary
from escalation.task_force.updates import TaskForceUpdate
from tests.builders import DECLARE, HOUR, MINUTE, THE_MONDAY, a_plan, an_acknowledged, notices, the, told
from tests.said import said

NOW = THE_MONDAY + 9 * HOUR + 10 * MINUTE
MISSION, WHY = InternalText("Find the leak"), InternalText("because")


def deploy(**changes: Any) -> DeployTaskForce:
    """Ed leads; one seat for an architect."""
    given = {"by": "ed", "name": "roof", "mission": MISSION, "lead": "ed", "seats": [{"role": "architect"}]}
    return DeployTaskForce.model_validate(given | changes)


def with_forces(*names: str, **changes: Any) -> Escalation:
    now = an_acknowledged(**changes)
    for name in names or ("roof",):
        now = decide(now, deploy(name=name), NOW).state
    return now


def orders(decision: Decision) -> list[str]:
    return [RunId.read(effect.id).task_force for effect in decision.effects if isinstance(effect, StandDown)]


def charter(decision: Decision) -> Charter:
    (effect,) = (effect for effect in decision.effects if isinstance(effect, StartTaskForce))
    return effect.charter


def news(now: Escalation, *happened: str, heard: int = 9, **changes: Any) -> ReportTaskForce:
    of_news = {"is_status_missed", "vacant"}
    of_it = {
        key: changes.pop(key)
        for key in list(changes)
        if key in {*TaskForceSummary.__dataclass_fields__} - of_news
    }
    summary = replace(now.task_forces[0], heard=heard, **of_it)
    return ReportTaskForce(
        update=TaskForceUpdate(
            summary=summary, happened=tuple(map(as_written, happened or ("it went on",))), **changes
        )
    )


def test_a_task_force_is_deployed_with_all_that_it_needs() -> None:
    """
    RESOLVE-2: mission, lead, candidates by role, clocks; the view lists it.
    """
    made = decide(an_acknowledged(), deploy(technical_plan="Look up", status_every=timedelta(hours=1)), NOW)

    given = charter(made)
    assert ("roof", MISSION, "ed", "Look up") == (given.name, given.mission, given.lead, given.technical_plan)
    assert (("ari",),) == tuple(seat.candidates for seat in given.seats)
    status = given.timing(ClockName.TASK_FORCE_STATUS)
    assert status is not None
    assert (HOUR, (45 * MINUTE,)) == (status.after, status.thresholds)
    assert ["roof"] == [force.name for force in view(made.state).task_forces]
    assert ["task_force_deployed"] == [event.kind for event in made.events]


def test_its_status_clock_is_the_playbooks_unless_it_has_its_own() -> None:
    """
    CLOCK-1, MATRIX-7: by priority, counting whose hours the priority counts.
    """
    plan = a_plan()
    rules = {
        priority: replace(
            rules,
            targets=rules.targets
            | {
                ClockName.TASK_FORCE_STATUS: Target(after=4 * HOUR),
                ClockName.SEAT_ANSWER: Target(after=HOUR),
            },
        )
        for priority, rules in plan.priorities.items()
    }
    made = decide(an_acknowledged(plan=replace(plan, priorities=rules)), deploy(), NOW)

    given = charter(made)
    assert [(HOUR, "office"), (4 * HOUR, "office")] == [
        (clock.after, clock.calendar) for clock in given.clocks
    ]
    assert {"office"} == set(given.calendars)


def test_seats_are_filled_by_skill_and_by_name() -> None:
    """
    RESOLVE-2: in the order given, a team stands for its people, the lead has a place already.
    """
    plan = a_plan(skills={"roofs": "ari"})
    seats = [
        {"role": "climber", "skill": "roofs"},
        {"role": "climber", "people": ["ed", "cora", "ana", "cora"]},
    ]
    made = decide(an_acknowledged(plan=plan), deploy(seats=seats), NOW)

    assert (("ari",), ("cora", "ana")) == tuple(seat.candidates for seat in charter(made).seats)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"lead": "mallory"}, "lead: given 'mallory'"),
        ({"seats": [{"role": "plumber"}]}, "seats.0.role: given 'plumber'"),
        ({"seats": [{"role": "x", "skill": "roofs"}]}, "seats.0.skill: given 'roofs'; allowed: one of none"),
        ({"seats": [{"role": "x", "people": ["arri"]}]}, "seats.0.people: given 'arri'.*did you mean ari"),
        ({"seats": [{"role": "x", "people": ["ed"]}]}, "seats.0: given nobody but the lead for x"),
    ],
)
def test_what_cannot_be_filled_is_refused(changes: dict[str, Any], says: str) -> None:
    """
    RESOLVE-2: a seat without a candidate, a lead or a skill that nobody knows: with every fault.
    """
    with pytest.raises(BadRequest, match=says):
        decide(an_acknowledged(), deploy(**changes), NOW)


@pytest.mark.parametrize(
    "changes",
    [{"name": "The Roof"}, {"name": "-"}, {"mission": ""}, {"status_every": timedelta(seconds=1)}],
)
def test_what_is_no_name_or_span_is_refused(changes: dict[str, Any]) -> None:
    """
    RESOLVE-2: the name is part of the address that it is found by.
    """
    with pytest.raises(ValidationError):
        deploy(**changes)


def test_a_name_is_taken_once() -> None:
    """
    RESOLVE-2: several side by side, each of a name of its own; twenty are enough.
    """
    now = with_forces(*(f"roof-{number}" for number in range(20)))

    with pytest.raises(MoveNotAllowed, match="was deployed already"):
        decide(now, deploy(name="roof-1"), NOW)
    with pytest.raises(MoveNotAllowed, match="no more can be"):
        decide(now, deploy(name="another"), NOW)


@pytest.mark.parametrize("name", ["report", "missed", "vacant", "down"])
def test_news_go_to_whoever_must_know(name: str) -> None:
    """
    RESOLVE-2: into the timeline always; a missed status to the owner and the level's managers.
    """
    now = with_forces()
    report = StatusReport(at=NOW, by="ed", text=InternalText("It is the roof"))
    heard, wanted = {
        "report": (news(now, report=report, latest=report), ["task_force_report: ana, ed"]),
        "missed": (news(now, is_status_missed=True), ["breach: ana, mia"]),
        "vacant": (news(now, vacant=("climber",)), ["task_force_update: ana, ed"]),
        "down": (
            news(now, state=TaskForceState.STOOD_DOWN, why_stood_down="x"),
            ["task_force_stood_down: ana"],
        ),
    }[name]

    made = decide(now, heard, NOW)

    assert as_written("it went on") in the(TaskForceReported, made).happened
    assert wanted == [line for line in told(made) if line]


def test_a_vacant_seat_stays_news_whatever_else_is_told() -> None:
    """
    COMM-12, RESOLVE-2: an internal update of somebody makes it no less true; why the last one declined goes with it.
    """
    now = with_forces()
    vacant = decide(now, news(now, vacant=("climber",), declined=InternalText("No ladder")), NOW)
    update = decide(vacant.state, SendUpdate(by="mia", internal_note=InternalText("Roof.")), NOW)

    waited = NotificationBatch(notices=tuple(notices(vacant.effects)))
    assert ["No ladder"] == [notice.facts.text for notice in waited.notices]
    assert {} == find_outdated(update.state, update.events, waited)


def test_what_a_task_force_could_not_deliver_is_raised_to_a_person() -> None:
    """
    COMM-13, RECORD-1: the escalation manager is told once, and its messages are in the list of the escalation's.
    """
    now = with_forces()
    gone = DeliveryResult(key="k:1", recipient="ari", occasion="task_force_invited", why="no such mailbox")
    here = replace(gone, key="k:2", recipient="ed", delivered_at=NOW)

    made = decide(now, news(now, results=(gone, here)), NOW)

    assert ["undeliverable: ed"] == told(made)
    assert [("k:1", False), ("k:2", True)] == [
        (sent.key, sent.is_delivered) for sent in deliveries(made.events)
    ]
    assert () == decide(made.state, news(now, results=(gone, here)), NOW).events


def test_late_and_repeated_news_are_no_news() -> None:
    """
    RESOLVE-2: the shell may tell twice.
    """
    now = decide(with_forces(), news(with_forces(), heard=9), NOW).state

    assert () == decide(now, news(now, heard=9), NOW).events


def test_one_that_is_not_ours_is_stood_down() -> None:
    """
    RESOLVE-3: its escalation has ended, and another one has the key now.
    """
    now = with_forces()
    stranger = news(now, id="ACME/4711@0/roof")

    made = decide(an_acknowledged(), stranger, NOW)

    assert (["roof"], ()) == (orders(made), made.events)


@pytest.mark.parametrize(
    "command", [DECLARE, Cancel(by="ed", cause=CancelCause.WITHDRAWN, why=WHY), CancelByOperator()]
)
def test_each_is_stood_down_with_the_resolution_or_the_cancellation(command: c.Command) -> None:
    """
    RESOLVE-3, CLOSE-10: and its open tasks are listed.
    """
    now = with_forces("roof", "wall")
    task = OpenTask(number=1, what=InternalText("Climb up"), owner="ed")
    now = decide(now, news(now, open_tasks=(task,)), NOW).state

    made = decide(now, command, NOW)

    assert ["roof", "wall"] == orders(made)
    assert () == made.state.standing_forces
    down = [event for event in made.events if isinstance(event, TaskForceStoodDown)]
    assert [["Climb up (ed)"], []] == [list(map(said, event.left)) for event in down]
    assert ("task_force_stood_down: ana" in told(made)) is (command is not DECLARE), "whoever did it knows"


def test_a_task_force_is_stood_down_by_order() -> None:
    """
    RESOLVE-3: open tasks go to somebody, who is told.
    """
    now = with_forces("roof", "wall")
    task = OpenTask(number=1, what=InternalText("Climb up"), owner="ed")
    now = decide(now, news(now, open_tasks=(task,)), NOW).state

    order = StandDownTaskForce(by="ed", name="roof", why=WHY, hand_over_to="cora")
    made = decide(now, order, NOW)

    assert (["roof"], ["task_force_stood_down: cora"]) == (orders(made), told(made))
    assert ["wall"] == [force.name for force in made.state.standing_forces]
    with pytest.raises(MoveNotAllowed, match="stood down already"):
        decide(made.state, order, NOW)


def test_a_lead_stands_down_what_they_lead() -> None:
    """
    RESOLVE-3, ROLE-2: by done work; not what somebody else leads.
    """
    plan = a_plan(permissions={Move.STAND_DOWN_TASK_FORCE: ("escalation_manager", "task_force_lead")})
    now = decide(an_acknowledged(plan=plan), deploy(lead="cora"), NOW).state
    now = decide(now, deploy(name="wall", lead="ari", seats=[]), NOW).state

    assert ["roof"] == orders(decide(now, StandDownTaskForce(by="cora", name="roof", why=WHY), NOW))
    with pytest.raises(RoleNotAllowed, match="which ari leads"):
        decide(now, StandDownTaskForce(by="cora", name="wall", why=WHY), NOW)
    with pytest.raises(RoleNotAllowed, match="roles that may"):
        decide(now, StandDownTaskForce(by="ana", name="wall", why=WHY), NOW)


@pytest.mark.parametrize(
    ("command", "error", "says"),
    [
        (StandDownTaskForce(by="ed", name="rooof", why=WHY), UnknownName, "did you mean roof"),
        (
            StandDownTaskForce(by="ed", name="roof", why=WHY, hand_over_to="x"),
            UnknownName,
            "unknown person",
        ),
    ],
)
def test_unknown_names_are_refused(command: Any, error: type[EscalationError], says: str) -> None:
    """
    RESOLVE-3: with those that there are.
    """
    with pytest.raises(error, match=says):
        decide(with_forces(), command, NOW)


def test_it_is_a_move_only_while_the_problem_is_worked_on() -> None:
    """
    RESOLVE-3: nobody deploys one, or can stand one down, while the resolution is verified.
    """
    assert Move.STAND_DOWN_TASK_FORCE not in allowed_moves(an_acknowledged())
    verifying = decide(with_forces(), DECLARE, NOW).state

    with pytest.raises(MoveNotAllowed, match="while verifying"):
        decide(verifying, deploy(name="wall"), NOW)


def test_its_last_words_after_the_order_are_kept_and_change_nothing() -> None:
    """
    RESOLVE-3: what crossed the order, also of an escalation that has ended.
    """
    now = with_forces()
    last = news(now, "a task was added", state=TaskForceState.WORKING)
    ended = decide(now, CancelByOperator(), NOW).state

    made = decide(ended, last, NOW)

    assert (["task_force_reported"], [], ()) == (
        [event.kind for event in made.events],
        told(made),
        made.state.standing_forces,
    )


def test_one_that_could_not_be_brought_to_life_is_told() -> None:
    """
    RESOLVE-2: else everybody would believe that somebody is at it.
    """
    now = with_forces()
    made = decide(now, NoteFailedDeployment(id=now.task_forces[0].id, why="in its place"), NOW)

    assert (["task_force_stood_down: ana, ed"], ()) == (told(made), made.state.standing_forces)


def test_each_is_informed_of_a_rise() -> None:
    """
    RESOLVE-2: so that its messages say the level and the owner of now.
    """
    rise = RaiseLevel(by="ana", reason=EscalationReason.LACK_OF_AUTHORITY)
    made = decide(with_forces(), rise, NOW)

    informed = [effect.about.level for effect in made.effects if isinstance(effect, KeepInformed)]
    assert [made.state.level] == informed


def test_a_change_of_priority_comes_with_the_clocks_of_the_new_one() -> None:
    """
    CLOCK-4, CLOCK-1: each is told how long its clocks run from now on, and whose hours they count; a rise changes none.
    """
    plan = a_plan()
    spans = dict(zip(sorted(plan.priorities), (1, 2, 3, 4), strict=True))
    rules = {
        priority: replace(
            rules, targets=rules.targets | {ClockName.TASK_FORCE_STATUS: Target(after=spans[priority] * HOUR)}
        )
        for priority, rules in plan.priorities.items()
    }
    now = with_forces(plan=replace(plan, priorities=rules))

    made = decide(now, ChangePriority(by="ed", priority=Priority.P2), NOW)
    risen = decide(now, RaiseLevel(by="ana", reason=EscalationReason.LACK_OF_AUTHORITY), NOW)

    (informed,) = (effect for effect in made.effects if isinstance(effect, KeepInformed))
    assert [2 * HOUR] == [clock.after for clock in informed.clocks]
    assert {clock.calendar for clock in informed.clocks if clock.calendar} == set(informed.calendars)
    assert [()] == [effect.clocks for effect in risen.effects if isinstance(effect, KeepInformed)]


def test_seats_are_wanted_by_role() -> None:
    """
    RESOLVE-2: a field that we do not know is a mistake.
    """
    with pytest.raises(ValidationError):
        SeatRequest.model_validate({"role": "x", "number": 3})
