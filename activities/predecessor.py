"""
The ended escalation of the same case that a start goes on from (START-4, CLOSE-9).

What a start names is looked up: it must have ended, and be closed if the new one continues it. Who may say so is not
known here.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping

import structlog
from temporalio import activity
from temporalio.service import RPCError

from activities.run_lookup import describe_run
from escalation import contract
from escalation.case.lifecycle import State
from escalation.case.request import StartRequest
from escalation.kernel.refusals import BadRequest, Fault, quote_input

log = structlog.get_logger(__name__)
_MOST = 20
_LOOKS, _BETWEEN = 5, 0.5
"""Seconds: the server lists what has just ended a moment later."""


async def predecessor_of(request: StartRequest) -> str | None:
    """
    The id of the one that *request* names; else of the last one that Temporal still knows, if there is any.

    Raises:
        BadRequest: If it names one that nobody knows, that has not ended, or that it cannot continue.
    """
    named = request.predecessor
    try:
        if named is None:
            return next(iter(await _ended(request.key)), None)
        return await _looked_up(request, named)
    except RPCError as error:  # a start is worth more than its link to what was before
        log.warning("predecessor_not_looked_up", why=error.message)
        return named


async def _looked_up(request: StartRequest, named: str) -> str:
    # The list of ended runs is eventually consistent: what has just ended may be missing for a moment.
    ended: dict[str, str] = {}
    for _ in range(_LOOKS):
        ended = await _ended(request.key)
        before = next(iter(ended), named) if named == request.key else named
        if before in ended and (ended[before] == State.CLOSED or not request.is_returning):
            return before
        if before in ended:
            break
        if before != request.key and await describe_run(before):  # its follow-up, which is known for longer
            return before
        await asyncio.sleep(_BETWEEN)
    raise _refused(request, named, ended)


def _refused(request: StartRequest, named: str, ended: Mapping[str, str]) -> BadRequest:
    given = f"{quote_input(named)}, which is {ended[named]}" if named in ended else quote_input(named)
    closed = ", ".join(id_ for id_, state in ended.items() if state == State.CLOSED) or "none is known"
    allowed = f"a closed escalation of {request.key}: {closed}"
    return BadRequest.because(
        f"the start of {request.key}", (Fault(where="predecessor", given=given, allowed=allowed),)
    )


async def _ended(key: str) -> dict[str, str]:
    """Id to state of the escalations of *key* that have ended, the last one first."""
    return {id_: state async for id_, state in _results(key)}


async def _results(key: str) -> AsyncIterator[tuple[str, str]]:
    quoted = key.replace("'", "\\'")
    query = (
        f"WorkflowId = '{quoted}' AND WorkflowType = '{contract.WORKFLOW}' AND ExecutionStatus = 'Completed'"
    )
    async for execution in activity.client().list_workflows(query, limit=_MOST):
        handle = activity.client().get_workflow_handle(key, run_id=execution.run_id, result_type=dict)
        found = await handle.result()
        yield str(found["id"]), str(found["state"])
