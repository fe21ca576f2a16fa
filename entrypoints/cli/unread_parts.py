"""Parts of an answer that could not be read: each is named to whoever asked, and the others are still read."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from encryption.errors import EncryptionFault
from escalation.kernel.refusals import EscalationError, UnknownEscalation
from runtime.errors import RuntimeFault

Plain = Mapping[str, Any]


@dataclass
class UnreadParts:
    """A line for each part that could not be read."""

    lines: list[str] = field(default_factory=list)

    @contextmanager
    def noting(self, what: str) -> Iterator[None]:
        """Note that *what* could not be read, and why. What does not exist is nothing to note."""
        try:
            yield
        except UnknownEscalation:
            return
        except (EscalationError, EncryptionFault) as fault:
            self._note(what, fault)

    async def all_of(self, what: str, found: AsyncIterator[Plain]) -> tuple[Plain, ...]:
        """Return what is *found* until the server or its workers do not answer any more, which is noted."""
        entries = list[Plain]()
        try:
            async for each in found:
                entries.append(each)
        except RuntimeFault as fault:
            self._note(f"all {what} after the first {len(entries)}" if entries else what, fault)
        return tuple(entries)

    def _note(self, what: str, fault: Exception) -> None:
        self.lines.append(f"{what}: {' '.join(str(fault).split())}")
