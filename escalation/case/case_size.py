"""
Room: what would not fit is refused when it is said, with the limit and what was given.

Owns what is measured of a request, of an escalation and of a task force. The numbers are in ``budgets.py``.
"""

from escalation.case.request import StartRequest
from escalation.case.state import Escalation
from escalation.kernel.budgets import MOVE, PLAN, REQUEST, SUMMARY, size_of
from escalation.kernel.reasons import Part, reason
from escalation.kernel.state_size import too_large
from escalation.kernel.values import to_bytes
from escalation.policy.plan import Plan

_PLAN = {"plan"}


def weight_of(request: StartRequest) -> int:
    """Return the bytes that *request* takes in the state: itself, and the id of each contact."""
    return size_of(request) + sum(size_of(recipient.id) for recipient in request.recipients)


def require_request_fits(request: StartRequest, what: Part) -> None:
    """
    Raises:
        BadRequest: If *request* is larger than an escalation can hold.
    """
    most = REQUEST + (
        2 * MOVE if request.is_returning else 0
    )  # it takes along why it comes back, and impacts
    if (size := weight_of(request)) > most:
        raise too_large(what, reason("bytes", size), reason("allowed.request_size", most))


def require_plan_fits(plan: Plan) -> None:
    """
    Raises:
        BadRequest: If *plan* is larger than an escalation can carry.
    """
    if (size := plan.size) > PLAN:
        what = reason("of.plan", plan.issue_type, plan.category)
        raise too_large(what, reason("bytes", size), reason("allowed.plan_size", PLAN))


def state_size(now: Escalation) -> int:
    """Return the bytes of *now*; each task force that stands counts as large as it may become."""
    kept_free = (max(0, SUMMARY - size_of(force)) for force in now.standing_forces)
    beside = len(to_bytes(now, but=_PLAN))
    return beside + len('"plan":"",') + len(now.plan.packed) + sum(kept_free)
