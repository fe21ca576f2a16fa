"""
Verdicts: moves that judge what somebody wrote, or that go on from it. Nobody judges blind: their forms show it above
the button, with the moves that judge it otherwise.

Must not know markup.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from entrypoints.web.console.people_who_may import name_people
from escalation.case.customer_texts import PendingText
from escalation.case.lifecycle import Move
from escalation.case.move_permissions import MovePermission
from escalation.case.resolution import Resolution
from escalation.case.state import Escalation, Rca

_OTHERWISE: Mapping[Move, Sequence[Move]] = {
    Move.VERIFY_RESOLUTION: (Move.REJECT_RESOLUTION,),
    Move.REJECT_RESOLUTION: (Move.VERIFY_RESOLUTION,),
    Move.APPROVE_RCA: (Move.SEND_BACK_RCA, Move.DERIVE_RCA),
    Move.SEND_BACK_RCA: (Move.APPROVE_RCA, Move.DERIVE_RCA),
    Move.SHARE_RCA: (Move.SEND_BACK_RCA, Move.DERIVE_RCA),
    Move.APPROVE_TEXT: (Move.REJECT_TEXT, Move.EDIT_TEXT),
    Move.EDIT_TEXT: (Move.APPROVE_TEXT, Move.REJECT_TEXT),
    Move.REJECT_TEXT: (Move.APPROVE_TEXT, Move.EDIT_TEXT),
}
"""By move that judges: what else can be done. An RCA is sent back to its author, or derived again, in other words."""


@dataclass(frozen=True)
class Verdict:
    """Things that the form of a move shows, because it judges them."""

    resolution: Resolution | None = None
    rca: Rca | None = None
    texts: Sequence[PendingText] = ()
    """The one that is chosen, else all that wait."""
    instead: Sequence[MovePermission] = ()
    """The moves that judge it otherwise, as the reader may make them."""

    @property
    def is_blank(self) -> bool:
        return not (self.resolution or self.rca or self.texts)


def verdict_of(
    move: Move, now: Escalation, permissions: Sequence[MovePermission], texts: Sequence[PendingText] = ()
) -> Verdict | None:
    """Return what *move* judges; None, if it judges nothing. *texts*: those for customers that can be meant."""
    instead = [_named(each, now) for each in permissions if each.move in _OTHERWISE.get(move, ())]
    match move:
        case Move.VERIFY_RESOLUTION | Move.REJECT_RESOLUTION:
            verdict = Verdict(resolution=now.resolution, instead=instead)
        case Move.DERIVE_RCA if now.rca.internal:
            verdict = Verdict(rca=replace(now.rca, customer=None), instead=instead)  # the form has it
        case Move.APPROVE_RCA | Move.SEND_BACK_RCA | Move.SHARE_RCA if now.rca.internal:
            verdict = Verdict(rca=now.rca, instead=instead)
        case Move.APPROVE_TEXT | Move.EDIT_TEXT | Move.REJECT_TEXT:
            verdict = Verdict(texts=texts, instead=instead)
        case _:
            return None
    return None if verdict.is_blank else verdict


def _named(permission: MovePermission, now: Escalation) -> MovePermission:
    return replace(permission, obstacle=name_people(permission.obstacle or "", now))
