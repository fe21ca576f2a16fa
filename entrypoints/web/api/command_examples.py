"""Examples of what a caller says, where the fields of a command alone do not make one."""

from typing import Any

_RCA = {
    "root_causes": ["The seal of bay 3 was worn out"],
    "corrective_actions": [{"what": "Replace the seals of all bays", "owner": "jonas", "due": "2026-12-20"}],
    "summary_for_customers": "Rain came into our loading bay through a worn seal.",
}
EXAMPLES: dict[str, dict[str, Any]] = {
    "acknowledge": {"note": "On it"},
    "transfer": {"to": "jonas", "reason": "lack_of_expertise"},
    "raise_level": {"reason": "no_response", "note": "They called three times"},
    "send_update": {
        "customer_text": "The new pallets leave on Monday.",
        "internal_note": "Bay 3 is dry again",
    },
    "declare_resolved": {
        "resolution": "fix",
        "done": "Replaced the seal of bay 3",
        "customer_text": "The new pallets are on their way.",
    },
    "revise_plan": {"steps": [{"what": "Inspect bay 3", "owner": "jonas", "due_at": "2026-12-01T09:00:00Z"}]},
    "file_rca": {"rca": _RCA},
    "file_post_mortem": {
        "post_mortem": {"participants": ["elena"], "findings": ["The owner called within minutes"]}
    },
    "deploy_task_force": {
        "name": "dry-bays",
        "mission": "Find out why bay 3 leaks",
        "lead": "jonas",
        "seats": [{"role": "facility engineer", "people": ["maya"]}],
    },
    "cancel": {"cause": "withdrawn", "why": "They withdrew it"},
    "start": {
        "key": "ACME/4711",
        "subject": "Second delivery in a row is damaged",
        "category": "complaint",
        "issue_type": "customer_service_requests",
        "priority": "P2",
        "reason": "dissatisfied_customer",
        "customers": [
            {
                "account": "ACME",
                "contacts": [{"name": "Jo Buyer", "email": "jo@acme.example", "language": "en"}],
            }
        ],
    },
}
"""By the name of the move."""
