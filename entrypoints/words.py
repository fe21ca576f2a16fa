"""
Moves and the commands that are typed for them: the rules name moves, a terminal names commands.
"""

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
}
"""The moves that are typed by another word than their own."""
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
