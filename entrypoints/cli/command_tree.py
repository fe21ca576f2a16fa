"""
The tree of commands: `escalate NAME` is in `commands/NAME.py`, and a folder there is a group of commands.

A command's module is imported when its command is asked for, and imports at its top only what its options need; what
the command runs is imported inside its function. So `--help` and completion in a shell come at once. Moves that need no
more than what their declaration says have no file: `move_command` makes them.
"""

from functools import cached_property
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import typer
from typer._completion_classes import completion_init
from typer.completion import install_callback, show_callback
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command_from_info
from typer.models import CommandInfo

from entrypoints.cli.by_service import begin_by_service, relax_actor
from entrypoints.cli.move_declarations import declared_moves
from entrypoints.cli.move_options import make_function
from entrypoints.cli.playbook_names import describe_values

PANELS = {
    "Start and look": ("start", "list", "show", "forecast", "watch", "messages", "script", "inbox"),
    "Moves": (
        *(
            "ack",
            "raise",
            "transfer",
            "trigger",
            "respond",
            "priority",
            "correct-contact",
            "revoke-page",
            "pause",
            "resume",
        ),
        *("begin", "plan", "update", "message", "resolve", "verify", "reject", "cancel", "rebase"),
    ),
    "Evidence and conversation": ("evidence", "comment", "customer-says", "impact", "ask", "answer"),
    "Task forces": ("task-force",),
    "Closing and RCA": (
        *("confirm-access", "settle", "rca", "close", "reopen", "survey", "post-mortem", "actions"),
    ),
    "Playbook": ("playbook",),
    "Sponsors": ("sponsor",),
    "Looking back": ("report", "records"),
    "Operating": (
        "login",
        "logout",
        "serve",
        "worker",
        "web",
        "gateway",
        "api-key",
        "keys",
        "privacy",
        "setup",
        "backup",
        "restore",
        "doctor",
        "channels",
        "demo",
    ),
}
"""
Commands by what they are for, in the order in which people meet them. A move that is not named here stands with the
moves; any other command that is in no panel is not listed.
"""
_COMMANDS = "entrypoints.cli.commands"
_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Command(TyperCommand):
    """A command whose help also lists what the configured playbook has for an option; it may ask a service."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        relax_actor(ctx, self.params)
        rest: list[str] = super().parse_args(ctx, args)
        return rest

    def invoke(self, ctx: Any) -> Any:
        begin_by_service(ctx, _words_of(ctx))
        return super().invoke(ctx)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        for parameter in self.params:
            describe_values(parameter)
        super().format_options(ctx, formatter)


class FolderGroup(TyperGroup):
    """A group whose commands are the files and folders of *module*, and the moves that are declared for it."""

    def __init__(self, *, module: ModuleType, words: tuple[str, ...], **settings: Any) -> None:
        super().__init__(**settings)
        self._module, self._words = module, words
        del self.commands  # each is made when it is asked for

    @cached_property
    def commands(self) -> dict[str, Any]:  # type: ignore[override]
        """All of them, made."""
        return {name: self.get_command(None, name) for name in self._names}

    @cached_property
    def _names(self) -> tuple[str, ...]:
        folder = Path(self._module.__path__[0])
        files = {
            path.stem for path in folder.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()
        }
        found = {stem.replace("_", "-") for stem in files if not stem.startswith("_")}
        found |= {words[-1] for words in declared_moves() if words[:-1] == self._words}
        order = getattr(self._module, "ORDER", ())
        return tuple(
            sorted(found, key=lambda name: (order.index(name) if name in order else len(order), name))
        )

    def get_help_option(self, ctx: Any) -> Any:
        """Return the option with a default, because Typer imports pydantic to read a flag that has none."""
        if option := super().get_help_option(ctx):
            option.default = False
        return option

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        default = getattr(self._module, "DEFAULT", "")
        if default and args and args[0] not in {*self._names, "-h", "--help"}:
            args = [default, *args]
        if (
            args and args[0] in self._names
        ):  # options of the group itself were not typed: nothing is to be read
            ctx.params = {each.name: each.default for each in self.params if each.expose_value}
            ctx._protected_args, ctx.args = args[:1], args[1:]
            return args[1:]
        rest: list[str] = super().parse_args(ctx, args)
        return rest

    def invoke(self, ctx: Any) -> Any:
        if not ctx._protected_args:  # a group that is a command too, typed alone
            begin_by_service(ctx, _words_of(ctx))
        return super().invoke(ctx)

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        return list(self._names)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        return _make(self._module, (*self._words, cmd_name)) if cmd_name in self._names else None


def _words_of(ctx: Any) -> str:
    """Return what was typed after `escalate` to name the command."""
    path: str = ctx.command_path
    return path.partition(" ")[2]


def _say_version(is_asked_for: bool) -> None:
    if is_asked_for:
        from importlib.metadata import version

        from entrypoints.terminal import write

        write(f"escalate {version('escalation-engine')}\n")
        raise typer.Exit


def escalate(
    show_version: Annotated[
        bool,
        typer.Option("--version", help="Show the version and exit.", callback=_say_version, is_eager=True),
    ] = False,
    install_completion: Annotated[
        bool,
        typer.Option(
            "--install-completion",
            help="Install completion for the current shell.",
            callback=install_callback,
        ),
    ] = False,
    show_completion: Annotated[
        bool,
        typer.Option(
            "--show-completion",
            help="Show completion for the current shell, to copy it or customize the installation.",
            callback=show_callback,
        ),
    ] = False,
) -> None:
    """Durable customer escalations: start, communicate, resolve, close with RCA."""


class Program(FolderGroup):
    """The whole program: its commands in panels."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        return [name for names in list_panels().values() for name in names]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        width = max(map(len, self.list_commands(ctx)))
        for panel, names in list_panels().items():
            with formatter.section(panel):
                helps = (
                    self.get_command(ctx, name).get_short_help_str(formatter.width - width - 6)
                    for name in names
                )
                formatter.write_dl(
                    [(name.ljust(width), text) for name, text in zip(names, helps, strict=True)]
                )


