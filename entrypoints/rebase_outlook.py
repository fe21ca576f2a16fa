"""Preview of the rebase of one escalation, by a playbook that is read here; nothing is changed."""

from dataclasses import replace
from datetime import UTC, datetime

from client import EscalationClient
from escalation.case.moves.rebase import RebasePreview
from planning.plan.compiler import recompile_plan
from planning.playbook.schema import Playbook


async def preview_rebase(
    client: EscalationClient,
    key: str,
    playbook: Playbook,
    issue_type: str | None = None,
    category: str | None = None,
) -> RebasePreview:
    """
    Return the changes that a rebase of *key* to *playbook* would make, in another category if one is given.

    Raises:
        BadRequest: If *playbook* does not have the category any more.
    """
    basis = await client.rebase_basis(key)
    request = replace(
        basis.request,
        issue_type=issue_type or basis.request.issue_type,
        category=category or basis.request.category,
    )
    plan = recompile_plan(playbook, request, basis.opened_at, datetime.now(UTC))
    sponsors = await client.sponsors(customer.account for customer in request.customers)
    return await client.preview_rebase(key, plan.sponsored_by(sponsors))
