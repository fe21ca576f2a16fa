"""Connecting: to the right server, and quickly told when there is none."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from runtime.connection import connect, connect_config, embedded_address, is_configured
from runtime.embedded import EmbeddedServer
from runtime.errors import AccessRefused, NamespaceUnknown, NoServer, SettingsFault
from runtime.ports import free_port
from runtime.settings import Settings
from tests.runtime.refusing_server import refusing_server

UNAUTHENTICATED, PERMISSION_DENIED = 16, 7


async def test_nothing_configured_finds_the_embedded_server_by_its_note(
    server: EmbeddedServer, environ: dict[str, str]
) -> None:
    """
    On whatever port it runs: the state folder is all that both sides share.
    """
    settings = Settings.load({"ESCALATION_STATE_FOLDER": str(server.state)})

    client = await connect(settings, environ=environ)

    assert server.address == client.service_client.config.target_host
    assert "default" == client.namespace
    assert not is_configured(environ)


async def test_configured_cluster_goes_before_the_embedded_server(
    server: EmbeddedServer, settings: Settings, environ: dict[str, str]
) -> None:
    """
    By variable or by profile; then no embedded server is wanted.
    """
    by_variable = environ | {"TEMPORAL_ADDRESS": server.address}
    Path(environ["TEMPORAL_CONFIG_FILE"]).write_text(f'[profile.there]\naddress = "{server.address}"\n')
    by_profile = environ | {"TEMPORAL_PROFILE": "there"}

    for configured in (by_variable, by_profile):
        assert is_configured(configured)
        client = await connect(settings, environ=configured)
        assert server.address == client.service_client.config.target_host


async def test_server_of_our_own_is_reached_whatever_is_configured(
    server: EmbeddedServer, settings: Settings, environ: dict[str, str]
) -> None:
    """
    The demo runs beside a configured cluster: that one's key and namespace are not for it.
    """
    configured = environ | {
        "TEMPORAL_ADDRESS": "far.example.com:7233",
        "TEMPORAL_API_KEY": "k",
        "TEMPORAL_NAMESPACE": "far",
    }
    client = await connect(settings, address=server.address, environ=configured)
    assert "default" == client.namespace


def test_without_a_note_the_embedded_server_is_where_it_would_be(settings: Settings) -> None:
    """
    The port that was set, else the usual one.
    """
    assert "127.0.0.1:7233" == embedded_address(settings)
    assert "127.0.0.1:7000" == embedded_address(settings.model_copy(update={"server_port": 7000}))
    assert "127.0.0.1:7233" == embedded_address(settings.model_copy(update={"server_port": 0}))


async def test_no_server_is_told_at_once_with_the_way_out(
    settings: Settings, environ: dict[str, str]
) -> None:
    """
    One line: the address tried, why, what to do. Not ten seconds of silent retries.
    """
    settings = settings.model_copy(update={"server_port": free_port()})
    began = time.monotonic()

    with pytest.raises(NoServer) as caught:
        await connect(settings, environ=environ)

    assert 1 > time.monotonic() - began
    assert (
        f"no Temporal server at 127.0.0.1:{settings.server_port} (nothing listens there); "
        "start one with `escalate serve`, or name one with TEMPORAL_ADDRESS"
    ) == str(caught.value)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("no-such-host.invalid:7233", "no such host"),
        ("::::", "that is not an address: host:port is needed"),
        ("127.0.0.1:99999", "that is not an address: host:port is needed"),
        ("127.0.0.1:1", "nothing listens there"),
    ],
)
async def test_wrong_address_is_told_as_quickly(
    settings: Settings, environ: dict[str, str], address: str, reason: str
) -> None:
    """The error also points at where the address came from."""
    with pytest.raises(NoServer) as caught:
        await connect(settings, environ=environ | {"TEMPORAL_ADDRESS": address})

    assert (
        f"no Temporal server at {address} ({reason}); check TEMPORAL_ADDRESS or the profile in temporal.toml"
    ) == str(caught.value)


async def test_silent_server_is_given_up_in_time(settings: Settings, environ: dict[str, str]) -> None:
    """
    Something accepts and never answers.
    """
    async with _listener(b"") as address:
        with pytest.raises(NoServer, match=r"no answer within 0\.3 s"):
            await connect(settings, address=address, within=timedelta(seconds=0.3), environ=environ)


async def test_another_kind_of_server_is_told_from_temporal(
    settings: Settings, environ: dict[str, str]
) -> None:
    """
    A web server on that port.
    """
    async with _listener(b"HTTP/1.1 400 Bad Request\r\n\r\n") as address:
        with pytest.raises(NoServer, match="does not speak Temporal's protocol"):
            await connect(settings, address=address, environ=environ)


async def test_tls_towards_a_plain_server_is_named(
    server: EmbeddedServer, settings: Settings, environ: dict[str, str]
) -> None:
    """
    An API key turns TLS on, which surprises.
    """
    configured = environ | {"TEMPORAL_ADDRESS": server.address, "TEMPORAL_API_KEY": "s3cret"}
    with pytest.raises(NoServer, match="does not speak TLS") as caught:
        await connect(settings, environ=configured)
    assert "s3cret" not in str(caught.value)


async def test_unknown_namespace_is_told_at_once(
    server: EmbeddedServer, settings: Settings, environ: dict[str, str]
) -> None:
    """
    The SDK alone would say so much later.
    """
    configured = environ | {"TEMPORAL_ADDRESS": server.address, "TEMPORAL_NAMESPACE": "nowhere"}
    with pytest.raises(NamespaceUnknown, match="has no namespace 'nowhere'; check TEMPORAL_NAMESPACE"):
        await connect(settings, environ=configured)


@pytest.mark.parametrize("status", [UNAUTHENTICATED, PERMISSION_DENIED])
async def test_refused_credentials_are_told_as_such(
    settings: Settings, environ: dict[str, str], status: int
) -> None:
    """
    A wrong key is not a missing server.
    """
    async with refusing_server(status, "wrong key") as address:
        with pytest.raises(AccessRefused, match="TEMPORAL_API_KEY"):
            await connect(settings, environ=environ | {"TEMPORAL_ADDRESS": address})


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"TEMPORAL_PROFILE": "nope"}, "Profile 'nope' not found"),
        ({"TEMPORAL_CONFIG_FILE": "/nowhere/temporal.toml"}, "does not exist"),  # the SDK goes on without it
        ({"TEMPORAL_API_KEY": "k"}, "no address"),
        ({"TEMPORAL_TLS": "true"}, "no address"),
        ({"TEMPORAL_ADDRESS": "a:1", "TEMPORAL_TLS_CLIENT_CERT_PATH": "/no.pem"}, "/no.pem"),
    ],
)
def test_wrong_temporal_settings_are_bad_input(
    environ: dict[str, str], variables: dict[str, str], said: str
) -> None:
    """
    Named, before anything is dialled.
    """
    with pytest.raises(SettingsFault, match=said):
        connect_config(environ | variables)


def test_unreadable_profile_file_is_bad_input(environ: dict[str, str]) -> None:
    """The error shows where the TOML is wrong."""
    Path(environ["TEMPORAL_CONFIG_FILE"]).write_text("[profile.default\n")
    with pytest.raises(SettingsFault, match="line 1, column 17"):
        connect_config(environ)


@asynccontextmanager
async def _listener(answer: bytes) -> AsyncIterator[str]:
    over = asyncio.Event()

    async def on_connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(answer)
        if not answer:
            await over.wait()
        writer.close()

    server = await asyncio.start_server(on_connection, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        over.set()
        server.close()
        await asyncio.sleep(0.01)
