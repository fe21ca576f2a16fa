"""`escalate privacy export`: all that is held of an account or a person."""

from pathlib import Path
from typing import Annotated

from entrypoints.cli.options import option
from entrypoints.cli.party_options import PartyKindOption, Who


def export(
    who: Who,
    kind: PartyKindOption = None,
    to: Annotated[
        Path | None,
        option(
            "--to",
            "The folder for data.json and data.html, which must not be in it yet. It is made, for you alone. "
            "Required without --json.",
            "FOLDER",
        ),
    ] = None,
    in_json: Annotated[
        bool, option("--json", "Print the JSON, and write no file. Errors are JSON, too.")
    ] = False,
) -> None:
    """Give out all that is held of an account or a person, as JSON and as a page to read."""
    from entrypoints.cli.held_data_source import find_held_data
    from entrypoints.cli.party_options import find_party
    from entrypoints.cli.record_store import open_store
    from entrypoints.cli.render.held_data import require_room, show_counts, write_held_data
    from entrypoints.terminal import as_json

    folder = None if in_json else require_room(to)
    with open_store() as store:
        held = find_held_data(store, find_party(store, who, kind))
    if folder is None:
        as_json(held.as_plain())
        return
    write_held_data(held, folder)
    show_counts(held)
