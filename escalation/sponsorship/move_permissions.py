"""Permissions in a sponsorship: the moves that somebody may make now, and the reason why not for each of the others."""

from escalation.kernel.reasons import Part, reason
from escalation.kernel.values import frozen
from escalation.sponsorship.engine import find_obstacle
from escalation.sponsorship.lifecycle import DECIDED, SponsorshipMove, SponsorshipState
from escalation.sponsorship.playbook_people import PlaybookPeople
from escalation.sponsorship.state import Sponsorship


@frozen
class SponsorshipPermission:
    """A move, and the reason why it is not allowed now."""

    move: SponsorshipMove
    is_allowed: bool
    obstacle: Part | None = None
    """The reason why not; none, if it is allowed."""


def list_permissions_in_sponsorship(
    now: Sponsorship, by: str | None, known: PlaybookPeople
) -> tuple[SponsorshipPermission, ...]:
    """Return each move, as *by* may make it; without *by*, as somebody may. *known*: *by*, and who decides."""
    found = ((move, _obstacle(now, move, by, known)) for move in SponsorshipMove)
    return tuple(
        SponsorshipPermission(move=move, is_allowed=obstacle is None, obstacle=obstacle)
        for move, obstacle in found
    )


def _obstacle(now: Sponsorship, move: SponsorshipMove, by: str | None, known: PlaybookPeople) -> Part | None:
    if move is SponsorshipMove.PROPOSE and now.standing is SponsorshipState.EXITED:
        return None  # a proposal begins it again
    if obstacle := find_obstacle(now, move):
        return obstacle
    if by is None or move not in DECIDED or known.may_decide(by):
        return None
    names = tuple(manager.name for manager in known.managers)
    return reason("people_who_may", known.name_of(by), move, names or reason("none"))
