"""
The activity that tells people: one wave of messages, each recipient once.

Owns who was told and who is still to be told, over attempts, crashes and moves to another worker. It must not know how
a text is written (`activities.texts`), how it travels (`channels`), or why anybody is told.

Law 1: whoever is known to be told is not told again; every message keeps its key on every repeat (COMM-12).
Law 2: one message never holds up another.
Law 3: no address of a customer and no text goes into a log line.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, assert_never

from pydantic import TypeAdapter, ValidationError
from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities.papers import has_papers, papers_for
from activities.texts import Text, TextFault, Texts
from channels.protocol import Attachment, Channel, Delivered, Later, Letter, Never, Session
from channels.registry import Address, AddressFault, parse_address
from documents.layout import CannotLayOut
from escalation.effects import CustomerNotice, InternalNotice, Occasion, Recipient, Wave, message_key
from escalation.events import Receipt
from escalation.links import Link, link_for
from escalation.plan import Priority

DELIVER_MESSAGES = "deliver_messages"
"""The activity's name on the wire."""
DELIVERY_PENDING = "delivery_pending"
"""The type of the error that asks for another attempt; its details are those of the heartbeats."""

AT_ONCE = 50
"""Messages under way at the same time; each channel bounds itself further."""
HEARTBEAT_AT_LEAST_EVERY = timedelta(seconds=5)
HEARTBEAT_AT_MOST_EVERY = timedelta(seconds=0.1)
SHORTEST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=1)

_LONGEST_KEY = 300
_RECEIPTS = TypeAdapter(tuple[Receipt, ...])


class DeliverMessages:
    """
    Tells people through *channels*, by name, in the words of *texts*. *address_of* says where a link leads; without
    it messages carry none.
    """

    def __init__(
        self,
        channels: Mapping[str, Channel],
        texts: Texts,
        address_of: Callable[[Link], str] | None = None,
    ) -> None:
        self._channels = dict(channels)
        self._texts = texts
        self._address_of = address_of

    @activity.defn(name=DELIVER_MESSAGES)
    async def deliver_messages(self, wave: Wave) -> tuple[Receipt, ...]:
        """
        Tell everybody in *wave*, and say what became of each message, in the order of the wave.

        Raises:
            ApplicationError: (`delivery_pending`) If somebody is still to be told, now or by another worker. Its
                details, and those of every heartbeat: the receipts so far, and what stands in the way of the others.
        """
        progress = _Progress(_messages_of(wave), _told_before())
        async with _heartbeats(progress), _sessions(self._channels) as sessions:
            await self._tell_all(progress, sessions)
            activity.logger.info("wave_delivered", extra=progress.figures)
            if progress.is_complete:
                return progress.receipts
            raise progress.pending()

    async def _tell_all(self, progress: "_Progress", sessions: Mapping[str, Session]) -> None:
        to_tell = iter(progress.untold)

        async def tell_in_turn() -> None:
            for message in to_tell:
                # Asked for each message, since a cancellation can get lost in a library (asyncio.wait_for before 3.12).
                if activity.is_worker_shutdown() or activity.is_cancelled():
                    return  # what is under way ends in order, the rest is another worker's
                progress.note(message, await self._tell(message, sessions))

        async with asyncio.TaskGroup() as hands:
            for _ in range(min(AT_ONCE, len(progress.messages))):
                hands.create_task(tell_in_turn())

    async def _tell(self, message: "_Message", sessions: Mapping[str, Session]) -> "Receipt | _Waiting":
        """
        By the first address, in order of preference, that does not refuse for good (COMM-13).
        """
        try:
            text = self._texts.render(message.notice, message.recipient, link=self._link_of(message))
            papers = await _papers_of(message)
        except TextFault as fault:
            _log_failure(message, "", type(fault).__name__)
            return message.undelivered((str(fault),))
        whys: list[str] = []
        channel = ""
        for written in message.recipient.addresses:
            try:
                address = parse_address(written, sessions)
            except AddressFault as fault:
                _log_failure(message, "", type(fault).__name__)
                whys.append(str(fault))
                continue
            channel = address.channel
            match await _send(message.letter(text, address, papers), message, channel, sessions[channel]):
                case Delivered():
                    return message.delivered(channel)
                case Later(why=why, after=after):
                    return _Waiting(message.undelivered((*whys, f"{channel}: {why}"), channel), after)
                case Never(why=why):
                    whys.append(f"{channel}: {why}")
                case never:
                    assert_never(never)
        if not whys:
            _log_failure(message, "", "no_address")
        return message.undelivered(whys or ("no address is known",), channel)

    def _link_of(self, message: "_Message") -> str:
        link = link_for(message.notice, message.recipient)
        return self._address_of(link) if link and self._address_of else ""