def make_program() -> Program:
    """Return the program `escalate`; nothing of a command is imported yet."""
    completion_init()
    return _fill_group(Program, import_module(_COMMANDS), (), escalate)  # type: ignore[no-any-return]


def _make(parent: ModuleType, words: tuple[str, ...]) -> Any:
    file = words[-1].replace("-", "_")
    folder = Path(parent.__path__[0])
    if (folder / file / "__init__.py").is_file():
        return _make_group(import_module(f"{parent.__name__}.{file}"), words)
    if (folder / f"{file}.py").is_file():
        module = import_module(f"{parent.__name__}.{file}")
        function = getattr(module, file, None) or getattr(module, f"{file}_")
    else:
        function = make_function(declared_moves()[words])
    return _make_command(
        function,
        words[-1],
        hidden=len(words) == 1 and not any(words[0] in names for names in list_panels().values()),
    )


def _make_command(function: Any, name: str, *, hidden: bool = False) -> TyperCommand:
    info = CommandInfo(name=name, cls=Command, callback=function, hidden=hidden)
    made: Any = get_command_from_info(info, pretty_exceptions_short=False, rich_markup_mode=None)
    return made  # type: ignore[no-any-return]


def _make_group(module: ModuleType, words: tuple[str, ...]) -> FolderGroup:
    """A group that is a command too has a function of its name."""
    own = getattr(module, words[-1].replace("-", "_"), None)
    made: FolderGroup = _fill_group(FolderGroup, module, words, own, invoke_without_command=own is not None)
    return made


def _fill_group(
    kind: type[FolderGroup], module: ModuleType, words: tuple[str, ...], own: Any, **settings: Any
) -> Any:
    command = _make_command(own or _do_nothing, words[-1] if words else "escalate")
    return kind(
        module=module,
        words=words,
        name=command.name,
        params=command.params,
        callback=command.callback,
        help=command.help if own else " ".join((module.__doc__ or "").partition("\n\n")[0].split()),
        rich_markup_mode=None,
        context_settings=_SETTINGS,
        no_args_is_help=not settings.get("invoke_without_command"),
        **settings,
    )


def _do_nothing() -> None:
    pass


def list_panels() -> dict[str, tuple[str, ...]]:
    """Return the commands of each panel, with moves that were declared since."""
    named = {name for names in PANELS.values() for name in names}
    others = [words[0] for words in declared_moves() if len(words) == 1 and words[0] not in named]
    return {panel: (*names, *others) if panel == "Moves" else names for panel, names in PANELS.items()}
