"""
Runs that an escalation starts beside itself, without waiting for them: its successor, and the sponsorship of its
accounts.
"""

from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import WorkflowAlreadyStartedError

from escalation import contract
from escalation.case.effects import ProposeSponsorship
from escalation.case.request import StartRequest
from escalation.kernel.values import to_plain
from workflows import web_ui

_TRIES, _BETWEEN = 5, timedelta(minutes=1)


async def start_successor(request: StartRequest) -> None:
    """
    Start the escalation that continues this subject (CLOSE-9). If one runs already, it may only just be ending: try
    again a few times.
    """
    for _ in range(_TRIES):
        try:
            await workflow.start_child_workflow(
                contract.WORKFLOW,
                contract.EscalationInput(request=to_plain(request, but_defaults=True)),
                id=request.key,
                parent_close_policy=workflow.ParentClosePolicy.ABANDON,
                static_summary=web_ui.start_summary(request),
                static_details=web_ui.start_details(request),
            )
        except WorkflowAlreadyStartedError:
            await workflow.sleep(_BETWEEN, summary="the escalation before it is just ending")
        else:
            return


async def propose_sponsorship(wanted: ProposeSponsorship) -> None:
    """Propose the accounts of an executive escalation (SPONSOR-2)."""
    await workflow.execute_activity(
        contract.PROPOSE_SPONSORSHIP,
        wanted,
        start_to_close_timeout=timedelta(minutes=1),
        summary="propose the accounts for sponsorship",
    )
