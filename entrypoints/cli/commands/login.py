"""`escalate login`: sign in at the web service, by a browser."""

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from identity.device_flow import DeviceCode


def login() -> None:
    """Sign in at the web service of ESCALATION_URL, by a browser here or elsewhere."""
    from entrypoints.cli.service_access import sign_in
    from entrypoints.terminal import out
    from runtime.settings import Settings

    caller = asyncio.run(sign_in(Settings.load(), _show))
    out.print(f"signed in as {caller.person}; commands act as {caller.person} until `escalate logout`")


def _show(code: "DeviceCode") -> None:
    from entrypoints.terminal import out

    out.print(f"Open {code.address} in a browser and type the code {code.user_code}")
    if code.whole_address:
        out.print(f"or open {code.whole_address}")
    out.print("Waiting until you have agreed there; Ctrl-C gives up.")
