"""`escalate channels test`: one message by one channel."""

from typing import Annotated

import typer

from entrypoints.cli.options import Json, option

REFUSED = 1


def test(
    address: Annotated[
        str, typer.Argument(metavar="ADDRESS", help="As in a playbook: slack:support, email:ana@example.com.")
    ],
    to_name: Annotated[str, option("--to-name", "Whom the message names.")] = "whoever reads this",
    in_json: Json = False,
) -> None:
    """Send a test message and show what became of it; exit status 1 unless it arrived there."""
    import asyncio

    from entrypoints.channel_test import has_arrived, print_outcome, send_test
    from entrypoints.terminal import as_json

    outcome = asyncio.run(send_test(address, to_name))
    if in_json:
        as_json({"address": address, **outcome.model_dump(mode="json")})
    else:
        print_outcome(address, outcome)
    if not has_arrived(address, outcome):
        raise typer.Exit(REFUSED)
