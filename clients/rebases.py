"""
A running escalation goes on by the playbook of today: what it stands on, what would change, the move itself.
"""

from clients.moves import Moves
from escalation.base import InternalText
from escalation.effects import RecompilePlan
from escalation.lifecycle import Move
from escalation.plan import Plan
from escalation.rebasing import RebasePreview
from escalation.view import MoveResult
from workflows import wire


class Rebases(Moves):
    """Look ahead, and rebase."""

    async def rebase(
        self,
        key: str,
        *,
        by: str,
        why: str,
        sha256: str = "",
        issue_type: str | None = None,
        category: str | None = None,
        id: str | None = None,  # noqa: A002
    ) -> MoveResult:
        """
        Go on by the worker's playbook of today (CLOCK-4), in another category if one is given. *sha256*: of the
        playbook that you mean, or it is refused.

        Raises:
            BadRequest: If that playbook does not have the escalation's category any more.
        """
        asked = wire.RebaseRequest(
            by=by, why=InternalText(why), sha256=sha256, issue_type=issue_type, category=category
        )
        return await self._ask(key, Move.REBASE, asked, id)

    async def rebase_basis(self, key: str) -> RecompilePlan:
        """What a plan to rebase it to is compiled of."""
        return await self._query(key, wire.REBASE_BASIS, RecompilePlan)

    async def foresee_rebase(self, key: str, plan: Plan) -> RebasePreview:
        """What a rebase to *plan* would change; nothing has changed."""
        return await self._query(key, wire.REBASE_PREVIEW, RebasePreview, plan)
