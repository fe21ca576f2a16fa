"""`escalate messages`: every message of an escalation, and what became of it."""

from entrypoints.cli.client_call import call_client
from entrypoints.cli.options import Json, Key


def messages(key: Key, in_json: Json = False) -> None:
    """List every message: when, to whom, on which occasion, by which channel, with what result."""
    from entrypoints.cli.render.deliveries import count_deliveries, render_delivery
    from entrypoints.terminal import as_json, out

    found = call_client(lambda client: client.messages(key))
    if in_json:
        as_json(found)
        return
    for each in found:
        out.print(render_delivery(each))
    out.print(count_deliveries(found))
