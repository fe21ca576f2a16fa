"""
Uses of keys: by which keys the server's runs are encrypted, found in their histories as they are stored.

Nothing is decrypted but one payload for each key, to see whether it fits. It must not know what a payload says.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload, SearchAttributes
from temporalio.client import WorkflowExecution, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from clients.client_part import ClientPart
from clients.parallel_queries import ask_each
from clients.visibility import OURS, list_of
from encryption.errors import EncryptionFault
from encryption.payload_codec import EncryptionCodec, key_of
from encryption.search_names import SearchNames
from workflows import search_attributes as sa


@dataclass
class KeyUse:
    """A key, and the runs that it is needed for."""

    key: str
    """Name of the key; empty: of runs that hold something unencrypted."""
    runs: int = 0
    open_runs: int = 0
    example: str = ""
    """The id of such a run."""
    values: int = 0
    """Number of values on record; those who look there count them."""
    is_readable: bool = True
    """False if the key is not here, or does not fit."""


class _Found(NamedTuple):
    """Keys of one run: with a payload for each, and those for names."""

    payloads: dict[str, Payload]
    names: frozenset[str]


class KeyUses(ClientPart):
    """Look through what is stored."""

    async def key_uses(self) -> tuple[KeyUse, ...]:
        """Return the keys that runs of ours need, those that have ended and are kept too. It reads every history."""
        query = f"WorkflowType IN {list_of(OURS)}"
        runs = [run async for run in self._temporal.executions(query)]
        uses: dict[str, KeyUse] = {}
        async for run, found in ask_each(runs, self._keys_in):
            if isinstance(found, _Found):
                for key in (*found.payloads, *found.names):
                    _count(uses.setdefault(key, KeyUse(key)), run)
                for key, payload in found.payloads.items():
                    uses[key].is_readable &= await self._can_read(payload)
        return tuple(sorted(uses.values(), key=lambda use: use.key))

    async def _keys_in(self, run: WorkflowExecution) -> _Found:
        handle = self._temporal.handle(run.id, run.run_id)
        payloads: dict[str, Payload] = {}
        try:
            async for event in handle.fetch_history_events():
                for payload in payloads_in(event):
                    if (key := key_of(payload)) is not None:
                        payloads.setdefault(key, payload)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:  # it was just deleted
                raise self._temporal.no_server(error) from error
        return _Found(payloads, frozenset(self._name_keys_in(run)))

    def _name_keys_in(self, run: WorkflowExecution) -> Iterator[str]:
        if isinstance(names := self._temporal.names, SearchNames):
            for attribute in sa.HIDDEN:
                stored = run.typed_search_attributes.get(attribute) or ()
                for each in (stored,) if isinstance(stored, str) else stored:
                    if (key := names.key_of(each)) is not None:
                        yield key

    async def _can_read(self, payload: Payload) -> bool:
        codec = self._temporal.client.data_converter.payload_codec
        try:
            return isinstance(codec, EncryptionCodec) and bool(await codec.decode([payload]))
        except EncryptionFault:
            return False


def _count(use: KeyUse, run: WorkflowExecution) -> None:
    use.runs += 1
    use.open_runs += run.status is WorkflowExecutionStatus.RUNNING
    use.example = use.example or run.id


def payloads_in(message: Message) -> Iterator[Payload]:
    """Yield all payloads of *message* but its search attributes, which no codec encrypts."""
    if isinstance(message, Payload):
        yield message
    elif not isinstance(message, SearchAttributes):
        for field, value in message.ListFields():
            if field.type == FieldDescriptor.TYPE_MESSAGE:
                for each in _messages_in(value):
                    yield from payloads_in(each)


def _messages_in(value: Any) -> Iterator[Message]:
    """Yield the messages of a field: one, a list of them, or the values of a map."""
    if isinstance(value, Message):
        yield value
        return
    items = value.values() if hasattr(value, "values") else value
    yield from (each for each in items if isinstance(each, Message))
