"""`escalate task-force task add`: something to do for a member."""

from typing import Annotated

from entrypoints.cli.client_call import make_typed_move
from entrypoints.cli.options import By, DryRun, ForceName, Json, Key, argument, option, person


def add(
    key: Key,
    name: ForceName,
    what: Annotated[str, argument("WHAT", "What is to be done.")],
    by: By,
    owner: Annotated[str, person("--owner", "The member who does it.")],
    due: Annotated[str | None, option("--due", "When it is due, such as 2030-01-31T12:00.", "TIME")] = None,
    tz: Annotated[str, option("--tz", "The time zone of --due.", "ZONE")] = "UTC",
    dry_run: DryRun = False,
    in_json: Json = False,
) -> None:
    """Give a member something to do."""
    from entrypoints.cli.option_values import OptionValues
    from escalation.task_force.moves.add_task import AddTask

    options = OptionValues()
    due_at = options.instant(due, options.zone(tz), "--due")
    given = {"by": by, "what": what, "owner": owner, "due_at": due_at}
    words, named = "task-force task add", (key, name)
    make_typed_move(words, "task_force", named, AddTask, given, in_json, dry_run, options.faults)
