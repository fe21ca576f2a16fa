"""
Previews: which moves are allowed and why not, and what a move would do; the engine decides, and nothing is kept.
"""

import pytest

from escalation.case.engine import decide, moves_now
from escalation.case.lifecycle import NOBODYS, Move
from escalation.case.move_permissions import list_permissions
from escalation.case.moves.acknowledge import Acknowledge
from escalation.case.moves.nudge_owner import NudgeOwner
from escalation.case.moves.verify_resolution import VerifyResolution
from escalation.kernel.refusals import MoveNotAllowed
from escalation.move_preview import preview_move
from tests.builders import an_escalation
from tests.escalation.plans import monday


def test_each_move_is_allowed_or_says_why_not() -> None:
    """The same answer as the engine's own list, and a reason for each of the others."""
    now = an_escalation()

    found = {each.move: each for each in list_permissions(now, None)}

    assert set(Move) - NOBODYS == found.keys()
    assert set(moves_now(now)) == {move for move, each in found.items() if each.is_allowed}
    assert all(each.is_allowed or each.obstacle for each in found.values())


def test_somebody_unknown_may_make_no_move() -> None:
    """ROLE-3: a person of the plan, or a customer's contact for what is theirs."""
    assert not any(each.is_allowed for each in list_permissions(an_escalation(), "nobody"))


def test_a_preview_is_what_the_move_does() -> None:
    """State, sentences and everybody who would be notified; the escalation stays as it is."""
    now, at = an_escalation(), monday("09:01")

    shown = preview_move(now, NudgeOwner(by="ben"), at)
    done = decide(now, NudgeOwner(by="ben"), at)

    assert (done.state.state, done.state.level, done.state.owner) == (
        shown.consequence.state,
        shown.consequence.level,
        shown.consequence.owner,
    )
    assert [(now.owner, "reminder")] == [(each.to, each.occasion) for each in shown.consequence.notified]
    assert done.events[-1].sentence() == shown.consequence.happened[-1]


def test_a_preview_shows_the_clocks_that_run_then() -> None:
    """Whoever acknowledges ends one clock and starts another."""
    names = [
        clock.name for clock in preview_move(an_escalation(), Acknowledge(by="ben"), monday("09:01")).clocks
    ]

    assert "acknowledge" not in names


def test_a_move_that_would_be_refused_is_refused() -> None:
    """With the words of the move itself."""
    with pytest.raises(MoveNotAllowed, match="cannot verify resolution while"):
        preview_move(an_escalation(), VerifyResolution(by="ben"), monday("09:01"))
