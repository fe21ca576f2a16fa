"""
Join of a case to the escalation of its outage; the first one opens it (START-5).

The escalation runs under the outage's key, so the server itself sees to it that there is one. It must not know what a
join changes.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from weakref import WeakValueDictionary

from temporalio import activity
from temporalio.client import WithStartWorkflowOperation, WorkflowUpdateFailedError
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory
from temporalio.service import RPCError, RPCStatusCode

from escalation import contract
from escalation.case.effects import OutageRequest
from escalation.case.request import StartRequest
from escalation.case.view import MoveResult
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import BadRequest, EscalationError, Fault, StillFinishing, quote_input
from escalation.kernel.values import to_plain
from planning.plan.start_faults import read_request
from planning.playbook.loader import Playbook

AT_ONCE = 5
"""Joins of one outage under way from here: a run takes ten updates at a time, from all workers."""
_SOON = timedelta(milliseconds=500)
"""For those whom other workers left no room."""


class Outages:
    """Finds them by *playbook*'s rules for requests."""

    def __init__(self, playbook: Callable[[], Playbook]) -> None:
        self._playbook = playbook
        self._doors: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    @activity.defn(name=contract.JOIN_OUTAGE)
    async def join_outage(self, asked: OutageRequest) -> MoveResult:
        """
        Raises:
            EscalationError: If the request is refused, with every fault, or has no room.
            ApplicationError: (`outage_finishing`) If the last one of this key is just ending; a retry opens a new one.
        """
        request = _part_of_an_outage(asked, self._playbook())
        # One door for each outage: a flood of joins to one must not keep others out.
        door = self._doors.setdefault(str(request.outage), asyncio.Semaphore(AT_ONCE))
        async with door:
            return await _joined(asked, request)


def _part_of_an_outage(asked: OutageRequest, playbook: Playbook) -> StartRequest:
    """
    Raises:
        BadRequest: If it is no start, or no part of anything.
    """
    request = read_request(asked.key, asked.request, playbook)
    if request.outage in {None, request.key}:
        fault = Fault(where="outage", given=quote_input(request.outage), allowed="another key than its own")
        raise BadRequest.because(reason("of.start", asked.key), (fault,))
    return request


async def _joined(asked: OutageRequest, request: StartRequest) -> MoveResult:
    try:
        receipt: MoveResult = await activity.client().execute_update_with_start_workflow(
            activity.info().activity_type,
            {"request": to_plain(request, but_defaults=True)},
            start_workflow_operation=_opening(asked, request),
            result_type=MoveResult,
        )
    except WorkflowUpdateFailedError as failed:
        raise _reason(failed) from failed
    except RPCError as busy:
        if busy.status is not RPCStatusCode.RESOURCE_EXHAUSTED:
            raise
        raise _later("outage_busy", "too many join at this moment", _SOON) from busy
    return replace(receipt, case_key=asked.key)


def _opening(asked: OutageRequest, request: StartRequest) -> WithStartWorkflowOperation[Any, Any]:
    """The escalation of the outage: the same start, under the outage's key."""
    assert request.outage
    whole = replace(request, key=request.outage, outage=None)
    return WithStartWorkflowOperation(
        asked.escalation_workflow,
        {"request": to_plain(whole, but_defaults=True)},
        id=request.outage,
        task_queue=activity.info().task_queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        static_summary=f"outage, first heard of by {asked.key}",
    )


def _later(kind: str, why: str, after: timedelta | None = None) -> ApplicationError:
    return ApplicationError(why, type=kind, category=ApplicationErrorCategory.BENIGN, next_retry_delay=after)


def _reason(failed: WorkflowUpdateFailedError) -> Exception:
    match failed.cause:
        case StillFinishing() as soon:
            return _later("outage_finishing", soon.message)
        case EscalationError() as refusal:
            return refusal
        case _:
            return failed