async def _papers_of(message: "_Message") -> tuple[Attachment, ...]:
    """
    Laid out beside the loop. A paper that cannot be made must not hold up the message, which says the same.
    """
    if not has_papers(message.notice):
        return ()
    try:
        return await asyncio.to_thread(papers_for, message.notice, message.recipient, _written_at())
    except CannotLayOut as fault:
        _log_failure(message, "", type(fault).__name__)
        return ()


def _written_at() -> datetime:
    """
    The same for every attempt.
    """
    return activity.info().scheduled_time


async def _send(
    letter: Letter, message: "_Message", channel: str, session: Session
) -> Delivered | Later | Never:
    """
    Trouble of any kind is an answer; a mistake of ours waits for its correction.
    """
    fault = ""
    try:
        outcome = await session.send(letter)
    except Exception as error:  # a channel that breaks its word must not take the wave with it
        fault = type(error).__name__
        outcome = Later(why=f"unexpected {fault}")
    if isinstance(outcome, Delivered):
        activity.logger.debug("message_delivered", extra=message.says_of_itself | {"channel": channel})
    else:
        _log_failure(message, channel, fault, is_for_good=isinstance(outcome, Never))
    return outcome


def _log_failure(message: "_Message", channel: str, fault: str, *, is_for_good: bool = True) -> None:
    about = message.says_of_itself | {"channel": channel, "is_for_good": is_for_good}
    activity.logger.warning("message_failed", extra=about | ({"fault": fault} if fault else {}))


@dataclass(frozen=True)
class _Message:
    """
    One notice to one person.
    """

    notice: InternalNotice | CustomerNotice
    recipient: Recipient

    @property
    def key(self) -> str:
        return message_key(self.notice, self.recipient)

    @property
    def says_of_itself(self) -> dict[str, Any]:
        """
        For log lines: the key, but for customers without the recipient, who is known by an address.
        """
        notice = self.notice
        is_ours = isinstance(notice, InternalNotice)
        key = self.key if is_ours else f"{notice.escalation}:{notice.seq}:{notice.occasion}"
        return {"key": key, "occasion": notice.occasion.value, "audience": notice.audience}

    def letter(self, text: Text, address: Address, papers: tuple[Attachment, ...] = ()) -> Letter:
        return Letter(
            key=_letter_key(self.key, address.channel),
            thread=self.notice.escalation,
            to_name=self.recipient.name,
            to_address=address.target,
            subject=text.subject,
            text=text.text,
            html=text.html,
            language=text.language,
            urgent=_is_urgent(self.notice),
            reference=_reference(self.notice),
            occasion=self.notice.occasion.value,
            written_at=_written_at(),
            attachments=papers,
        )

    def delivered(self, channel: str) -> Receipt:
        return self._receipt(channel=channel, delivered_at=datetime.now(UTC))

    def undelivered(self, whys: Iterable[str], channel: str = "") -> Receipt:
        return self._receipt(channel=channel, why="; ".join(whys))

    def _receipt(self, **result: Any) -> Receipt:
        return Receipt(
            key=self.key, recipient=self.recipient.id, occasion=self.notice.occasion.value, **result
        )


@dataclass(frozen=True)
class _Waiting:
    """
    Not told yet, and may well be: what stands in the way, and how long the medium asked to wait.
    """

    receipt: Receipt
    after: timedelta | None


