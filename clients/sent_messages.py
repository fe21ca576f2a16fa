"""
Sent messages: the words of one message, written again from the notification that its run passed on for delivery.

The history of that run keeps the notification for as long as Temporal keeps the run; no text is stored anywhere. So a
message reads as today's templates write it, and without its links, which are its recipient's alone. It must not know
templates.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

from temporalio.client import WorkflowHistory

from clients.queries import Queries
from clients.visibility import quote
from escalation import contract
from escalation.case.deliveries import Delivery, SentMessage
from escalation.case.view import View
from escalation.kernel.ids import task_force_id
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import UnknownEscalation, UnknownName
from escalation.move_preview import WriteMessage
from escalation.notifications.notification import (
    CustomerNotification,
    Notification,
    NotificationBatch,
    message_key,
)
from escalation.policy.people import Recipient

_ToOne = tuple[Notification, Recipient]


class SentMessages(Queries):
    """Read what was sent."""

    async def message(self, key: str, id_: str, write: WriteMessage) -> SentMessage:
        """
        Return one of the `messages` of an escalation in the words of its recipient, as *write* writes it.

        Raises:
            UnknownEscalation: If there is none of this key.
            UnknownName: If it has no message *id_*, or Temporal no longer keeps what it was about.
        """
        found = [each for each in await self.messages(key) if each.id == id_]
        if not found:
            raise UnknownName(reason("unknown_message", id_), subject=key)
        (delivery,) = found
        notice, to = await self._passed_on(await self.view(key), delivery)
        subject, text = write(notice, to)
        return SentMessage(
            delivery=delivery,
            for_customers=isinstance(notice, CustomerNotification),
            language=to.language,
            subject=subject,
            text=text,
        )

    async def _passed_on(self, about: View, delivery: Delivery) -> _ToOne:
        """Return the notification that *delivery* was made of, and who got it."""
        # A digest needs no search of its own: what waits in an inbox was in a batch of its escalation before, and the
        # inbox got it from there.
        async for history in self._histories(about, delivery):
            async for batch in self._batches_in(history):
                for notice, to in _to_each(batch):
                    if message_key(notice, to) == delivery.key:
                        return notice, to
        raise UnknownName(reason("message_gone"), subject=about.key)

    async def _histories(self, about: View, delivery: Delivery) -> AsyncIterator[WorkflowHistory]:
        """Yield the histories that may have it: of its task force, or of the escalation, the latest run first."""
        for force in about.task_forces:
            if delivery.key.startswith(f"{about.id}/{force.name}:"):
                async for history in self._chain(task_force_id(about.key, force.name)):
                    yield history
                return
        for id_ in dict.fromkeys((about.key, about.id)):
            async for history in self._chain(id_):
                yield history
        before = self._temporal.executions(f"WorkflowId = {quote(about.key)}")  # the key was used again
        async for run in before:
            yield await self._history(run.id, run.run_id)

    async def _chain(self, id_: str) -> AsyncIterator[WorkflowHistory]:
        """Yield the histories of the latest run and of those that it continues, as far as they are kept."""
        with suppress(UnknownEscalation):
            run_id = (await self._runs.describe(id_)).run_id
            # Each run of a chain knows the one before by its id. One that Temporal has deleted is unknown:
            # the chain ends there.
            while run_id:
                history = await self._history(id_, run_id)
                yield history
                began = history.events[0].workflow_execution_started_event_attributes
                run_id = began.continued_execution_run_id

    async def _history(self, id_: str, run_id: str) -> WorkflowHistory:
        asked = self._temporal.handle(id_, run_id).fetch_history()
        return await self._temporal.answer(id_, asked, WorkflowHistory, run_id=run_id)

    async def _batches_in(self, history: WorkflowHistory) -> AsyncIterator[NotificationBatch]:
        """Yield what was passed on for delivery, the latest first."""
        read = self._temporal.client.data_converter.decode
        for event in reversed(history.events):
            asked = event.activity_task_scheduled_event_attributes
            if asked.activity_type.name == contract.DELIVER_MESSAGES:
                (batch,) = await read(asked.input.payloads, [NotificationBatch])
                yield batch


def _to_each(batch: NotificationBatch) -> Iterator[_ToOne]:
    return ((notice, to) for notice in batch.notices for to in notice.to)
