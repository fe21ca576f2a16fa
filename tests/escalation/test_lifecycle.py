"""
The lifecycle table, as the process describes it: every move in every state.
"""

from itertools import product

import pytest

from escalation.case.engine import allowed_moves
from escalation.case.lifecycle import (
    LIFECYCLE,
    RCA_COURSE,
    Move,
    RcaState,
    State,
    diagram,
    moves_from,
    step,
    step_rca,
)
from escalation.kernel.reasons import spell, term
from escalation.kernel.state_machine import IllegalMove
from tests.builders import a_plan, one_in

S, M, R = State, Move, RcaState
_ALL_OPEN = (S.STARTED, S.COMMUNICATING, S.RESOLVING, S.VERIFYING, S.CLOSING)
_AT_WORK = (S.STARTED, S.COMMUNICATING, S.RESOLVING)

CHANGES = {
    (M.BEGIN_COMMUNICATION, S.STARTED): S.COMMUNICATING,
    (M.BEGIN_RESOLUTION, S.COMMUNICATING): S.RESOLVING,
    (M.DECLARE_RESOLVED, S.COMMUNICATING): S.VERIFYING,
    (M.DECLARE_RESOLVED, S.RESOLVING): S.VERIFYING,
    (M.REJECT_RESOLUTION, S.VERIFYING): S.RESOLVING,
    (M.VERIFY_RESOLUTION, S.VERIFYING): S.CLOSING,
    (M.REOPEN, S.VERIFYING): S.RESOLVING,
    (M.REOPEN, S.CLOSING): S.RESOLVING,
    (M.CLOSE, S.CLOSING): S.CLOSED,
    (M.CANCEL, S.STARTED): S.CANCELLED,
    (M.CANCEL, S.COMMUNICATING): S.CANCELLED,
    (M.CANCEL, S.RESOLVING): S.CANCELLED,
    (M.CANCEL, S.VERIFYING): S.CANCELLED,
    (M.CANCEL, S.CLOSING): S.CANCELLED,
}
"""The table of the process, section 11, row by row."""

KEEPS = {
    M.ACKNOWLEDGE: _AT_WORK,
    M.RAISE_LEVEL: _AT_WORK,
    M.REPORT_TRIGGER: _AT_WORK,
    M.TICK_RESPONSE: _AT_WORK,
    M.TRANSFER: (*_AT_WORK, S.VERIFYING),
    M.CHANGE_PRIORITY: (*_AT_WORK, S.VERIFYING),
    M.PAUSE: (S.COMMUNICATING, S.RESOLVING),  # verifying has a hold of its own
    M.RESUME: (S.COMMUNICATING, S.RESOLVING),
    M.REVISE_PLAN: (S.COMMUNICATING, S.RESOLVING),
    M.SEND_UPDATE: _ALL_OPEN,
    M.NUDGE_OWNER: _ALL_OPEN,
    M.ADD_EVIDENCE: _ALL_OPEN,
    M.ADD_COMMENT: _ALL_OPEN,
    M.RECORD_CUSTOMER_MESSAGE: _ALL_OPEN,
    M.STATE_IMPACT: _ALL_OPEN,
    M.ASK_CUSTOMER: _ALL_OPEN,
    M.ANSWER_QUESTION: _ALL_OPEN,
    M.CONFIRM_ACCESS: (S.VERIFYING, S.CLOSING),
    M.SETTLE_TICKET: _ALL_OPEN,
    M.REQUEST_RCA: _ALL_OPEN,  # a customer may ask at any time
    M.FILE_RCA: (S.CLOSING,),
    M.DERIVE_RCA: (S.CLOSING,),
    M.APPROVE_RCA: (S.CLOSING,),
    M.SEND_BACK_RCA: (S.CLOSING,),
    M.SHARE_RCA: (S.CLOSING,),
    M.WAIVE_RCA: (S.CLOSING,),
    M.DEPLOY_TASK_FORCE: (S.COMMUNICATING, S.RESOLVING),
    M.STAND_DOWN_TASK_FORCE: (S.COMMUNICATING, S.RESOLVING),
    M.REBASE: (S.STARTED, S.COMMUNICATING, S.RESOLVING, S.VERIFYING, S.CLOSING),
    M.ANSWER_SURVEY: (S.CLOSED,),
    M.FILE_POST_MORTEM: (S.CLOSING, S.CLOSED),
    M.FINISH_ACTION: (*_ALL_OPEN, S.CLOSED),
    M.CORRECT_CONTACT: (*_ALL_OPEN, S.CLOSED),
    M.REVOKE_PAGE: (*_ALL_OPEN, S.CLOSED),
    M.MARK_SEEN: (*_ALL_OPEN, S.CLOSED),
    M.JOIN_OUTAGE: _ALL_OPEN,  # whoever comes late is told as well
    M.APPROVE_TEXT: _ALL_OPEN,
    M.EDIT_TEXT: _ALL_OPEN,
    M.REJECT_TEXT: _ALL_OPEN,
}
"""The moves that the state machine governs without changing the state."""

