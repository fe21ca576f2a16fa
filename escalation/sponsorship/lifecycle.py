"""
The lifecycle of a sponsorship: which moves exist, and where each is allowed.

The same laws as in ``escalation.case.lifecycle``: every legal move is in the table, an illegal one raises and nothing
happens; no people, clocks or channels are known here.
"""

from enum import StrEnum

from escalation.kernel.move import MoveName
from escalation.kernel.state_machine import Row, StateMachine


class SponsorshipState(StrEnum):
    PROPOSED = "proposed"
    ENROLLED = "enrolled"
    EXITED = "exited"


class SponsorshipMove(MoveName):
    PROPOSE = "propose"
    ENROL = "enrol"
    LOG_TOUCH_POINT = "log_touch_point"
    REVIEW = "review"
    EXIT = "exit"


_PROPOSED, _ENROLLED = SponsorshipState.PROPOSED, SponsorshipState.ENROLLED

LIFECYCLE: tuple[Row[SponsorshipState, SponsorshipMove], ...] = (
    Row(SponsorshipMove.PROPOSE, (_PROPOSED, _ENROLLED), None),
    Row(SponsorshipMove.ENROL, (_PROPOSED,), _ENROLLED),
    Row(SponsorshipMove.LOG_TOUCH_POINT, (_ENROLLED,), None),
    Row(SponsorshipMove.REVIEW, (_ENROLLED,), None),
    Row(SponsorshipMove.EXIT, (_PROPOSED, _ENROLLED), SponsorshipState.EXITED),
)
DECIDED = frozenset({SponsorshipMove.ENROL, SponsorshipMove.EXIT})
"""Moves that only those who decide on sponsorships may make (SPONSOR-2)."""

_LIFECYCLE = StateMachine(SponsorshipState, LIFECYCLE)

step = _LIFECYCLE.step
allows = _LIFECYCLE.allows
