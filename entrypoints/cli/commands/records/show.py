"""`escalate records show`: what is on record of one key."""

from entrypoints.cli.options import Json, Key


def show(key: Key, in_json: Json = False) -> None:
    """Show what is on record of one key, every escalation that it had."""
    from entrypoints.cli.record_store import open_store
    from entrypoints.cli.render.report import one
    from entrypoints.terminal import as_json, out
    from escalation.kernel.refusals import UnknownEscalation, quote_input
    from records.data_export import read_escalations

    with open_store() as store:
        found = list(read_escalations(store, key=key))
        where = store.database.where
    if not found:
        raise UnknownEscalation(f"nothing of {quote_input(key)} is on record in {where}")
    if in_json:
        as_json(found)
        return
    for each in found:
        out.print(one(each))