RCA = {
    (M.REQUEST_RCA, R.NONE): R.REQUESTED,
    (M.REQUEST_RCA, R.WAIVED): R.REQUESTED,  # a customer asked after all
    (M.REQUEST_RCA, R.SHARED): R.REQUESTED,  # what was shared turned out wrong
    (M.FILE_RCA, R.REQUESTED): R.DRAFTED,
    (M.FILE_RCA, R.DRAFTED): R.DRAFTED,  # a new version
    (M.FILE_RCA, R.DERIVED): R.DRAFTED,
    (M.FILE_RCA, R.APPROVED): R.DRAFTED,
    (M.DERIVE_RCA, R.DRAFTED): R.DERIVED,
    (M.DERIVE_RCA, R.DERIVED): R.DERIVED,  # reworded
    (M.DERIVE_RCA, R.APPROVED): R.DERIVED,  # which takes the approval away
    (M.APPROVE_RCA, R.DERIVED): R.APPROVED,
    (M.SEND_BACK_RCA, R.DERIVED): R.DRAFTED,
    (M.SEND_BACK_RCA, R.APPROVED): R.DRAFTED,  # until it is shared
    (M.SHARE_RCA, R.APPROVED): R.SHARED,
    (M.WAIVE_RCA, R.REQUESTED): R.WAIVED,
    (M.WAIVE_RCA, R.DRAFTED): R.WAIVED,
    (M.WAIVE_RCA, R.DERIVED): R.WAIVED,
    (M.WAIVE_RCA, R.APPROVED): R.WAIVED,
}
"""The course of the RCA within closing."""


@pytest.mark.parametrize(("state", "move"), list(product(State, Move)))
def test_each_move_is_allowed_where_the_process_says_and_nowhere_else(state: State, move: Move) -> None:
    """
    Section 11: all pairs of state and move; what the table does not have raises.
    """
    expected = CHANGES.get((move, state)) or (state if state in KEEPS.get(move, ()) else None)

    if expected:
        assert expected == step(state, move)
    else:
        with pytest.raises(IllegalMove):
            step(state, move)


@pytest.mark.parametrize(("rca", "move"), list(product(RcaState, Move)))
def test_the_rca_has_a_course_of_its_own(rca: RcaState, move: Move) -> None:
    """
    Section 11: requested, drafted, derived, approved, shared; or waived.
    """
    expected = RCA.get((move, rca))

    if expected:
        assert expected == step_rca(rca, move)
    else:
        with pytest.raises(IllegalMove):
            step_rca(rca, move)


@pytest.mark.parametrize(("state", "rca"), list(product(State, RcaState)))
def test_moves_from_a_state_are_those_that_a_step_takes(state: State, rca: RcaState) -> None:
    """
    Section 11: what is offered and what is done come from the same table.
    """
    governed = {row.move for row in RCA_COURSE}

    def is_taken(move: Move) -> bool:
        in_state = (move, state) in CHANGES or state in KEEPS.get(move, ())
        return in_state and (move not in governed or (move, rca) in RCA)

    assert {move for move in Move if is_taken(move)} == set(moves_from(state, rca))


def test_every_move_has_a_row() -> None:
    """
    Section 11: a move without a row could never be made.
    """
    assert set(Move) == {row.move for row in LIFECYCLE}


@pytest.mark.parametrize("state", [State.CLOSED, State.CANCELLED])
def test_nothing_can_be_done_with_what_has_ended(state: State) -> None:
    """
    Section 11: closed and cancelled are the ends.
    """
    assert () == allowed_moves(one_in(state))


def test_allowed_moves_leave_out_what_an_obstacle_forbids() -> None:
    """
    Section 11: allowed now means that somebody could make it now.
    """
    closing = one_in(State.CLOSING, plan=a_plan(rca_waivable=False), priority="P2")
    offered = set(allowed_moves(closing))

    assert Move.CLOSE not in offered  # the gate is not satisfied
    assert Move.SETTLE_TICKET not in offered  # nothing is linked
    assert Move.WAIVE_RCA not in offered  # the playbook forbids it
    assert {
        Move.FILE_RCA,
        Move.CONFIRM_ACCESS,
        Move.REOPEN,
        Move.CANCEL,
        Move.SEND_UPDATE,
        Move.REBASE,
        Move.FILE_POST_MORTEM,
        Move.CORRECT_CONTACT,
        Move.REVOKE_PAGE,
        Move.NUDGE_OWNER,
        Move.ADD_EVIDENCE,
        Move.ADD_COMMENT,
        Move.RECORD_CUSTOMER_MESSAGE,
        Move.STATE_IMPACT,
        Move.ASK_CUSTOMER,
    } == offered


def test_the_diagram_shows_every_state_and_each_change_of_it() -> None:
    """
    Section 11: drawn from the table, so that it cannot be wrong.
    """
    lines = diagram().splitlines()
    arrows = {line.strip() for line in lines if "-->" in line}
    changes = {f"{source} --> {target}: {spell(term(move))}" for (move, source), target in CHANGES.items()}

    assert changes | {"[*] --> started", "closed --> [*]", "cancelled --> [*]"} == arrows
    assert "stateDiagram-v2" == lines[0]


def test_the_diagram_marks_where_an_escalation_stands() -> None:
    """
    Section 11.
    """
    assert "    class closing now" in diagram(State.CLOSING).splitlines()
