"""Permissions: the moves that somebody may make now, and the reason why not for each of the others."""

from escalation.case.engine import moves_now, permit
from escalation.case.lifecycle import NOBODYS, Move, State
from escalation.case.moves.close import Close
from escalation.case.state import Escalation
from escalation.kernel.reasons import Part
from escalation.kernel.refusals import EscalationError
from escalation.kernel.values import frozen


@frozen
class MovePermission:
    """A move, and the reason why it is not allowed now."""

    move: Move
    is_allowed: bool
    obstacle: Part | None = None
    """The reason why not; none, if it is allowed."""


def list_permissions(now: Escalation, by: str | None) -> tuple[MovePermission, ...]:
    """Return each move that people make, as *by* may make it; without *by*, as somebody may."""
    possible = moves_now(now)
    return tuple(_permission(now, move, by, possible) for move in Move if move not in NOBODYS)


def _permission(now: Escalation, move: Move, by: str | None, possible: tuple[Move, ...]) -> MovePermission:
    if move is Move.REOPEN and move in possible and now.state is State.CLOSED:
        return MovePermission(move=move, is_allowed=True)  # a closed one comes back as a new one (CLOSE-9)
    try:
        permit(now, move, by)
        if move is Move.CLOSE and move not in possible:
            Close.require_ready(now)
    except EscalationError as error:
        return MovePermission(move=move, is_allowed=False, obstacle=error.refusal.obstacle)
    return MovePermission(move=move, is_allowed=True)
