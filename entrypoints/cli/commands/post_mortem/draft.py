"""`escalate post-mortem draft`: a file to fill in."""

from typing import TYPE_CHECKING, Any

from entrypoints.cli.client_call import call_client
from entrypoints.cli.options import Key

if TYPE_CHECKING:
    from client import EscalationClient


def draft(key: Key) -> None:
    """Write a file to fill in: who took part by the record, and what belongs into each field; or the latest version."""
    from documents.post_mortem_file import as_yaml, blank
    from entrypoints.terminal import write

    async def ask(client: "EscalationClient") -> tuple[Any, Any, Any]:
        return await client.view(key), await client.timeline(key), await client.people(key)

    view, entries, people = call_client(ask)
    names = {person.id: person.name for person in people}
    took_part = dict.fromkeys(names[entry.by] for entry in entries if entry.by in names)
    write(as_yaml(view.post_mortem, key) if view.post_mortem else blank(took_part, key))
