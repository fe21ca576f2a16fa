"""
The kinds of escalation: by level, to a team, by priority, by itself, to the executives (KIND).
"""

import pytest

from escalation.case import commands as c
from escalation.case.engine import decide
from escalation.case.levels import LevelRaised, SponsorshipProposed
from escalation.case.lifecycle import State
from escalation.case.moves.change_priority import ChangePriority
from escalation.case.moves.confirm_access import ConfirmAccess
from escalation.case.moves.raise_level import RaiseLevel
from escalation.case.moves.reject_resolution import RejectResolution
from escalation.case.moves.reopen import Reopen
from escalation.case.moves.report_trigger import ReportTrigger
from escalation.case.moves.transfer import Transfer
from escalation.case.resolution import AccessAnswer
from escalation.kernel.clock_events import ClockEnded
from escalation.kernel.clock_name import ClockName
from escalation.kernel.values import InternalText
from escalation.notifications.system_commands import Tick
from escalation.policy.classification import EscalationReason, Priority
from escalation.policy.plan import Trigger
from tests.builders import (
    JO,
    MINUTE,
    a_plan,
    after,
    an_acknowledged,
    an_escalation,
    at,
    clock,
    happened,
    internal,
    levels_with,
    monday,
    one_in,
    the,
    told,
)
from tests.said import lines, said


def raised(**changes: object) -> RaiseLevel:
    return RaiseLevel.model_validate({"by": "ana", "reason": "lack_of_authority"} | changes)


def test_a_raise_goes_to_the_next_level_and_asks_its_contact() -> None:
    """
    KIND-1: the new contact is asked, the managers of the old level and the customer are told; not whoever raised it.
    """
    decision = decide(an_acknowledged(), raised(note="he asks for a refund"), monday("09:10"))

    assert (2, "mia", None) == (
        decision.state.level,
        decision.state.owner,
        decision.state.acknowledged_by,
    )
    assert ["level_raised"] == happened(decision)
    assert ["assigned: mia", f"hand_over: {JO}"] == told(decision)  # mia manages level 1 herself
    facts = internal(decision, "assigned").facts
    assert ("raised by Ana", "he asks for a refund", "Ana") == (said(facts.why), facts.text, facts.by)
    assert ("try a solution", "collect contact details", "follow up after internal review") == lines(
        facts.items
    )


def test_a_raise_starts_the_clocks_of_the_new_level() -> None:
    """
    KIND-1, MATRIX-2: the old window is cancelled; acknowledge and window count from the raise.
    """
    decision = decide(an_acknowledged(), raised(), monday("09:10"))

    ended = [(event.clock, event.outcome) for event in decision.events if isinstance(event, ClockEnded)]
    assert [(ClockName.LEVEL_WINDOW, "cancelled")] == ended
    assert monday("09:40") == clock(decision.state, ClockName.ACKNOWLEDGE).due_at
    assert monday("10:10") == clock(decision.state, ClockName.LEVEL_WINDOW).due_at


def test_a_raise_may_name_a_higher_level() -> None:
    """
    KIND-1.
    """
    decision = decide(an_acknowledged(), raised(by="ed", to_level=4), monday("09:10"))

    assert (4, "sol") == (decision.state.level, decision.state.owner)
    assert ["assigned: sol", "level_raised: mia, ana", f"hand_over: {JO}"] == told(decision)


def test_a_transfer_goes_to_the_team_with_the_skill_and_keeps_the_level() -> None:
    """
    KIND-2: the window runs on, only the acknowledgement is asked for again.
    """
    escalation = an_acknowledged()
    decision = decide(escalation, Transfer(by="ana", to="finance", note="billing"), monday("09:10"))  # type: ignore[arg-type]

    assert (1, "finance", None) == (
        decision.state.level,
        decision.state.owner,
        decision.state.acknowledged_by,
    )
    assert clock(escalation, ClockName.LEVEL_WINDOW) == clock(decision.state, ClockName.LEVEL_WINDOW)
    assert monday("09:40") == clock(decision.state, ClockName.ACKNOWLEDGE).due_at
    assert ["assigned: finance", f"hand_over: {JO}"] == told(decision)


def test_a_higher_priority_reaches_higher_levels_sooner() -> None:
    """
    KIND-3: the entry level rises, windows shrink, more stakeholders are told.
    """
    decision = decide(an_acknowledged(), ChangePriority(by="ed", priority=Priority.P1), monday("09:04"))
    now = decision.state

    assert (Priority.P1, 2, "mia") == (now.priority, now.level, now.owner)
    assert ["priority_changed", "level_raised"] == happened(decision)
    assert [
        "first_notification: csm, ae, ceo",
        "assigned: mia",
        "level_raised: ana",
        f"hand_over: {JO}",
    ] == told(decision)
    window = clock(now, ClockName.LEVEL_WINDOW)
    assert (30 * MINUTE, monday("09:34")) == (window.after, window.due_at)  # half of an hour


