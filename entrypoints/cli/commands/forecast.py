"""`escalate forecast`: what happens to an escalation if nobody acts."""

from typing import Annotated

from entrypoints.cli.client_call import call_client
from entrypoints.cli.options import Json, Key, option


def forecast(
    key: Key,
    hours: Annotated[
        int | None,
        option(
            "--hours",
            "Look ahead so many hours. If omitted: until nothing new would happen.",
            "N",
            min=1,
            max=31 * 24,
            show_default=False,
        ),
    ] = None,
    in_json: Json = False,
) -> None:
    """Show what happens if nobody acts: who is notified when, until the last level. Nothing changes."""
    from entrypoints.cli.render.move_preview import render_outlook
    from entrypoints.terminal import as_json, out
    from planning.plan.on_call_answer import answer_from_playbook
    from planning.playbook.loader import load_playbook
    from runtime.settings import Settings

    on_call = answer_from_playbook(load_playbook(Settings.load().playbook))
    steps = call_client(lambda client: client.outlook(key, hours=hours, on_call=on_call))
    as_json(steps) if in_json else out.print(render_outlook(steps))
