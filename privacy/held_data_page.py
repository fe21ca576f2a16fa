"""
All that is held of a party as one page, to read and to print: self-contained, no scripts, every text escaped.

The form is in ``held_data.html``.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Template
from pydantic import TypeAdapter, ValidationError

from escalation.case.events import CLOCKWORK, Event
from escalation.kernel.timeline_entry import minute, timeline_entry
from messages.html_forms import html_forms
from messages.speaker import speaker
from privacy.held_data import HeldData

_EVENT: TypeAdapter[Event] = TypeAdapter(Event)
_SHOWN_APART = frozenset({"events", "playbooks", "promises"})
_OF_EACH_EVENT = frozenset({"seq", "at", "by", "kind", "door"})


def render_held_data(held: HeldData) -> str:
    """Return the page as HTML."""
    return _form().render(held=held, made_at=minute(held.made_at), counts=held.counts)


def _facts(recorded: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in recorded.items()
        if not isinstance(value, list) and name not in _SHOWN_APART
    }


def _parts(recorded: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {
        name: value
        for name, value in recorded.items()
        if isinstance(value, list) and value and name not in _SHOWN_APART
    }


def _sentence(event: Mapping[str, Any]) -> str:
    """Return what happened as people read it; of an imported line, or of an opening without its plan, the kind."""
    try:
        said = timeline_entry(_EVENT.validate_python(event["event"]))
    except ValidationError:
        return str(event["kind"]).replace("_", " ")
    return " – ".join(filter(None, map(speaker().say, (said.what, said.note or ""))))


def _details(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the event says besides; nothing of those that only keep time."""
    if event["kind"] in CLOCKWORK:
        return {}
    return {
        name: value for name, value in event["event"].items() if name not in _OF_EACH_EVENT and _says(value)
    }


def _says(value: Any) -> bool:
    return value is not None and value not in ("", [], {})


@cache
def _form() -> Template:
    forms = html_forms(Path(__file__).parent)
    forms.filters |= {
        "facts": _facts,
        "parts": _parts,
        "sentence": _sentence,
        "details": _details,
        "words": lambda name: str(name).replace("_", " "),
    }
    forms.tests |= {"said": _says}
    return forms.get_template("held_data.html")
