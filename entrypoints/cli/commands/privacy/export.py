"""`escalate privacy export`: all that is held of an account or a person."""

from pathlib import Path
from typing import Annotated

from entrypoints.cli.options import option
from entrypoints.cli.party_options import PartyKindOption, Who


def export(
    who: Who,
    kind: PartyKindOption = None,
    to: Annotated[
        Path,
        option("--to", "The folder for data.json and data.html. It is made, for you alone.", "FOLDER"),
    ] = Path(),
    in_json: Annotated[
        bool, option("--json", "Print the JSON, and write no file. Errors are JSON, too.")
    ] = False,
) -> None:
    """Give out all that is held of an account or a person, as JSON and as a page to read."""
    from entrypoints.cli.held_data_source import find_held_data
    from entrypoints.cli.party_options import find_party
    from entrypoints.cli.record_store import open_store
    from entrypoints.cli.render.held_data import show_counts, write_held_data
    from entrypoints.terminal import as_json

    with open_store() as store:
        held = find_held_data(store, find_party(store, who, kind))
    if in_json:
        as_json(held.as_plain())
        return
    write_held_data(held, to)
    show_counts(held)
