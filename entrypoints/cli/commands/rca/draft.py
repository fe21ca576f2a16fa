"""`escalate rca draft`: a file to fill in."""

from typing import TYPE_CHECKING

from entrypoints.cli.client_call import call_client
from entrypoints.cli.options import Key

if TYPE_CHECKING:
    from client import EscalationClient
    from escalation.case.rca_content import InternalRca
    from escalation.case.rca_on_file import RcaOnFile


def draft(key: Key) -> None:
    """Write a file to fill in: the timeline from the record, and a section for all that an RCA says."""
    from documents.rca_writer import write_rca
    from entrypoints.terminal import write
    from escalation.case.rca_content import InternalRca
    from escalation.case.rca_on_file import proposed_timeline
    from messages.catalogue import catalogue
    from messages.speaker import Speaker

    async def ask(client: "EscalationClient") -> "tuple[RcaOnFile, InternalRca]":
        entries, on_file = await client.timeline(key), await client.rca_on_file(key)
        names = {each.id: each.name for each in await client.people(key)}
        blank = InternalRca.model_construct(  # causes and actions are what is to be filled in
            root_causes=(),
            corrective_actions=(),
            timeline=proposed_timeline(entries, Speaker(catalogue("en"), names=names).say),
            problem_records=on_file.problem_records,
        )
        return on_file, blank

    on_file, blank = call_client(ask)
    write(write_rca(on_file.rca or blank, key, hints=True))
