"""The bases of the moves of a sponsorship: the command of a person, and the event that it brings about."""

from typing import ClassVar

from escalation.kernel.event import RecordedEvent
from escalation.kernel.move import MoveCommand
from escalation.kernel.values import NO_NOTE, InternalText, frozen
from escalation.sponsorship.lifecycle import SponsorshipMove
from escalation.sponsorship.state import LogEntry, Sponsorship
from escalation.sponsorship.work import SponsorshipWork


@frozen
class SponsorshipEvent(RecordedEvent):
    """Something that happened to a sponsorship."""

    text: InternalText = NO_NOTE
    """Words of whoever did it."""

    @property
    def added(self) -> str:
        return str(self.text)

    @property
    def entry(self) -> LogEntry:
        """Return it as the state keeps it."""
        return LogEntry(by=self.by, at=self.at, text=self.text)

    def applied_to(self, now: Sponsorship) -> Sponsorship:
        """Return the sponsorship after this; the number of the event is set by whoever applies it."""
        return now


class SponsorshipCommand(MoveCommand[SponsorshipWork]):
    """A move of a sponsorship."""

    move: ClassVar[SponsorshipMove]

    @property
    def named(self) -> tuple[str, ...]:
        """Ids of the people whom it names."""
        return (self.by,)
