"""
``escalate rca``: the moves of the root cause analysis. What a move means, and who may make it, the engine says.
"""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from entrypoints.cli.client_call import By, Json, Key, Note, Why, call_client, make_move
from entrypoints.cli.commands.rca.document import warn_of_boxes
from entrypoints.cli.known_names import names_in_playbook
from entrypoints.cli.rca_files import merge_files, read_files
from entrypoints.files import read_model
from escalation.case import commands as c
from escalation.case.rca_on_file import proposed_timeline
from escalation.case.request import CustomerRca
from escalation.kernel.refusals import BadRequest
from escalation.kernel.timeline_entry import TimelineEntry

if TYPE_CHECKING:
    from client import EscalationClient

app = typer.Typer(
    no_args_is_help=True,
    help="The root cause analysis: request, draft, file, show, derive, approve, share, waive, and print it.",
)


@app.command("request")
def request_rca(key: Key, by: By, note: Note = "", in_json: Json = False) -> None:
    """Ask for one."""
    make_move(key, c.RequestRca, in_json, by=by, note=note)


@app.command("file")
def file_rca(
    key: Key,
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE|-",
            help="The internal RCA: Markdown as `rca draft` writes it, YAML or JSON.",
            show_default=False,
        ),
    ],
    by: By,
    merge: Annotated[
        list[str] | None,
        typer.Option("--merge", metavar="FILE", help="Another one to be made one with it; repeat for more."),
    ] = None,
    in_json: Json = False,
) -> None:
    """File the internal RCA, or a new version. Without a timeline it gets the record's."""
    files = read_files((file, *(merge or ())), key)

    async def ask(client: "EscalationClient") -> tuple[dict[str, str], tuple[TimelineEntry, ...]]:
        people, entries = await asyncio.gather(client.people(key), client.timeline(key))
        return {person.id: person.name for person in people}, entries

    names, entries = call_client(ask)
    known = names.keys() | names_in_playbook()
    if unknown := [fault for each in files for fault in each.unknown_owners(known)]:
        raise BadRequest.because("the RCA", unknown)
    rca = merge_files(files)
    if not rca.timeline:
        rca = rca.changed(timeline=proposed_timeline(entries, names))
    make_move(key, c.FileRca, in_json, by=by, rca=rca)
    warn_of_boxes(rca.model_dump(mode="json"))


@app.command("derive")
def derive_rca(
    key: Key,
    by: By,
    file: Annotated[
        str | None, typer.Option("--file", metavar="FILE|-", help="Other words for customers.")
    ] = None,
    in_json: Json = False,
) -> None:
    """Derive the customer RCA from the internal one."""
    written = read_model(file, CustomerRca, "the customer RCA") if file else None
    make_move(key, c.DeriveRca, in_json, by=by, rca=written)
    if written:
        warn_of_boxes(written.model_dump(mode="json"))


@app.command("approve")
def approve_rca(key: Key, by: By, note: Note = "", in_json: Json = False) -> None:
    """Approve the customer RCA."""
    make_move(key, c.ApproveRca, in_json, by=by, note=note)


@app.command("share")
def share_rca(key: Key, by: By, in_json: Json = False) -> None:
    """Send it to every affected customer."""
    make_move(key, c.ShareRca, in_json, by=by)


@app.command("waive")
def waive_rca(key: Key, by: By, why: Why, in_json: Json = False) -> None:
    """Do without one."""
    make_move(key, c.WaiveRca, in_json, by=by, why=why)
