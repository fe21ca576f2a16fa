"""
One letter in the making: a notice to one person, or several notices to the same one as a bundle.

Owns keys, receipts and what a log line may say. It must not know channels' workings, templates, or why anybody waits.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from temporalio import activity

from channels.protocol import Attachment, OutboundMessage
from channels.registry import Address
from escalation.budgets import LONGEST_WHY
from escalation.characters import clip
from escalation.effects import (
    CustomerNotification,
    InternalNotification,
    NotificationBatch,
    Recipient,
    is_pressing,
    message_key,
    reference_of,
)
from escalation.receipts import DeliveryResult
from escalation.waiting import Digest
from messages.renderer import RenderedMessage

Notice = InternalNotification | CustomerNotification
DIGEST = "bundle"
"""What several occasions in one letter are called."""

_LONGEST_KEY = 300


@dataclass(frozen=True)
class Message:
    """
    What one person is told in one letter. Several notices are of one audience.
    """

    notices: tuple[Notice, ...]
    recipient: Recipient
    key: str
    """The same on every repeat (COMM-12), whatever of a bundle is dropped before it leaves."""

    @property
    def notice(self) -> Notice:
        return self.notices[0]

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(message_key(notice, self.recipient) for notice in self.notices)

    @property
    def is_pressing(self) -> bool:
        return any(is_pressing(notice) for notice in self.notices)

    @property
    def is_urgent(self) -> bool:
        """Only our own people are hurried: by a breach, and by all that is P1."""
        return self.is_pressing and isinstance(self.notice, InternalNotification)

    @property
    def can_wait(self) -> bool:
        """Its recipient asked for quiet hours, or for not too many messages at once (COMM-11)."""
        preferences = self.recipient.preferences
        return preferences is not None and bool(preferences.quiet_hours or preferences.limits)

    @property
    def addresses(self) -> tuple[str, ...]:
        """In the order in which they are tried (COMM-11)."""
        preferences = self.recipient.preferences
        first = preferences.urgent_addresses if preferences and self.is_urgent else ()
        return tuple(dict.fromkeys((*first, *self.recipient.addresses)))

    @property
    def first_channel(self) -> str:
        """The name of the one by which it would go first; empty: no address is known."""
        return self.addresses[0].partition(":")[0] if self.addresses else ""

    def without(self, settled: Iterable[str]) -> "Message | None":
        """What is left when the notices of the keys *settled* are done; None, if nothing is."""
        done = set(settled)
        left = tuple(notice for notice, key in zip(self.notices, self.keys, strict=True) if key not in done)
        return replace(self, notices=left) if left else None

    @property
    def log_fields(self) -> dict[str, Any]:
        """
        For log lines: the key, but for customers without the recipient, who is known by an address.
        """
        notice = self.notice
        is_ours = isinstance(notice, InternalNotification)
        key = self.keys[0] if is_ours else f"{notice.escalation}:{notice.seq}:{notice.occasion}"
        about = {"key": key, "occasion": self.occasion, "audience": notice.audience}
        return about | ({"bundled": len(self.notices)} if len(self.notices) > 1 else {})

    @property
    def occasion(self) -> str:
        return _the_one([notice.occasion.value for notice in self.notices]) or DIGEST

    def letter(
        self, text: RenderedMessage, address: Address, papers: tuple[Attachment, ...] = ()
    ) -> OutboundMessage:
        key = _letter_key(self.key, address.channel)
        return OutboundMessage(
            key=key,
            thread=_the_one([notice.escalation for notice in self.notices]) or key,
            to_name=self.recipient.name,
            to_address=address.target,
            subject=text.subject,
            text=text.text,
            html=text.html,
            language=text.language,
            urgent=self.is_urgent,
            reference=_the_one([reference_of(notice) for notice in self.notices]),
            occasion=self.occasion,
            written_at=activity.info().scheduled_time,
            attachments=papers,
        )

    def delivered(self, channel: str, whys: Iterable[str] = ()) -> tuple[DeliveryResult, ...]:
        """*whys*: what stood in the way of the channels before."""
        return self._receipts(channel=channel, delivered_at=datetime.now(UTC), why=_joined(whys))

    def undelivered(self, whys: Iterable[str], channel: str = "") -> tuple[DeliveryResult, ...]:
        return self._receipts(channel=channel, why=_joined(whys))

    def held(self, until: datetime, why: str, letter: str = "") -> tuple[DeliveryResult, ...]:
        """*letter*: the key under which it may have left already."""
        return self._receipts(held_until=until, why=why, letter=letter)

    def dropped(self, whys: dict[str, str]) -> tuple[DeliveryResult, ...]:
        """Receipts of those notices that *whys* has, by their keys."""
        return tuple(
            receipt.changed(why=whys[receipt.key], is_dropped=True)
            for receipt in self._receipts()
            if receipt.key in whys
        )

    def _receipts(self, **result: Any) -> tuple[DeliveryResult, ...]:
        return tuple(
            DeliveryResult(key=key, recipient=self.recipient.id, occasion=notice.occasion.value, **result)
            for notice, key in zip(self.notices, self.keys, strict=True)
        )


def single_messages(wave: NotificationBatch) -> tuple[Message, ...]:
    """
    Each notice of *wave* to each of its recipients; whoever is named twice for one is told once.
    """
    found = (
        Message((notice,), recipient, message_key(notice, recipient))
        for notice in wave.notices
        for recipient in notice.to
    )
    return tuple({message.key: message for message in found}.values())


def digest_messages(bundle: Digest) -> tuple[Message, ...]:
    """
    One message to each recipient of *bundle*: nearly always one. Customers' texts and ours never meet (COMM-6).
    """
    together: dict[tuple[str, str], list[Message]] = {}
    for message in single_messages(bundle):
        reader = (
            message.notice.audience,
            message.recipient.model_dump_json(exclude={"preferences", "accounts"}),
        )
        together.setdefault(reader, []).append(message)
    return tuple(_bundled(messages, bundle.letter) for messages in together.values())


def _bundled(messages: Sequence[Message], key: str) -> Message:
    notices = tuple(message.notice for message in messages)
    return Message(notices, messages[-1].recipient, key or _key_of(messages))


def _key_of(messages: Sequence[Message]) -> str:
    keys = [message.key for message in messages]
    whole = hashlib.sha256("\n".join(keys).encode()).hexdigest()
    return keys[0] if len(keys) == 1 else f"{DIGEST}:{whole}"


def _joined(whys: Iterable[str]) -> str:
    return clip("; ".join(whys), LONGEST_WHY)


def _the_one(values: Sequence[str]) -> str:
    """What all have in common; empty, if they differ."""
    return values[0] if len(set(values)) == 1 else ""


def _letter_key(key: str, channel: str) -> str:
    """
    What a receiver sees (COMM-12). A key that no medium would take is replaced by its digest, as stable as the key.
    """
    whole = f"{key}:{channel}"
    if len(whole) <= _LONGEST_KEY and whole.isprintable():
        return whole
    return f"{hashlib.sha256(key.encode()).hexdigest()}:{channel}"
