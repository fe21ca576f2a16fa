"""A running escalation goes on by the playbook of today: what it stands on, what would change, the move itself."""

from clients.moves import Moves
from escalation import contract
from escalation.case.effects import RecompilePlan
from escalation.case.lifecycle import Move
from escalation.case.moves.rebase import RebasePreview
from escalation.case.view import MoveResult
from escalation.kernel.values import InternalText, frozen
from escalation.policy.plan import Plan


@frozen
class RebaseOutlook:
    """The changes that a rebase would make, and the playbook that it would go by."""

    sha256: str
    changes: RebasePreview


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
        asked = contract.RebaseRequest(
            by=by, why=InternalText(why), sha256=sha256, issue_type=issue_type, category=category
        )
        return await self._ask(key, Move.REBASE, asked, id)

    async def rebase_basis(self, key: str) -> RecompilePlan:
        """Return the request and the instant that a new plan is compiled from."""
        return await self._runs.query(key, contract.REBASE_BASIS, RecompilePlan)

    async def preview_rebase(self, key: str, plan: Plan) -> RebasePreview:
        """Return the changes that a rebase to *plan* would make; nothing has changed."""
        return await self._runs.query(key, contract.REBASE_PREVIEW, RebasePreview, plan)
