"""
The lifecycle: which moves exist, and where each is allowed.

Law 1: every legal move is in these two tables, those that keep the state too.
Law 2: an illegal move raises, and nothing happens.
Law 3: this file knows no people, clocks, channels or texts.

One machine serves all escalations: it holds no escalation, it is
asked. A second, small table governs the course of the RCA within the first.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import cache

from escalation.kernel.move import MoveName
from escalation.kernel.reasons import Term, spell, term
from escalation.kernel.state_machine import Row, StateMachine


class Move(MoveName):
    BEGIN_COMMUNICATION = "begin_communication"
    BEGIN_RESOLUTION = "begin_resolution"
    DECLARE_RESOLVED = "declare_resolved"
    REJECT_RESOLUTION = "reject_resolution"
    VERIFY_RESOLUTION = "verify_resolution"
    REOPEN = "reopen"
    CLOSE = "close"
    CANCEL = "cancel"
    ACKNOWLEDGE = "acknowledge"
    RAISE_LEVEL = "raise_level"
    TRANSFER = "transfer"
    REPORT_TRIGGER = "report_trigger"
    TICK_RESPONSE = "tick_response"
    CHANGE_PRIORITY = "change_priority"
    PAUSE = "pause"
    RESUME = "resume"
    REVISE_PLAN = "revise_plan"
    SEND_UPDATE = "send_update"
    CONFIRM_ACCESS = "confirm_access"
    SETTLE_TICKET = "settle_ticket"
    REQUEST_RCA = "request_rca"
    FILE_RCA = "file_rca"
    DERIVE_RCA = "derive_rca"
    APPROVE_RCA = "approve_rca"
    SEND_BACK_RCA = "send_back_rca"
    SHARE_RCA = "share_rca"
    WAIVE_RCA = "waive_rca"
    REBASE = "rebase"
    DEPLOY_TASK_FORCE = "deploy_task_force"
    STAND_DOWN_TASK_FORCE = "stand_down_task_force"
    ANSWER_SURVEY = "answer_survey"
    FILE_POST_MORTEM = "file_post_mortem"
    FINISH_ACTION = "finish_action"
    JOIN_OUTAGE = "join_outage"
    APPROVE_TEXT = "approve_text"
    EDIT_TEXT = "edit_text"
    REJECT_TEXT = "reject_text"
    CORRECT_CONTACT = "correct_contact"
    NUDGE_OWNER = "nudge_owner"
    ADD_EVIDENCE = "add_evidence"
    ADD_COMMENT = "add_comment"
    RECORD_CUSTOMER_MESSAGE = "record_customer_message"
    STATE_IMPACT = "state_impact"
    ASK_CUSTOMER = "ask_customer"
    ANSWER_QUESTION = "answer_question"
    REVOKE_PAGE = "revoke_page"
    MARK_SEEN = "mark_seen"


class State(StrEnum):
    STARTED = "started"
    COMMUNICATING = "communicating"
    RESOLVING = "resolving"
    VERIFYING = "verifying"
    CLOSING = "closing"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class RcaState(StrEnum):
    NONE = "none"
    REQUESTED = "requested"
    DRAFTED = "drafted"
    DERIVED = "derived"
    APPROVED = "approved"
    SHARED = "shared"
    WAIVED = "waived"


NOBODYS = frozenset({Move.BEGIN_COMMUNICATION, Move.JOIN_OUTAGE})
"""Moves that no person asks for: one comes by itself, one with the start of another subject (START-5)."""


WORKING = (State.STARTED, State.COMMUNICATING, State.RESOLVING)
"""The problem is still being worked on."""
OPEN = (*WORKING, State.VERIFYING, State.CLOSING)
_BEGUN = (State.COMMUNICATING, State.RESOLVING)
_ENDING = (State.VERIFYING, State.CLOSING)
_CLOSING = (State.CLOSING,)

LIFECYCLE: tuple[Row[State, Move], ...] = (
    # moves that change the state (process, section 11)
    Row(Move.BEGIN_COMMUNICATION, (State.STARTED,), State.COMMUNICATING),
    Row(Move.BEGIN_RESOLUTION, (State.COMMUNICATING,), State.RESOLVING),
    Row(Move.DECLARE_RESOLVED, _BEGUN, State.VERIFYING),
    Row(Move.REJECT_RESOLUTION, (State.VERIFYING,), State.RESOLVING),
    Row(Move.VERIFY_RESOLUTION, (State.VERIFYING,), State.CLOSING),
    Row(Move.REOPEN, _ENDING, State.RESOLVING),
    Row(Move.CLOSE, _CLOSING, State.CLOSED),
    Row(Move.CANCEL, OPEN, State.CANCELLED),
    # moves that keep it
    Row(Move.ACKNOWLEDGE, WORKING, None),
    Row(Move.RAISE_LEVEL, WORKING, None),
    Row(Move.REPORT_TRIGGER, WORKING, None),
    Row(Move.TICK_RESPONSE, WORKING, None),
    Row(Move.TRANSFER, (*WORKING, State.VERIFYING), None),
    Row(Move.NUDGE_OWNER, OPEN, None),
    Row(Move.ADD_EVIDENCE, OPEN, None),
    Row(Move.ADD_COMMENT, OPEN, None),
    Row(Move.RECORD_CUSTOMER_MESSAGE, OPEN, None),
    Row(Move.STATE_IMPACT, OPEN, None),
    Row(Move.ASK_CUSTOMER, OPEN, None),
    Row(Move.ANSWER_QUESTION, OPEN, None),
    Row(Move.CHANGE_PRIORITY, (*WORKING, State.VERIFYING), None),
    Row(Move.PAUSE, _BEGUN, None),
    Row(Move.RESUME, _BEGUN, None),
    Row(Move.REVISE_PLAN, _BEGUN, None),
    Row(Move.SEND_UPDATE, OPEN, None),
    Row(Move.CONFIRM_ACCESS, _ENDING, None),
    Row(Move.SETTLE_TICKET, OPEN, None),
    Row(Move.REQUEST_RCA, OPEN, None),
    Row(Move.FILE_RCA, _CLOSING, None),
    Row(Move.DERIVE_RCA, _CLOSING, None),
    Row(Move.APPROVE_RCA, _CLOSING, None),
    Row(Move.SEND_BACK_RCA, _CLOSING, None),
    Row(Move.SHARE_RCA, _CLOSING, None),
    Row(Move.WAIVE_RCA, _CLOSING, None),
    Row(Move.REBASE, OPEN, None),
    Row(Move.DEPLOY_TASK_FORCE, _BEGUN, None),
    Row(Move.STAND_DOWN_TASK_FORCE, _BEGUN, None),
    # moves that follow it up, after its close too
    Row(Move.ANSWER_SURVEY, (State.CLOSED,), None),
    Row(Move.FILE_POST_MORTEM, (State.CLOSING, State.CLOSED), None),
    Row(Move.FINISH_ACTION, (*OPEN, State.CLOSED), None),
    Row(Move.JOIN_OUTAGE, OPEN, None),
    Row(Move.APPROVE_TEXT, OPEN, None),
    Row(Move.EDIT_TEXT, OPEN, None),
    Row(Move.REJECT_TEXT, OPEN, None),
    Row(Move.CORRECT_CONTACT, (*OPEN, State.CLOSED), None),
    Row(Move.REVOKE_PAGE, (*OPEN, State.CLOSED), None),
    Row(Move.MARK_SEEN, (*OPEN, State.CLOSED), None),
)

ENDING_MOVES = frozenset(row.move for row in LIFECYCLE if row.target in {State.CLOSED, State.CANCELLED})

AFTER_THE_CLOSE = frozenset(row.move for row in LIFECYCLE if State.CLOSED in row.sources)
"""Moves that a closed escalation takes, which lives on under its id (ADR 15)."""

RCA_COURSE: tuple[Row[RcaState, Move], ...] = (
    Row(Move.REQUEST_RCA, (RcaState.NONE, RcaState.WAIVED, RcaState.SHARED), RcaState.REQUESTED),
    Row(
        Move.FILE_RCA,
        (RcaState.REQUESTED, RcaState.DRAFTED, RcaState.DERIVED, RcaState.APPROVED),
        RcaState.DRAFTED,
    ),
    Row(Move.DERIVE_RCA, (RcaState.DRAFTED, RcaState.DERIVED, RcaState.APPROVED), RcaState.DERIVED),
    Row(Move.APPROVE_RCA, (RcaState.DERIVED,), RcaState.APPROVED),
    Row(Move.SEND_BACK_RCA, (RcaState.DERIVED, RcaState.APPROVED), RcaState.DRAFTED),
    Row(Move.SHARE_RCA, (RcaState.APPROVED,), RcaState.SHARED),
    Row(
        Move.WAIVE_RCA,
        (RcaState.REQUESTED, RcaState.DRAFTED, RcaState.DERIVED, RcaState.APPROVED),
        RcaState.WAIVED,
    ),
)


_LIFECYCLE = StateMachine(State, LIFECYCLE)
_RCA = StateMachine(RcaState, RCA_COURSE)
_RCA_MOVES = frozenset(row.move for row in RCA_COURSE)

step = _LIFECYCLE.step
step_rca = _RCA.step
allows = _LIFECYCLE.allows
"""Return whether the lifecycle allows a move in a state, whatever the state of the RCA."""


@cache
def moves_from(state: State, rca: RcaState) -> tuple[Move, ...]:
    """Return the moves that the tables allow in *state*, in the order of the table."""
    return tuple(
        move for move in Move if allows(state, move) and (move not in _RCA_MOVES or _RCA.allows(rca, move))
    )


def diagram(now: State | None = None, say: Callable[[Term], str] = spell) -> str:
    """Draw the table as a Mermaid state diagram; *now* is marked, and *say* names the moves."""
    lines = ["stateDiagram-v2", f"    [*] --> {State.STARTED}"]
    for row in LIFECYCLE:
        if row.target:
            lines += [f"    {source} --> {row.target}: {say(term(row.move))}" for source in row.sources]
    lines += [f"    {end} --> [*]" for end in (State.CLOSED, State.CANCELLED)]
    if now:
        lines += ["    classDef now font-weight:bold,stroke-width:3px", f"    class {now} now"]
    return "\n".join(lines) + "\n"
