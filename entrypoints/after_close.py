"""
Commands for what follows an escalation up, after its close too: ``survey``, ``post-mortem``, ``actions``.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from entrypoints import lists, showing
from entrypoints.asking import By, Json, Key, Note, make_move, require_all, with_client
from entrypoints.files import read_model
from escalation import commands as c
from escalation.numbers import number_of
from escalation.post_mortem import PostMortem

if TYPE_CHECKING:
    from client import Unanswered

app = typer.Typer()
post_mortem = typer.Typer(no_args_is_help=True, help="The post-mortem: how the handling itself went.")
actions = typer.Typer(
    invoke_without_command=True, help="Actions that RCAs and post-mortems promised, until they are done."
)


@app.command()
def survey(
    key: Key,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", show_default=False)],
    score: Annotated[
        str, typer.Argument(metavar="1..5", help="From 1, poorly, to 5, very well.", show_default=False)
    ],
    by: By,
    contact: Annotated[
        str | None,
        typer.Option(
            "--contact", metavar="EMAIL", help="Who said so, where the account has several contacts."
        ),
    ] = None,
    comment: Annotated[str, typer.Option("--comment", help="What they said.", show_default=False)] = "",
    in_json: Json = False,
) -> None:
    """Record how a customer found it, as they told you; each contact answers once."""
    make_move(
        key, c.RecordSurvey, in_json, by=by, account=account, score=score, contact=contact, comment=comment
    )


@post_mortem.command("file")
def file_post_mortem(
    key: Key,
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE|-", help="In YAML or JSON, or Markdown with a YAML head.", show_default=False
        ),
    ],
    by: By,
    in_json: Json = False,
) -> None:
    """File it, or a new version; its actions are tracked until they are done."""
    written = read_model(file, PostMortem, "the post-mortem", below_head="notes")
    make_move(key, c.FilePostMortem, in_json, by=by, post_mortem=written)


@actions.callback()
def list_actions(
    context: typer.Context,
    owner: Annotated[str | None, typer.Option("--owner", metavar="PERSON")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those whose day has passed.")] = False,
    in_json: Json = False,
) -> None:
    """List them over all escalations, the first due first."""
    if context.invoked_subcommand:
        return
    unanswered: list[Unanswered] = []
    found = with_client(lambda client: client.actions(owner=owner, overdue=overdue, unanswered=unanswered))
    if in_json:
        showing.as_json([todo._asdict() for todo in found])
    else:
        if found:
            showing.out.print(lists.to_do(found, datetime.now(UTC), showing.out.width))
        showing.out.print(f"{number_of(len(found), 'action')} to be done")
    require_all(unanswered)


@actions.command("done")
def finish_action(
    key: Key,
    number: Annotated[str, typer.Argument(metavar="N", help="As the list numbers it.", show_default=False)],
    by: By,
    note: Note = "",
    in_json: Json = False,
) -> None:
    """Say that an action is done."""
    make_move(key, c.FinishAction, in_json, by=by, action=number, note=note)
