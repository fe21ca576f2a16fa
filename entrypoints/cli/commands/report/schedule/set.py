"""`escalate report schedule set`: the review pack, mailed by itself."""

from typing import Annotated

from entrypoints.cli.client_call import call_client
from entrypoints.cli.options import Json, Rhythm, option


def set_(
    rhythm: Rhythm,
    to: Annotated[
        list[str] | None,
        option(
            "--to",
            "A person, team or role of the playbook, or an e-mail address. Repeat for more.",
            "WHO",
            show_default=False,
        ),
    ] = None,
    at: Annotated[
        str, option("--at", "When it leaves on the first day after the period.", "HH:MM")
    ] = "07:00",
    tz: Annotated[str, option("--tz", "The time zone of the days and of the time.", "ZONE")] = "UTC",
    language: Annotated[
        str, option("--language", "Of plain addresses; all others have their own.", "TAG")
    ] = "en",
    now: Annotated[bool, option("--now", "Send the last one at once, too.")] = False,
    in_json: Json = False,
) -> None:
    """Schedule the report, or change how: each is about the whole week or quarter before it."""
    from entrypoints.cli.schedule_options import name_schedule_options, print_schedules, read_schedule_options

    written = {"rhythm": rhythm, "at": at, "time_zone": tz, "to": to or [], "language": language}
    wanted = read_schedule_options(written)
    with name_schedule_options():
        scheduled = call_client(lambda client: client.schedule_report(wanted, now=now))
    print_schedules([scheduled], in_json)
