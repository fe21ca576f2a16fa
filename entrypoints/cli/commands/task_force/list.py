"""`escalate task-force list`: the task forces of an escalation."""

from entrypoints.cli.client_call import call_client
from entrypoints.cli.options import Json, Key


def list_(key: Key, in_json: Json = False) -> None:
    """List an escalation's task forces, as they last reported to it."""
    from rich.text import Text

    from entrypoints.cli.render.task_force import render_task_forces
    from entrypoints.terminal import as_json, out
    from escalation.kernel.values import to_plain

    forces = call_client(lambda client: client.view(key)).task_forces
    if in_json:
        as_json([to_plain(force) for force in forces])
    else:
        out.print(render_task_forces(forces) if forces else Text(f"{key} has no task force"))
