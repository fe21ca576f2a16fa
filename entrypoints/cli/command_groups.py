"""
The contents of ``escalate --help``: commands by what they are for, in the order in which people meet them.
"""

from typing import Any

from typer.core import TyperGroup

from entrypoints.cli.choices import list_values

PANELS = {
    "Start and look": ("start", "list", "show", "watch", "messages", "script", "inbox"),
    "Moves": (
        *("ack", "raise", "transfer", "trigger", "respond", "priority", "correct-contact", "pause", "resume"),
        *("begin", "plan", "update", "message", "resolve", "verify", "reject", "cancel", "rebase"),
    ),
    "Task forces": ("task-force",),
    "Closing and RCA": (
        *("confirm-access", "settle", "rca", "close", "reopen", "survey", "post-mortem", "actions"),
    ),
    "Playbook": ("playbook",),
    "Sponsors": ("sponsor",),
    "Looking back": ("report", "records"),
    "Operating": ("serve", "gateway", "setup", "doctor", "channels", "demo"),
}
_HELP = frozenset({"-h", "--help"})


class CommandGroups(TyperGroup):
    """The program: its commands in panels. Values of the playbook are looked up only when help is asked for."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        for panel, names in PANELS.items():
            for name in names:
                self.commands[name].rich_help_panel = panel  # type: ignore[attr-defined]

    def list_commands(self, ctx: Any) -> list[str]:
        order = [name for names in PANELS.values() for name in names]
        return [*order, *(name for name in super().list_commands(ctx) if name not in order)]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if _HELP.intersection(args):
            list_values(self)
        found: list[str] = super().parse_args(ctx, args)
        return found
