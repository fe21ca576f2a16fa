"""
Lines of the audit log, as the API gives them out.
"""

import asyncio
from typing import Any

from tests.web.signed_in import API
from tests.web.web_client import Door

KINDS = ("kind", "by", "door", "about")


async def the_log(door: Door, headers: dict[str, str]) -> list[dict[str, Any]]:
    """Return the whole log, by its pages."""
    found, cursor = list[dict[str, Any]](), ""
    while True:
        asked = {"cursor": cursor, "limit": "5"}
        page = (await door.http.get(f"{API}/audit-log", params=asked, headers=headers)).json()
        found += page["items"]
        if page["next"] is None:
            return found
        cursor = page["next"]


async def noted(door: Door, headers: dict[str, str], about: str, kind: str) -> dict[str, Any]:
    """Return the entry of this kind about *about*, once it is written."""
    lines = list[dict[str, Any]]()
    for _ in range(100):
        lines = await the_log(door, headers)
        for line in lines:
            if line["kind"] == kind and about in line["about"]:
                return line
        await asyncio.sleep(0.1)
    raise AssertionError((kind, about, [tuple(line[name] for name in KINDS) for line in lines]))
