"""
``escalate channels``: which channels there are and what is set up for them, and a test letter by one of them.

Asks no server: letters leave from here. Shows names of targets, never what they lead to.
"""

import asyncio
import sys
from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

import typer
from pydantic import TypeAdapter, ValidationError
from rich import box
from rich.table import Table
from rich.text import Text

from entrypoints.cli.client_call import Json
from entrypoints.cli.render import escalation
from escalation.kernel.refusals import BadRequest, faults_of

if TYPE_CHECKING:
    from channels.protocol import Delivered, RefusedForGood, RetryLater
    from runtime.settings import Settings

app = typer.Typer(invoke_without_command=True, help="Show the channels, and try one.")

REFUSED = 1


@app.callback()
def channels(context: typer.Context, in_json: Json = False) -> None:
    """Show the channels, their limits, and the targets that are set up: their names, never where they lead."""
    if context.invoked_subcommand is not None:
        return
    from runtime.settings import Settings

    rows = _rows(Settings.load())
    if in_json:
        escalation.as_json(rows)
        return
    table = Table(box=box.SIMPLE, pad_edge=False)
    for column in ("channel", "targets", "limit"):
        table.add_column(column, overflow="fold")
    table.add_column(
        "set up by", min_width=max(len(word) for row in rows for word in row["set_up_by"].split())
    )
    for row in rows:
        targets = Text(", ".join(row["targets"]) or "none")
        table.add_row(row["channel"], targets, row["limit"] or "none", row["set_up_by"])
    escalation.out.print(table)


def _rows(settings: "Settings") -> list[dict[str, Any]]:
    from escalation.policy.limit_text import limit_in_words
    from runtime.settings import ENDPOINT_CHANNELS, endpoint_variables, variable

    limits = {channel: limit_in_words(limit) for channel, limit in settings.channel_limits.items()}
    server = f"any address, over {settings.smtp_host}" if settings.smtp_host else "any address, printed only"
    rows: list[dict[str, Any]] = [
        {"channel": "email", "targets": [server], "set_up_by": variable("smtp_host")},
        {"channel": "console", "targets": ["anybody, printed where the worker runs"], "set_up_by": ""},
        *(
            {
                "channel": channel,
                "targets": list(settings.endpoint_names(channel)),
                "set_up_by": endpoint_variables(channel, "name"),
            }
            for channel in ENDPOINT_CHANNELS
        ),
    ]
    return [{**row, "limit": limits.get(row["channel"])} for row in rows]


@app.command("test")
def try_out(
    address: Annotated[
        str, typer.Argument(metavar="ADDRESS", help="As in a playbook: slack:support, email:ana@example.com.")
    ],
    to_name: Annotated[str, typer.Option("--to-name", help="Whom the letter names.")] = "whoever reads this",
    in_json: Json = False,
) -> None:
    """Send a test letter and show what became of it; exit status 1 unless it was delivered."""
    outcome = asyncio.run(_sent(address, to_name))
    if in_json:
        escalation.as_json({"address": address, **outcome.model_dump(mode="json")})
    else:
        _tell(address, outcome)
    if outcome.kind != "delivered":
        raise typer.Exit(REFUSED)


async def _sent(written: str, to_name: str) -> "Delivered | RetryLater | RefusedForGood":
    from channels.registry import parse_address
    from runtime.settings import Settings
    from workers.channel_setup import open_channels

    channels = open_channels(Settings.load(), printed_to=sys.stderr)
    address = parse_address(_checked(written), channels)
    return await channels[address.channel].send(_letter(address.target, to_name))


def _checked(written: str) -> str:
    from planning.playbook.value_types import Address

    try:
        checked: str = TypeAdapter(Address).validate_python(written)
    except ValidationError as error:
        raise BadRequest.because("the test", faults_of(error, "ADDRESS")) from None
    return checked


def _letter(target: str, to_name: str) -> Any:
    from channels.protocol import OutboundMessage

    return OutboundMessage(
        key=f"TEST/1:test:{uuid4().hex}",
        thread="TEST/1",
        to_name=to_name,
        to_address=target,
        subject="A test of this channel",
        text=f"Dear {to_name},\n\nthis is a test: letters about escalations arrive here. There is nothing to do.\n",
        reference="TEST/1",
        occasion="test",
    )


def _tell(address: str, outcome: "Delivered | RetryLater | RefusedForGood") -> None:
    match outcome.kind:
        case "delivered":
            said = Text("delivered", style="green").append(f"  {address}, as {outcome.reference}")
        case "later":
            wait = f", which asks to wait {outcome.after.total_seconds():g} s" if outcome.after else ""
            said = Text("later", style="yellow").append(f"  {address}{wait}: {outcome.why}")
        case "never":
            said = Text("never", style="red").append(f"  {address}: {outcome.why}")
    escalation.out.print(said)
