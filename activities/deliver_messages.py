"""
The activities that tell people: a wave of messages, each recipient once, and what waited for one of them, as a bundle.

Owns the order in which somebody's addresses are tried, and what happens to a message before it leaves: dropped, held,
or sent. It must not know how a text is written (`messages.renderer`), how it travels (`channels`), why anybody is told,
or when something has to wait (`delivery.quiet_and_limits`).

Law 1: whoever is known to be told is not told again; every message keeps its key on every repeat (COMM-12).
Law 2: one message never holds up another.
Law 3: no address of a customer and no text goes into a log line.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import assert_never

from temporalio import activity

from channels.protocol import (
    Attachment,
    Channel,
    Delivered,
    OutboundMessage,
    RefusedForGood,
    RetryLater,
    Session,
)
from channels.registry import AddressFault, parse_address
from delivery.attachments import attachments_for, has_attachments
from delivery.channel_limit import NoSlotYet
from delivery.deferral import Decisions
from delivery.inbox_client import no_longer_true
from delivery.message import Message, Notice, digest_messages, single_messages
from delivery.progress import PendingDelivery, Progress, Result, decided_before, heartbeats, settled_before
from delivery.quiet_and_limits import Waits, quiet_end
from documents.layout import CannotLayOut
from escalation.effects import NotificationBatch
from escalation.links import Link, link_for
from escalation.receipts import DeliveryResult
from escalation.waiting import Digest
from escalation.waves import batches_of
from messages.renderer import MessageRenderer, RenderedMessage
from messages.templates import TemplateFault

DELIVER_MESSAGES = "deliver_messages"
DELIVER_DIGEST = "deliver_bundle"
"""The activities' names on the wire."""

AT_ONCE = 50
"""Messages under way at the same time; each channel bounds itself further."""
STALE_AFTER = timedelta(minutes=1)
"""What was to leave so long ago is looked at again before it does."""

_AS_SHIPPED = MessageRenderer()
_CHECK = {"find_it_with": "escalate message check"}

_Teller = Callable[[Message, Mapping[str, Session]], Awaitable[Result]]


class DeliverMessages:
    """
    Tells people through *channels*, by name, in the words of *texts*. *address_of* says where a link leads; without
    it messages carry none.
    """

    def __init__(
        self,
        channels: Mapping[str, Channel],
        texts: MessageRenderer,
        address_of: Callable[[Link], str] | None = None,
    ) -> None:
        self._channels = dict(channels)
        self._texts = texts
        self._address_of = address_of
        self._waits = Waits()

    @activity.defn(name=DELIVER_MESSAGES)
    async def deliver_messages(self, wave: NotificationBatch) -> tuple[DeliveryResult, ...]:
        """
        Tell everybody in *wave*, and say what became of each message, in the order of the wave. Who is not to be
        disturbed, or was told much already, is told later: the message is in their inbox, and its receipt says so.

        Raises:
            ApplicationError: (`delivery_pending`) If somebody is still to be told, now or by another worker. Its
                details, and those of every heartbeat: the receipts so far, and what stands in the way of the others.
        """
        progress = Progress(single_messages(wave), settled_before(), decided_before())
        decisions = Decisions(progress, self._waits, is_repeat=wave.is_repeat)
        await decisions.make()

        async def tell(message: Message, sessions: Mapping[str, Session]) -> Result:
            return await decisions.held(message) or await self._tell(message, sessions)

        return await self._deliver(progress, tell, is_late=wave.is_repeat or _is_late())

    @activity.defn(name=DELIVER_DIGEST)
    async def deliver_bundle(self, bundle: Digest) -> tuple[DeliveryResult, ...]:
        """
        Tell the one recipient of *bundle* all that waited, in one message, but for what is no longer true.

        Raises:
            ApplicationError: As `deliver_messages`.
        """
        tell = self._tell if bundle.at_any_hour else self._tell_unless_quiet
        return await self._deliver(Progress(digest_messages(bundle), settled_before()), tell, is_late=True)

    async def _deliver(
        self, progress: Progress, tell: _Teller, *, is_late: bool
    ) -> tuple[DeliveryResult, ...]:
        async with heartbeats(progress), _sessions(self._channels) as sessions:
            if is_late:
                await _drop_the_stale(progress)
            await _tell_all(progress, sessions, tell)
            activity.logger.info("batch_delivered", extra=progress.figures)
            if progress.is_complete:
                return progress.receipts
            raise progress.asks_for_another_attempt()

    async def _tell_unless_quiet(self, message: Message, sessions: Mapping[str, Session]) -> Result:
        """A limit is for the inbox, which sent this; it knows no quiet hours, which may have begun meanwhile."""
        info = activity.info()
        wait = quiet_end(message, info.started_time)
        if wait is None:
            return await self._tell(message, sessions)
        return message.held(wait.until, wait.why, letter=message.key if info.attempt > 1 else "")

    async def _tell(self, message: Message, sessions: Mapping[str, Session]) -> Result:
        """
        By the first address, in order of preference, that does not refuse for good (COMM-13).
        """
        try:
            text = self._written(message)
            papers = await _papers_of(message)
        except TemplateFault as fault:
            _log_failure(message, "", type(fault).__name__)
            return message.undelivered((str(fault),))
        whys: list[str] = []
        channel = ""
        for written in message.addresses:
            try:
                address = parse_address(written, sessions)
            except AddressFault as fault:
                _log_failure(message, "", type(fault).__name__)
                whys.append(str(fault))
                continue
            channel = address.channel
            match await _send(message.letter(text, address, papers), message, channel, sessions[channel]):
                case Delivered():
                    return message.delivered(channel, whys)
                case RetryLater(why=why, after=after):
                    return PendingDelivery(message.undelivered((*whys, f"{channel}: {why}"), channel), after)
                case RefusedForGood(why=why):
                    whys.append(f"{channel}: {why}")
                case never:
                    assert_never(never)
        if not whys:
            _log_failure(message, "", "no_address")
        return message.undelivered(whys or ("no address is known",), channel)

    def _written(self, message: Message) -> RenderedMessage:
        """A text of the organisation's own that does not work must not keep anybody from hearing: ours goes out."""
        told = [(notice, message.recipient) for notice in message.notices]
        links = [self._link_of(notice, message) for notice in message.notices]
        try:
            return self._texts.render_digest(told, links)
        except TemplateFault:
            if self._texts.are_as_shipped:
                raise
            activity.logger.warning("own_text_broken", extra=message.log_fields | _CHECK)
            return _AS_SHIPPED.render_digest(told, links)

    def _link_of(self, notice: Notice, message: Message) -> str:
        link = link_for(notice, message.recipient)
        return self._address_of(link) if link and self._address_of else ""


