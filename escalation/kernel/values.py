"""
Values, of which the rules are made, inputs, which people send, and the kinds of text.

Two ways lead to a value, and both are checked. The rules make it, or change it by `dataclasses.replace`: the type
checker looks at each field. It is read from JSON: pydantic looks at each field, by the same annotations. So a value is
not checked a third time when it is made, which would cost more than the decision itself.

A text that a customer may read and a text that only we may read are different types (COMM-6): a field of one never
accepts the other, in the type checker and when it is read. This file knows nothing of what the texts say.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, is_dataclass
from datetime import date, timedelta
from functools import cache, partial
from operator import eq
from typing import Annotated, Any, ClassVar, Self, TypeVar, dataclass_transform, get_type_hints

import pydantic_core
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    TypeAdapter,
    ValidationError,
    ValidatorFunctionWrapHandler,
)
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, core_schema

from escalation.kernel.characters import HARMFUL, remove_harmful
from escalation.kernel.reasons import InvalidValue, Reason, reason

LONGEST_TEXT = 16_384
"""Characters; keeps any one message far below Temporal's 2 MiB payload limit."""


_Class = TypeVar("_Class")


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[_Class]) -> type[_Class]:
    """
    Make *cls* a value: what the rules make, keep and change.

    It is made by its name, ``Pause(reason="…", …)``, and changed by ``dataclasses.replace(pause, ended_at=now)``. The
    type checker refuses a field that does not exist or has another type, in both. Slots keep it small: a clock takes
    190 bytes where a pydantic model takes 1,700.
    """
    return dataclass(frozen=True, slots=True, kw_only=True)(cls)


REFUSES_UNKNOWN = ConfigDict(extra="forbid")
"""The ``__pydantic_config__`` of a value that people send: a field that we do not know is a mistake to report."""


class PropertyCache:
    """Base of a value that keeps what ``cached_property`` derives from its fields; a changed copy derives it again."""


class Lean:
    """
    Base of a value of which there are many on record: a field at its default is left out of its JSON.

    Whoever reads it gives the default back, so a default of such a class never changes. What tells kinds apart stays.
    """

    __slots__ = ()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema: Any = handler(source)
        inner = handler.resolve_ref_schema(schema)
        while inner["type"] != "dataclass":
            inner = inner["schema"]
        for each in inner["schema"]["fields"]:
            known = each["schema"]
            if known["type"] == "default" and "default" in known and known["schema"]["type"] != "literal":
                each["serialization_exclude_if"] = partial(eq, known["default"])
        whole: CoreSchema = schema
        return whole


def described_fields(kind: type) -> Mapping[str, FieldInfo]:
    """Return the fields of a model or of a value as pydantic describes them."""
    if issubclass(kind, BaseModel):
        return kind.model_fields
    hints = get_type_hints(kind, include_extras=True)
    return {
        name: FieldInfo.from_annotation(hints[name])
        if each.default is MISSING
        else FieldInfo.from_annotated_attribute(hints[name], each.default)
        for name, each in vars(kind)["__dataclass_fields__"].items()
    }


reader_of: Callable[[Any], TypeAdapter[Any]] = cache(TypeAdapter)
"""The reader of a class, or of whatever else pydantic takes for a type; made once."""


def from_json(kind: type[_Class], text: str | bytes, *, ignores_unknown: bool = False) -> _Class:
    """
    Return the value of *kind* that *text* says. Fields that a value does not have are ignored: a newer version wrote
    them, and this one must go on. *ignores_unknown*: so are those of what people send.

    Raises:
        ValidationError: If it says no such value.
    """
    read: _Class = reader_of(kind).validate_json(text, extra="ignore" if ignores_unknown else None)
    return read


def from_plain(kind: type[_Class], plain: object) -> _Class:
    """As ``from_json``, of what JSON is read to."""
    read: _Class = reader_of(kind).validate_python(plain)
    return read