@dataclass
class _Progress:
    """
    Who was told. What is in `told` is settled, for better or worse.
    """

    messages: Mapping[str, _Message]
    told: dict[str, Receipt]
    waiting: dict[str, _Waiting] = field(default_factory=dict)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, message: _Message, result: Receipt | _Waiting) -> None:
        if isinstance(result, Receipt):
            self.told[message.key] = result
        else:
            self.waiting[message.key] = result
        self.changed.set()

    @property
    def untold(self) -> Iterator[_Message]:
        return (message for key, message in self.messages.items() if key not in self.told)

    @property
    def is_complete(self) -> bool:
        return next(self.untold, None) is None

    @property
    def receipts(self) -> tuple[Receipt, ...]:
        return tuple(self.told[key] for key in self.messages if key in self.told)

    @property
    def figures(self) -> dict[str, int]:
        """
        For the log line: how many were told, could not be told, and are still to be told.
        """
        told = sum(receipt.delivered_at is not None for receipt in self.told.values())
        waiting = len(self.messages) - len(self.told)
        return {"delivered": told, "undelivered": len(self.told) - told, "waiting": waiting}

    @property
    def details(self) -> tuple[list[Any], list[Any]]:
        """
        The receipts so far, and undelivered ones of those who wait, as plain JSON.
        """
        waiting = tuple(waiting.receipt for waiting in self.waiting.values())
        return _RECEIPTS.dump_python(self.receipts, mode="json"), _RECEIPTS.dump_python(waiting, mode="json")

    def pending(self) -> ApplicationError:
        missing = len(self.messages) - len(self.receipts)
        return ApplicationError(
            f"{missing} of {len(self.messages)} messages are still to be delivered",
            *self.details,
            type=DELIVERY_PENDING,
            next_retry_delay=self._next_retry_after(missing),
            category=ApplicationErrorCategory.BENIGN,
        )

    def _next_retry_after(self, missing: int) -> timedelta | None:
        """
        The shortest wait that a medium asked for, if all did; else the retry policy says.
        """
        if len(self.waiting) < missing:
            return timedelta(seconds=1)  # not all were tried: this worker stops, and another goes on
        afters = [waiting.after for waiting in self.waiting.values()]
        asked = [after for after in afters if after is not None]
        return min(max(min(asked), SHORTEST_WAIT), LONGEST_WAIT) if len(asked) == len(afters) else None


@asynccontextmanager
async def _heartbeats(progress: _Progress) -> AsyncIterator[None]:
    """
    Tell the server of all progress soon, and of being alive in between; for the last time when it does not end well.
    """
    beating = asyncio.create_task(_beat(progress))
    try:
        yield
    except BaseException:
        activity.heartbeat(*progress.details)
        raise
    finally:
        beating.cancel()


async def _beat(progress: _Progress) -> None:
    while True:
        try:
            async with asyncio.timeout(HEARTBEAT_AT_LEAST_EVERY.total_seconds()):
                await progress.changed.wait()
        except TimeoutError:
            pass
        # Waits before it speaks: a small wave is over by then, and needs none.
        await asyncio.sleep(HEARTBEAT_AT_MOST_EVERY.total_seconds())
        progress.changed.clear()
        activity.heartbeat(*progress.details)


@asynccontextmanager
async def _sessions(channels: Mapping[str, Channel]) -> AsyncIterator[dict[str, Session]]:
    """
    One session of each channel for the whole wave, so that messages share connections.
    """
    async with AsyncExitStack() as stack:
        yield {name: await stack.enter_async_context(channel.open()) for name, channel in channels.items()}


def _messages_of(wave: Wave) -> dict[str, _Message]:
    """
    By key; whoever is named twice is told once.
    """
    messages = (_Message(notice, recipient) for notice in wave.notices for recipient in notice.to)
    return {message.key: message for message in messages}


def _told_before() -> dict[str, Receipt]:
    """
    From the last heartbeat of an earlier attempt. If it cannot be read, all are told again rather than nobody.
    """
    details = activity.info().heartbeat_details
    try:
        receipts = _RECEIPTS.validate_python(details[0]) if details else ()
    except ValidationError:
        receipts = ()
    return {receipt.key: receipt for receipt in receipts}


def _letter_key(key: str, channel: str) -> str:
    """
    What a receiver sees (COMM-12). A key that no medium would take is replaced by its digest, as stable as the key.
    """
    whole = f"{key}:{channel}"
    if len(whole) <= _LONGEST_KEY and whole.isprintable():
        return whole
    return f"{hashlib.sha256(key.encode()).hexdigest()}:{channel}"


def _reference(notice: InternalNotice | CustomerNotice) -> str:
    return notice.facts.key if isinstance(notice, InternalNotice) else notice.facts.reference


def _is_urgent(notice: InternalNotice | CustomerNotice) -> bool:
    """
    Only our own people are hurried: by a breach, and by all that is P1.
    """
    is_pressing = notice.occasion is Occasion.BREACH or notice.facts.priority is Priority.P1
    return isinstance(notice, InternalNotice) and is_pressing
