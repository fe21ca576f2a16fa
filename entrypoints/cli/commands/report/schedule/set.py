"""`escalate report schedule set`: the review pack, mailed by itself."""

from typing import Annotated

import typer

from entrypoints.cli.client_call import call_client
from entrypoints.cli.options import Json, Rhythm


def set_(
    rhythm: Rhythm,
    to: Annotated[
        list[str] | None,
        typer.Option(
            "--to",
            metavar="WHO",
            help="A person, team or role of the playbook, or an e-mail address. Repeat for more.",
            show_default=False,
        ),
    ] = None,
    at: Annotated[
        str, typer.Option("--at", metavar="HH:MM", help="When it leaves on the first day after the period.")
    ] = "07:00",
    tz: Annotated[
        str, typer.Option("--tz", metavar="ZONE", help="The time zone of the days and of the time.")
    ] = "UTC",
    language: Annotated[
        str,
        typer.Option("--language", metavar="TAG", help="Of plain addresses; all others have their own."),
    ] = "en",
    now: Annotated[bool, typer.Option("--now", help="Send the last one at once, too.")] = False,
    in_json: Json = False,
) -> None:
    """Schedule the report, or change how: each is about the whole week or quarter before it."""
    from entrypoints.cli.report_schedule import print_schedules, read_schedule_options

    written = {"rhythm": rhythm, "at": at, "time_zone": tz, "to": to or [], "language": language}
    wanted = read_schedule_options(written)
    print_schedules([call_client(lambda client: client.schedule_report(wanted, now=now))], in_json)
