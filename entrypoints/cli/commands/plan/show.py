"""`escalate plan show`: a version of the action plan."""

from typing import Annotated

from entrypoints.cli.client_call import call_client
from entrypoints.cli.options import Json, Key, option


def show(
    key: Key,
    version: Annotated[
        int | None, option("--version", "Which version. If omitted: the latest.", "N", show_default=False)
    ] = None,
    diff: Annotated[bool, option("--diff", "Show what changed since the version before.")] = False,
    in_json: Json = False,
) -> None:
    """Show a version of the action plan: its steps, who wrote it, and why."""
    from entrypoints.cli.action_plan_steps import find_version
    from entrypoints.cli.render.action_plan import differences, render_plan
    from entrypoints.terminal import as_json, out
    from escalation.kernel.values import to_plain

    plans = call_client(lambda client: client.action_plans(key))
    plan = find_version(plans, version)
    before = next((each for each in plans if each.version == plan.version - 1), None)
    changes = list(differences(before, plan)) if diff else None
    if in_json:
        as_json({**to_plain(plan), **({} if changes is None else {"changes": changes})})
    else:
        out.print(render_plan(plan, changes))
