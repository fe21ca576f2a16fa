"""
A move as a command: its options are made from its declaration, so that a new move needs no code of the command line.

A field becomes the option of its name, unless `field_words` knows a better one. Fields that a terminal cannot say in
one word (a file, a list of seats) need a command of their own, in `commands/`.
"""

from collections.abc import Callable, Iterator
from inspect import Parameter, Signature
from typing import Annotated, Any

import typer

from entrypoints.cli import options
from entrypoints.cli.field_words import ARGUMENTS, COMPLETED, METAVARS, option_for
from entrypoints.cli.move_declarations import DeclaredMove
from entrypoints.cli.playbook_names import complete_names
from escalation.kernel.command_fields import CommandField, FieldKind

_TARGETS: dict[str, dict[str, Any]] = {
    "escalation": {"key": options.Key},
    "task_force": {"key": options.Key, "force_name": options.ForceName},
    "sponsorship": {"account": options.Account},
}
"""The arguments before the fields, by the subject of the move."""
_METAVARS = {
    FieldKind.NUMBER: "N",
    FieldKind.INSTANT: "TIME",
    FieldKind.DAY: "YYYY-MM-DD",
    FieldKind.SPAN: "SPAN",
}


def make_function(move: DeclaredMove) -> Callable[..., None]:
    """Return the function of the command that makes *move*."""
    targets, command = _TARGETS[move.subject], " ".join(move.words)

    def run(**typed: Any) -> None:
        from entrypoints.cli.client_call import make_declared_move

        in_json, dry_run = typed.pop("in_json"), typed.pop("dry_run")
        named = [typed.pop(f"to_{name}") for name in targets]
        make_declared_move(move, named, typed, in_json, dry_run)

    # Typer reads the options from the signature. Names of targets cannot be those of fields.
    places = [
        Parameter(f"to_{name}", Parameter.KEYWORD_ONLY, annotation=kind) for name, kind in targets.items()
    ]
    fields = sorted(move.fields, key=lambda field: not is_argument(command, field))
    filled = [parameter_of(field, command) for field in fields]
    if any(field.kind is FieldKind.INSTANT for field in fields):
        filled.append(Parameter("tz", Parameter.KEYWORD_ONLY, annotation=options.TimesZone, default="UTC"))
    filled.append(Parameter("dry_run", Parameter.KEYWORD_ONLY, annotation=options.DryRun, default=False))
    last = Parameter("in_json", Parameter.KEYWORD_ONLY, annotation=options.Json, default=False)
    run.__signature__ = Signature([*places, *filled, last])  # type: ignore[attr-defined]
    run.__doc__ = move.help
    run.__name__ = move.words[-1].replace("-", "_")
    return run


def is_argument(command: str, field: CommandField) -> bool:
    return field.name in ARGUMENTS.get(command, {})


def parameter_of(field: CommandField, command: str, *, optional: bool = False) -> Parameter:
    """
    Return the option or argument for *field* of *command*.

    Args:
        optional: A file may say the field, so that nothing is required, and nothing has a default.
    """
    is_required = field.is_required and not optional
    default: Any = Parameter.empty if is_required else None if optional else field.default or None
    annotation: Any = str if is_required else str | None
    if field.kind is FieldKind.FLAG:
        annotation, default = (bool | None, None) if optional else (bool, False)
    elif field.is_list:
        annotation, default = list[str] | None, None
    form: Any = options.By if field.name == "by" else Annotated[annotation, _form(field, command)]
    return Parameter(field.name, Parameter.KEYWORD_ONLY, annotation=form, default=default)


def _form(field: CommandField, command: str) -> Any:
    text = options.list_choices(field.description, field.values) if field.values else field.description
    text = f"{text} Repeat for more." if field.is_list else text
    complete = (
        options.complete_from(field.values)
        if field.values
        else complete_names(COMPLETED[field.name])
        if field.name in COMPLETED
        else None
    )
    if is_argument(command, field):
        return options.argument(ARGUMENTS[command][field.name], text, autocompletion=complete)
    if field.kind is FieldKind.FLAG:
        return typer.Option(option_for(field.name), help=text)
    option = option_for(field.name)
    return typer.Option(
        *((option, "-m") if option == "--note" else (option,)),
        metavar=METAVARS.get(field.name, _metavar(field)),
        help=text,
        show_default=bool(field.default),
        autocompletion=complete,
    )


def _metavar(field: CommandField) -> str | None:
    if field.values:
        return "|".join(field.values) if len(field.values) <= 3 else "CODE"
    return _METAVARS.get(field.kind)


def read_fields(move: DeclaredMove, typed: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Return what was typed for the fields; the values of a choice in any case."""
    choices = {field.name: field.values for field in move.fields if field.values}
    for name, given in typed.items():
        known = {value.lower(): value for value in choices.get(name, ())}
        yield name, known.get(given.lower(), given) if known and given else given
