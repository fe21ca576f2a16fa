"""`escalate messages`: every message of an escalation, what became of it, and how one of them reads."""

from typing import Annotated

from entrypoints.cli.client_call import call_client
from entrypoints.cli.options import Json, Key, option


def messages(
    key: Key,
    read: Annotated[
        str | None, option("--read", "Show the words of the message of this id instead.", metavar="ID")
    ] = None,
    in_json: Json = False,
) -> None:
    """List every message: when, to whom, on which occasion, by which channel, with what result, and its id."""
    from entrypoints.cli.render.deliveries import count_deliveries, render_delivery
    from entrypoints.terminal import as_json, out

    if read is not None:
        _read(key, read, in_json)
        return
    found = call_client(lambda client: client.messages(key))
    if in_json:
        as_json(found)
        return
    for each in found:
        out.print(render_delivery(each))
    out.print(count_deliveries(found))


def _read(key: str, id_: str, in_json: bool) -> None:
    from entrypoints.cli.client_call import sample_writer
    from entrypoints.cli.render.deliveries import render_sent_message
    from entrypoints.terminal import as_json, out
    from runtime.settings import Settings

    sent = call_client(lambda client: client.message(key, id_, sample_writer(Settings.load())))
    as_json(sent) if in_json else out.print(render_sent_message(sent))
