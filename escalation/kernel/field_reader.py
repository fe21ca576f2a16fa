"""Reads the fields of a command from its declaration."""

from collections.abc import Iterator
from dataclasses import is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel

from escalation.kernel.command_fields import CommandField, FieldKind
from escalation.kernel.values import described_fields


def fields_of(command: type) -> Iterator[CommandField]:
    """Return the fields that somebody fills in: all but the constant that says which command it is."""
    for name, field in described_fields(command).items():
        if get_origin(field.annotation) is not Literal:
            kind, is_list, values = _form_of(field.annotation)
            default = field.default if not field.is_required() and isinstance(field.default, str) else ""
            yield CommandField(
                name, kind, is_list, field.is_required(), str(default), values, field.description or ""
            )


def purpose_of(command: type) -> str:
    """Return what *command* is for, in the words of its declaration: help, operations and forms say it."""
    return " ".join((command.__doc__ or "").split())


def record_of(command: type, name: str) -> type | None:
    """Return the class of the records that the field *name* takes; None, if it takes none."""
    found = class_of(described_fields(command)[name].annotation)
    return found if issubclass(found, BaseModel) or is_dataclass(found) else None


def class_of(annotation: Any) -> type:
    """Return the class of one value: of an item if there can be several, and without what may be left out."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin in {Annotated, tuple}:
        return class_of(args[0])
    if origin in {Union, UnionType}:
        return class_of(next(each for each in args if each is not type(None)))
    return annotation if isinstance(annotation, type) else object


# A bool is an int and an instant is a day, for Python: the narrower one is looked for first.
_KINDS = {
    bool: FieldKind.FLAG,
    int: FieldKind.NUMBER,
    Decimal: FieldKind.NUMBER,
    AwareDatetime: FieldKind.INSTANT,
    datetime: FieldKind.INSTANT,
    date: FieldKind.DAY,
    timedelta: FieldKind.SPAN,
    str: FieldKind.TEXT,
}


def _form_of(annotation: Any) -> tuple[FieldKind, bool, tuple[str, ...]]:
    """Return kind, whether there can be several, and the values of a choice."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _form_of(args[0])
    if origin in {Union, UnionType}:
        return _form_of(next(each for each in args if each is not type(None)))
    if origin is tuple:
        kind, _, values = _form_of(args[0])
        return kind, True, values
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return FieldKind.CHOICE, False, tuple(each.value for each in annotation)
    if isinstance(annotation, type):
        found = (kind for python, kind in _KINDS.items() if issubclass(annotation, python))
        return next(found, FieldKind.RECORD), False, ()
    return FieldKind.RECORD, False, ()
