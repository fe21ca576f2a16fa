"""
Evidence that is added later: by whom, who hears of it, and when the mark `undocumented` goes (TALK-1).
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from escalation.case.engine import decide
from escalation.case.lifecycle import State
from escalation.case.moves.add_evidence import AddEvidence, EvidenceAdded
from escalation.case.request import Evidence
from escalation.case.state import Escalation
from escalation.case.view import view
from escalation.kernel.budgets import EVIDENCE
from escalation.kernel.refusals import BadRequest, MoveNotAllowed, faults_of
from escalation.kernel.values import InternalText, from_plain
from escalation.measures.fold import measure_events
from escalation.policy.classification import AttemptOutcome, EvidenceKind
from tests.builders import JO, a_plan, an_escalation, monday, one_in, opening, the, told
from tests.said import said

CALL, ATTEMPT, REPORT = EvidenceKind.CALL, EvidenceKind.ATTEMPT, EvidenceKind.REPORT


def a_piece(kind: EvidenceKind = CALL, by: str = "ben", **changes: Any) -> AddEvidence:
    outcome = AttemptOutcome.FAILED if kind is ATTEMPT else None
    return AddEvidence(
        **{"by": by, "evidence": kind, "what": InternalText("We called the depot"), "outcome": outcome}
        | changes
    )


def wanting(*kinds: EvidenceKind, given: tuple[EvidenceKind, ...] = ()) -> Escalation:
    """An escalation whose playbook wants these kinds, and whose start gave those."""
    evidence = [
        {"kind": kind, "what": "it", "outcome": "failed" if kind is ATTEMPT else None} for kind in given
    ]
    return an_escalation(plan=a_plan(evidence_wanted=kinds), evidence=evidence)


@pytest.mark.parametrize("by", ["ben", JO])
def test_the_owner_hears_of_it_and_nobody_else(by: str) -> None:
    """
    TALK-1: from our own people and from customers.
    """
    decision = decide(an_escalation(), a_piece(by=by), monday("09:05"))

    assert ["evidence_added: ana"] == told(decision)
    assert "We called the depot" == the(EvidenceAdded, decision).added


def test_an_owner_who_adds_it_hears_nothing() -> None:
    decision = decide(an_escalation(), a_piece(by="ana"), monday("09:05"))

    assert [] == told(decision)


def test_it_stands_behind_what_the_start_gave() -> None:
    now = decide(an_escalation(), a_piece(ATTEMPT, who=InternalText("the depot")), monday("09:05")).state

    assert [CALL, ATTEMPT] == [piece.kind for piece in view(now).evidence]
    assert (monday("09:05"), "the depot", AttemptOutcome.FAILED) == (
        now.request.evidence[-1].at,
        now.request.evidence[-1].who,
        now.request.evidence[-1].outcome,
    )


@pytest.mark.parametrize(
    ("wanted", "given", "added", "is_documented"),
    [
        ((), (), (CALL,), True),  # nothing in particular is wanted: any piece will do
        ((ATTEMPT,), (), (CALL,), False),
        ((ATTEMPT,), (CALL,), (ATTEMPT,), True),
        ((ATTEMPT, REPORT), (), (ATTEMPT,), False),
        ((ATTEMPT, REPORT), (), (REPORT, ATTEMPT), True),
    ],
)
def test_the_mark_goes_once_all_that_is_wanted_is_there(
    wanted: tuple[EvidenceKind, ...],
    given: tuple[EvidenceKind, ...],
    added: tuple[EvidenceKind, ...],
    is_documented: bool,
) -> None:
    """
    TALK-1, START-3: `undocumented` is what the playbook wants and nobody has given.
    """
    now = wanting(*wanted, given=given)
    assert view(now).is_undocumented
    for kind in added:
        decision = decide(now, a_piece(kind), monday("09:05"))
        now = decision.state

    assert is_documented is not view(now).is_undocumented
    assert is_documented is the(EvidenceAdded, decision).is_documented


def test_more_evidence_documents_nothing_twice() -> None:
    decision = decide(an_escalation(), a_piece(), monday("09:05"))

    assert not the(EvidenceAdded, decision).is_documented


def test_a_start_is_asked_for_what_the_playbook_wants() -> None:
    """
    START-3: the kinds that are missing, and no others.
    """
    decision = opening(plan=a_plan(evidence_wanted=(CALL, ATTEMPT)), submitted_by="ben")

    assert "evidence_wanted: ben" in told(decision)
    assert (ATTEMPT,) == decision.state.missing_evidence


@pytest.mark.parametrize("state", [State.CLOSED, State.CANCELLED])
def test_nothing_is_added_after_the_end(state: State) -> None:
    with pytest.raises(MoveNotAllowed):
        decide(one_in(state), a_piece(), monday("09:05"))


@pytest.mark.parametrize(("kind", "outcome"), [(ATTEMPT, None), (CALL, "failed")])
def test_an_attempt_has_an_outcome_and_nothing_else_has(kind: EvidenceKind, outcome: str | None) -> None:
    """
    TALK-1: when it is added, and at the start.
    """
    with pytest.raises(ValidationError) as added:
        AddEvidence.model_validate({"by": "ben", "evidence": kind, "what": "it", "outcome": outcome})
    with pytest.raises(ValidationError) as started:
        from_plain(Evidence, {"kind": kind, "what": "it", "outcome": outcome})

    allowed = ["an outcome with each attempt, and with nothing else"] * 2
    assert allowed == [said(fault.allowed) for no in (added, started) for fault in faults_of(no.value)]


def test_more_than_an_escalation_can_hold_is_refused() -> None:
    now = an_escalation()
    full = replace(now, request=replace(now.request, evidence=EVIDENCE * now.request.evidence))

    with pytest.raises(BadRequest, match="at most 200 pieces of evidence"):
        decide(full, a_piece(), monday("09:05"))


def test_attempts_before_the_start_are_counted() -> None:
    """
    TALK-1: those of the start without a time, and those added later that name an earlier one.
    """
    tried = {"kind": "attempt", "what": "Restarted it", "outcome": "failed"}
    decision = opening(evidence=[tried, tried | {"on": "2026-03-09"}, {"kind": "call", "what": "it rang"}])
    now, events = decision.state, list(decision.events)
    for at in (monday("08:00"), monday("09:05"), None):
        more = decide(now, a_piece(ATTEMPT, at=at), monday("09:10"))
        now, events = more.state, [*events, *more.events]

    assert now.opened_at - monday("08:00") == timedelta(hours=1)
    assert 2 == measure_events(events).attempts