def without_input(error: ValidationError) -> str:
    """Return what is wrong without what was given, because it can reach logs and histories."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, fault['loc'])) or '(whole)'}: {fault['msg']}" for fault in faults)


def to_json(value: object) -> str:
    """Return *value* as it travels and is kept."""
    return to_bytes(value).decode()


def to_bytes(value: object, *, but: set[str] | None = None) -> bytes:
    """As ``to_json``, encoded. By the type of a value: to look at each field of it takes three times as long."""
    known = reader_of(type(value)) if is_dataclass(value) else None
    return known.dump_json(value, exclude=but) if known else pydantic_core.to_json(value)


def to_plain(value: object, *, but_defaults: bool = False) -> Any:
    """Return *value* as JSON is read to: dicts, lists, texts, numbers. *but_defaults*: no field at its default."""
    return reader_of(type(value)).dump_python(value, mode="json", exclude_defaults=but_defaults)


class Input(BaseModel):
    """
    Base of what a person sends: an unknown field is a mistake to report, not to ignore.

    The text of a validation error does not quote what was given, because it can reach logs and histories.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class _Text(str):
    """A bounded text without control or direction-changing characters."""

    __slots__ = ()
    _allowed: ClassVar[Reason]

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        of_text = core_schema.no_info_after_validator_function(
            cls.cleaned, core_schema.str_schema(max_length=LONGEST_TEXT, strip_whitespace=True)
        )
        return core_schema.json_or_python_schema(
            json_schema=of_text,
            python_schema=core_schema.no_info_wrap_validator_function(cls._taken, of_text),
        )

    @classmethod
    def _taken(cls, text: Any, of_text: ValidatorFunctionWrapHandler) -> Any:
        if isinstance(text, cls):
            return text
        if isinstance(text, _Text):
            raise InvalidValue(cls._allowed)
        return of_text(text)

    @classmethod
    def cleaned(cls, text: str) -> Self:
        return cls(remove_harmful(text))


class CustomerText(_Text):
    """A text that customers may read."""

    __slots__ = ()
    _allowed = reason("allowed.customer_text")


class InternalText(_Text):
    """A text that only our own people may read."""

    __slots__ = ()
    _allowed = reason("allowed.internal_text")


class CustomerWords(_Text):
    """A text that a customer wrote or said: our own people read it, and of customers their own account alone."""

    __slots__ = ()


Instant = AwareDatetime
"""An instant that the rules answer for."""
Span = timedelta

FIRST_YEAR, LAST_YEAR = 1970, 2200
_Day = TypeVar("_Day", bound=date)


def require_plausible_year(day: _Day) -> _Day:
    """
    Return *day*, a date or an instant, if computing with it stays within what a calendar can say.

    Raises:
        InvalidValue: If it is too far away.
    """
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise InvalidValue(reason("allowed.year", str(FIRST_YEAR), str(LAST_YEAR)))
    return day


InputInstant = Annotated[AwareDatetime, AfterValidator(require_plausible_year)]
"""An instant that a person gives."""
InputDay = Annotated[date, AfterValidator(require_plausible_year)]
"""A day that a person gives."""


def _is_printable(text: str) -> str:
    if HARMFUL.search(text) or "\n" in text or "\t" in text:
        raise InvalidValue(reason("allowed.printable"))
    return text


LONGEST_NAME = 200
LONGEST_ADDRESS = 254
"""Characters of an e-mail address."""

Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME), AfterValidator(_is_printable)]
"""An identifier: a person, a team, an account, a record, a playbook."""
Mover = Annotated[
    str, Field(min_length=1, max_length=LONGEST_NAME + 1 + LONGEST_ADDRESS), AfterValidator(_is_printable)
]
"""Id of whoever makes a move: a person's name, or a customer contact's ``ACCOUNT:ADDRESS``."""

ENGINE = "engine"
"""Maker of a move that no person asked for (KIND-4)."""

NO_NOTE = InternalText("")
