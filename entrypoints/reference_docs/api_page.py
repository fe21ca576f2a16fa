"""
The reference of the HTTP API, made from its own description.
"""

from collections.abc import Iterator
from typing import Any

from entrypoints.web.api.api import describe_api
from entrypoints.web.api.api_visit import API
from entrypoints.web.api.problems import MEANINGS

_ABOUT = f"""# The HTTP API

Every operation under `{API}`. The whole description, with all fields and an example of each body, is OpenAPI 3.1 at
`{API}/openapi.json`. [How to integrate by the API](../how-to/integrate-by-api.md) shows how it is used.
"""


def api_page() -> str:
    """Return the page."""
    described = describe_api()
    return "\n".join((_ABOUT, *_groups(described), *_problems()))


def _groups(described: dict[str, Any]) -> Iterator[str]:
    for tag in described["tags"]:
        yield f"## {tag['name'][0].upper()}{tag['name'][1:]}\n\n{tag['description']}\n"
        yield "| operation | address | what the caller says |\n| --- | --- | --- |"
        yield from _rows(described, tag["name"])
        yield ""


def _rows(described: dict[str, Any], tag: str) -> Iterator[str]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            if tag in operation["tags"]:
                about = " ".join(operation["description"].split("\n\n")[0].split())
                yield f"| {about} | `{method.upper()} {path}` | {_said(described, operation)} |"


def _said(described: dict[str, Any], operation: dict[str, Any]) -> str:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    schema = described["components"]["schemas"].get(body.get("$ref", "").rpartition("/")[2], {})
    required = schema.get("required", ())
    fields = [f"**`{name}`**" if name in required else f"`{name}`" for name in schema.get("properties", {})]
    asked = [f"`{each['name']}`" for each in operation.get("parameters", ()) if each["in"] == "query"]
    return ", ".join((*fields, *asked))


def _problems() -> Iterator[str]:
    yield "## Problems\n\nA field in bold is required. What is not answered is a problem (RFC 9457):\n"
    yield "| status | what it means |\n| --- | --- |"
    yield from (f"| {status} | {meaning} |" for status, meaning in MEANINGS.items())
    yield ""
