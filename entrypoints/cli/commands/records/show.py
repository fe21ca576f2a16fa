"""`escalate records show`: what is on record of one key."""

from entrypoints.cli.options import Json, Key


def show(key: Key, in_json: Json = False) -> None:
    """Show what is on record of one key, every escalation that it had."""
    from entrypoints.cli.record_store import find_records
    from entrypoints.cli.render.report import one
    from entrypoints.terminal import as_json, out

    found = find_records(key)
    if in_json:
        as_json(found)
        return
    for each in found:
        out.print(one(each))
