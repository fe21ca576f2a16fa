"""
What the commands share: options that mean the same everywhere, and one call of the client for each.

Knows no command.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from entrypoints.cli.choices import categories, complete_from, issue_types, people
from entrypoints.cli.command_names import command_for, name_options, read_options
from entrypoints.cli.option_values import bad_option
from entrypoints.cli.render import escalation
from escalation.case import commands as c
from escalation.case.view import MoveResult
from escalation.kernel.refusals import Fault

if TYPE_CHECKING:
    from client import EscalationClient, Unanswered

_T = TypeVar("_T")

YOU_IN_ENVIRONMENT = "ESCALATION_AS"


def _not_empty(key: str) -> str:
    if not key:
        raise bad_option("KEY", "nothing", "an escalation's key, such as ACME/4711")
    return key


Key = Annotated[
    str,
    typer.Argument(
        metavar="KEY",
        help="The escalation's key: TENANT/TICKET.",
        show_default=False,
        callback=_not_empty,
    ),
]
By = Annotated[
    str,
    typer.Option(
        "--as",
        envvar=YOU_IN_ENVIRONMENT,
        metavar="PERSON",
        help="Who you are, by id in the playbook.",
        show_default=False,
        autocompletion=complete_from(people),
    ),
]
Category = Annotated[
    str | None,
    typer.Option(
        "--category",
        metavar="ID",
        help="A category of the playbook.",
        show_default=False,
        autocompletion=complete_from(categories),
    ),
]
IssueType = Annotated[
    str | None,
    typer.Option(
        "--issue-type",
        metavar="ID",
        help="An issue type of the playbook; needed if several have the category.",
        show_default=False,
        autocompletion=complete_from(issue_types),
    ),
]
PlaybookFile = Annotated[
    Path | None,
    typer.Argument(
        metavar="[FILE]", help="A playbook; the configured one, if not given.", show_default=False
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON, errors too.")]
Clocks = Annotated[
    bool, typer.Option("--clocks", help="Show in the timeline each start, reminder and end of a clock, too.")
]
Note = Annotated[
    str, typer.Option("--note", "-m", help="What you want to add, for our own people.", show_default=False)
]
Why = Annotated[str, typer.Option("--why", help="The reason, for our own people.", show_default=False)]


def configured_playbook(given: Path | None) -> Path:
    """The playbook that was given, or else the one that workers with these settings use."""
    from runtime.settings import Settings

    return given or Settings.load().playbook


def call_client(call: Callable[["EscalationClient"], Awaitable[_T]]) -> _T:
    """Connect, make *call*, and give back its answer."""
    from client import EscalationClient

    async def connected() -> _T:
        return await call(await EscalationClient.connect())

    return asyncio.run(connected())


def require_all(unanswered: "Iterable[Unanswered]") -> None:
    """
    The end of a command over many runs, once all is shown.

    Raises:
        NotAllAnswered: If some could not answer; it lists them.
    """
    from client import NotAllAnswered

    if silent := tuple(unanswered):
        raise NotAllAnswered(silent)


def make_move(
    key: str, move: type[c.PersonsCommand], in_json: bool, faults: Iterable[Fault] = (), **given: Any
) -> None:
    """Make one move and show what it did, unless *faults* were found before."""
    command = read_options(move, command_for(move.move), given, faults)
    with name_options():
        answer = call_client(lambda client: client.ask(key, command))
    print_move_result(answer, in_json)


def print_move_result(answer: MoveResult, in_json: bool) -> None:
    escalation.as_json(answer) if in_json else escalation.render_move_result(answer)
