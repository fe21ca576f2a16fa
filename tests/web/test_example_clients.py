"""The clients in `examples/` that people copy from: each is run against a web service on loopback."""

import asyncio
import json
import re
import shutil
from pathlib import Path

import pytest

from runtime.settings import ROOT
from tests.web.web_client import Door

API = "/api/v1"
CURL, TYPESCRIPT = ROOT / "examples" / "api_client.sh", ROOT / "examples" / "api_client.mts"
_COMPILE = ("--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom,dom.asynciterable")
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


async def test_the_client_in_typescript_asks_what_the_api_has_and_runs_where_node_can(
    door: Door, tmp_path: Path
) -> None:
    """Runs on node 22.6 or newer, or on an older one with `tsc`; elsewhere only its addresses are looked up."""
    described = (await door.http.get(f"{API}/openapi.json")).json()["paths"]
    written = TYPESCRIPT.read_text()
    moves = re.findall(r'move\(key, "(\w+)"', written)
    assert ["acknowledge", "verify_resolution"] == moves
    assert {"/escalations", "/escalations/{tenant}/{ticket}/events"} <= described.keys()
    assert {f"/escalations/{{tenant}}/{{ticket}}/moves/{move}" for move in moves} <= described.keys()

    command = await _runner(tmp_path)
    if command is None:
        pytest.skip(
            "its addresses exist; node 22.6 or newer, or node with tsc, would run it, and neither is here"
        )
    status, said, complained = await run(*command, str(door.http.base_url).rstrip("/"), door.key, "maya")
    assert 0 == status, complained
    assert f"{door.key} is communicating, owner call_centre" == said.splitlines()[0]
    assert "move_not_allowed: " in said
    assert "acknowledged: " in said.splitlines()[-1]


async def _runner(folder: Path) -> tuple[str | Path, ...] | None:
    """Return the command that runs the client in TypeScript; None, if nothing here can."""
    node, tsc = shutil.which("node"), shutil.which("tsc")
    if node is None:
        return None
    _, version, _ = await run(node, "--version")
    if tuple(map(int, version.strip().lstrip("v").split(".")[:2])) >= _STRIPS_TYPES:
        return (node, "--experimental-strip-types", "--no-warnings", TYPESCRIPT)
    if tsc is None:
        return None
    status, said, _ = await run(tsc, *_COMPILE, "--outDir", folder, TYPESCRIPT)
    assert 0 == status, said
    return (node, folder / "api_client.mjs")
