"""Requests that pages of other sites send: by a name that they own, or from an origin of theirs."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from entrypoints.web.app import make_app
from entrypoints.web.temporal_client import TemporalClientSource
from runtime.errors import SettingsFault
from runtime.setting_types import Access
from runtime.settings import Settings
from tests.encryption.keys import a_ring, as_setting
from tests.web.web_client import LINK_KEY

OPENAPI = "/api/v1/openapi.json"
DESK = "https://desk.example.com"


def service(folder: Path, **changes: Any) -> httpx.AsyncClient:
    """The whole service, without a socket."""
    settings = Settings(
        state_folder=folder, link_key=LINK_KEY, gateway_url="https://answer.example.com", **changes
    )
    app = make_app(settings, TemporalClientSource(settings))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8234")


async def test_where_nobody_signs_in_other_names_for_this_machine_are_refused(tmp_path: Path) -> None:
    """IDENTITY-1: a page elsewhere may let its own name point here (DNS rebinding); the browser says that name."""
    ours = ("127.0.0.1:8234", "localhost:8234", "LOCALHOST", "[::1]:8234", "127.0.0.2", "answer.example.com")
    others = ("evil.example", "evil.example:8234", "localhost.evil.example", "192.168.0.7:8234", "[", "")
    async with service(tmp_path) as http:
        for path in (OPENAPI, "/static/console.css", "/livez"):
            passed = [(await http.get(path, headers={"host": host})).status_code for host in ours]
            refused = [await http.get(path, headers={"host": host}) for host in others]
            assert {200} == set(passed), path
            assert {421} == {answer.status_code for answer in refused}, path
    assert ("wrong_host", 421) == (refused[0].json()["code"], refused[0].json()["status"])
    assert "'evil.example'; allowed where nobody signs in: localhost" in refused[0].json()["detail"]
    async with service(tmp_path, access=Access.OPEN_TO_NETWORK) as http:
        assert 200 == (await http.get(OPENAPI, headers={"host": "10.1.2.3"})).status_code


async def test_scripts_of_other_sites_call_the_api_from_named_origins_alone(tmp_path: Path) -> None:
    """CORS: off by default; never with cookies, and pages of the service itself have none of it."""
    asks = {
        "origin": DESK,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,idempotency-key",
    }
    async with service(tmp_path) as http:
        assert "access-control-allow-origin" not in (await http.options(OPENAPI, headers=asks)).headers
    async with service(tmp_path, api_origins=(DESK,)) as http:
        before = await http.options(OPENAPI, headers=asks)
        answer = await http.get(OPENAPI, headers={"origin": DESK})
        other = await http.options(OPENAPI, headers=asks | {"origin": DESK + ".evil.example"})
        page = await http.get("/static/console.css", headers={"origin": DESK})
    assert (200, DESK) == (before.status_code, before.headers["access-control-allow-origin"])
    assert DESK == answer.headers["access-control-allow-origin"]
    assert "X-Request-Id" in answer.headers["access-control-expose-headers"]
    assert "access-control-allow-credentials" not in {*before.headers, *answer.headers}
    assert 400 == other.status_code
    assert "access-control-allow-origin" not in {*other.headers, *page.headers}


@pytest.mark.parametrize("written", ["*", "desk.example.com", f"{DESK}/path", "http://desk.example.com"])
def test_an_origin_is_exact(written: str) -> None:
    """No wildcard, no path; in the clear on this machine alone."""
    with pytest.raises(SettingsFault, match="ESCALATION_API_ORIGINS"):
        Settings.load({"ESCALATION_API_ORIGINS": written})


async def test_where_nobody_signs_in_no_payload_is_decoded(tmp_path: Path) -> None:
    """
    Whoever reaches this machine would read all that is encrypted; without keys there is nothing to decode.
    """
    async with service(tmp_path, encryption_keys=as_setting(a_ring())) as http:
        answer = await http.post("/codec/decode", json={"payloads": []})
        assert 403 == answer.status_code
        assert "ESCALATION_ACCESS=signed_in" in answer.json()["message"]
    async with service(tmp_path) as http:
        assert 404 == (await http.post("/codec/decode", json={"payloads": []})).status_code
