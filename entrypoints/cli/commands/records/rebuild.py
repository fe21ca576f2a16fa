"""
The command ``records rebuild``: put on record again what Temporal still keeps (RECORD-1).

It asks Temporal for what happened, and the store for how much of it was new. What an event means is not known here.
"""

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

import typer

from entrypoints.cli.client_call import Json, call_client
from entrypoints.cli.commands.playbook.simulate import progress
from entrypoints.cli.commands.report.period import open_store
from entrypoints.cli.render import escalation
from escalation.kernel.numbers import number_of

if TYPE_CHECKING:
    from client import EscalationClient
    from records.store import RecordStore

app = typer.Typer()


@app.command()
def rebuild(in_json: Json = False) -> None:
    """Put on record again whatever Temporal still keeps. What is on record already stays as it is."""
    with open_store() as store, progress(in_json) as bar:
        task = bar.add_task("rebuild", total=None)
        added, refused = call_client(lambda client: _rebuilt(client, store, lambda: bar.advance(task)))
    kept, events = len(added.keys() - refused.keys()), added.total()
    if in_json:
        escalation.as_json({"escalations": kept, "events_added": events, "refused": refused})
    else:
        escalation.out.print(f"{number_of(kept, 'escalation')} on record, {number_of(events, 'event')} added")
        for key, why in refused.items():
            escalation.out.print(f"{key}: {why}", style="red", markup=False)
    if refused:
        raise typer.Exit(1)


async def _rebuilt(
    client: "EscalationClient", store: "RecordStore", advance: Callable[[], None]
) -> tuple[Counter[str], dict[str, str]]:
    """Escalation to how many events were added, and to why it is not, or not whole, on record."""
    added: Counter[str] = Counter()
    refused: dict[str, str] = {}
    async for run, batch in client.records():
        if isinstance(batch, Exception):
            refused[run] = " ".join(str(batch).split())
            continue
        try:
            recorded = store.append(batch)
        except ValueError:
            refused[batch.escalation] = "what is on record of it cannot be read"
            continue
        added[batch.escalation] += recorded.added
        if batch.events and recorded.through < batch.events[-1].seq:
            refused[batch.escalation] = f"what came after event {recorded.through} is not known any more"
        advance()
    return added, refused
