"""
Ask the run that knows, since a signal says nothing of its sender.

Knows the queries by which runs answer for themselves, and not what the answer is for.
"""

from temporalio import activity

from activities.run_lookup import ask_run
from escalation import contract
from escalation.case.effects import SenderCheck
from escalation.case.view import MoveResult, View


@activity.defn(name=contract.CHECK_OUTAGE)
async def check_outage(joined: MoveResult) -> bool:
    """Return whether the escalation that a case *joined* has ended: its own word, not that of whoever says so."""
    view = await ask_run(joined.key, contract.VIEW, answer=View)
    return view is None or view.id != joined.id or view.ended_at is not None


@activity.defn(name=contract.VERIFY_SENDER)
async def verify_sender(asked: SenderCheck) -> bool:
    """Return whether the run of that id says that it sent the message of that fingerprint."""
    return bool(await ask_run(asked.id, contract.HAS_SENT, asked.digest, answer=bool))
