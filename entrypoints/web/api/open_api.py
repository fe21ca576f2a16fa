"""
The API's description of itself, in OpenAPI 3.1: made from the operations, and never written by hand.
"""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from entrypoints.web.api.answer import schema_of
from entrypoints.web.api.problems import Problem

TAGS = {
    "escalations": "Start one, list them, look at one, and follow what happens.",
    "moves": "One operation for each move. `by` is whoever asks.",
    "previews": "What is allowed, what a move would do, and what happens if nobody acts.",
    "task forces": "People who work on one escalation together.",
    "RCA": "The root cause analysis, and the actions that came of it.",
    "sponsorship": "Executives who look after accounts.",
    "records": "What is on record past retention, and the figures of a period.",
    "playbook": "The rules of this installation, and what others would change.",
    "service": "Who asks, which names are known here, and which runs are stalled.",
    "inboxes": "What waits for somebody, because of quiet hours or limits.",
}
_ABOUT = """\
Everything that people do with escalations, for programs.

- **Who asks** is the person in whose name a move is made. Each answer says in `X-Escalation-Mode` how that is known;
  `open`: whoever calls is believed.
- **Repeats** are harmless with an `Idempotency-Key`: the same request with the same key is followed once.
- **A refusal** is a problem (RFC 9457): nothing has changed. `code`, `obstacle`, `allowed_moves` and `faults` are data;
  `detail` is text in the language of `Accept-Language`.
- **A reason** is a code with its parts, and its `text` in that language.
- Fields and operations are added in this version, never taken away: ignore what you do not know.
"""


def describe(app: FastAPI, at: str) -> dict[str, Any]:
    """Return the description of *app*, which is reached *at* this path."""
    found: dict[str, Any] = get_openapi(
        title="Escalations",
        version="1",
        openapi_version="3.1.0",
        summary="Start escalations, look at them, and make moves.",
        description=_ABOUT,
        routes=app.routes,
        tags=[{"name": name, "description": text} for name, text in TAGS.items()],
        servers=[{"url": at}],
    )
    schemas = found.setdefault("components", {}).setdefault("schemas", {})
    problem = schema_of(Problem)
    for name, schema in (problem.pop("$defs", {}) | {"Problem": problem}).items():
        schemas.setdefault(name, schema)
    schemas["Reason"]["properties"]["text"] = {
        "type": "string",
        "description": "What it says, in the caller's language; parts are said within it.",
    }
    return found
