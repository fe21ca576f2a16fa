"""`escalate keys check`: which keys are needed, and whether they are here."""

import typer

from entrypoints.cli.options import Json


def check(in_json: Json = False) -> None:
    """Find the keys that the runs of the server need, and whether they are here and fit. Exit 1 if not."""
    from entrypoints.cli.key_options import check_keys

    if not check_keys(in_json=in_json):
        raise typer.Exit(1)
