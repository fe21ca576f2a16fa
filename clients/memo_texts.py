"""
Texts of memos, as lists need them: each is decoded once, and known from then on by what is stored. They are forgotten
once a data key is retired or destroyed: it may be theirs.

To decode a text costs more than all else in a line of a list, and lists are read again every few seconds. It must not
know what the texts are.
"""

import asyncio

from temporalio.client import WorkflowExecution
from temporalio.converter import DataConverter

from encryption.payload_codec import EncryptionCodec

_MOST = 50_000
"""Texts that are remembered: subject and words of the lists of 10,000 open and some thousand ended escalations."""


class MemoTexts:
    """Reads texts, decoded by *converter*."""

    def __init__(self, converter: DataConverter) -> None:
        self._converter = converter
        self._known: dict[bytes, str] = {}
        self._changes = 0

    async def read(self, execution: WorkflowExecution, name: str) -> str:
        """Return the text that the memo of *execution* calls *name*; empty, if there is none."""
        fields = execution.raw_info.memo.fields
        if name not in fields:
            return ""
        await self._forget_erased()
        changes, stored = self._changes, fields[name].SerializeToString(deterministic=True)
        # Encryption never gives the same bytes twice for one text, but what is stored stays as it is until it changes.
        if (text := self._known.get(stored)) is None:
            (text,) = await self._converter.decode([fields[name]], [str])
            if len(self._known) >= _MOST:
                self._known.clear()
            if changes == self._changes:
                self._known[stored] = text
        return text

    async def _forget_erased(self) -> None:
        codec = self._converter.payload_codec
        if isinstance(codec, EncryptionCodec) and (keys := codec.data_keys):
            if not keys.is_fresh:
                await asyncio.to_thread(keys.look)
            if self._changes != keys.changes:
                self._known.clear()
                self._changes = keys.changes
