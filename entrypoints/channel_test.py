"""A test message by one channel. No server is asked: it leaves from here."""

import sys
from typing import Any
from uuid import uuid4

from pydantic import TypeAdapter, ValidationError
from rich.text import Text

from channels.address import parse_address
from channels.protocol import OutboundMessage, SendResult
from entrypoints.terminal import out
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import BadRequest, faults_of
from escalation.notifications.delivery_results import CONSOLE_CHANNEL
from planning.playbook.value_types import Address
from runtime.settings import Settings
from workers.channel_setup import open_channels


async def send_test(written: str, to_name: str, settings: Settings | None = None) -> SendResult:
    """Send a test message to the address that is *written*, by the channels of *settings*, or of this machine."""
    channels = open_channels(settings or Settings.load(), printed_to=sys.stderr)
    address = parse_address(_checked(written), channels)
    return await channels[address.channel].send(_letter(address.target, to_name))


def _checked(written: str) -> str:
    try:
        checked: str = TypeAdapter(Address).validate_python(written)
    except ValidationError as error:
        raise BadRequest.because(reason("of.test"), faults_of(error, "ADDRESS")) from None
    return checked


def _letter(target: str, to_name: str) -> Any:
    return OutboundMessage(
        key=f"TEST/1:test:{uuid4().hex}",
        thread="TEST/1",
        to_name=to_name,
        to_address=target,
        subject="A test of this channel",
        text=f"Dear {to_name},\n\nthis is a test: messages about escalations arrive here. There is nothing to do.\n",
        reference="TEST/1",
        occasion="test",
    )


def has_arrived(address: str, outcome: SendResult) -> bool:
    """Return whether the message is where it was sent: what is printed is so only for `console:`."""
    return outcome.kind == "delivered" or (
        outcome.kind == "printed" and address.startswith(f"{CONSOLE_CHANNEL}:")
    )


def print_outcome(address: str, outcome: SendResult) -> None:
    match outcome.kind:
        case "delivered":
            said = Text("delivered", style="green").append(f"  {address}, as {outcome.reference}")
        case "printed":
            said = Text("printed", style="yellow").append(f"  {address}, not sent")
            if not has_arrived(address, outcome):
                said.append(": no mail server is set up, see ESCALATION_SMTP_HOST")
        case "later":
            wait = f", which asks to wait {outcome.after.total_seconds():g} s" if outcome.after else ""
            said = Text("later", style="yellow").append(f"  {address}{wait}: {outcome.why}")
        case "never":
            said = Text("never", style="red").append(f"  {address}: {outcome.why}")
    out.print(said)
