"""Options that mean the same in every command, one type each. Knows no command."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from entrypoints.cli.move_declarations import values_of
from entrypoints.cli.playbook_names import complete_names

YOU_IN_ENVIRONMENT = "ESCALATION_AS"


def complete_from(values: Iterable[str]) -> Callable[[str], list[str]]:
    """Return what a shell asks for the *values* that begin with what was typed."""
    known = tuple(values)
    return lambda incomplete: [value for value in known if value.startswith(incomplete)]


def list_choices(what: str, values: Iterable[str]) -> str:
    """Return a help text with the values: ``How it came in: phone, email or chat.``"""
    *first, last = values
    return f"{what}: {', '.join(first)} or {last}."


def option(name: str, help: str, metavar: str | None = None, **more: Any) -> Any:  # noqa: A002
    """Return an option; its default is shown, where it has one."""
    return typer.Option(name, metavar=metavar, help=help, **more)


def choice(option: str, what: str, values: Iterable[str], *, metavar: str | None = None, **more: Any) -> Any:
    """Return an option that has one of *values*."""
    known = tuple(values)
    return typer.Option(
        option,
        metavar=metavar,
        help=list_choices(what, known),
        autocompletion=complete_from(known),
        **more,
    )


def priority(what: str) -> Any:
    return choice("--priority", what, values_of("priority"), metavar="P1..P4")


def _not_empty(key: str) -> str:
    if not key:
        from entrypoints.cli.option_values import bad_option

        raise bad_option("KEY", "nothing", "an escalation's key, such as ACME/4711")
    return key


def argument(metavar: str, help: str | None = None, **more: Any) -> Any:  # noqa: A002
    return typer.Argument(metavar=metavar, help=help, show_default=False, **more)


Key = Annotated[str, argument("KEY", "The escalation's key, such as ACME/4711.", callback=_not_empty)]
ForceName = Annotated[str, argument("NAME", "The task force's name.")]
Account = Annotated[str, argument("ACCOUNT")]


def person(option: str, help: str, **more: Any) -> Any:  # noqa: A002
    return typer.Option(
        option,
        metavar="PERSON",
        help=help,
        show_default=False,
        autocompletion=complete_names("people"),
        **more,
    )


By = Annotated[str, person("--as", "Who you are, by id in the playbook.", envvar=YOU_IN_ENVIRONMENT)]
Note = Annotated[
    str, typer.Option("--note", "-m", help="What you want to add, for our own people.", show_default=False)
]
Why = Annotated[str, typer.Option("--why", help="The reason, for our own people.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON, errors too.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Only show what it would do: who is notified, and in which words.")
]
Clocks = Annotated[
    bool, typer.Option("--clocks", help="Show in the timeline each start, reminder and end of a clock, too.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Category = Annotated[
    str | None,
    typer.Option(
        "--category",
        metavar="ID",
        help="A category of the playbook.",
        show_default=False,
        autocompletion=complete_names("categories"),
    ),
]
IssueType = Annotated[
    str | None,
    typer.Option(
        "--issue-type",
        metavar="ID",
        help="An issue type of the playbook; needed if several have the category.",
        show_default=False,
        autocompletion=complete_names("issue_types"),
    ),
]
PlaybookFile = Annotated[Path | None, argument("[FILE]", "A playbook. If omitted: the configured one.")]
TimeZone = Annotated[
    str, typer.Option("--tz", metavar="ZONE", help="The time zone of the times that you give and see.")
]
StartsAt = Annotated[
    str | None,
    typer.Option("--at", metavar="TIME", help="When it starts: 2026-11-20T16:30. If omitted: now."),
]
ReaderLanguage = Annotated[str, typer.Option("--lang", metavar="TAG", help="The reader's language.")]
TimesZone = Annotated[
    str, typer.Option("--tz", metavar="ZONE", help="The time zone of times without an offset.")
]
ReaderTimeZone = Annotated[str, typer.Option("--tz", metavar="ZONE", help="The reader's time zone.")]
FirstDay = Annotated[
    str | None,
    typer.Option(
        "--from", metavar="DATE", help="The first day, by the opening: 2026-07-01.", show_default=False
    ),
]
LastDay = Annotated[
    str | None, typer.Option("--to", metavar="DATE", help="The last day; it counts too.", show_default=False)
]
DaysZone = Annotated[str, typer.Option("--tz", metavar="ZONE", help="The time zone whose days these are.")]
Templates = Annotated[
    Path | None,
    typer.Option(
        "--templates",
        metavar="FOLDER",
        help="Templates that go before those shipped. If omitted: the configured ones.",
        show_default=False,
    ),
]
RcaVersionNumber = Annotated[
    int | None,
    typer.Option(
        "--version", metavar="N", help="Which internal RCA. If omitted: the latest.", show_default=False
    ),
]
Rhythm = Annotated[
    str,
    argument(
        "RHYTHM",
        list_choices("How often", values_of("rhythm")),
        autocompletion=complete_from(values_of("rhythm")),
    ),
]
