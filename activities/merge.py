"""
An escalation goes over into another one: find that one, and have it take over what there is (CLOSE-10).

Knows which runs can be merged into, and why another cannot. It must not know what a merge changes.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from temporalio import activity
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory
from temporalio.service import RPCError

from activities.run_lookup import ask_run, describe_run
from activities.sponsors import sponsors_of
from escalation import contract
from escalation.case.effects import MergeQuestion, MergeRequest
from escalation.case.merge import TakeOver
from escalation.kernel.ids import tenant_of
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import (
    BadRequest,
    EscalationError,
    Fault,
    MoveNotAllowed,
    StillFinishing,
    quote_input,
)
from planning.playbook.loader import Playbook

_KINDS = frozenset({contract.WORKFLOW, contract.JOINED_CASE_WORKFLOW})


class Merges:
    """By *playbook*'s rules for what may reach another tenant's customers."""

    def __init__(self, playbook: Callable[[], Playbook]) -> None:
        self._playbook = playbook

    @activity.defn(name=contract.REQUEST_MERGE)
    async def merge(self, asked: MergeRequest) -> str:
        """
        Return the key of the escalation that has taken *asked* over.

        Raises:
            EscalationError: If it is unknown, has ended, is the same one, or refuses.
        """
        into = await _target(asked)
        if into == asked.key:
            raise MoveNotAllowed(f"{asked.key}: it cannot be merged into itself, which {asked.into} joined")
        self._require_same_tenant(asked.key, into)
        info = activity.info()
        # The other one is asked by an update, and asks back what comes over (`find_merge`): nobody can hand over an
        # escalation that is not being merged.
        question = MergeQuestion(key=asked.key, id=asked.id)
        same_on_retry = f"{info.workflow_run_id}/{info.activity_id}"
        try:
            run = activity.client().get_workflow_handle(into)
            await run.execute_update(contract.TAKE_OVER, question, id=same_on_retry)
        except WorkflowUpdateFailedError as failed:
            raise _reason(asked, failed) from failed
        except RPCError as error:
            raise _soon(f"{into} could not be asked: {error.message}") from error
        return into

    @activity.defn(name=contract.FIND_MERGE)
    async def find_merge(self, asked: MergeQuestion) -> TakeOver:
        """
        Return all that goes over from *asked*, with the sponsors of its customers.

        Raises:
            EscalationError: If it is not being merged into one that is known as that.
        """
        offer = await ask_run(asked.key, contract.MERGE_OFFER, answer=TakeOver)
        if offer is None or offer.merged != asked.id or offer.into not in asked.known_as:
            raise MoveNotAllowed(f"{asked.known_as[0]}: {asked.key} is not being merged into it")
        self._require_same_tenant(asked.key, asked.known_as[0])
        sponsors = await sponsors_of(customer.account for customer in offer.customers)
        return replace(offer, sponsors=sponsors)

    def _require_same_tenant(self, key: str, into: str) -> None:
        """
        Raises:
            BadRequest: If the customers of one tenant would get the messages of another one's.
        """
        if tenant_of(key) == tenant_of(into) or tenant_of(into) in self._playbook().shared_outages:
            return
        allowed = f"an escalation of its own tenant, {tenant_of(key)}/…; shared_outages of the playbook names others"
        fault = Fault(where="into", given=quote_input(into), allowed=allowed)
        raise BadRequest.because(reason("of.cancellation", key), (fault,))


@activity.defn(name=contract.CHECK_OPEN)
async def check_open(key: str) -> bool:
    """Return whether an escalation of *key* is open, or a case of that key is part of one."""
    kind, is_running = await _kind_of(key)
    return is_running and kind in _KINDS


async def _target(asked: MergeRequest) -> str:
    """Return the key of the escalation that is meant."""
    kind, is_running = await _kind_of(asked.into)
    if kind == contract.WORKFLOW and is_running:
        return asked.into
    if (
        kind == contract.JOINED_CASE_WORKFLOW
        and is_running
        and (joined := await ask_run(asked.into, contract.JOINED_ESCALATION, answer=str))
    ):
        return joined
    is_past = kind in _KINDS and not is_running
    end = await _end_of(asked.into) if is_past else ", which is no escalation that is known here"
    given = quote_input(asked.into) + end
    fault = Fault(where="into", given=given, allowed="the key of an open escalation, such as ACME/4711")
    raise BadRequest.because(reason("of.cancellation", asked.key), (fault,))


async def _kind_of(key: str) -> tuple[str, bool]:
    """Return the type of the latest run of *key*, empty if there is none, and whether it runs."""
    try:
        found = await describe_run(key)
    except RPCError as error:
        raise _soon(f"{key} could not be looked up: {error.message}") from error
    if found is None:
        return "", False
    return found.workflow_type, found.status is WorkflowExecutionStatus.RUNNING


async def _end_of(key: str) -> str:
    """Say how the last run of *key* ended."""
    try:
        ended = await activity.client().get_workflow_handle(key, result_type=dict[str, Any]).result()
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
