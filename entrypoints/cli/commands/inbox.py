"""
``escalate inbox``: what waits for somebody, and to let it leave at once (COMM-11, COMM-12).
"""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from entrypoints.cli.choices import complete_from, people
from entrypoints.cli.client_call import YOU_IN_ENVIRONMENT, Json, call_client
from entrypoints.cli.command_names import read_options
from entrypoints.cli.known_names import require_known_person
from entrypoints.cli.render import escalation
from escalation.kernel.numbers import number_of
from escalation.notifications.inbox_view import Release

if TYPE_CHECKING:
    from client import EscalationClient
    from escalation.notifications.inbox_view import DeferredEntry

app = typer.Typer()


@app.command()
def inbox(
    person: Annotated[
        str,
        typer.Argument(
            metavar="PERSON",
            help="A person or team by id, or a customer's contact: ACCOUNT:EMAIL.",
            show_default=False,
        ),
    ],
    release: Annotated[bool, typer.Option("--release", help="Let all of it leave now.")] = False,
    by: Annotated[
        str,
        typer.Option(
            "--as",
            envvar=YOU_IN_ENVIRONMENT,
            metavar="PERSON",
            help="Who releases it.",
            autocompletion=complete_from(people),
        ),
    ] = "",
    in_json: Json = False,
) -> None:
    """Show what waits for somebody: what, since when, why, until when. Nothing that waits is lost."""
    command = read_options(Release, "the release", {"by": by}) if release else None

    async def ask(client: "EscalationClient") -> tuple["DeferredEntry", ...]:
        found = await (client.release(person, by=command.by) if command else client.inbox(person))
        if not found:
            await require_known_person(client, person)
        return found

    waiting = call_client(ask)
    if in_json:
        escalation.as_json(waiting)
        return
    for each in waiting:
        escalation.out.print(_line(each))
    escalation.out.print(_told(person, len(waiting), is_released=release), markup=False)


def _line(waits: "DeferredEntry") -> Text:
    line = Text(f"{waits.since.astimezone():%a %d %b %H:%M:%S}  ", style="dim")
    line.append(f"{waits.escalation}, {waits.priority}: {waits.occasion.replace('_', ' ')}", style="")
    line.append(f" by {waits.channel}" if waits.channel else "", style="")
    return line.append(f", {waits.why}, until {waits.until.astimezone():%a %d %b %H:%M:%S}", style="yellow")


def _told(person: str, count: int, *, is_released: bool) -> str:
    messages = f"{number_of(count, 'message', none='no')}"
    if is_released and count:
        return f"{messages} for {person} {'leaves' if count == 1 else 'leave'} now"
    return f"{messages} {'waits' if count == 1 else 'wait'} for {person}"
