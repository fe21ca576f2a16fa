"""
Contacts who cannot be reached: never silence (MATRIX-5).
"""

from datetime import datetime
from typing import Any

import pytest

from escalation.case.engine import decide
from escalation.case.levels import ContactTried
from escalation.case.lifecycle import State
from escalation.case.moves.acknowledge import Acknowledge
from escalation.case.moves.reject_resolution import RejectResolution
from escalation.case.moves.reopen import Reopen
from escalation.case.moves.transfer import Transfer
from escalation.case.state import Escalation
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Outcome
from escalation.kernel.values import InternalText
from escalation.notifications.system_commands import Tick
from escalation.policy.plan import Unreached
from tests.builders import (
    HOUR,
    JO,
    a_plan,
    a_window,
    after,
    all_delivered,
    an_escalation,
    at,
    clock,
    levels_with,
    monday,
    one_in,
    the,
    told,
)
from tests.said import said


def an_unacknowledged(**changes: Any) -> Escalation:
    """
    Everybody was told of the start; nobody has answered.
    """
    opened = an_escalation(**changes)
    return after(opened, all_delivered(opened, opened.opened_at))


def test_who_does_not_acknowledge_is_followed_by_the_next_contact() -> None:
    """
    MATRIX-5: the managers hear of it; the customer keeps the same level and window.
    """
    plan = a_plan(levels=levels_with(1, window=a_window(HOUR, 2 * HOUR)))
    decision = decide(an_unacknowledged(plan=plan), Tick(), monday("09:30"))

    tried = the(ContactTried, decision)
    assert ("ben", 1, "Ana did not acknowledge") == (tried.owner, tried.attempt, said(tried.why))
    assert ("ben", 1) == (decision.state.owner, decision.state.level)
    assert ["breach: mia, ana", "assigned: ben"] == told(decision)
    assert monday("10:00") == clock(decision.state, ClockName.ACKNOWLEDGE).due_at


_LONG = a_window(3 * HOUR, 5 * HOUR)


@pytest.mark.parametrize(
    ("unreached", "level", "owner", "messages"),
    [
        (Unreached.SKIP, 2, "mia", ["assigned: mia", "level_raised: ben", f"hand_over: {JO}"]),
        (Unreached.STAY, 1, "ben", []),  # and it is chased, see below
        (Unreached.FALLBACK, 1, "nils", ["assigned: nils"]),
    ],
)
def test_when_no_contact_acknowledges_the_playbook_says_what_happens(
    unreached: Unreached, level: int, owner: str, messages: list[str]
) -> None:
    """
    MATRIX-5: skip to the next level, hold, or ask the fallback contact.
    """
    levels = levels_with(1, window=_LONG, unreached=unreached, fallback="nils")
    both_silent = after(an_unacknowledged(plan=a_plan(levels=levels)), monday("09:30"), Tick())
    decision = decide(both_silent, Tick(), monday("10:00"))

    assert (level, owner) == (decision.state.level, decision.state.owner)
    assert ["breach: mia, ben", *messages] == told(decision)


@pytest.mark.parametrize(
    ("unreached", "chased"),
    [
        (Unreached.STAY, "reminder: mia, ben"),
        (Unreached.FALLBACK, "reminder: mia, nils"),  # who was silent too
    ],
)
def test_nobody_there_is_never_silence(unreached: Unreached, chased: str) -> None:
    """
    MATRIX-5: it is brought up again, day after day, until somebody acknowledges.
    """
    days = a_window(20 * 8 * HOUR, 30 * 8 * HOUR)
    plan = a_plan(levels=levels_with(1, window=days, unreached=unreached, fallback="nils"))
    now = an_unacknowledged(plan=plan)
    for minute in ("09:30", "10:00", "10:30"):
        now = after(now, monday(minute), Tick())
    breached = clock(now, ClockName.ACKNOWLEDGE).breached_at
    assert breached

    for day in (1, 2):
        due: datetime = at(day, f"{breached:%H:%M}")
        before = after(now, at(day, "09:29"), Tick())
        decision = decide(before, Tick(), due)
        assert chased in told(decision)
        now = decision.state

    acknowledged = after(now, at(2, "12:00"), Acknowledge(by="ben"))
    assert Outcome.BREACHED is clock(acknowledged, ClockName.ACKNOWLEDGE).outcome


@pytest.mark.parametrize("back", ["rejected", "reopened"])
def test_work_that_goes_on_without_an_owner_who_acknowledged_asks_for_one(back: str) -> None:
    """
    MATRIX-5: a transfer while verifying asks nobody at once; when the resolution does not hold, somebody must have it.
    """
    why = InternalText("still wet")
    verdict = RejectResolution(by="ari", why=why) if back == "rejected" else Reopen(by="ed", why=why)
    verifying = after(one_in(State.VERIFYING), monday("09:10"), Transfer(by="ed", to="finance"))
    resolving = after(verifying, monday("10:00"), verdict)

    assert not clock(verifying, ClockName.ACKNOWLEDGE).is_running
    assert monday("10:30") == clock(resolving, ClockName.ACKNOWLEDGE).due_at


def test_nobody_is_asked_in_vain_when_it_rises_at_the_same_moment() -> None:
    """
    MATRIX-5, MATRIX-2: acknowledge and window run out together; the rise is the answer to both.
    """
    reminded = after(an_unacknowledged(), monday("09:15"), Tick())
    decision = decide(reminded, Tick(), monday("09:30"))

    assert ["breach: mia, ana", "assigned: mia", "level_raised: ana", f"hand_over: {JO}"] == told(decision)
    assert (2, "mia", 0) == (
        decision.state.level,
        decision.state.owner,
        decision.state.attempt,
    )
