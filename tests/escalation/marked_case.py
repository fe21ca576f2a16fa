"""
A case of two customers that lives through everything that is said in one, with a mark in every text for our own people.
"""

from collections.abc import Sequence
from dataclasses import is_dataclass, replace
from typing import Any

from pydantic import BaseModel

from escalation.case import commands as c
from escalation.case.action_plan import Step
from escalation.case.engine import decide
from escalation.case.events import Event
from escalation.case.moves.acknowledge import Acknowledge
from escalation.case.moves.add_comment import AddComment
from escalation.case.moves.add_evidence import AddEvidence
from escalation.case.moves.answer_question import AnswerQuestion
from escalation.case.moves.answer_survey import AnswerSurvey
from escalation.case.moves.ask_customer import AskCustomer
from escalation.case.moves.close import Close
from escalation.case.moves.confirm_access import ConfirmAccess
from escalation.case.moves.declare_resolved import DeclareResolved
from escalation.case.moves.mark_seen import MarkSeen
from escalation.case.moves.nudge_owner import NudgeOwner
from escalation.case.moves.record_customer_message import RecordCustomerMessage
from escalation.case.moves.request_rca import RequestRca
from escalation.case.moves.revise_plan import RevisePlan
from escalation.case.moves.send_update import SendUpdate
from escalation.case.moves.state_impact import StateImpact
from escalation.case.request import Channel
from escalation.case.resolution import ResolutionKind
from escalation.case.state import Escalation
from escalation.kernel.values import CustomerText, CustomerWords, InternalText
from escalation.policy.classification import EvidenceKind
from escalation.policy.plan import SurveyPolicy, Target
from tests.builders import (
    BUSINESS_DAY,
    JO,
    RCA_COURSE,
    VERIFY,
    a_customer,
    a_plan,
    all_delivered,
    monday,
    opening,
    tuesday,
)

MARK = "OURS-ALONE"
AL = "BOLT:al@bolt.example"
CUSTOMERS = (a_customer(), a_customer("BOLT", "al@bolt.example"))
_NOTE = InternalText("a note of ours")


def _question(account: str, text: str) -> AskCustomer:
    what_for = CustomerText("We send as many.")
    return AskCustomer(
        by="ana", account=account, text=CustomerText(text), what_for=what_for, due_at=tuesday("09:00")
    )


def _message(by: str, account: str, text: str) -> RecordCustomerMessage:
    return RecordCustomerMessage(by=by, account=account, text=CustomerWords(text), channel=Channel.PORTAL)


SAID: Sequence[c.Command] = (
    StateImpact(by="ben", account="ACME", impact=CustomerWords("Acme's shops are empty")),
    StateImpact(by="ben", account="BOLT", impact=CustomerWords("Bolt's trucks wait")),
    AddComment(by="ben", note=InternalText(f"{_NOTE} @max")),
    MarkSeen(by="max", note=_NOTE),
    NudgeOwner(by="ben", note=_NOTE),
    RevisePlan(by="ana", steps=(Step(what=_NOTE, owner="max"),), why=_NOTE),
    SendUpdate(by="ana", customer_text=CustomerText("The roof leaks."), internal_note=_NOTE),
    _question("ACME", "How many are wet, Acme?"),
    _question("BOLT", "How many are wet, Bolt?"),
    AnswerQuestion(by=JO, number=1, answer=CustomerWords("Nine, says Acme")),
    _question("ACME", "Which bay, Acme?"),
    _message(JO, "ACME", "Acme waits"),
    _message(AL, "BOLT", "Bolt waits"),
    AddEvidence(by=JO, evidence=EvidenceKind.REPORT, what=InternalText("photos"), link="https://f.example/1"),
    AddEvidence(by="ben", evidence=EvidenceKind.CALL, what=_NOTE, who=_NOTE),
)
"""Moves while it is worked on, by us and by both customers."""
RESOLVED: Sequence[c.Command] = (
    DeclareResolved(
        by="ana",
        resolution=ResolutionKind.FIX,
        done=_NOTE,
        customer_text=CustomerText("New pallets are there."),
    ),
    VERIFY,
)


CLOSED: Sequence[c.Command] = (
    *RESOLVED,
    RequestRca(by="ed", note=_NOTE),
    *RCA_COURSE,
    ConfirmAccess(by=JO, account="ACME", note=_NOTE),
    ConfirmAccess(by="eva", account="BOLT", note=_NOTE),
    Close(by="ed", note=_NOTE),
    AnswerSurvey(by=AL, account="BOLT", score=2, comment=_NOTE),
)
"""The rest of its life."""


def a_marked_case(*later: c.Command) -> tuple[Escalation, tuple[Event, ...]]:
    """The case after what was said and what came *later*, and its events; each text of ours has the mark."""
    plan = a_plan(survey=SurveyPolicy(within=Target(after=4 * BUSINESS_DAY)))
    opened = opening(plan=plan, customers=CUSTOMERS, reason_note=_NOTE)
    now, events = opened.state, opened.events
    steps = (all_delivered(now, monday("09:00")), Acknowledge(by=now.owner), *SAID, *later)
    for step in steps:
        decision = decide(now, step, monday("09:10"))
        now, events = decision.state, (*events, *decision.events)
    return marked(now), tuple(map(marked, events))


def marked(value: Any) -> Any:
    """Return *value* with the mark in every text of ours that it holds, however deep."""
    match value:
        case InternalText():
            return InternalText(f"{MARK} {value}")
        case BaseModel():
            return value.model_copy(update={name: marked(each) for name, each in value})
        case tuple() if type(value) is tuple:
            return tuple(map(marked, value))
        case dict():
            return {name: marked(each) for name, each in value.items()}
        case _ if is_dataclass(value) and not isinstance(value, type):
            fields = {name: marked(getattr(value, name)) for name in value.__dataclass_fields__}
            return replace(value, **fields)
        case _:
            return value
