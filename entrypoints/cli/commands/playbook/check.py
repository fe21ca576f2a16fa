"""`escalate playbook check`: faults and warnings of a playbook."""

from typing import Annotated

import typer

from entrypoints.cli.client_call import configured_playbook
from entrypoints.cli.options import Json, PlaybookFile, option

BAD_INPUT = 2
WARNED = 1


def check(
    file: PlaybookFile = None,
    is_strict: Annotated[
        bool, option("--strict", "Exit status 1 if there are warnings, and no faults.")
    ] = False,
    in_json: Json = False,
) -> None:
    """Find faults and warnings, each with its place; exit status 2 if there are faults."""
    from entrypoints.cli.render.playbook_check import examine

    examined = examine(configured_playbook(file), in_json=in_json)
    if examined.faults:
        raise typer.Exit(BAD_INPUT)
    if is_strict and examined.warnings:
        raise typer.Exit(WARNED)
