"""Add a piece of evidence to what the start brought: by our people, and by contacts of customers (TALK-1)."""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from escalation.case.audience import notify, person_of
from escalation.case.base_event import BaseEvent
from escalation.case.case_size import weight_of
from escalation.case.lifecycle import Move
from escalation.case.move_command import MoveCommand
from escalation.case.request import OUTCOME, Evidence, EvidenceLink, StartRequest, require_outcome_fits
from escalation.case.state import Escalation
from escalation.case.work import Work
from escalation.kernel.budgets import EVIDENCE, REQUEST
from escalation.kernel.reasons import Person, Reason, Term, reason
from escalation.kernel.refusals import BadRequest, Fault
from escalation.kernel.values import NO_NOTE, InputInstant, InternalText, frozen
from escalation.notifications.notification import Occasion
from escalation.policy.classification import AttemptOutcome, EvidenceKind


@frozen
class EvidenceAdded(BaseEvent):
    kind: Literal["evidence_added"] = "evidence_added"
    evidence: Evidence
    is_documented: bool = False
    """True if it was undocumented until now."""

    @property
    def added(self) -> str:
        return str(self.evidence.what)

    def applied_to(self, now: Escalation) -> Escalation:
        return replace(now, request=with_evidence(now.request, self.evidence))

    def sentence(self) -> Reason:
        outcome, by = self.evidence.outcome, Person(self.by)
        said = (
            reason(f"{self.code}.attempt", by, outcome)
            if outcome
            else reason(self.code, by, self.evidence.kind)
        )
        return reason("and_also", said, reason("documented_now")) if self.is_documented else said


class AddEvidence(MoveCommand):
    """Add a piece of evidence: a call, an email, a report, or what was tried and what came of it."""

    move = Move.ADD_EVIDENCE
    kind: Literal["add_evidence"] = "add_evidence"
    evidence: Annotated[EvidenceKind, Field(description="The kind of evidence")]
    what: Annotated[InternalText, Field(min_length=1, description="What it says, or what was tried.")]
    at: Annotated[InputInstant | None, Field(description="When it was. If omitted, now.")] = None
    who: Annotated[InternalText, Field(max_length=200, description="Who wrote, called or tried.")] = NO_NOTE
    outcome: Annotated[AttemptOutcome | None, Field(validate_default=True, description=OUTCOME)] = None
    link: EvidenceLink = ""

    @field_validator("outcome")
    @classmethod
    def _attempts_have_one(
        cls, outcome: AttemptOutcome | None, info: ValidationInfo
    ) -> AttemptOutcome | None:
        require_outcome_fits(info.data.get("evidence"), outcome)
        return outcome

    def carry_out(self, work: Work) -> None:
        """TALK-1: once all that the playbook wants is there, the escalation counts as documented."""
        before = work.state
        piece = Evidence(
            kind=self.evidence,
            what=self.what,
            at=self.at or work.now,
            who=self.who,
            outcome=self.outcome,
            link=self.link,
        )
        request = with_evidence(before.request, piece)
        _require_room(before.key, request)
        left = request.missing_evidence(before.plan.evidence_wanted)
        work.record(EvidenceAdded(evidence=piece, is_documented=bool(before.missing_evidence) and not left))
        now = work.state
        why = reason("evidence_by", person_of(now, self.by), self.evidence)
        items = tuple(Term("EvidenceKind", kind) for kind in left)
        notify(work, Occasion.EVIDENCE_ADDED, (now.owner,), why=why, text=self.what, items=items)


def with_evidence(request: StartRequest, piece: Evidence) -> StartRequest:
    return replace(request, evidence=(*request.evidence, piece))


def _require_room(key: str, request: StartRequest) -> None:
    """
    Raises:
        BadRequest: If there would be more evidence than one escalation can hold.
    """
    limits = (
        (len(request.evidence), EVIDENCE, "allowed.pieces_of_evidence"),
        (weight_of(request), REQUEST, "allowed.bytes_of_request"),
    )
    faults = [
        Fault(where="what", given=reason("given.with_this", amount), allowed=reason(allowed, most))
        for amount, most, allowed in limits
        if amount > most
    ]
    if faults:
        raise BadRequest.because(reason("of.evidence", key), faults)
