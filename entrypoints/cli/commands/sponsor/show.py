"""`escalate sponsor show`: the sponsorship of one account."""

from typing import TYPE_CHECKING, Any

from entrypoints.cli.client_call import call_client
from entrypoints.cli.options import Account, Clocks, Json

if TYPE_CHECKING:
    from client import EscalationClient


def show(account: Account, clocks: Clocks = False, in_json: Json = False) -> None:
    """Show one account's sponsorship, with its timeline."""
    from rich.console import Group

    from entrypoints.cli.render.escalation import render_timeline
    from entrypoints.cli.render.sponsorship import render_sponsorship
    from entrypoints.terminal import as_json, out
    from escalation.kernel.values import to_plain

    async def ask(client: "EscalationClient") -> tuple[Any, Any]:
        return await client.sponsorship(account), await client.sponsorship_timeline(account)

    programme, entries = call_client(ask)
    if in_json:
        as_json({**to_plain(programme), "timeline": entries})
    else:
        out.print(Group(render_sponsorship(programme), render_timeline(entries, clocks=clocks)))
