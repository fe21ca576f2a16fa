"""
A nudge: the owner is reminded by hand, and not more often than every ten minutes.
"""

import pytest

from escalation.case.engine import decide
from escalation.case.moves.nudge_owner import NudgeOwner
from escalation.kernel.refusals import MoveNotAllowed
from escalation.kernel.values import InternalText
from tests.builders import an_escalation
from tests.escalation.outcome import internal
from tests.escalation.plans import monday


def test_the_owner_is_reminded_with_the_note_and_nobody_else() -> None:
    now = an_escalation()

    decision = decide(
        now, NudgeOwner(by="ben", note=InternalText("The customer is on the phone.")), monday("09:01")
    )

    notification = internal(decision, "reminder")
    assert [now.owner] == [to.id for to in notification.to]
    assert "The customer is on the phone." == notification.facts.text


def test_a_second_nudge_within_ten_minutes_is_refused() -> None:
    nudged = decide(an_escalation(), NudgeOwner(by="ben"), monday("09:01")).state

    with pytest.raises(MoveNotAllowed, match="was nudged already; possible again at"):
        decide(nudged, NudgeOwner(by="ana"), monday("09:10"))
    assert decide(nudged, NudgeOwner(by="ana"), monday("09:11")).events
