"""`escalate actions`: what RCAs and post-mortems promised, until it is done."""

from typing import TYPE_CHECKING, Annotated

import typer

from entrypoints.cli.client_call import call_client, require_all
from entrypoints.cli.options import Json, option, person

if TYPE_CHECKING:
    from client import Unanswered


def actions(
    context: typer.Context,
    owner: Annotated[str | None, person("--owner", "Only those of this person.")] = None,
    overdue: Annotated[bool, option("--overdue", "Only those whose day has passed.")] = False,
    in_json: Json = False,
) -> None:
    """List actions that RCAs and post-mortems promised, over all escalations, the first due first."""
    if context.invoked_subcommand:
        return
    from datetime import UTC, datetime

    from entrypoints.cli.render.escalation_list import render_actions
    from entrypoints.terminal import as_json, out
    from escalation.kernel.counted_nouns import number_of

    unanswered: list[Unanswered] = []
    found = call_client(lambda client: client.actions(owner=owner, overdue=overdue, unanswered=unanswered))
    if in_json:
        as_json([todo._asdict() for todo in found])
    else:
        if found:
            out.print(render_actions(found, datetime.now(UTC), out.width))
        out.print(f"{number_of(len(found), 'action')} to be done")
    require_all(unanswered)
