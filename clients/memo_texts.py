"""
Texts of memos, as lists need them: each is decoded once, and known from then on by what is stored.

To decode a text costs more than all else in a line of a list, and lists are read again every few seconds. It must not
know what the texts are.
"""

from temporalio.client import WorkflowExecution
from temporalio.converter import DataConverter

_MOST = 50_000
"""Texts that are remembered: subject and words of the lists of 10,000 open and some thousand ended escalations."""


class MemoTexts:
    """Reads texts, decoded by *converter*."""

    def __init__(self, converter: DataConverter) -> None:
        self._converter = converter
        self._known: dict[bytes, str] = {}

    async def read(self, execution: WorkflowExecution, name: str) -> str:
        """Return the text that the memo of *execution* calls *name*; empty, if there is none."""
        fields = execution.raw_info.memo.fields
        if name not in fields:
            return ""
        stored = fields[name].SerializeToString(deterministic=True)
        # Encryption never gives the same bytes twice for one text, but what is stored stays as it is until it changes.
        if stored not in self._known:
            if len(self._known) >= _MOST:
                self._known.clear()
            (self._known[stored],) = await self._converter.decode([fields[name]], [str])
        return self._known[stored]
