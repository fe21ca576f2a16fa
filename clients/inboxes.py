"""Inboxes: deferred messages of a person, and their release (COMM-11, COMM-12)."""

from contextlib import suppress
from functools import partial

from temporalio.client import WorkflowExecutionStatus, WorkflowQueryRejectedError
from temporalio.common import QueryRejectCondition

from clients.client_part import ClientPart
from clients.run_errors import RunEnded
from clients.temporal_connection import read_pages
from escalation import contract
from escalation.kernel.list_page import ListPage
from escalation.kernel.refusals import UnknownEscalation
from escalation.notifications.inbox_view import DeferredEntry, Release, inbox_key


class Inboxes(ClientPart):
    """Look into an inbox, and let out what waits there."""

    async def inbox(self, person: str) -> tuple[DeferredEntry, ...]:
        """Return the messages that wait for a person, a team or a customer's contact (``ACCOUNT:ADDRESS``)."""
        key = inbox_key(person)
        with suppress(UnknownEscalation):
            while True:
                try:
                    return await read_pages(partial(self._waiting, key))
                except WorkflowQueryRejectedError as rejected:
                    # A run that just continued as new is closed too, but what waits goes on in the next one.
                    if rejected.status is not WorkflowExecutionStatus.CONTINUED_AS_NEW:
                        break
        return ()

    async def _waiting(self, key: str, after: int) -> ListPage[DeferredEntry]:
        waiting = self._temporal.handle(key).query(
            contract.DEFERRED_MESSAGES,
            after,
            result_type=ListPage[DeferredEntry],
            reject_condition=QueryRejectCondition.NOT_OPEN,
        )
        return await self._temporal.answer(key, waiting, ListPage[DeferredEntry])

    async def has_inbox(self, person: str) -> bool:
        """Return whether anything waits for them, or did lately."""
        with suppress(UnknownEscalation):
            await self._runs.describe(inbox_key(person))
            return True
        return False

    async def release(self, person: str, *, by: str) -> tuple[DeferredEntry, ...]:
        """
        Let all that waits for *person* leave now, and say what that was.

        Raises:
            RoleNotAllowed: If *by* is somebody else, and no escalation manager.
        """
        waiting = await self.inbox(person)
        with suppress(UnknownEscalation, RunEnded):
            released = await self._runs.update(
                inbox_key(person), contract.RELEASE, Release(by=by), ListPage[DeferredEntry]
            )
            return waiting if released.has_more else released.items
        return ()
