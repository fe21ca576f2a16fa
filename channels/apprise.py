"""
The long tail, by Apprise (https://appriseit.com): Telegram, WhatsApp, SMS and voice, PagerDuty, Opsgenie, and
whatever else it has a URL for.

Owns the hand-over to Apprise and the reading of its answer. Must not know any of its services.
"""

import asyncio
import logging
import re
from collections import defaultdict
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import SecretStr

from channels.endpoints import Endpoints
from channels.escaped_markup import escape_markup
from channels.http_channel import Answer, judge_response
from channels.protocol import (
    Channel,
    Delivered,
    OutboundMessage,
    RefusedForGood,
    RetryLater,
    SendResult,
    Session,
)
from messages.harmless_text import to_one_line, to_plain_lines

if TYPE_CHECKING:
    from apprise import AppriseResult, NotifyBase

PATIENCE = timedelta(seconds=30)
AT_ONCE = 4
SUBJECT_LENGTH = 250

# Laws:
# 1. No line that Apprise or the library under it logs gets out. They name hosts, paths and numbers, of which the URL
#    consists, and the URL is a secret.
# 2. Nothing waits on the event loop. Most services block, so they run in threads, a few at a time.
# 3. Messages to one endpoint go one after the other: Apprise keeps the pace that a service asks for by endpoint.
# 4. What a customer wrote calls nobody and links nowhere (`channels.escaped_markup`). Many services read Markdown and
#    mentions into what they are told is plain text.
#
# Apprise answers yes or no. A no is judged by the HTTP status that its services name in their own lines (`error=404`),
# as a webhook's would be. Without one (no connection, no answer) it may pass, and is tried again until the batch is
# given up. A service that counts repeats as one has no key to know them by: a message may come twice.

_BENEATH = ("urllib3", "requests", "slixmpp", "paho")
_STATUS = re.compile(r"\berror=(\d{3})\b")


class AppriseChannel(Channel):
    """Hands each message to the Apprise URL of its target."""

    name = "apprise"

    def __init__(self, targets: Endpoints[SecretStr], *, patience: timedelta = PATIENCE) -> None:
        self._targets = targets
        self._patience = patience
        _keep_lines_in()

    def open(self) -> AbstractAsyncContextManager[Session]:
        """A session keeps each service at hand, and so its pace."""
        return nullcontext(_AppriseSession(self._targets, self._patience))


class _AppriseSession:
    def __init__(self, targets: Endpoints[SecretStr], patience: timedelta) -> None:
        self._targets = targets
        self._patience = patience.total_seconds()
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._turn_of: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._services: dict[str, NotifyBase | None] = {}

    async def send(self, message: OutboundMessage) -> SendResult:
        """Try once to deliver *message*, waiting for a turn if need be."""
        url = self._targets.find(message.to_address)
        if isinstance(url, RefusedForGood):
            return url
        async with self._turn_of[message.to_address], self._turns:
            service = await self._service(message.to_address, url)
            if service is None:
                return RefusedForGood(why="what is set up is no URL that Apprise understands")
            return await self._handed_over(message, service)

    async def _service(self, name: str, url: SecretStr) -> "NotifyBase | None":
        if name not in self._services:
            self._services[name] = await asyncio.to_thread(_service_at, url)
        return self._services[name]

    async def _handed_over(self, message: OutboundMessage, service: "NotifyBase") -> SendResult:
        from apprise import Apprise, AppriseResultStatus, NotifyFormat, NotifyType  # noqa: PLC0415 - slow

        result = await Apprise([service]).async_notify(
            title=escape_markup(to_one_line(message.subject, at_most=SUBJECT_LENGTH)),
            body=_body(message),
            body_format=NotifyFormat.TEXT,
            notify_type=NotifyType.WARNING if message.urgent else NotifyType.INFO,
            timeout=self._patience,
            log_level=logging.WARNING,
        )
        match result.status:
            case AppriseResultStatus.SUCCESS:
                return Delivered(reference=message.key)
            case AppriseResultStatus.TIMEOUT:
                return RetryLater(why=f"no answer within {self._patience:g} s, it may have arrived")
            case _:
                return _why_not(result)


def _keep_lines_in() -> None:
    """Apprise's own lines reach us with its answer, and nobody else; those of what it uses, nobody."""
    own = logging.getLogger("apprise")
    own.propagate = False
    own.setLevel(logging.WARNING)
    for name in _BENEATH:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _service_at(url: SecretStr) -> "NotifyBase | None":
    from apprise import Apprise  # noqa: PLC0415 - it takes half a second, and a thread can wait

    service = Apprise.instantiate(url.get_secret_value(), suppress_exceptions=True)
    return service or None


def _body(message: OutboundMessage) -> str:
    """Return the text as text. Our own link is the only one that stays one."""
    text = escape_markup(to_plain_lines(message.text))
    label = to_one_line(message.link_label, at_most=SUBJECT_LENGTH)
    ours = f"{escape_markup(label)}: {message.link}"
    as_text = escape_markup(f"{label}: {message.link}")
    if as_text in text or not message.link:
        return text.replace(as_text, ours)
    return f"{text.rstrip()}\n\n{ours}\n"


def _why_not(result: "AppriseResult") -> RetryLater | RefusedForGood:
    said = (_STATUS.search(entry.message) for each in result for entry in each.logs())
    statuses = [int(found[1]) for found in said if found]
    if not statuses:
        return RetryLater(why="the service could not be reached, or did not take it")
    return judge_response(Answer(statuses[-1], retry_after="", body=b""), datetime.now(UTC))