def test_a_lower_priority_leaves_the_level_where_it_is() -> None:
    """
    KIND-3: nobody new is told, the owner is.
    """
    escalation = an_escalation(priority="P1")
    decision = decide(escalation, ChangePriority(by="ed", priority=Priority.P3), monday("09:01"))

    assert 2 == decision.state.level
    assert ["priority_changed: mia, max"] == told(decision)


@pytest.mark.parametrize("verdict", ["rejected", "reopened", "no access"])
def test_a_priority_that_rose_while_verifying_counts_once_work_goes_on(verdict: str) -> None:
    """
    KIND-3: nothing rises while the resolution is looked at; if it does not hold, the entry level does.
    """
    back: dict[str, c.Command] = {
        "rejected": RejectResolution(by="ari", why=InternalText("still wet")),
        "reopened": Reopen(by="ed", why=InternalText("still wet")),
        "no access": ConfirmAccess(by="eva", account="ACME", answer=AccessAnswer.NO),
    }
    verifying = after(one_in(State.VERIFYING), ChangePriority(by="ed", priority=Priority.P1))
    again = after(verifying, back[verdict])

    assert (1, State.VERIFYING) == (verifying.level, verifying.state)
    assert (2, "mia", State.RESOLVING) == (again.level, again.owner, again.state)


def test_no_person_is_needed_for_it_to_rise() -> None:
    """
    KIND-4: a clock runs out, and the managers of the level are alerted.
    """
    plan = a_plan()
    decision = decide(an_acknowledged(plan=plan), Tick(), monday("09:30"))

    assert ("engine", "sla_breach", "the window of level 1 ended") == (
        the(LevelRaised, decision).by,
        the(LevelRaised, decision).reason,
        said(the(LevelRaised, decision).why),
    )
    assert ["assigned: mia", "level_raised: ana", f"hand_over: {JO}"] == told(decision)


@pytest.mark.parametrize(
    ("level", "to_level", "reached"),
    [
        (1, None, 5),  # straight to the executives
        (1, 3, 5),  # not to a level below them, even if asked
        (1, 6, 6),  # higher, if asked
        (5, None, 6),  # already there: one up
        (6, 7, 7),
    ],
)
def test_an_executive_threat_goes_straight_to_the_executive_level(
    level: int, to_level: int | None, reached: int
) -> None:
    """
    KIND-5: and the account is proposed for the sponsorship programme.
    """
    command = raised(by="ed", reason="executive_threat", to_level=to_level)
    decision = decide(an_escalation(level=level, opened_at=at(0, "09:00")), command, monday("09:00"))

    assert reached == decision.state.level
    assert ["level_raised", "sponsorship_proposed"] == happened(decision)[-2:]
    assert ("ACME",) == the(SponsorshipProposed, decision).accounts


@pytest.mark.parametrize(("to_level", "reached"), [(None, 5), (3, 5), (6, 6)])
def test_a_trigger_that_is_an_executive_threat_goes_there_too(to_level: int | None, reached: int) -> None:
    """
    KIND-5, MATRIX-3: as if somebody had raised it for that reason; a rise that is no threat proposes nothing.
    """
    for reason in (EscalationReason.EXECUTIVE_THREAT, EscalationReason.OTHER):
        trigger = Trigger(name="sues_us", to_level=to_level, reason=reason)
        now = an_escalation(plan=a_plan(levels=levels_with(1, triggers=(trigger,))))
        decision = decide(now, ReportTrigger(by="ana", trigger="sues_us"), monday("09:05"))
        is_threat = reason is EscalationReason.EXECUTIVE_THREAT

        assert (reached if is_threat else to_level or 2) == decision.state.level
        assert is_threat is ("sponsorship_proposed" in happened(decision))


def test_the_escalation_manager_is_asked_about_sponsorship() -> None:
    """
    KIND-5, SPONSOR-2: proposed, a person decides.
    """
    decision = decide(an_acknowledged(), raised(reason="executive_threat"), monday("09:10"))

    assert ["assigned: dora", "level_raised: mia", f"hand_over: {JO}", "sponsorship_proposed: ed"] == told(
        decision
    )


@pytest.mark.parametrize("reason", EscalationReason)
def test_each_reason_can_start_and_raise(reason: EscalationReason) -> None:
    """
    KIND-6: a code, and free text beside it.
    """
    escalation = an_escalation(reason=reason, reason_note="third time")
    decision = decide(escalation, raised(reason=reason, note="fourth time"), monday("09:00"))

    assert (reason, "third time") == (escalation.request.reason, escalation.request.reason_note)
    assert (reason, "fourth time") == (
        the(LevelRaised, decision).reason,
        the(LevelRaised, decision).note,
    )