async def _papers_of(message: Message) -> tuple[Attachment, ...]:
    """
    Laid out beside the loop. A paper that cannot be made must not hold up the message, which says the same.
    """
    notices = tuple(filter(has_attachments, message.notices))
    if not notices:
        return ()
    try:
        scheduled_at = activity.info().scheduled_time
        return await asyncio.to_thread(attachments_for, notices, message.recipient, scheduled_at)
    except CannotLayOut as fault:
        _log_failure(message, "", type(fault).__name__)
        return ()


def _is_late() -> bool:
    """Whether this attempt comes so long after the first that what was true then may not be any more (COMM-12)."""
    info = activity.info()
    return info.attempt > 1 and info.started_time - info.scheduled_time > STALE_AFTER


async def _drop_the_stale(progress: Progress) -> None:
    untold = tuple(progress.untold)
    whys: dict[str, str] = {}
    for wave in batches_of(_notices_of(untold)):
        whys |= await no_longer_true(wave)
    progress.settle(*(receipt for message in untold for receipt in message.dropped(whys)))


def _notices_of(messages: Iterable[Message]) -> Sequence[Notice]:
    """Each notice once, to all who are still to hear it: its facts are asked about once, not for each of them."""
    found: dict[tuple[str, int, str], Notice] = {}
    for message in messages:
        for notice in message.notices:
            about = (notice.escalation, notice.seq, notice.occasion.value)
            others = found[about].to if about in found else ()
            found[about] = notice.changed(to=(*others, message.recipient))
    return tuple(found.values())


async def _tell_all(progress: Progress, sessions: Mapping[str, Session], tell: _Teller) -> None:
    to_tell = iter(progress.untold)

    async def tell_in_turn() -> None:
        for message in to_tell:
            # Asked for each message, since a cancellation can get lost in a library (asyncio.wait_for before 3.12).
            if activity.is_worker_shutdown() or activity.is_cancelled():
                return  # what is under way ends in order, the rest is another worker's
            progress.note(message, await tell(message, sessions))

    async with asyncio.TaskGroup() as hands:
        for _ in range(min(AT_ONCE, len(progress.messages))):
            hands.create_task(tell_in_turn())


async def _send(
    letter: OutboundMessage, message: Message, channel: str, session: Session
) -> Delivered | RetryLater | RefusedForGood:
    """
    Trouble of any kind is an answer; a mistake of ours waits for its correction.
    """
    fault = ""
    try:
        outcome = await session.send(letter)
    except Exception as error:  # a channel that breaks its word must not take the wave with it
        fault = type(error).__name__
        outcome = RetryLater(why=f"unexpected {fault}")
    if isinstance(outcome, Delivered):
        activity.logger.debug("message_delivered", extra=message.log_fields | {"channel": channel})
    elif not isinstance(outcome, NoSlotYet):
        _log_failure(message, channel, fault, is_for_good=isinstance(outcome, RefusedForGood))
    return outcome


def _log_failure(message: Message, channel: str, fault: str, *, is_for_good: bool = True) -> None:
    about = message.log_fields | {"channel": channel, "is_for_good": is_for_good}
    activity.logger.warning("message_failed", extra=about | ({"fault": fault} if fault else {}))


@asynccontextmanager
async def _sessions(channels: Mapping[str, Channel]) -> AsyncIterator[dict[str, Session]]:
    """
    One session of each channel for the whole wave, so that messages share connections.
    """
    async with AsyncExitStack() as stack:
        yield {name: await stack.enter_async_context(channel.open()) for name, channel in channels.items()}
