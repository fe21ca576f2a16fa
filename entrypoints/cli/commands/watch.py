"""`escalate watch`: one escalation, live."""

from typing import TYPE_CHECKING, Annotated, Any

from entrypoints.cli.client_call import call_client
from entrypoints.cli.options import Clocks, Json, Key, option

if TYPE_CHECKING:
    from client import EscalationClient


def watch(
    key: Key,
    every: Annotated[
        str, option("--every", "Look again after so long: 2s, 5m; a number alone is seconds.", "SPAN")
    ] = "1s",
    clocks: Clocks = False,
    in_json: Json = False,
) -> None:
    """Follow one escalation live, until it ends or Ctrl-C; with --json one object for each thing that happens."""
    from rich.live import Live

    from entrypoints.cli.render.escalation import render_escalation, render_timeline
    from entrypoints.terminal import out, write_json
    from escalation.kernel.values import to_json

    pause = _pause(every)

    async def follow(client: "EscalationClient") -> None:
        entries: list[Any] = []
        if in_json:
            async for _, new in client.watch(key, every=pause):
                for entry in new:
                    write_json(to_json(entry))
            return
        if not out.is_terminal:
            async for _, new in client.watch(key, every=pause):
                out.print(render_timeline(new, clocks=clocks))
            return
        with Live(console=out, auto_refresh=False, vertical_overflow="visible") as live:
            async for view, new in client.watch(key, every=pause):
                entries += new
                live.update(render_escalation(view, entries, latest=20, clocks=clocks), refresh=True)

    call_client(follow)


def _pause(every: str) -> float:
    """Return the seconds between looks, from a fifth of one to an hour."""
    from entrypoints.cli.option_values import bad_option, parse_duration
    from escalation.kernel.refusals import quote_input

    seconds = parse_duration(every, "--every", bare="s").elapsed.total_seconds()
    if not 0.2 <= seconds <= 3600:
        raise bad_option("--every", quote_input(every), "a span from 0.2 s to 1 h")
    return seconds
