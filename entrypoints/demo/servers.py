"""
Servers of the demo: Temporal, a worker, the web service and a mailbox, in a folder that goes away.

It must not know what happens there.
"""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from channels.loopback_mailbox import LoopbackMailbox
from client import EscalationClient
from entrypoints.web.web_server import bind_port, local_url, run_beside
from runtime.setting_types import SmtpTls
from runtime.settings import ROOT, Settings
from worker import serving


@dataclass(frozen=True)
class DemoServers:
    client: EscalationClient
    mailbox: LoopbackMailbox
    address: str
    """Of the Temporal server."""
    web_ui: str


@asynccontextmanager
async def world(folder: Path) -> AsyncIterator[DemoServers]:
    """
    Run them while the block runs. The command line of this process finds them, and nothing of another Temporal or of
    somebody's settings.

    Raises:
        RuntimeFault: If something cannot start.
    """
    async with LoopbackMailbox() as mailbox:
        settings = _settings(folder, mailbox)
        with bind_port(settings) as listener:
            linked = settings.model_copy(update={"gateway_url": local_url(listener)})
            async with (
                serving(linked, always_embedded=True) as running,
                run_beside(linked, listener, running),
            ):
                address = running.client.service_client.config.target_host
                web_ui = (running.server.ui_url if running.server else None) or ""
                with _alone(address, settings, folder):
                    yield DemoServers(EscalationClient(running.client), mailbox, address, web_ui)


def _settings(folder: Path, mailbox: LoopbackMailbox) -> Settings:
    return Settings(
        state_folder=folder / "state",
        playbook=ROOT / "playbooks" / "demo.yaml",
        server_port=0,
        ui_port=0,
        gateway_port=0,
        smtp_host=mailbox.host,
        smtp_port=mailbox.port,
        smtp_tls=SmtpTls.NONE,
        smtp_sender="escalations@support.example",
    )


@contextmanager
def _alone(address: str, settings: Settings, folder: Path) -> Iterator[None]:
    nothing = folder / "temporal.toml"
    nothing.touch()
    before = dict(os.environ)
    for name in before:
        if name.startswith(("TEMPORAL_", "ESCALATION_")):
            del os.environ[name]
    os.environ |= {
        "TEMPORAL_ADDRESS": address,
        "TEMPORAL_CONFIG_FILE": str(nothing),
        "ESCALATION_STATE_FOLDER": str(settings.state_folder),
    }
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
