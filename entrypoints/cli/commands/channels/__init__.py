"""`escalate channels`: which channels there are, and what is set up for them, by name alone."""

import typer

from entrypoints.cli.options import Json


def channels(context: typer.Context, in_json: Json = False) -> None:
    """Show the channels, their limits, and the targets that are set up: their names, never where they lead."""
    if context.invoked_subcommand is not None:
        return
    from entrypoints.cli.render.channels import channel_rows, render_channels
    from entrypoints.terminal import as_json, out
    from runtime.settings import Settings

    rows = channel_rows(Settings.load())
    as_json(rows) if in_json else out.print(render_channels(rows))
