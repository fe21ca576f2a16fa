"""`escalate records rebuild`: the record, filled again with what Temporal still keeps."""

import typer

from entrypoints.cli.client_call import call_client
from entrypoints.cli.options import Json


def rebuild(in_json: Json = False) -> None:
    """Put on record again whatever Temporal still keeps. What is on record already stays as it is."""
    from entrypoints.cli.progress import progress
    from entrypoints.cli.record_rebuild import rebuild_record
    from entrypoints.cli.record_store import open_store
    from entrypoints.terminal import as_json, out
    from escalation.kernel.counted_nouns import number_of

    with open_store() as store, progress(in_json) as bar:
        task = bar.add_task("rebuild", total=None)
        added, refused = call_client(lambda client: rebuild_record(client, store, lambda: bar.advance(task)))
    kept, events = len(added.keys() - refused.keys()), added.total()
    if in_json:
        as_json({"escalations": kept, "events_added": events, "refused": refused})
    else:
        out.print(f"{number_of(kept, 'escalation')} on record, {number_of(events, 'event')} added")
        for key, why in refused.items():
            out.print(f"{key}: {why}", style="red", markup=False)
    if refused:
        raise typer.Exit(1)
