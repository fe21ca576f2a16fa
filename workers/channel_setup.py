"""
Set-up of channels: every way to reach people that the settings name, by the name that addresses call it.

It must not know what a channel does.
"""

import sys
from collections.abc import Iterator
from functools import partial
from typing import TextIO

from channels.apprise import AppriseChannel
from channels.console import ConsoleChannel
from channels.email import EmailChannel, EmailSettings
from channels.endpoints import Endpoints
from channels.protocol import Channel
from channels.slack import SlackChannel
from channels.teams import TeamsChannel
from channels.webhook import WebhookChannel, WebhookEndpoint
from runtime.named_settings import endpoint_variables
from runtime.network import Network
from runtime.settings import Settings


def open_channels(settings: Settings, printed_to: TextIO | None = None) -> dict[str, Channel]:
    """Return every channel, by the name that addresses call it. Without a mail server, e-mail is printed (to standard
    output, unless said otherwise), so that no message is lost."""
    console = ConsoleChannel(printed_to or sys.stdout)
    email = _email(settings, settings.smtp_host) if settings.smtp_host else console
    endpoints = {channel.name: channel for channel in _named_endpoints(settings)}
    return {"email": email, "console": console, **endpoints}


def _named_endpoints(settings: Settings) -> Iterator[Channel]:
    network = Network(settings.private_networks)
    webhooks = {
        name: WebhookEndpoint(each.url.get_secret_value(), each.keys)
        for name, each in settings.webhook.items()
    }
    yield SlackChannel(Endpoints(settings.slack, partial(endpoint_variables, "slack")), network)
    yield TeamsChannel(Endpoints(settings.teams, partial(endpoint_variables, "teams")), network)
    yield WebhookChannel(Endpoints(webhooks, partial(endpoint_variables, "webhook")), network)
    yield AppriseChannel(Endpoints(settings.apprise, partial(endpoint_variables, "apprise")))


def _email(settings: Settings, host: str) -> EmailChannel:
    return EmailChannel(
        EmailSettings(
            host=host,
            port=settings.smtp_port,
            tls=settings.smtp_tls.value,
            username=settings.smtp_user,
            password=settings.smtp_password,
            sender_address=settings.smtp_sender,
            sender_name=settings.smtp_sender_name or "",
            reply_to=settings.smtp_reply_to,
            auto_response_suppress=settings.smtp_suppress or "",
        )
    )
