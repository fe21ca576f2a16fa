"""
Repairs of what the doctor finds: one class for each way. Each can be carried out again without harm.

None of them asks whether it should; ``words`` says what it will do.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from escalation.case.events import Event
from escalation.case.record_batch import RecordBatch
from escalation.kernel.refusals import EscalationError, MoveNotAllowed
from escalation.notifications.delivery_results import DeliveryResult

if TYPE_CHECKING:
    from client import EscalationClient
    from records.store import RecordStore

WHY = "escalate doctor --repair"
_TAKEN_IN = 2.0
"""Seconds in which a run takes a signal in."""
_PATIENCE = 20.0
"""Seconds until a run that was reset must have gone on."""


@dataclass(frozen=True)
class RepairTools:
    """The client and the record store that a repair works with."""

    client: "EscalationClient"
    store: "RecordStore"


class Repair(Protocol):
    @property
    def words(self) -> str:
        """The repair in words, in the imperative."""

    async def carry_out(self, hands: RepairTools) -> None:
        """
        Raises:
            EscalationError: If it did not help; the message says what is in the way.
        """


@dataclass(frozen=True)
class Reset:
    """A stalled run begins again from before the step that this program cannot follow."""

    key: str
    run_id: str
    to: int
    """The event that ended that step."""
    has_record: bool

    @property
    def words(self) -> str:
        return f"reset it to before event {self.to}; signals and updates since then are applied again"

    async def carry_out(self, hands: RepairTools) -> None:
        if await hands.client.stall_now(self.key) is None:
            return  # it went on by itself meanwhile
        new = await hands.client.reset(self.key, self.run_id, self.to, WHY)
        await _until_gone_on(hands.client, self.key, new)
        if self.has_record:
            await record_again(hands, self.key, new)


@dataclass(frozen=True)
class Terminate:
    """Terminate a run that can never begin."""

    key: str
    run_id: str

    @property
    def words(self) -> str:
        return "terminate it; nobody is notified"

    async def carry_out(self, hands: RepairTools) -> None:
        if await hands.client.has_gone_on(self.key, self.run_id):
            raise MoveNotAllowed(f"{self.key}: has begun meanwhile, and is not terminated")
        await hands.client.terminate(self.key, self.run_id, WHY)


@dataclass(frozen=True)
class RecordMissingEvents:
    """The record gets what its run knows."""

    key: str
    run_id: str

    @property
    def words(self) -> str:
        return "fill the record from what its run knows"

    async def carry_out(self, hands: RepairTools) -> None:
        await record_again(hands, self.key, self.run_id)


@dataclass(frozen=True)
class ReplayDeliveryResults:
    """The run hears again what became of its messages, and keeps it."""

    key: str
    run_id: str
    results: tuple[DeliveryResult, ...]

    @property
    def words(self) -> str:
        return "report to its run again what was delivered"

    async def carry_out(self, hands: RepairTools) -> None:
        await hands.client.replay_deliveries(self.key, self.run_id, self.results)
        await asyncio.sleep(_TAKEN_IN)
        heard = {sent.key for sent in await hands.client.messages(self.key) if sent.is_delivered}
        if any(result.key not in heard for result in self.results):
            raise MoveNotAllowed(
                f"{self.key}: its run does not know these messages, and takes no word on them"
            )


def outdated_events(batch: RecordBatch, known: Mapping[int, Event]) -> frozenset[int]:
    """
    Numbers of events on record that their run does not know, or knows as others: it was reset since. *known* must have
    been read before the run was asked; what it has on record since then is newer, and no fault.
    """
    batch_by_seq = {event.seq: event for event in batch.events}
    last = batch.events[-1].seq if batch.events else 0
    return frozenset(
        seq for seq, event in known.items() if seq > last or batch_by_seq.get(seq, event) != event
    )


async def record_again(hands: RepairTools, key: str, run_id: str) -> None:
    """Make the record say what the run says."""
    from entrypoints.cli.operator import operator

    batch = await hands.client.record_of(key, run_id)
    known = hands.store.read_events(batch.escalation)
    batch = await hands.client.record_of(key, run_id)
    if gone := outdated_events(batch, known):
        hands.store.replace_events(batch, gone, by=operator())
        batch = await hands.client.record_of(key, run_id)  # what could not be put on record meanwhile
    hands.store.append(batch)


async def _until_gone_on(client: "EscalationClient", key: str, run_id: str) -> None:
    from client import RunStalled

    try:
        async with asyncio.timeout(_PATIENCE):
            while not await client.has_gone_on(key, run_id):
                if stall := await client.stall_now(key, run_id):
                    raise RunStalled(stall)
                await asyncio.sleep(0.2)
    except TimeoutError:
        raise MoveNotAllowed(f"{key}: was reset, but no worker took it up within {_PATIENCE:g} s") from None
    except EscalationError as refused:
        raise MoveNotAllowed(
            f"it was reset, and is stalled again: workers need other code; {refused.message}"
        ) from None
