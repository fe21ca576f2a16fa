"""`escalate sponsor list`: all sponsorships."""

from typing import TYPE_CHECKING, Any

from entrypoints.cli.client_call import call_client, require_all
from entrypoints.cli.options import Json

if TYPE_CHECKING:
    from client import EscalationClient, Unanswered


def list_(in_json: Json = False) -> None:
    """List the accounts that are proposed or enrolled."""
    from entrypoints.cli.render.sponsorship import render_sponsorships
    from entrypoints.terminal import as_json, out

    unanswered: list[Unanswered] = []

    async def ask(client: "EscalationClient") -> list[Any]:
        return [line async for line in client.sponsorships(unanswered)]

    lines = call_client(ask)
    as_json(lines) if in_json else out.print(render_sponsorships(lines))
    require_all(unanswered)
