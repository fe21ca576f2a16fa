"""
One message in the making: a notification to one person, or several to the same one as a digest.

Owns keys, delivery results and what a log line may say. It must not know channels' workings, templates, or why
anybody waits.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import structlog

from channels.address import Address
from channels.protocol import LINK, Attachment, OutboundMessage
from escalation.kernel.budgets import LONGEST_WHY
from escalation.kernel.characters import clip
from escalation.kernel.reasons import Part
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.inbox import Digest
from escalation.notifications.notification import (
    InternalNotification,
    Notification,
    NotificationBatch,
    is_pressing,
    message_key,
    reference_of,
)
from escalation.policy.people import Recipient
from escalation.policy.preferences import Preferences
from messages.renderer import RenderedMessage
from messages.templates import DIGEST

_LONGEST_KEY = 300
_NO_PREFERENCES = Preferences()

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Message:
    """One or several notifications that one person gets at once. Several are of one audience."""

    notices: tuple[Notification, ...]
    recipient: Recipient
    key: str
    """The same on every attempt (COMM-12), whatever of a digest is dropped before it leaves."""
    rendered: RenderedMessage | None = None
    attachments: tuple[Attachment, ...] = ()

    @property
    def notice(self) -> Notification:
        return self.notices[0]

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(message_key(notice, self.recipient) for notice in self.notices)

    @property
    def preferences(self) -> Preferences:
        return self.recipient.preferences or _NO_PREFERENCES

    @property
    def is_pressing(self) -> bool:
        return any(is_pressing(notice) for notice in self.notices)

    @property
    def is_urgent(self) -> bool:
        """True for our own people alone: of a breach, and of all that is P1."""
        return self.is_pressing and isinstance(self.notice, InternalNotification)

    @property
    def may_be_deferred(self) -> bool:
        """True if the recipient asked for quiet hours, or for not too many messages at once (COMM-11)."""
        return bool(self.preferences.quiet_hours or self.preferences.limits)

    @property
    def addresses(self) -> tuple[str, ...]:
        """In the order in which they are tried (COMM-11)."""
        first = self.preferences.urgent_addresses if self.is_urgent else ()
        return tuple(dict.fromkeys((*first, *self.recipient.addresses)))

    @property
    def first_channel(self) -> str:
        """The name of the channel that is tried first; empty: no address is known."""
        return self.addresses[0].partition(":")[0] if self.addresses else ""

    @property
    def occasion(self) -> str:
        return _common([notice.occasion.value for notice in self.notices]) or DIGEST

    def without(self, settled: Iterable[str]) -> "Message | None":
        """Return what is left when the notifications of the keys *settled* are done; None, if nothing is."""
        done = set(settled)
        left = tuple(notice for notice, key in zip(self.notices, self.keys, strict=True) if key not in done)
        return replace(self, notices=left) if left else None

    def outbound(self, address: Address, written_at: datetime) -> OutboundMessage:
        """Return the rendered message as the channel of *address* takes it."""
        assert self.rendered is not None, "the stage Render comes before this one"
        key = _key_on(address.channel, self.key)
        return OutboundMessage(
            key=key,
            thread=_common([notice.escalation for notice in self.notices]) or key,
            to_name=self.recipient.name,
            to_address=address.target,
            subject=self.rendered.subject,
            text=self.rendered.text,
            html=self.rendered.html,
            # Of a template of somebody's own; an address that no medium takes stays in the text.
            link=self.rendered.link if LINK.fullmatch(self.rendered.link) else None,
            link_label=self.rendered.link_label,
            language=self.rendered.language,
            urgent=self.is_urgent,
            reference=_common([reference_of(notice) for notice in self.notices]),
            occasion=self.occasion,
            written_at=written_at,
            attachments=self.attachments,
        )

    def delivered(self, channel: str, obstacles: Iterable[str] = ()) -> tuple[DeliveryResult, ...]:
        """*obstacles*: what stood in the way of the channels before."""
        return self._results(channel=channel, delivered_at=datetime.now(UTC), why=_joined(obstacles))

    def undelivered(self, obstacles: Iterable[str], channel: str = "") -> tuple[DeliveryResult, ...]:
        return self._results(channel=channel, why=_joined(obstacles))

    def deferred(self, until: datetime, why: Part, may_have_left_as: str = "") -> tuple[DeliveryResult, ...]:
        """*may_have_left_as*: the key under which it may have left already."""
        return self._results(deferred_until=until, why=why, digest_key=may_have_left_as)

    def dropped(self, reasons: dict[str, Part]) -> tuple[DeliveryResult, ...]:
        """Return the results of those notifications that *reasons* has, by their keys."""
        return tuple(
            replace(result, why=reasons[result.key], is_dropped=True)
            for result in self._results()
            if result.key in reasons
        )

    def _results(self, **became: Any) -> tuple[DeliveryResult, ...]:
        return tuple(
            DeliveryResult(key=key, recipient=self.recipient.id, occasion=notice.occasion.value, **became)
            for notice, key in zip(self.notices, self.keys, strict=True)
        )

    @property
    def log_fields(self) -> dict[str, Any]:
        """Return its key; for customers without the recipient, who is known by an address."""
        notice = self.notice
        is_ours = isinstance(notice, InternalNotification)
        key = self.keys[0] if is_ours else f"{notice.escalation}:{notice.cause}:{notice.occasion}"
        fields = {"key": key, "occasion": self.occasion, "audience": notice.audience}
        return fields | ({"in_digest": len(self.notices)} if len(self.notices) > 1 else {})

    def log_failure(self, fault: str, channel: str = "", *, is_for_good: bool = True) -> None:
        """*fault*: the class of the error, if there is one; its text may hold an address."""
        about = self.log_fields | ({"fault": fault} if fault else {})
        log.warning("message_failed", **about, channel=channel, is_for_good=is_for_good)


def single_messages(batch: NotificationBatch) -> tuple[Message, ...]:
    """Return each notification of *batch* to each of its recipients; whoever is named twice for one, once."""
    found = (
        Message((notice,), recipient, message_key(notice, recipient))
        for notice in batch.notices
        for recipient in notice.to
    )
    return tuple({message.key: message for message in found}.values())


def digest_messages(digest: Digest) -> tuple[Message, ...]:
    """Return one message to each recipient of *digest*, nearly always one. Customers' texts and ours never meet
    (COMM-6)."""
    together: dict[tuple[str, Recipient], list[Message]] = {}
    for message in single_messages(digest):
        reader = replace(message.recipient, preferences=None, accounts=())
        together.setdefault((message.notice.audience, reader), []).append(message)
    return tuple(_as_one(messages, digest.digest_key) for messages in together.values())


def _as_one(messages: Sequence[Message], key: str) -> Message:
    notices = tuple(message.notice for message in messages)
    return Message(notices, messages[-1].recipient, key or _key_of([message.key for message in messages]))


def _key_of(keys: Sequence[str]) -> str:
    return keys[0] if len(keys) == 1 else f"{DIGEST}:{_fingerprint(chr(10).join(keys))}"


def _key_on(channel: str, key: str) -> str:
    """Return what a receiver sees (COMM-12). A key that no medium takes is replaced by its fingerprint, which is as
    stable."""
    whole = f"{key}:{channel}"
    return whole if len(whole) <= _LONGEST_KEY and whole.isprintable() else f"{_fingerprint(key)}:{channel}"


def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _joined(obstacles: Iterable[str]) -> str:
    return clip("; ".join(obstacles), LONGEST_WHY)


def _common(values: Sequence[str]) -> str:
    """Return what all *values* are; empty, if they differ."""
    return values[0] if len(set(values)) == 1 else ""
