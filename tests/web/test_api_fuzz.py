"""The HTTP API holds what its description says, whatever is sent: made up from the description itself."""

import asyncio
import sys
from pathlib import Path

from tests.web.web_client import Door

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
ENDLESS = "/events$"
"""A stream goes on as long as its escalation."""


async def test_no_request_leads_to_an_answer_that_is_not_described(door: Door, tmp_path: Path) -> None:
    """No 5xx, no status, no form that the description does not have; and the service goes on."""
    fuzz = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("schemathesis")),
        "run",
        f"{door.http.base_url}/api/v1/openapi.json",
        *("--header", "X-Escalation-As: elena", "--exclude-path-regex", ENDLESS),
        *("--phases", "examples,fuzzing", "--max-examples", "1", "--seed", "1", "--checks", CHECKS),
        *("--generation-database", "none", "--no-color"),
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await fuzz.communicate()

    assert 0 == fuzz.returncode, said.decode()[-6_000:]
    assert 200 == (await door.http.get("/readyz")).status_code
