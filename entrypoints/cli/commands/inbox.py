"""`escalate inbox`: what waits for somebody, and to let it leave at once."""

from typing import TYPE_CHECKING, Annotated

from entrypoints.cli.client_call import call_client
from entrypoints.cli.options import YOU_IN_ENVIRONMENT, Json, argument, option, person

if TYPE_CHECKING:
    from client import EscalationClient
    from escalation.notifications.inbox_view import DeferredEntry


def inbox(
    of_person: Annotated[
        str, argument("PERSON", "A person or team by id, or a customer's contact: ACCOUNT:EMAIL.")
    ],
    release: Annotated[bool, option("--release", "Let all of it leave now.")] = False,
    by: Annotated[str, person("--as", "Who releases it.", envvar=YOU_IN_ENVIRONMENT)] = "",
    in_json: Json = False,
) -> None:
    """Show what waits for somebody: what, since when, why, until when. Nothing that waits is lost."""
    from entrypoints.cli.command_names import read_options
    from entrypoints.cli.known_names import require_known_person
    from entrypoints.cli.render.deliveries import count_deferred, render_deferred
    from entrypoints.terminal import as_json, out
    from escalation.notifications.inbox_view import Release

    command = read_options(Release, "the release", {"by": by}) if release else None

    async def ask(client: "EscalationClient") -> tuple["DeferredEntry", ...]:
        found = await (client.release(of_person, by=command.by) if command else client.inbox(of_person))
        if not found:
            await require_known_person(client, of_person)
        return found

    waiting = call_client(ask)
    if in_json:
        as_json(waiting)
        return
    for each in waiting:
        out.print(render_deferred(each))
    out.print(count_deferred(of_person, len(waiting), is_released=release), markup=False)
