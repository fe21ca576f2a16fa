"""`escalate rca file`: the internal RCA, or a new version of it."""

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

from entrypoints.cli.client_call import call_client, make_move
from entrypoints.cli.options import By, DryRun, Json, Key, argument, option

if TYPE_CHECKING:
    from client import EscalationClient


def file(
    key: Key,
    path: Annotated[
        str, argument("FILE|-", "The internal RCA: Markdown as `rca draft` writes it, YAML or JSON.")
    ],
    by: By,
    merge: Annotated[
        list[str] | None, option("--merge", "Another RCA to merge into it. Repeat for more.", "FILE")
    ] = None,
    dry_run: DryRun = False,
    in_json: Json = False,
) -> None:
    """File the internal RCA, or a new version. Without a timeline it gets the record's."""
    from entrypoints.cli.known_names import known_names
    from entrypoints.cli.rca_files import merge_files, read_files
    from entrypoints.cli.rca_papers import warn_of_boxes
    from escalation.case.moves.file_rca import FileRca
    from escalation.case.rca_on_file import proposed_timeline
    from escalation.kernel.reasons import reason
    from escalation.kernel.refusals import BadRequest
    from messages.catalogue import catalogue
    from messages.speaker import Speaker

    files = read_files((path, *(merge or ())), key)

    async def ask(client: "EscalationClient") -> tuple[dict[str, str], Any, tuple[str, ...]]:
        people, entries = await asyncio.gather(client.people(key), client.timeline(key))
        names = {person.id: person.name for person in people}
        return names, entries, (await known_names(client)).people

    names, entries, in_playbook = call_client(ask)
    known = names.keys() | set(in_playbook)
    if unknown := [fault for each in files for fault in each.unknown_owners(known)]:
        raise BadRequest.because(reason("of.an_rca"), unknown)
    rca = merge_files(files)
    if not rca.timeline:
        timeline = proposed_timeline(entries, Speaker(catalogue("en"), names=names).say)
        rca = rca.model_copy(update={"timeline": timeline})
    make_move(key, FileRca, in_json, dry_run, by=by, rca=rca)
    warn_of_boxes(rca)
