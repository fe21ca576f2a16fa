"""`escalate show`: one escalation as it is."""

from typing import TYPE_CHECKING, Annotated, Any

from entrypoints.cli.client_call import call_client
from entrypoints.cli.options import Clocks, Json, Key, option

if TYPE_CHECKING:
    from client import EscalationClient


def show(
    key: Key,
    latest: Annotated[
        int | None, option("--latest", "Show only the latest entries of the timeline.", min=1)
    ] = None,
    clocks: Clocks = False,
    diagram: Annotated[bool, option("--diagram", "Draw the lifecycle as Mermaid, its state marked.")] = False,
    in_json: Json = False,
) -> None:
    """Show one escalation: state, clocks, allowed moves, timeline. JSON has every line of the timeline."""
    from rich.text import Text

    from entrypoints.cli.render.escalation import render_escalation
    from entrypoints.terminal import as_json, out, write
    from escalation.kernel.values import to_plain

    async def ask(client: "EscalationClient") -> tuple[Any, Any, str]:
        drawn = await client.diagram(key) if diagram else ""
        return await client.view(key), await client.timeline(key), drawn

    view, entries, drawn = call_client(ask)
    if in_json:
        shown = entries[-latest:] if latest else entries
        as_json({**to_plain(view), "timeline": shown, **({"diagram": drawn} if drawn else {})})
    elif drawn:
        write(drawn)
    else:
        if key not in {view.key, view.id}:
            out.print(Text(f"{key} joined {view.key}"))
        out.print(render_escalation(view, entries, latest=latest, clocks=clocks))
