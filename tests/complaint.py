"""
The request that tests and benchmarks start with: plain data, which draws in nothing.
"""

from typing import Any


def a_complaint(**changes: Any) -> dict[str, Any]:
    """A start request as JSON, for the reference playbook."""
    return {
        "key": "ACME/4711",
        "subject": "Second delivery in a row is damaged",
        "description": "The pallets arrive wet; the customer has photographed them.",
        "issue_type": "customer_service_requests",
        "category": "complaint",
        "priority": "P1",
        "reason": "dissatisfied_customer",
        "channel": "phone",
        "submitted_by": "maya",
        "customers": [
            {"account": "ACME", "contacts": [{"name": "Jo Buyer", "email": "jo@acme.example"}]},
        ],
        "evidence": [{"kind": "call", "what": "Called twice about it"}],
        **changes,
    }
