"""
The body of a move: the fields of its command, without those that are not for the caller to say.

Made from the declaration, so that a new move is an operation without a line of code here.
"""

from collections.abc import Callable, Coroutine, Mapping
from functools import cache
from typing import Any, TypeVar

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, create_model
from starlette.responses import Response

from entrypoints.web.api.command_examples import EXAMPLES
from entrypoints.web.api.problems import MOVING
from escalation.kernel.command_fields import CommandField, FieldKind
from escalation.kernel.field_reader import fields_of
from escalation.kernel.values import Input, described_fields, from_plain
from escalation.move_preview import MovePreview

Command = TypeVar("Command")
Operation = Callable[..., Coroutine[Any, Any, Response]]
"""An operation that is made from a declaration."""
NOT_SAID = frozenset({"by", "kind", "submitted_by"})
"""Fields that a body leaves out: the one who asks makes the move, and the address says which move it is."""
_VALUES: Mapping[FieldKind, Any] = {
    FieldKind.TEXT: "Replaced the pump",
    FieldKind.NUMBER: 1,
    FieldKind.FLAG: False,
    FieldKind.INSTANT: "2026-12-01T09:00:00Z",
    FieldKind.DAY: "2026-12-01",
    FieldKind.SPAN: "PT4H",
}


@cache
def body_of(command: type, name: str = "") -> type[BaseModel]:
    """Return the model of what a caller says of *command*, with the example of this *name* if there is one."""
    fields = {
        name: (field.annotation, field)
        for name, field in described_fields(command).items()
        if name not in NOT_SAID
    }
    shown = EXAMPLES.get(name) or example_of(command)
    model: type[BaseModel] = create_model(  # type: ignore[call-overload]
        f"{command.__name__}Body",
        __doc__=command.__doc__,
        __config__=ConfigDict(**Input.model_config, json_schema_extra={"examples": [shown]}),
        **fields,
    )
    return model


def example_of(command: type) -> dict[str, Any]:
    """Return the required fields, each with its own example or with a value of its kind."""
    told = described_fields(command)
    return {
        field.name: (told[field.name].examples or [_value_of(field)])[0]
        for field in fields_of(command)
        if field.is_required and field.name not in NOT_SAID
    }


def _value_of(field: CommandField) -> Any:
    value = field.values[0] if field.values else _VALUES.get(field.kind, {})
    return [value] if field.is_list else value


def add_preview(
    router: APIRouter, path: str, name: str, preview: Operation, body: type[BaseModel], summary: str
) -> None:
    """Add the *preview* of the move at *path*, which reads *body* as `said`."""
    preview.__annotations__["said"] = body
    router.add_api_route(
        f"{path}/preview",
        preview,
        methods=["POST"],
        name=f"preview_{name}",
        summary=f"Preview: {summary}",
        description="Show what this move would do now, or why it would be refused. Nothing changes.",
        response_model=MovePreview,
        responses=MOVING,
    )


def read_command(command: type[Command], body: BaseModel, **said: str) -> Command:
    """
    Return the command that *body* and who *said* it make.

    Raises:
        ValidationError: If the fields do not go together.
    """
    return from_plain(command, {**body.model_dump(mode="json", exclude_unset=True), **said})
