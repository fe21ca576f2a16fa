"""One step on the way of a message. `delivery.pipeline` says which there are, and what each of them may do."""

from abc import ABC, abstractmethod

from delivery.batch_progress import Outcome
from delivery.recipient_message import Message


class Stage(ABC):
    async def prepare(self) -> None:
        """Look at the whole batch, before any of its messages passes a stage."""
        return

    @abstractmethod
    async def handle(self, message: Message) -> Message | Outcome:
        """Return the *message* to pass on, or what became of it."""
