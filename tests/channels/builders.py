"""
Letters and settings, with what a test does not care about filled in.
"""

from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from typing import Any, TypeVar

from pydantic import SecretStr

from channels.apprise import AppriseChannel
from channels.email import EmailChannel, EmailSettings
from channels.endpoints import Endpoints
from channels.protocol import OutboundMessage
from channels.slack import SlackChannel
from channels.teams import TeamsChannel
from channels.webhook import WebhookChannel, WebhookEndpoint
from runtime.network import IpNetwork, Network
from tests.mailbox import Mailbox

_Target = TypeVar("_Target")


def a_letter(**changes: Any) -> OutboundMessage:
    """A first notification to Ana."""
    return OutboundMessage.model_validate(
        {
            "key": "ACME/4711:first_notification:ana:email",
            "thread": "ACME/4711",
            "to_name": "Ana Lima",
            "to_address": "ana@example.com",
            "subject": "ACME/4711: we are on it",
            "text": "Dear Ana,\n\nwe are on it.\n",
        }
        | changes
    )


def letters_to_many(count: int) -> list[OutboundMessage]:
    """The same notice to *count* people, each under a key of its own."""
    return [
        a_letter(
            key=f"ACME/4711:first_notification:person-{number}:email",
            to_address=f"person-{number}@example.com",
        )
        for number in range(count)
    ]


def settings_for(mailbox: Mailbox, **changes: Any) -> EmailSettings:
    """Plain SMTP to *mailbox*."""
    plain = EmailSettings(
        host=mailbox.host,
        port=mailbox.port,
        tls="none",
        sender_address="escalations@vendor.example",
        sender_name="Vendor Escalations",
        timeout=5.0,
    )
    return replace(plain, **changes)


def channel_to(mailbox: Mailbox, **changes: Any) -> EmailChannel:
    """The e-mail channel, ready to send to *mailbox*."""
    return EmailChannel(settings_for(mailbox, **changes))


LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1"))
KEYS = (b"a key of thirty-two bytes, really",)


def targets_of(target: _Target, name: str = "crm") -> Endpoints[_Target]:
    """One target, and nothing else."""
    return Endpoints({name: target}, lambda missing: f"ESCALATION_HOOK_{missing}".upper())


def a_network(*allowed: IpNetwork, seconds: float = 5.0) -> Network:
    """Loopback, unless other networks are allowed."""
    return Network(allowed or LOOPBACK, patience=timedelta(seconds=seconds))


def webhook_to(url: str, *, keys: tuple[bytes, ...] = KEYS, network: Network | None = None) -> WebhookChannel:
    """The webhook channel, with *url* as its target `crm`."""
    written = tuple(f"whsec_{b64encode(key).decode()}" for key in keys)
    return WebhookChannel(targets_of(WebhookEndpoint(url, written)), network or a_network())


def slack_to(url: str, network: Network | None = None) -> SlackChannel:
    """Slack, as if it were at *url*, with the target `crm`."""
    return SlackChannel(targets_of(SecretStr(url)), network or a_network())


def teams_to(url: str, network: Network | None = None) -> TeamsChannel:
    """Teams, as if it were at *url*, with the target `crm`."""
    return TeamsChannel(targets_of(SecretStr(url)), network or a_network())


def apprise_to(url: str, *, seconds: float = 5.0) -> AppriseChannel:
    """Apprise, with *url* as its target `crm`."""
    return AppriseChannel(targets_of(SecretStr(url)), patience=timedelta(seconds=seconds))
