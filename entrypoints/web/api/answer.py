"""
Answers: values of ours as JSON, in which each reason is said too.

A reason is data, for programs; its `text` is made of it in the reader's language, for people (ADR 29).
"""

import json
from collections.abc import Mapping
from typing import Any

from escalation.kernel.reasons import Reason
from escalation.kernel.values import from_plain, reader_of, to_plain
from messages.speaker import Speaker


def spoken_json(value: object, speaker: Speaker, more: Mapping[str, object]) -> str:
    """Return *value*, with *more* fields of its object, as JSON."""
    plain = (
        to_plain(value) | {name: to_plain(each) for name, each in more.items()} if more else to_plain(value)
    )
    # In ASCII, because refusals quote what was sent, which can be what no encoding has.
    return json.dumps(say_reasons(plain, speaker))


def say_reasons(plain: Any, speaker: Speaker) -> Any:
    """Return *plain* data with a `text` in each reason; parts of a reason are said within it."""
    if isinstance(plain, list):
        return [say_reasons(each, speaker) for each in plain]
    if not isinstance(plain, dict):
        return plain
    if plain.get("kind") == "reason" and isinstance(plain.get("parts"), list):
        return {**plain, "text": speaker.say(from_plain(Reason, plain))}
    return {name: say_reasons(each, speaker) for name, each in plain.items()}


def schema_of(kind: Any) -> dict[str, Any]:
    """Return the JSON Schema of an answer of *kind*, with its definitions where OpenAPI keeps them."""
    return reader_of(kind).json_schema(
        mode="serialization", ref_template="#/components/schemas/{model}", by_alias=True
    )
