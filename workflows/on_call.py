"""
Look-ups of who is on call, made when somebody has to be notified (MATRIX-1).

The rules ask with an effect, which carries the notification; it comes back with the answer. Nobody may wait for long:
if the source cannot be asked, the rules learn that, ask somebody else, and look again later.
"""

from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError

from escalation import contract
from escalation.case.effects import FindOnCall, OnCallResult
from escalation.case.on_call import ReportOnCall

_A_TRY = timedelta(minutes=1)
_NOT_SILENT_FOR = timedelta(minutes=5)
"""Time to find out who is on call; then somebody else is asked."""
_ASKED_AGAIN_AFTER = timedelta(minutes=15)
"""Time until the next look-up after one that failed."""


async def find_on_call(wanted: FindOnCall) -> ReportOnCall:
    """Ask for one rota, and say what comes of it."""
    try:
        found: OnCallResult = await workflow.execute_activity(
            contract.FIND_ON_CALL,
            wanted,
            result_type=OnCallResult,
            start_to_close_timeout=_A_TRY,
            schedule_to_close_timeout=_NOT_SILENT_FOR,
            summary=f"find out who is on call for {wanted.rota}",
        )
    except ActivityError as error:
        why = f"it could not be found out: {error.cause or error}"
        until = workflow.now() + _ASKED_AGAIN_AFTER
        found = OnCallResult(rota=wanted.rota, people=(), until=until, why=why, is_known=False)
    return ReportOnCall(found=found, notice=wanted.notice)
