"""
What waits for somebody (COMM-11, COMM-12).
"""

from contextlib import suppress

from temporalio.client import WorkflowQueryRejectedError
from temporalio.common import QueryRejectCondition

from clients.asking import Asking, RunEnded
from escalation.errors import UnknownEscalation
from escalation.inbox import InWait, Release, inbox_key
from workflows import wire


class Inboxes(Asking):
    """Look into an inbox, and let out what waits there."""

    async def inbox(self, person: str) -> tuple[InWait, ...]:
        """What waits for a person, a team or a customer's contact (``ACCOUNT:ADDRESS``); nothing, for most."""
        key = inbox_key(person)
        waiting = self._handle(key).query(
            wire.WAITING, result_type=tuple[InWait, ...], reject_condition=QueryRejectCondition.NOT_OPEN
        )
        with suppress(UnknownEscalation, WorkflowQueryRejectedError):
            return await self._answer(key, waiting, tuple[InWait, ...])
        return ()

    async def has_inbox(self, person: str) -> bool:
        """Whether anything waits for them, or did lately."""
        with suppress(UnknownEscalation):
            await self._describe(inbox_key(person))
            return True
        return False

    async def release(self, person: str, *, by: str) -> tuple[InWait, ...]:
        """
        Let all that waits for *person* leave now, and say what that was.

        Raises:
            RoleNotAllowed: If *by* is somebody else, and no escalation manager.
        """
        key = inbox_key(person)
        with suppress(UnknownEscalation, RunEnded):
            return await self._update(key, wire.RELEASE, Release(by=by), tuple[InWait, ...])
        return ()
