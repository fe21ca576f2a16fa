"""
Words that are typed for fields: the rules name fields, a terminal options and arguments.

A field that is not named here is the option of its own name.
"""

from collections.abc import Mapping

OPTIONS: Mapping[str, str] = {
    "by": "--as",
    "submitted_by": "--as",
    "to_level": "--to",
    "steps": "--step",
    "customer_text": "--customer",
    "internal_note": "--internal",
    "language": "--lang",
    "time_zone": "--tz",
    "stays_open_because": "--stays-open",
    "seats": "--seat",
    "technical_plan": "--plan",
    "hand_over_to": "--to",
    "due_at": "--due",
    "is_update": "--update",
    "customers": "--customer",
    "services": "--service",
    "linked_tickets": "--record",
    "problem_records": "--problem",
    "criteria": "--criterion",
    "entry_level": "--level",
    "duties": "--duty",
    "entry_criteria": "--entry",
    "measures": "--measure",
    "exit_criteria": "--exit",
    "every_days": "--every",
    "review_on": "--review",
    "next_review_on": "--next",
    "findings": "--note",
}
"""Options of another name than their field."""
ARGUMENTS: Mapping[str, Mapping[str, str]] = {
    "transfer": {"to": "[PERSON|TEAM]"},
    "trigger": {"trigger": "TRIGGER"},
    "respond": {"response": "RESPONSE"},
    "priority": {"priority": "P1..P4"},
    "correct-contact": {"contact": "EMAIL"},
    "revoke-page": {"contact": "EMAIL"},
    "pause": {"because": "REASON"},
    "evidence": {"evidence": "KIND", "what": "WHAT"},
    "comment": {"note": "TEXT"},
    "customer-says": {"account": "ACCOUNT", "text": "TEXT"},
    "impact": {"account": "ACCOUNT", "impact": "TEXT"},
    "ask": {"account": "ACCOUNT", "text": "TEXT"},
    "answer": {"answer": "TEXT"},
    "confirm-access": {"account": "ACCOUNT"},
    "settle": {"record": "RECORD"},
    "survey": {"account": "ACCOUNT", "score": "1..5"},
    "actions done": {"action": "N"},
    "message approve": {"number": "[N]"},
    "message edit": {"number": "[N]"},
    "message reject": {"number": "[N]"},
    "task-force deploy": {"name": "NAME"},
    "task-force stand-down": {"name": "NAME"},
    "task-force offer": {"seat": "SEAT"},
    "task-force task add": {"what": "WHAT"},
    "task-force task done": {"task": "NUMBER"},
}
"""By command, the fields that are typed without an option, and what stands for them in its usage line."""
METAVARS: Mapping[str, str] = {
    "reason": "CODE",
    "skill": "ID",
    "into": "KEY",
    "email": "EMAIL",
    "contact": "EMAIL",
    "language": "TAG",
    "time_zone": "ZONE",
    "to": "PERSON",
    "hand_over_to": "PERSON",
    "stays_open_because": "WHY",
    "key": "TENANT/NUMBER",
    "category": "ID",
    "issue_type": "ID",
    "priority": "P1..P4",
    "problem_records": "RECORD",
    "linked_tickets": "RECORD",
    "outage": "KEY",
    "predecessor": "KEY@ID",
    "criteria": "ID",
}
COMPLETED: Mapping[str, str] = {
    "skill": "skills",
    "trigger": "triggers",
    "because": "pause_reasons",
    "category": "categories",
    "issue_type": "issue_types",
}
"""The names of the playbook that a shell completes, by field."""


def option_for(field: str) -> str:
    return OPTIONS.get(field, f"--{field.replace('_', '-')}")


def word_for(field: str, command: str = "") -> str:
    """Return the option or argument of *command* that fills *field*."""
    found = ARGUMENTS.get(command, {}).get(field)
    return found or option_for(field)
