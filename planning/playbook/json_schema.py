"""
The form of a playbook file as JSON Schema: for editors that complete and check, and for the reference.

Drawn from the models of ``schema.py``. It knows less than ``checks.py``: what it accepts may still have faults. What
it refuses is refused, or at least unusual (``yes`` for ``true``). A file that extends another may leave out whatever
it does not change.
"""

from functools import cache
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from planning.calendars.calendar_spec import DATE_IN_AN_EDITOR
from planning.playbook.schema import Playbook
from planning.playbook.value_types import LEVEL_NUMBER

_PART = "PartOf"
NUMBERS = {"pattern": f"^{LEVEL_NUMBER}$"}
_EXTENDS = {
    "type": "string",
    "pattern": r"^[^/\\]+$",
    "description": "A playbook in the same folder, of which this one says only what differs: mappings are merged key "
    "by key, everything else is replaced.",
    "examples": ["reference.yaml"],
}


@cache
def models() -> dict[str, Any]:
    """Each model of the file by name, as JSON Schema."""
    whole = TypeAdapter(Playbook).json_schema(schema_generator=_ForEditors)
    found: dict[str, Any] = whole.pop("$defs")
    return {"Playbook": whole, **found}


def make_json_schema() -> dict[str, Any]:
    """The JSON Schema of a playbook file (draft 2020-12)."""
    named = {name: _plain(model, models()) for name, model in models().items()}
    parts = {f"{_PART}{name}": _partial(model) for name, model in named.items() if _has_fields(model)}
    parts[f"{_PART}Playbook"]["properties"] = {
        "extends": _EXTENDS,
        **parts[f"{_PART}Playbook"]["properties"],
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Playbook",
        "description": "A playbook of escalation-engine. Written by `make docs` from planning/playbook/schema.py.",
        "type": "object",
        "if": {"required": ["extends"]},
        "then": {"$ref": f"#/$defs/{_PART}Playbook"},
        "else": {"$ref": "#/$defs/Playbook"},
        "$defs": dict(sorted({**named, **parts}.items())),
    }


class _ForEditors(GenerateJsonSchema):
    """Without the titles and defaults that pydantic makes up, which editors would show."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - as overridden
        return False

    def default_schema(self, schema: Any) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def dict_schema(self, schema: Any) -> JsonSchemaValue:
        """Numbers of levels are texts in JSON."""
        found = super().dict_schema(schema)
        keys = schema["keys_schema"]
        is_of_numbers = keys.get("schema", keys)["type"] == "int"
        return found | ({"propertyNames": NUMBERS} if is_of_numbers else {})

    def nullable_schema(self, schema: Any) -> JsonSchemaValue:
        """What is left out has a default; nobody writes null."""
        return self.generate_inner(schema["schema"])


def _plain(part: Any, named: dict[str, Any]) -> Any:
    """Names of an enumeration as properties, so that editors complete them."""
    if isinstance(part, list):
        return [_plain(each, named) for each in part]
    if not isinstance(part, dict):
        return part
    found = {
        key: _plain(value, named)
        for key, value in part.items()
        if key != "title" or not isinstance(value, str)
    }
    keys = found.get("propertyNames", {})
    keys = named[keys["$ref"].rpartition("/")[2]] if "$ref" in keys else keys
    if "enum" in keys:
        value = found.pop("additionalProperties")
        del found["propertyNames"]
        found |= {"properties": dict.fromkeys(keys["enum"], value), "additionalProperties": False}
    elif "patternProperties" in found:
        found.pop("propertyNames", None)
        found |= _by_pattern(found.pop("patternProperties"))
    return found


def _by_pattern(values: dict[str, Any]) -> dict[str, Any]:
    """Dates are held to their form. An id may have letters of any language, which not every editor's patterns know."""
    ((pattern, value),) = values.items()
    if pattern == DATE_IN_AN_EDITOR["pattern"]:
        return {"patternProperties": values, "additionalProperties": False}
    return {"additionalProperties": value}


def _has_fields(model: dict[str, Any]) -> bool:
    return any("properties" in form for form in (model, *model.get("anyOf", ())))


def _partial(part: Any) -> Any:
    """The same, with nothing required, and made of such parts."""
    if isinstance(part, list):
        return [_partial(each) for each in part]
    if not isinstance(part, dict):
        return part
    return {
        key: _to_part(value) if key == "$ref" else _partial(value)
        for key, value in part.items()
        if key != "required" or not isinstance(value, list)
    }


def _to_part(reference: str) -> str:
    before, _, name = reference.rpartition("/")
    return f"{before}/{_PART if _has_fields(models()[name]) else ''}{name}"
