"""`escalate rebase`: running escalations go on by the playbook of today, and what that changes is shown first."""

from pathlib import Path
from typing import Annotated

import typer

from entrypoints.cli.client_call import call_client
from entrypoints.cli.options import By, Category, IssueType, Json, Why, Yes, argument, option


def rebase(
    key: Annotated[str | None, argument("[KEY]", "The escalation's key. If omitted: --all.")] = None,
    by: By = "",
    why: Why = "",
    every_one: Annotated[bool, option("--all", "Rebase every open escalation.")] = False,
    category: Category = None,
    issue_type: IssueType = None,
    dry_run: Annotated[bool, option("--dry-run", "Only show what would change.")] = False,
    yes: Yes = False,
    playbook: Annotated[
        Path | None,
        option("--playbook", "The worker's playbook. If omitted: the configured one.", show_default=False),
    ] = None,
    in_json: Json = False,
) -> None:
    """Go on by the playbook of today: shows the due times that move, then asks."""
    from rich.text import Text

    from entrypoints.cli import rebase_preview as rebases
    from entrypoints.cli.command_names import name_options
    from entrypoints.cli.render.rebase import render_outlooks
    from entrypoints.terminal import as_json, out
    from escalation.kernel.refusals import MoveNotAllowed

    rebases.require_whole(key, every_one, category, by, why, dry_run)
    wanted = rebases.WantedRebase(rebases.read_playbook(playbook), issue_type, category)
    with name_options(("category", "issue_type")):
        outlooks = call_client(lambda client: rebases.preview_rebases(client, key, wanted))
    changes = [outlook for outlook in outlooks if outlook.is_change]
    if not in_json:
        out.print(render_outlooks(outlooks))
    is_agreed = not dry_run and bool(changes) and (yes or rebases.ask_to_rebase(len(changes), in_json))
    done = (
        call_client(lambda client: rebases.carry_out(client, changes, by, why, wanted)) if is_agreed else []
    )
    if key and done and done[0].refused and not in_json:
        raise MoveNotAllowed(done[0].refused)
    if in_json:
        as_json({"would_change": outlooks, "rebased": done})
    for outcome in () if in_json else done:
        out.print(Text(f"{outcome.key}: {outcome.refused or 'rebased'}"))
    if any(outcome.refused for outcome in (*outlooks, *done)):
        raise typer.Exit(1)
