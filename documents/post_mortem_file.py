"""
A post-mortem written as YAML, to be filled in or edited, and filed again.

Owns the file's form and its hints; ``escalation.case.post_mortem`` says what the values must be.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from escalation.case.post_mortem import PostMortem

_HINTS = {
    "participants": "Who took part in the review; customers and guests too.",
    "findings": "What went well in the handling, and what did not. At least one.",
    "improvements": "What to do better in the handling itself.",
    "concessions": "What the customer was given: {what: …, amount: 450.00, currency: EUR, approved_by: PERSON}",
    "training": "What people need to learn.",
    "documentation": "What has to be written down.",
    "actions": "What somebody will do, and by when: {what: …, owner: PERSON, due: 2030-01-31}",
    "notes": "Whatever else is to be kept.",
}


def as_yaml(written: PostMortem, key: str) -> str:
    """The whole file, which can be filed again as it is."""
    return _file(written.model_dump(mode="json"), key, hints=False)


def blank(participants: Iterable[str], key: str) -> str:
    """A file to fill in: who took part, as far as the record knows, and what belongs into each field."""
    return _file({"participants": list(participants)}, key, hints=True)


def _file(fields: Mapping[str, Any], key: str, *, hints: bool) -> str:
    head = f"# The post-mortem of {key}: escalate post-mortem file {key} FILE --as PERSON"
    lines = (line for name in _HINTS for line in _field(name, fields.get(name) or (), hints=hints))
    return "\n".join([head, *lines]) + "\n"


def _field(name: str, value: Any, *, hints: bool) -> Iterator[str]:
    if hints:
        yield f"# {_HINTS[name]}"
    if name == "notes":
        yield f"notes: {_quoted(value or '')}"
    elif value:
        yield f"{name}:"
        yield from (f"  - {_item(each)}" for each in value)
    else:
        yield f"{name}: []"


def _item(item: str | Mapping[str, Any]) -> str:
    if isinstance(item, str):
        return _quoted(item)
    return f"{{{', '.join(f'{name}: {_quoted(each)}' for name, each in item.items())}}}"


def _quoted(text: object) -> str:
    """A text in YAML that is nothing but this text."""
    return json.dumps(str(text), ensure_ascii=False)
