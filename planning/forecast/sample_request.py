"""
Sample request: a case to try a playbook on.

Owns what a forecast invents: a key, a customer, who submits it.
"""

from collections.abc import Iterator
from typing import Any

from escalation.case.request import StartRequest
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import BadRequest, Fault
from escalation.kernel.values import from_plain
from escalation.policy.classification import EscalationReason, Priority
from planning.playbook.faults import list_names, unknown_name
from planning.playbook.schema import Playbook

ACCOUNT = "CUSTOMER"
KEY = "FORECAST/1"


def categories_of(playbook: Playbook) -> Iterator[tuple[str, str]]:
    """Yield every issue type and category, in the order of the playbook."""
    for issue_type, kind in playbook.issue_types.items():
        for category in kind.categories:
            yield issue_type, category


def issue_type_of(playbook: Playbook, category: str) -> str:
    """
    Return the one issue type that has *category*.

    Raises:
        BadRequest: If none has it, or several have.
    """
    having = [issue_type for issue_type, name in categories_of(playbook) if name == category]
    if len(having) == 1:
        return having[0]
    if having:
        fault = Fault(
            where="issue_type", given="nothing", allowed=f"one of those with {category}: {list_names(having)}"
        )
    else:
        known = dict.fromkeys(name for _, name in categories_of(playbook))
        fault = unknown_name(("category",), category, known).as_fault()
    raise BadRequest.because(reason("of.case"), (fault,))


def make_request(
    playbook: Playbook,
    category: str,
    priority: Priority,
    issue_type: str | None = None,
    reason: EscalationReason = EscalationReason.DISSATISFIED_CUSTOMER,
    **more: Any,
) -> StartRequest:
    """
    Return a request of one customer, submitted with evidence by the first of the playbook's people.

    Raises:
        BadRequest: If *issue_type* is not given and does not follow from *category*.
    """
    return from_plain(
        StartRequest,
        {
            "key": KEY,
            "subject": "Forecast",
            "issue_type": issue_type or issue_type_of(playbook, category),
            "category": category,
            "priority": priority,
            "reason": reason,
            "submitted_by": next(iter(playbook.people)),
            "customers": [
                {
                    "account": ACCOUNT,
                    "contacts": [{"name": "the customer", "email": "customer@customer.example"}],
                }
            ],
            "evidence": [{"kind": "report", "what": "a forecast"}],
        }
        | more,
    )
