"""
Moves and the commands that are typed for them: the rules name moves and fields, a terminal commands and options.
"""

from pydantic import ValidationError

from escalation.errors import Fault, faults_of
from escalation.lifecycle import Move

COMMANDS = {
    Move.ACKNOWLEDGE: "ack",
    Move.RAISE_LEVEL: "raise",
    Move.REPORT_TRIGGER: "trigger",
    Move.TICK_RESPONSE: "respond",
    Move.CHANGE_PRIORITY: "priority",
    Move.BEGIN_RESOLUTION: "begin",
    Move.REVISE_PLAN: "plan",
    Move.SEND_UPDATE: "update",
    Move.DECLARE_RESOLVED: "resolve",
    Move.VERIFY_RESOLUTION: "verify",
    Move.REJECT_RESOLUTION: "reject",
    Move.CONFIRM_ACCESS: "confirm-access",
    Move.SETTLE_RECORD: "settle",
    Move.REQUEST_RCA: "rca request",
    Move.FILE_RCA: "rca file",
    Move.DERIVE_RCA: "rca derive",
    Move.APPROVE_RCA: "rca approve",
    Move.SHARE_RCA: "rca share",
    Move.WAIVE_RCA: "rca waive",
    Move.DEPLOY_TASK_FORCE: "task-force deploy",
    Move.STAND_DOWN_TASK_FORCE: "task-force stand-down",
    Move.RECORD_SURVEY: "survey",
    Move.FILE_POST_MORTEM: "post-mortem file",
    Move.FINISH_ACTION: "actions done",
    Move.APPROVE_TEXT: "message approve",
    Move.EDIT_TEXT: "message edit",
    Move.REJECT_TEXT: "message reject",
}
"""The moves that are typed by another word than their own."""
OPTIONS = {
    "by": "--as",
    "submitted_by": "--as",
    "to_level": "--to",
    "steps": "--step",
    "customer_text": "--customer",
    "internal_note": "--internal",
    "stays_open_because": "--stays-open",
    "seats": "--seat",
    "technical_plan": "--plan",
    "hand_over_to": "--to",
    "due_at": "--due",
    "is_update": "--update",
    "customers": "--customer",
    "services": "--service",
    "linked_records": "--record",
    "sponsor": "--sponsor",
    "duties": "--duty",
    "entry_criteria": "--entry",
    "measures": "--measure",
    "exit_criteria": "--exit",
    "every_days": "--every",
    "review_on": "--review",
    "next_review_on": "--next",
    "findings": "--note",
    **{
        field: f"--{field.replace('_', '-')}"
        for field in (
            *("note", "reason", "why", "done", "answer", "cause", "into", "contact", "comment"),
            *("mission", "lead", "status_every", "text", "owner"),
            *("key", "subject", "description", "issue_type", "category", "impact", "urgency", "channel"),
            *("text", "outage"),
        )
    },
}
"""The option that fills a field; what is typed without one goes by the field's own name."""
_ALLOWED = "; allowed now: "


def typed(move: Move) -> str:
    return COMMANDS.get(move, move.value)


def in_typed_words(refusal: str) -> str:
    """A refusal that lists moves, listing the commands for them instead."""
    by_words = {move.words: typed(move) for move in Move}
    head, allowed, listed = refusal.rpartition(_ALLOWED)
    return (
        head + allowed + ", ".join(by_words.get(move, move) for move in listed.split(", "))
        if allowed
        else refusal
    )


def in_option(fault: Fault) -> Fault:
    """A fault of a field, told of the option that was typed, or left out, for it."""
    field, _, within = fault.where.partition(".")
    return fault.model_copy(update={"where": f"{OPTIONS.get(field, field)} {within}".strip()})


def faults_in_options(error: ValidationError) -> tuple[Fault, ...]:
    """Pydantic's findings, told of options."""
    return tuple(in_option(fault) for fault in faults_of(error))
