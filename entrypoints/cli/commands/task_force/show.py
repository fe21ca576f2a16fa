"""`escalate task-force show`: one task force as it is."""

from typing import TYPE_CHECKING, Any

from entrypoints.cli.client_call import call_client
from entrypoints.cli.options import Clocks, ForceName, Json, Key

if TYPE_CHECKING:
    from client import EscalationClient


def show(key: Key, name: ForceName, clocks: Clocks = False, in_json: Json = False) -> None:
    """Show one task force: seats, tasks, reports, timeline."""
    from rich.console import Group

    from entrypoints.cli.render.escalation import render_timeline
    from entrypoints.cli.render.task_force import render_task_force
    from entrypoints.terminal import as_json, out
    from escalation.kernel.values import to_plain
    from escalation.task_force.events import CLOCKWORK

    async def ask(client: "EscalationClient") -> tuple[Any, Any]:
        return await client.task_force(key, name), await client.task_force_timeline(key, name)

    view, entries = call_client(ask)
    if in_json:
        as_json({**to_plain(view), "timeline": entries})
    else:
        timeline = render_timeline(entries, clocks=clocks, clockwork=CLOCKWORK)
        out.print(Group(render_task_force(view), timeline))
