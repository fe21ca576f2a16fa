"""
Commands for what follows an escalation up, after its close too: ``survey``, ``post-mortem``, ``actions``.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from documents.post_mortem_file import as_yaml, blank
from entrypoints.cli.client_call import By, Json, Key, Note, call_client, make_move, require_all
from entrypoints.cli.render import escalation, escalation_list
from entrypoints.files import read_model
from escalation.case import commands as c
from escalation.case.post_mortem import PostMortem
from escalation.kernel.numbers import number_of
from escalation.kernel.refusals import MoveNotAllowed

if TYPE_CHECKING:
    from client import EscalationClient, Unanswered
    from escalation.case.view import View
    from escalation.kernel.timeline_entry import TimelineEntry
    from escalation.policy.people import Contact

app = typer.Typer()
post_mortem = typer.Typer(
    no_args_is_help=True, help="The post-mortem, how the handling itself went: draft, file, show."
)
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
        key, c.AnswerSurvey, in_json, by=by, account=account, score=score, contact=contact, comment=comment
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


@post_mortem.command()
def draft(key: Key) -> None:
    """Write a file to fill in: who took part by the record, and what belongs into each field; or the latest version."""

    async def ask(
        client: "EscalationClient",
    ) -> tuple["View", Iterable["TimelineEntry"], Iterable["Contact"]]:
        return await client.view(key), await client.timeline(key), await client.people(key)

    view, entries, people = call_client(ask)
    if view.post_mortem:
        escalation.write(as_yaml(view.post_mortem, key))
        return
    names = {person.id: person.name for person in people}
    took_part = dict.fromkeys(names[entry.by] for entry in entries if entry.by in names)
    escalation.write(blank(took_part, key))


@post_mortem.command()
def show(key: Key, in_json: Json = False) -> None:
    """Show the latest version, as the file that it could have come from."""
    view = call_client(lambda client: client.view(key))
    if view.post_mortem is None:
        raise MoveNotAllowed(
            f"{key}: no post-mortem is filed yet; `escalate post-mortem draft` writes one to fill in"
        )
    if in_json:
        escalation.as_json({"version": view.post_mortem_version, "post_mortem": view.post_mortem})
    else:
        escalation.write(as_yaml(view.post_mortem, key))


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
    found = call_client(lambda client: client.actions(owner=owner, overdue=overdue, unanswered=unanswered))
    if in_json:
        escalation.as_json([todo._asdict() for todo in found])
    else:
        if found:
            escalation.out.print(
                escalation_list.render_actions(found, datetime.now(UTC), escalation.out.width)
            )
        escalation.out.print(f"{number_of(len(found), 'action')} to be done")
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
