"""Stage Send: by the recipient's addresses, in their order, until a channel takes the message (COMM-13)."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import assert_never

import structlog

from channels.address import Address, AddressFault, parse_address
from channels.protocol import Channel, Delivered, Printed, RefusedForGood, RetryLater, SendResult, Session
from delivery.batch_progress import Outcome, PendingDelivery
from delivery.limited_channel import NoSlotYet
from delivery.recipient_message import Message
from delivery.stage import Stage
from escalation.notifications.delivery_results import CONSOLE_CHANNEL

log = structlog.get_logger(__name__)


# Delivered        it is settled
# Printed          it is settled too, by the channel that prints, whatever its address says: no mail server is set up
# RetryLater       it stays pending, and comes back to the same address: the next one might be a repeat
# RefusedForGood   the next address is tried; after the last one it is undelivered, with every reason


class Send(Stage):
    def __init__(self, sessions: Mapping[str, Session], written_at: datetime) -> None:
        self._sessions = sessions
        self._written_at = written_at

    async def handle(self, message: Message) -> Message | Outcome:
        obstacles: list[str] = []
        channel = ""
        for written in message.addresses:
            try:
                address = parse_address(written, self._sessions)
            except AddressFault as fault:
                message.log_failure(type(fault).__name__)
                obstacles.append(str(fault))
                continue
            channel = address.channel
            match await self._try(message, address):
                case Delivered():
                    return message.delivered(channel, obstacles)
                case Printed():
                    return message.delivered(CONSOLE_CHANNEL, obstacles)
                case RetryLater(why=why, after=after):
                    return PendingDelivery(
                        message.undelivered((*obstacles, f"{channel}: {why}"), channel), after
                    )
                case RefusedForGood(why=why):
                    obstacles.append(f"{channel}: {why}")
                case never:
                    assert_never(never)
        if not obstacles:
            message.log_failure("no_address")
        return message.undelivered(obstacles or ("no address is known",), channel)

    async def _try(self, message: Message, address: Address) -> SendResult:
        # Trouble of any kind is an answer. A channel that raises has a mistake of ours: the message waits for the
        # correction, and the others leave.
        fault = ""
        try:
            outcome = await self._sessions[address.channel].send(message.outbound(address, self._written_at))
        except Exception as error:
            fault = type(error).__name__
            outcome = RetryLater(why=f"unexpected {fault}")
        if isinstance(outcome, Delivered):
            log.debug("message_delivered", **message.log_fields, channel=address.channel)
        elif isinstance(outcome, Printed):
            log.debug("message_printed", **message.log_fields)
        elif not isinstance(outcome, NoSlotYet):
            message.log_failure(fault, address.channel, is_for_good=isinstance(outcome, RefusedForGood))
        return outcome


@asynccontextmanager
async def open_sessions(channels: Mapping[str, Channel]) -> AsyncIterator[dict[str, Session]]:
    """Open each channel once for all messages of an attempt, so that they share connections."""
    async with AsyncExitStack() as stack:
        yield {name: await stack.enter_async_context(channel.open()) for name, channel in channels.items()}
