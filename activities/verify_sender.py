"""
Ask the run that knows, since a signal says nothing of its sender.

Knows the queries by which runs answer for themselves, and not what the answer is for.
"""

from temporalio import activity

from activities.run_lookup import ask_run
from escalation.case.effects import SenderCheck
from escalation.case.view import MoveResult, View

VIEW, VOUCH = "view", "vouch"
"""Names on the wire, as in ``escalation.contract``."""


@activity.defn(name="outage_is_over")
async def check_outage(joined: MoveResult) -> bool:
    """Return whether the escalation that a case *joined* has ended: its own word, not that of whoever says so."""
    view = await ask_run(joined.key, VIEW, answer=View)
    return view is None or view.id != joined.id or view.ended_at is not None


@activity.defn(name="ask_voucher")
async def verify_sender(asked: SenderCheck) -> bool:
    """Return whether the run of that id says that it sent the message of that fingerprint."""
    return bool(await ask_run(asked.id, VOUCH, asked.digest, answer=bool))
