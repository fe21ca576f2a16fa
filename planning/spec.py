"""Base classes of the parts of a playbook file, and the lists of names that many parts have."""

from collections import Counter
from collections.abc import Callable
from enum import Enum, auto
from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    GetJsonSchemaHandler,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from escalation.kernel.reasons import Part
from escalation.kernel.values import Input, Name


class Spec(Input):
    """A part of a playbook file, as it is written there."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class ShortSpec(Spec):
    """A part for which the value of one field may stand alone: ``4 h`` instead of ``{within: 4 h}``."""

    short_field: ClassVar[str]
    short_types: ClassVar[tuple[type, ...]] = (str,)

    @model_validator(mode="before")
    @classmethod
    def _from_value_alone(cls, given: Any) -> Any:
        return {cls.field_for(given): given} if isinstance(given, cls.short_types) else given

    @classmethod
    def field_for(cls, given: Any) -> str:  # noqa: ARG003 - for subclasses with several such fields
        """Return the field that *given* is the value of."""
        return cls.short_field

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        whole = handler(schema)
        fields = handler.resolve_ref_schema(whole)["properties"]
        return {"anyOf": [fields[cls.short_field], whole]}


def one_or_several(kind: Any) -> BeforeValidator:
    """Accept one *kind* alone where a list of them belongs."""
    return BeforeValidator(_as_list, json_schema_input_type=kind | list[kind])


def require_distinct(names: tuple[str, ...]) -> tuple[str, ...]:
    """
    Raises:
        ValueError: If a name is given twice.
    """
    twice = sorted(name for name, times in Counter(names).items() if times > 1)
    if twice:
        raise ValueError(f"each once; given twice: {', '.join(twice)}")
    return names


def _as_list(given: Any) -> Any:
    return [given] if isinstance(given, str | dict) else given


Names = Annotated[tuple[Name, ...], one_or_several(Name), AfterValidator(require_distinct)]


def checked_by(parse: Callable[[str], object]) -> AfterValidator:
    """Refuse a text that *parse* cannot read; keep it as it is written."""

    def check(text: str) -> str:
        parse(text)
        return text

    return AfterValidator(check)


def text_in_an_editor(form: Part = "", *examples: str, pattern: str = "") -> WithJsonSchema:
    """Describe a text to editors: its *form* in words, *examples*, and the *pattern* that it has."""
    more = {"pattern": pattern, "description": form, "examples": list(examples)}
    return WithJsonSchema({"type": "string", **{key: value for key, value in more.items() if value}})


class Refers(Enum):
    """Mark of a field that names something else in the playbook; ``references.py`` finds these fields."""

    CONTACT = auto()
    """People, teams, rotas, and roles that somebody has."""
    ONE_CONTACT = auto()
    """The same, where one alone is meant."""
    PERSON = auto()
    PERSON_ON_CALL = auto()
    """A person with an address."""
    CALENDAR = auto()
    TIER = auto()
    PAUSE_REASON = auto()
    ROLE = auto()
    """A role that somebody has."""
    ANY_ROLE = auto()
    """The same, or a role by what somebody is at the moment, such as owner."""


ContactNames = Annotated[Names, Refers.CONTACT]
ContactName = Annotated[Name | None, Refers.ONE_CONTACT]
PersonNames = Annotated[Names, Refers.PERSON]
PeopleOnCall = Annotated[Names, Refers.PERSON_ON_CALL]
CalendarName = Annotated[Name | None, Refers.CALENDAR]
