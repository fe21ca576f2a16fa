"""The web service as a process: alone or beside server and worker, while Temporal comes and goes."""

import asyncio
import re
import socket
import stat
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from entrypoints.web.access import access_line
from entrypoints.web.web_server import bind_port
from escalation.notifications.links import Link, Question
from runtime.connection import connect
from runtime.embedded import EmbeddedServer
from runtime.errors import PortTaken, SettingsFault
from runtime.ports import LOOPBACK, free_port
from runtime.setting_types import Access
from runtime.settings import ROOT, Settings
from runtime.signed_links import SignedLinks
from runtime.signing_keys import parse_keys
from tests.complaint import a_complaint
from tests.escalations import mail_settings
from tests.mailbox import Mailbox
from tests.web.program import PICKED, running
from tests.web.web_client import ANSWERED, INTAKE_SECRET, LINK_KEY, seen, signed
from workers.queue_workers import serve_queues
from workflows import search_attributes
from workflows.plugin import escalation_plugin


async def test_the_web_service_answers_plainly_until_temporal_is_there_and_after_a_restart(
    tmp_path: Path,
) -> None:
    """
    Restart-safe: started before Temporal, it says so, and answers as soon as it can; no token reaches the log.
    """
    port = free_port()
    links = SignedLinks(parse_keys(LINK_KEY))
    away = links.address(
        Link(question=Question.ACKNOWLEDGE, escalation="ACME/4711@x", who="maya", language="id"), base_url=""
    )
    settings = {
        "TEMPORAL_ADDRESS": f"{LOOPBACK}:{port}",
        "ESCALATION_LINK_KEY": LINK_KEY.get_secret_value(),
        "ESCALATION_INTAKE_SECRET": INTAKE_SECRET.get_secret_value(),
    }
    body = b'{"key": "ACME/4711"}'
    async with Mailbox() as mailbox, running(tmp_path, "gateway", **settings) as (program, http):
        looked = await http.get(away)
        pressed = await http.post(away, content=b"", headers=ANSWERED)
        started = await http.post("/escalations", content=body, headers=signed(body))
        health = await http.get("/health")
        for answer in (looked, pressed, started, health):
            assert 503 == answer.status_code
            assert "30" == answer.headers["retry-after"]
        assert "Silakan coba kembali dalam beberapa menit" in seen(pressed)
        assert "127.0.0.1" not in looked.text + started.text + health.text

        server = EmbeddedServer(
            tmp_path / "server", port=port, ui_port=None, search_attributes=search_attributes.ALL
        )
        async with server:
            inside = mail_settings(mailbox, state_folder=tmp_path / "state")
            client = await connect(inside, plugins=[escalation_plugin()], address=server.address)
            async with serve_queues(client, inside):
                health = await _patiently(lambda: http.get("/health"))
                assert {"status": "ok", "temporal": "reachable"} == health.json()
                await server.restart()
                complaint = httpx.Request("POST", "http://x", json=a_complaint()).content
                receipt = await _patiently(
                    lambda: http.post("/escalations", content=complaint, headers=signed(complaint))
                )
                link = Link(question=Question.ACKNOWLEDGE, escalation=receipt.json()["id"], who="priya")
                path = links.address(link, base_url="")
                assert 200 == (await http.get(path)).status_code
                assert 200 == (await http.post(path, content=b"", headers=ANSWERED)).status_code
            server.kill()
        for token in (away, path):
            assert token.removeprefix("/answer/") not in program.says
            assert token[8:40] not in program.says
        assert "Traceback" not in program.says


