"""Ask other runs, where it is an answer that there is none."""

from typing import Any, TypeVar

from temporalio import activity
from temporalio.client import WorkflowExecutionDescription, WorkflowQueryFailedError
from temporalio.service import RPCError, RPCStatusCode

_Answer = TypeVar("_Answer")


async def ask_run(id_: str, query: str, *arguments: Any, answer: type[_Answer]) -> _Answer | None:
    """
    Return the answer of the latest run of *id_*; None, if nobody knows one, or it has nothing to answer.

    Raises:
        RPCError: If the server, or a worker, cannot say now.
    """
    handle = activity.client().get_workflow_handle(id_)
    try:
        found: _Answer | None = await handle.query(query, args=arguments, result_type=answer)
    except WorkflowQueryFailedError:
        return None
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise
    return found


async def describe_run(id_: str) -> WorkflowExecutionDescription | None:
    """
    Return what the server knows of the latest run of *id_*; None, if nothing.

    Raises:
        RPCError: If it cannot say now.
    """
    try:
        return await activity.client().get_workflow_handle(id_).describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise
