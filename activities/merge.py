"""
An escalation goes over into another one: find that one, and have it take over what there is (CLOSE-10).

Knows which runs can be merged into, and why another cannot. It must not know what a merge changes.
"""

from collections.abc import Callable
from typing import Any

from temporalio import activity
from temporalio.client import (
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
)
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory
from temporalio.service import RPCError, RPCStatusCode

from activities.sponsors import sponsors_of
from escalation.case.commands import TakeOver
from escalation.case.effects import MergeQuestion, MergeRequest
from escalation.kernel.ids import tenant_of
from escalation.kernel.refusals import (
    BadRequest,
    EscalationError,
    Fault,
    MoveNotAllowed,
    StillFinishing,
    quote_input,
)
from planning.playbook.loader import Playbook

ESCALATION, TICKET = "Escalation", "Ticket"
JOINED, TAKE_OVER, MERGE_OFFER = "joined", "take_over", "merge_offer"
"""Names on the wire, as in ``escalation.contract``."""


class Merges:
    """By *playbook*'s rules for what may reach another tenant's customers."""

    def __init__(self, playbook: Callable[[], Playbook]) -> None:
        self._playbook = playbook

    @activity.defn(name="merge")
    async def merge(self, asked: MergeRequest) -> str:
        """
        The key of the escalation that has taken *asked* over.

        Raises:
            EscalationError: If it is unknown, has ended, is the same one, or refuses.
        """
        into = await _target(asked)
        if into == asked.key:
            raise MoveNotAllowed(f"{asked.key}: it cannot be merged into itself, which {asked.into} joined")
        self._require_same_tenant(asked.key, into)
        info = activity.info()
        try:
            await (
                activity.client()
                .get_workflow_handle(into)
                .execute_update(
                    TAKE_OVER,
                    MergeQuestion(key=asked.key, id=asked.id),
                    id=f"{info.workflow_run_id}/{info.activity_id}",  # a try again is the same one
                )
            )
        except WorkflowUpdateFailedError as failed:
            raise _reason(asked, failed) from failed
        except RPCError as error:
            raise _soon(f"{into} could not be asked: {error.message}") from error
        return into

    @activity.defn(name="find_merge")
    async def find_merge(self, asked: MergeQuestion) -> TakeOver:
        """
        All that goes over from *asked*, with the sponsors of its customers.

        Raises:
            EscalationError: If it is not being merged into one that is known as that.
        """
        handle = activity.client().get_workflow_handle(asked.key)
        try:
            offer: TakeOver | None = await handle.query(MERGE_OFFER, result_type=TakeOver)
        except WorkflowQueryFailedError:
            offer = None
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            offer = None
        if offer is None or offer.merged != asked.id or offer.into not in asked.known_as:
            raise MoveNotAllowed(f"{asked.known_as[0]}: {asked.key} is not being merged into it")
        self._require_same_tenant(asked.key, asked.known_as[0])
        sponsors = await sponsors_of(customer.account for customer in offer.customers)
        return offer.model_copy(update={"sponsors": sponsors})

    def _require_same_tenant(self, key: str, into: str) -> None:
        """
        Raises:
            BadRequest: If the customers of one tenant would hear what another one's are told.
        """
        if tenant_of(key) == tenant_of(into) or tenant_of(into) in self._playbook().shared_outages:
            return
        allowed = f"an escalation of its own tenant, {tenant_of(key)}/…; shared_outages of the playbook names others"
        fault = Fault(where="into", given=quote_input(into), allowed=allowed)
        raise BadRequest.because(f"the cancellation of {key}", (fault,))


@activity.defn(name="is_open")
async def check_open(key: str) -> bool:
    """Whether an escalation of *key* is open, or a subject of that key is part of one."""
    found = await _described(activity.client().get_workflow_handle(key))
    is_running = found is not None and found.status is WorkflowExecutionStatus.RUNNING
    return is_running and found is not None and found.workflow_type in {ESCALATION, TICKET}


async def _target(asked: MergeRequest) -> str:
    handle = activity.client().get_workflow_handle(asked.into)
    found = await _described(handle)
    kind = found.workflow_type if found else None
    is_running = found is not None and found.status is WorkflowExecutionStatus.RUNNING
    if kind == ESCALATION and is_running:
        return asked.into
    if kind == TICKET and is_running:
        joined: str = await handle.query(JOINED, result_type=str)
        if joined:
            return joined
    given = quote_input(asked.into)
    if kind in {ESCALATION, TICKET} and not is_running:
        given += await _end_of(handle)
    else:
        given += ", which is no escalation that is known here"
    fault = Fault(where="into", given=given, allowed="the key of an open escalation, such as ACME/4711")
    raise BadRequest.because(f"the cancellation of {asked.key}", (fault,))


async def _described(handle: WorkflowHandle[Any, Any]) -> WorkflowExecutionDescription | None:
    try:
        return await handle.describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise _soon(f"{handle.id} could not be looked up: {error.message}") from error


async def _end_of(handle: WorkflowHandle[Any, Any]) -> str:
    """How the last run of that key ended, in words."""
    try:
        ended = await activity.client().get_workflow_handle(handle.id, result_type=dict[str, Any]).result()
    except WorkflowFailureError:
        return ", which was never opened, or was ended by the operator"
    if not isinstance(ended, dict):
        return ", which has ended"
    goes_on = ended.get("merged_into")
    return f", which is {ended.get('state', 'closed')}" + (f" and goes on as {goes_on}" if goes_on else "")


def _reason(asked: MergeRequest, failed: WorkflowUpdateFailedError) -> Exception:
    match failed.cause:
        case StillFinishing() as soon:
            return MoveNotAllowed(f"{asked.key}: cannot be merged into {asked.into}; {soon.message}")
        case EscalationError() as refusal:
            return refusal
        case _:
            return _soon(str(failed.cause))


def _soon(why: str) -> ApplicationError:
    return ApplicationError(why, type="merge_not_asked", category=ApplicationErrorCategory.BENIGN)
