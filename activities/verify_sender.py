"""
Ask the run that knows, where another one was told something: a signal says nothing of its sender.

Knows the queries by which runs answer for themselves, and not what the answer is for.
"""

from temporalio import activity
from temporalio.client import WorkflowQueryFailedError
from temporalio.service import RPCError, RPCStatusCode

from escalation.case.effects import SenderCheck
from escalation.case.view import MoveResult, View

VIEW, VOUCH = "view", "vouch"
"""Names on the wire, as in ``escalation.contract``."""


@activity.defn(name="outage_is_over")
async def check_outage(joined: MoveResult) -> bool:
    """Whether the escalation that a subject *joined* has ended: its own word, not that of whoever says so."""
    handle = activity.client().get_workflow_handle(joined.key)
    try:
        view: View = await handle.query(VIEW, result_type=View)
    except WorkflowQueryFailedError:
        return True  # another run has its key, which was never opened
    except RPCError as gone:
        if gone.status is not RPCStatusCode.NOT_FOUND:
            raise
        return True
    return view.id != joined.id or view.ended_at is not None


@activity.defn(name="ask_voucher")
async def verify_sender(asked: SenderCheck) -> bool:
    """Whether the run of that id says that it sent the message of that digest."""
    handle = activity.client().get_workflow_handle(asked.id)
    try:
        has_sent: bool = await handle.query(VOUCH, asked.digest, result_type=bool)
    except WorkflowQueryFailedError:
        return False
    except RPCError as gone:
        if gone.status is not RPCStatusCode.NOT_FOUND:
            raise
        return False
    return has_sent
