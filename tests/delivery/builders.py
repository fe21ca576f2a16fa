"""
Notices and batches, with what a test does not care about filled in; and one way to run the activity.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from temporalio.testing import ActivityEnvironment

from activities.deliver_messages import DeliverMessages
from channels.email import EmailChannel
from channels.protocol import Channel
from delivery.pipeline import Pipeline
from escalation.kernel.clock_name import ClockName
from escalation.kernel.reasons import as_written
from escalation.kernel.values import from_plain
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.notification import (
    CustomerFacts,
    CustomerNotification,
    InternalFacts,
    InternalNotification,
    Notification,
    NotificationBatch,
    Occasion,
)
from escalation.policy.people import Recipient
from messages.renderer import MessageRenderer
from tests.channels.builders import settings_for
from tests.mailbox import Mailbox

ESCALATION = "ACME/4711@2026-11-20T09:00:00Z"


def at(text: str) -> datetime:
    """An instant of 20 November 2026, a Friday, given as `09:30` in UTC."""
    return datetime.fromisoformat(f"2026-11-20T{text}:00").replace(tzinfo=UTC)


def ana(**changes: Any) -> Recipient:
    """A customer's contact in Jakarta."""
    return from_plain(
        Recipient,
        {
            "id": "acme:ana@example.com",
            "name": "Ana Lima",
            "addresses": ("email:ana@example.com",),
            "time_zone": "Asia/Jakarta",
        }
        | changes,
    )


def person(number: int, **changes: Any) -> Recipient:
    """One of many."""
    name = f"person-{number}"
    known = {"id": name, "name": f"Person {number}", "addresses": (f"email:{name}@example.com",)}
    return ana(**(known | changes))


def customer_facts(**changes: Any) -> CustomerFacts:
    """Only what no customer notice lacks."""
    return from_plain(
        CustomerFacts,
        {
            "reference": "ACME/4711",
            "subject": "Orders cannot be paid",
            "priority": "P1",
            "owner": "Rita Reyes",
        }
        | changes,
    )


def internal_facts(**changes: Any) -> InternalFacts:
    """Only what no internal notice lacks; *why* may be a text, and *clock* the words of one."""
    if isinstance(why := changes.get("why"), str):
        changes["why"] = as_written(why)
    if (words := changes.get("clock")) is not None:
        changes["clock"] = next((name for name in ClockName if words in {name.words, name}), None)
    return from_plain(
        InternalFacts,
        {
            "key": "ACME/4711",
            "subject": "Orders cannot be paid",
            "priority": "P1",
            "state": "communicating",
            "level": 2,
            "level_name": "Support manager",
            "owner": "Rita Reyes",
        }
        | changes,
    )


def to_customers(*to: Recipient, **changes: Any) -> CustomerNotification:
    """The receipt, unless another occasion is asked for; other changes are to its facts."""
    occasion = changes.pop("occasion", Occasion.CASE_RECEIVED)
    facts = customer_facts(**changes)
    return CustomerNotification(
        escalation=ESCALATION, seq=1, cause="1", occasion=occasion, to=to or (ana(),), facts=facts
    )


def to_us(*to: Recipient, **changes: Any) -> InternalNotification:
    """An assignment, unless another occasion is asked for; other changes are to its facts."""
    occasion = changes.pop("occasion", Occasion.ASSIGNED)
    facts = internal_facts(**changes)
    recipients = to or (person(1),)
    return InternalNotification(
        escalation=ESCALATION, seq=1, cause="1", occasion=occasion, to=recipients, facts=facts
    )


def batch(*notices: Notification) -> NotificationBatch:
    """Make a batch of notifications."""
    return NotificationBatch(notices=notices)


def batch_to_many(count: int) -> NotificationBatch:
    """The same receipt to *count* people."""
    return batch(to_customers(*(person(number) for number in range(count))))


@dataclass
class Attempt:
    """One attempt at a batch, as Temporal would make it. `heartbeats` are kept as they are on the wire."""

    mailbox: Mailbox
    after: Sequence[Any] = ()
    """The details of the last heartbeat of the attempt before."""
    channels: dict[str, Channel] = field(default_factory=dict)
    templates: Path | None = None
    heartbeats: list[Sequence[Any]] = field(default_factory=list)
    environment: ActivityEnvironment = field(default_factory=ActivityEnvironment)

    async def at(self, batch: NotificationBatch) -> tuple[DeliveryResult, ...]:
        """Deliver *batch* by e-mail to the mailbox, and by the further `channels`."""
        self.environment.info = replace(self.environment.info, heartbeat_details=self.after)
        self.environment.on_heartbeat = lambda *details: self.heartbeats.append(on_the_wire(details))
        channels = {"email": EmailChannel(settings_for(self.mailbox))} | self.channels
        deliver = DeliverMessages(Pipeline(channels, MessageRenderer(self.templates)))
        return await self.environment.run(deliver.deliver_messages, batch)


def on_the_wire(details: Sequence[Any]) -> Sequence[Any]:
    """Return *details* as another process gets them: plain JSON."""
    travelled: Sequence[Any] = json.loads(json.dumps(details))
    return travelled