async def _patiently(ask: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
    """As other systems do: ask again while the answer is 503."""
    while (answer := await ask()).status_code == 503:  # noqa: ASYNC110
        await asyncio.sleep(0.2)
    return answer


async def test_serve_brings_the_web_service_and_letters_that_lead_to_it(tmp_path: Path) -> None:
    """
    START-1: out of the box. A key of its own, for this user alone; letters with links; the example starts one.
    """
    secret = {"ESCALATION_INTAKE_SECRET": INTAKE_SECRET.get_secret_value()}
    async with running(tmp_path, "serve", **PICKED, **secret) as (program, http):
        address = str(http.base_url).rstrip("/")
        example = [sys.executable, str(ROOT / "examples" / "start_by_webhook.py"), f"{address}/escalations"]
        done = await asyncio.to_thread(
            subprocess.run, example, env=secret, capture_output=True, text=True, check=False
        )
        assert (0, "") == (done.returncode, done.stderr)
        assert done.stdout.startswith('202 {"key":"ACME/4712"')

        said = await program.until(f"{address}/answer/")
        key_file = tmp_path / "state" / "link.key"
        assert stat.S_IRUSR | stat.S_IWUSR == stat.S_IMODE(key_file.stat().st_mode)
        assert key_file.read_text().strip() not in said
        assert "letters carry no links" not in said
        (path,) = re.findall(rf"{re.escape(address)}(/answer/[\w.-]+)", said)
        assert 200 == (await http.get(path)).status_code


async def test_letters_that_leave_carry_no_link_to_this_machine(tmp_path: Path) -> None:
    """
    Messages carry no link if mail is sent and nobody said how readers reach the web service; serve says what to
    set.
    """
    async with running(tmp_path, "serve", **PICKED, ESCALATION_SMTP_HOST=LOOPBACK) as (program, _):
        assert "; messages carry no links until ESCALATION_GATEWAY_URL is set" in program.says


async def test_the_web_service_can_be_left_out_of_serve(tmp_path: Path) -> None:
    """
    Off, and no key is made either.
    """
    async with running(tmp_path, "serve", **PICKED, ESCALATION_GATEWAY_PORT="OFF") as (program, _):
        assert "Console" not in program.says
        assert not (tmp_path / "state" / "link.key").exists()


@pytest.mark.parametrize(
    ("changes", "kind", "says"),
    [
        ({"gateway_port": None}, SettingsFault, "'off'; allowed here: a port, 0 to 65535"),
        ({"gateway_host": "192.0.2.1"}, SettingsFault, "ESCALATION_GATEWAY_HOST is '192.0.2.1'"),
        ({"gateway_host": "no such host"}, SettingsFault, "a name or address of this machine"),
    ],
)
def test_where_it_cannot_listen_is_told(changes: dict[str, Any], kind: type[Exception], says: str) -> None:
    """
    One clear message: the variable, what was given, what is allowed.
    """
    with pytest.raises(kind, match=re.escape(says)), bind_port(Settings(**{"gateway_port": 0, **changes})):
        pass


def test_a_port_that_is_taken_is_told() -> None:
    """
    With the ways out; and a port that was just left is free.
    """
    with socket.create_server((LOOPBACK, 0)) as listener:
        taken = Settings(gateway_port=listener.getsockname()[1])
        with pytest.raises(PortTaken, match="ESCALATION_GATEWAY_PORT"), bind_port(taken):
            pass

    with bind_port(taken) as other:
        assert taken.gateway_port == other.getsockname()[1]


@pytest.mark.parametrize("access", list(Access))
def test_whoever_is_believed_must_be_on_this_machine(access: Access) -> None:
    """
    IDENTITY-1: unless somebody says that the network may be believed, too.
    """
    settings = Settings(gateway_host="0.0.0.0", gateway_port=0, access=access)  # noqa: S104 - that is the point
    if access is not Access.OPEN:
        with bind_port(settings) as listener:
            assert listener.getsockname()[1]
        return
    says = r"'0.0.0.0', where others reach .* and nobody signs in"
    with pytest.raises(SettingsFault, match=says), bind_port(settings):
        pass


def test_answers_leave_without_waiting_for_the_reader() -> None:
    """On a connection that is kept, headers and body would be 40 ms apart."""
    with bind_port(Settings(gateway_port=0)) as listener, socket.create_connection(listener.getsockname()):
        served, _ = listener.accept()
        with served:
            assert served.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize("command", ["web", "serve"])
async def test_a_service_that_nobody_can_sign_in_to_says_so_at_its_start(
    tmp_path: Path, command: str
) -> None:
    """
    IDENTITY-2: and what to set. It starts nevertheless: API keys alone may be meant.
    """
    settings = PICKED | {"ESCALATION_ACCESS": "signed_in", "ESCALATION_GATEWAY_URL": "https://x.example.com"}
    proxy = {"ESCALATION_PROXY_HEADER": "X-Email", "ESCALATION_PROXY_NETWORKS": "10.20.0.5/32"}
    nobody = "Access     Warning: nobody can sign in, and API keys alone are taken. For people, set "

    async with running(tmp_path, command, **settings) as (program, _):
        (line,) = [line for line in program.says.splitlines() if line.startswith("Access")]
    assert line.startswith(nobody)
    assert "ESCALATION_OIDC_ISSUER" in line
    assert "nobody can sign in" not in access_line(Settings(access=Access.SIGNED_IN, **_lower(proxy)))


def _lower(environment: dict[str, str]) -> dict[str, Any]:
    return {name.removeprefix("ESCALATION_").lower(): value for name, value in environment.items()}
