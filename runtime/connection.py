"""
The connection to Temporal: whichever cluster is configured, else the embedded server.

Owns how a client is made and how quickly it says that it cannot be. Addresses, TLS and keys are the SDK's
(`temporalio.envconfig`: `TEMPORAL_*`, `temporal.toml`). It must not know workflows: the caller brings the plugin.
"""

import asyncio
import os
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client, Plugin
from temporalio.envconfig import ClientConfig, ClientConnectConfig
from temporalio.service import RPCError, RPCStatusCode

from runtime.errors import AccessRefused, NamespaceUnknown, NoServer, SettingsFault
from runtime.ports import LOOPBACK
from runtime.settings import Settings
from runtime.state_folder import read_note
from runtime.traces import trace_plugins

# What the bridge says of a connection that failed, as text alone, and what it means.
_REASONS: tuple[tuple[str, type[NoServer], str], ...] = (
    (r"code: (Unauthenticated|PermissionDenied)", AccessRefused, "it refuses the API key or the certificate"),
    (
        r"InvalidContentType",
        NoServer,
        "what listens there does not speak TLS, which is on (an API key turns it on)",
    ),
    (r"[Cc]ertificate|HandshakeFailure", AccessRefused, "the TLS handshake failed: check the certificates"),
    (r"ConnectionRefused", NoServer, "nothing listens there"),
    (r"dns error", NoServer, "no such host"),
    (r"invalid target URL|invalid uri|InvalidUri", NoServer, "that is not an address: host:port is needed"),
    (r"get_system_info", NoServer, "what listens there does not speak Temporal's protocol, or wants TLS"),
)


def is_configured(environ: Mapping[str, str] | None = None) -> bool:
    """
    Say whether a cluster is configured, so that no embedded server is wanted.

    Raises:
        SettingsFault: As `connect` does.
    """
    return "target_host" in connect_config(environ)


def connect_config(environ: Mapping[str, str] | None = None) -> ClientConnectConfig:
    """
    Read Temporal's own settings: environment before profile before nothing.

    Raises:
        SettingsFault: If they cannot be read, or have TLS or a key and no address to use them for.
    """
    environ = dict(os.environ if environ is None else environ)
    file = environ.get("TEMPORAL_CONFIG_FILE")
    if file and not Path(file).is_file():  # the SDK would go on without it
        raise SettingsFault(
            f"TEMPORAL_CONFIG_FILE is {file!r}, which does not exist; allowed: a file in TOML"
        )
    try:
        config = ClientConfig.load_client_connect_config(override_env_vars=environ)
    except (RuntimeError, OSError, ValueError) as error:
        raise SettingsFault(
            f"Temporal's settings (TEMPORAL_* and temporal.toml) are wrong: {error}"
        ) from error
    if "target_host" not in config and ("api_key" in config or "tls" in config):
        raise SettingsFault(
            "Temporal's settings have an API key or TLS, but no address; set TEMPORAL_ADDRESS to host:port"
        )
    return config


def embedded_address(settings: Settings) -> str:
    """Return the embedded server's address: what it wrote into the state folder, else its default."""
    note = read_note(settings.state_folder)
    return note.address if note else f"{LOOPBACK}:{settings.server_port or 7233}"


async def connect(
    settings: Settings,
    *,
    plugins: Sequence[Plugin] = (),
    address: str | None = None,
    within: timedelta = timedelta(seconds=3),
    environ: Mapping[str, str] | None = None,
) -> Client:
    """
    Connect to the configured cluster, else to the embedded server, and check that the namespace exists.

    *address*, of an embedded server just started, goes before both; then nothing that is configured counts.

    Raises:
        NoServer: If there is no answer *within* that time, or another kind of server answers.
        AccessRefused: If the server refuses the certificate or API key.
        NamespaceUnknown: If the server answers and does not know the namespace.
        SettingsFault: If Temporal's settings are wrong.
    """
    # A key or a namespace meant for a cluster would only be in the way of a server of our own.
    config = ClientConnectConfig(target_host=address) if address is not None else connect_config(environ)
    remedy = "check TEMPORAL_ADDRESS or the profile in temporal.toml"
    if address is not None or "target_host" not in config:
        config.setdefault("target_host", embedded_address(settings))
        remedy = "start one with `escalate serve`, or name one with TEMPORAL_ADDRESS"
    where = config["target_host"]
    try:
        async with asyncio.timeout(within.total_seconds()):
            client = await Client.connect(
                **config, plugins=[*plugins, *trace_plugins()], connect_timeout=within
            )
            await _check_namespace(client, where, within)
    except TimeoutError as error:
        seconds = within.total_seconds()
        raise NoServer(f"no Temporal server at {where} (no answer within {seconds:g} s); {remedy}") from error
    except (RuntimeError, ValueError) as error:
        raise _named(error, where, remedy) from error
    return client


async def _check_namespace(client: Client, where: str, within: timedelta) -> None:
    # The SDK does not: a wrong namespace would show much later, once as a refusal, once as a silent wait.
    request = DescribeNamespaceRequest(namespace=client.namespace)
    try:
        await client.workflow_service.describe_namespace(request, timeout=within)
    except RPCError as error:
        match error.status:
            case RPCStatusCode.NOT_FOUND:
                raise NamespaceUnknown(
                    f"the Temporal server at {where} has no namespace {client.namespace!r}; "
                    "check TEMPORAL_NAMESPACE, or create it with `temporal operator namespace create`"
                ) from error
            case RPCStatusCode.PERMISSION_DENIED | RPCStatusCode.UNAUTHENTICATED:
                raise AccessRefused(
                    f"the Temporal server at {where} refuses the API key or the certificate for namespace "
                    f"{client.namespace!r} ({error.message}); check TEMPORAL_API_KEY, TEMPORAL_TLS_* and the profile"
                ) from error
            case RPCStatusCode.DEADLINE_EXCEEDED | RPCStatusCode.CANCELLED:
                raise TimeoutError from error
            case _:
                raise


def _named(error: Exception, where: str, remedy: str) -> NoServer:
    text = str(error)
    for pattern, kind, reason in _REASONS:
        if re.search(pattern, text):
            if kind is AccessRefused:
                return AccessRefused(
                    f"the Temporal server at {where} cannot be used: {reason}; "
                    "check TEMPORAL_API_KEY, TEMPORAL_TLS_* and the profile"
                )
            return NoServer(f"no Temporal server at {where} ({reason}); {remedy}")
    return NoServer(f"no Temporal server at {where} ({text}); {remedy}")
