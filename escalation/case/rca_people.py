"""People who have a step of the RCA, and who is asked for the next one (CLOSE-3, CLOSE-4, CLOSE-5)."""

from escalation.case.lifecycle import RcaState
from escalation.case.state import Escalation


def next_with_the_rca(now: Escalation) -> tuple[str, ...]:
    """Return who files, derives, approves or shares the RCA next."""
    match now.rca.state:
        case RcaState.DERIVED:
            people = now.plan.rca_approvers
        case RcaState.APPROVED:
            people = now.plan.engagement_managers
        case RcaState.DRAFTED if now.rca.sent_back_by:
            people = authors_of_the_rca(now)
        case _:
            people = now.plan.problem_coordinators
    return people or now.plan.escalation_managers


def authors_of_the_rca(now: Escalation) -> tuple[str, ...]:
    """Return who derived the customer RCA; the problem coordinators, where the record does not say."""
    return (now.rca.derived_by,) if now.rca.derived_by else now.plan.problem_coordinators
