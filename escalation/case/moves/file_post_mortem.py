"""File the post-mortem: what the handling itself taught (CLOSE-7)."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from escalation.case.base_event import BaseEvent
from escalation.case.follow_up import nothing_to_follow_up
from escalation.case.follow_up_actions import Origin, track_actions
from escalation.case.lifecycle import Move
from escalation.case.move_command import MoveCommand
from escalation.case.post_mortem import PostMortem
from escalation.case.state import Escalation
from escalation.case.work import Work
from escalation.kernel.budgets import PAPER
from escalation.kernel.reasons import Part, Reason, listed, reason
from escalation.kernel.refusals import BadRequest, Fault, nearest, quote_input
from escalation.kernel.values import frozen


@frozen
class PostMortemFiled(BaseEvent):
    kind: Literal["post_mortem_filed"] = "post_mortem_filed"
    version: int
    post_mortem: PostMortem

    def applied_to(self, now: Escalation) -> Escalation:
        return replace(
            now,
            post_mortem=self.post_mortem,
            post_mortem_version=self.version,
            actions=track_actions(now.actions, Origin.POST_MORTEM, self.post_mortem.actions),
        )

    def sentence(self) -> Reason:
        return reason(self.code, self.version)


class FilePostMortem(MoveCommand):
    """File the post-mortem, or a new version of it; its actions are tracked until they are done."""

    move = Move.FILE_POST_MORTEM
    largest = PAPER
    kind: Literal["file_post_mortem"] = "file_post_mortem"
    post_mortem: PostMortem

    @property
    def named(self) -> tuple[str, ...]:
        approvers = (given.approved_by for given in self.post_mortem.concessions)
        return (*(action.owner for action in self.post_mortem.actions), *approvers)

    @classmethod
    def obstacle(cls, now: Escalation) -> Reason | None:
        return nothing_to_follow_up(now)

    def carry_out(self, work: Work) -> None:
        """CLOSE-7: a new version replaces the one before; owners and approvers are people whom we know."""
        now, written = work.state, self.post_mortem
        named = [(f"actions.{i}.owner", action.owner) for i, action in enumerate(written.actions)]
        named += [
            (f"concessions.{i}.approved_by", given.approved_by) for i, given in enumerate(written.concessions)
        ]
        require_known(now, reason("of.post_mortem", now.key), named)
        work.record(PostMortemFiled(version=now.post_mortem_version + 1, post_mortem=written))


def require_known(now: Escalation, what: Part, named: Iterable[tuple[str, str]]) -> None:
    """
    *named*: where in *what*, and who.

    Raises:
        BadRequest: If the playbook does not have all of them; names each that it does not.
    """
    faults = tuple(_unknown(now, where, who) for where, who in named if not now.plan.knows(who))
    if faults:
        raise BadRequest.because(what, faults)


def _unknown(now: Escalation, where: str, who: str) -> Fault:
    known = [contact.id for contact in now.plan.contacts]
    return Fault(where=where, given=quote_input(who), allowed=listed(*known), suggestion=nearest(who, known))
