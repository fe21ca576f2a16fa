"""
Commands that Hypothesis makes up: sensible ones and nonsense. Every internal text in them carries a mark.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from escalation.case import commands as c
from escalation.case.action_plan import Step
from escalation.case.lifecycle import Move, RcaState, State, moves_from
from escalation.case.move_index import PERSONS_COMMANDS, PersonsCommand
from escalation.case.moves.acknowledge import Acknowledge
from escalation.case.moves.add_comment import AddComment
from escalation.case.moves.add_evidence import AddEvidence
from escalation.case.moves.answer_question import AnswerQuestion
from escalation.case.moves.answer_survey import AnswerSurvey
from escalation.case.moves.approve_rca import ApproveRca
from escalation.case.moves.approve_text import ApproveText
from escalation.case.moves.ask_customer import AskCustomer
from escalation.case.moves.begin_resolution import BeginResolution
from escalation.case.moves.cancel import Cancel
from escalation.case.moves.change_priority import ChangePriority
from escalation.case.moves.close import Close
from escalation.case.moves.confirm_access import ConfirmAccess
from escalation.case.moves.correct_contact import CorrectContact
from escalation.case.moves.declare_resolved import DeclareResolved
from escalation.case.moves.deploy_task_force import DeployTaskForce
from escalation.case.moves.derive_rca import DeriveRca
from escalation.case.moves.edit_text import EditText
from escalation.case.moves.file_post_mortem import FilePostMortem
from escalation.case.moves.file_rca import FileRca
from escalation.case.moves.finish_action import FinishAction
from escalation.case.moves.mark_seen import MarkSeen
from escalation.case.moves.nudge_owner import NudgeOwner
from escalation.case.moves.pause import PauseClocks, ResumeClocks
from escalation.case.moves.raise_level import RaiseLevel
from escalation.case.moves.rebase import Rebase
from escalation.case.moves.record_customer_message import RecordCustomerMessage
from escalation.case.moves.reject_resolution import RejectResolution
from escalation.case.moves.reject_text import RejectText
from escalation.case.moves.reopen import Reopen
from escalation.case.moves.report_trigger import ReportTrigger
from escalation.case.moves.request_rca import RequestRca
from escalation.case.moves.revise_plan import RevisePlan
from escalation.case.moves.revoke_page import RevokePage
from escalation.case.moves.send_back_rca import SendBackRca
from escalation.case.moves.send_update import SendUpdate
from escalation.case.moves.settle_ticket import SettleTicket
from escalation.case.moves.share_rca import ShareRca
from escalation.case.moves.stand_down_task_force import StandDownTaskForce
from escalation.case.moves.state_impact import StateImpact
from escalation.case.moves.tick_response import TickResponse
from escalation.case.moves.transfer import Transfer
from escalation.case.moves.verify_resolution import VerifyResolution
from escalation.case.moves.waive_rca import WaiveRca
from escalation.case.post_mortem import ActionItem, PostMortem
from escalation.case.rca_content import CorrectiveAction, CustomerRca, InternalRca
from escalation.case.request import Channel
from escalation.case.resolution import AccessAnswer, ResolutionKind
from escalation.case.state import Escalation
from escalation.kernel.values import CustomerText, CustomerWords, InternalText
from escalation.notifications.system_commands import Tick
from escalation.policy.classification import CancelCause, EscalationReason, EvidenceKind, Priority
from escalation.policy.plan import Plan, PlaybookRef, Trigger
from escalation.task_force.state import SeatRequest
from tests.builders import (
    DECLARE,
    JO,
    PEOPLE,
    THE_MONDAY,
    a_plan,
    levels_with,
    priorities_with,
    ready_to_close,
)

MARK = "for our eyes only"

people = st.sampled_from([contact.id for contact in PEOPLE])
anybody = people | st.sampled_from(["mallory", JO])
notes = st.sampled_from([InternalText(""), InternalText(MARK), InternalText(f"{MARK}: " + "é" * 16_000)])
whys = st.just(InternalText(f"because {MARK}"))
customer_texts = st.sampled_from([CustomerText("We are at work."), CustomerText("Done, and checked.")])
accounts = st.sampled_from(["ACME", "BOLT"])
records = st.sampled_from(["INC-1", "PRB-2"])
reasons = st.sampled_from(EscalationReason)


def marked(plan: Plan) -> Plan:
    """*plan* with the mark in every word of it that customers must not read."""
    levels = tuple(
        replace(
            level,
            name=f"{level.name} {MARK}",
            responses=tuple(f"{text} {MARK}" for text in level.responses),
            triggers=tuple(
                Trigger(name=trigger.name, says=f"{trigger.name} {MARK}", to_level=trigger.to_level)
                for trigger in level.triggers
            ),
        )
        for level in plan.levels
    )
    return replace(plan, levels=levels)


PLAN = marked(a_plan())

_actions = st.builds(
    CorrectiveAction,
    what=whys,
    owner=anybody,
    due=st.just(THE_MONDAY.date()),
    for_customers=st.none() | customer_texts,
)
_rcas = st.builds(
    InternalRca,
    root_causes=st.tuples(whys),
    went_badly=st.tuples(whys),
    corrective_actions=st.tuples(_actions),
    summary_for_customers=st.none() | customer_texts,
)
_customer_rcas = st.builds(CustomerRca, summary=customer_texts, actions=st.tuples(customer_texts))
_seats = st.builds(SeatRequest, role=st.sampled_from(["architect", "plumber"]))
_items = st.builds(
    ActionItem, what=whys, owner=anybody, due=st.sampled_from([THE_MONDAY.date(), date(2026, 5, 4)])
)
_post_mortems = st.builds(
    PostMortem, participants=st.just(("ed",)), findings=st.tuples(whys), actions=st.tuples(_items)
)
_steps = st.builds(Step, what=whys, owner=anybody)
_responses = st.sampled_from(["1", "2", "9", "hear the customer out"])
_triggers = st.sampled_from(sorted({trigger.name for level in PLAN.levels for trigger in level.triggers}))


def _another(name: str) -> PlaybookRef:
    return PlaybookRef(name=name, version="2", sha256="1" * 64)


PLANS = (
    marked(a_plan(playbook=_another("fewer levels"), levels=levels_with(3)[:4])),
    marked(
        a_plan(playbook=_another("less time"), priorities=priorities_with(Priority.P3, window_percent=50))
    ),
    marked(
        a_plan(
            playbook=_another("some have left"),
            levels=levels_with(1, contacts=("mia", "max"), asks_all=True, needs_all=True),
            contacts=tuple(person for person in PEOPLE if person.id not in {"ana", "ben", "duty"}),
        )
    ),
)
"""To rebase to: fewer levels, less time, fewer people."""

_numbers = st.none() | st.integers(1, 3)

FIELDS: dict[type[PersonsCommand | Rebase], dict[str, st.SearchStrategy[Any]]] = {
    Acknowledge: {"note": notes},
    RaiseLevel: {"reason": reasons, "to_level": st.none() | st.integers(0, 8), "note": notes},
    Transfer: {"to": anybody, "reason": reasons, "note": notes},
    ReportTrigger: {"trigger": _triggers, "note": notes},
    NudgeOwner: {"note": notes},
    MarkSeen: {"note": notes},
    StateImpact: {"account": accounts, "impact": st.just(CustomerWords("We cannot sell."))},
    AskCustomer: {
        "account": accounts,
        "text": customer_texts,
        "what_for": customer_texts,
        "due_at": st.sampled_from(
            [THE_MONDAY, THE_MONDAY + timedelta(days=1), THE_MONDAY + timedelta(days=9)]
        ),
    },
    AnswerQuestion: {"answer": st.just(CustomerWords(f"Two. {MARK}")), "number": _numbers},
    AddComment: {"note": st.sampled_from([InternalText(f"{MARK} @ana"), InternalText(f"@mallory: {MARK}")])},
    RecordCustomerMessage: {
        "account": accounts,
        "text": st.just(CustomerWords(f"We wait. {MARK}")),
        "channel": st.sampled_from(Channel),
    },
    AddEvidence: {
        "evidence": st.sampled_from([kind for kind in EvidenceKind if kind is not EvidenceKind.ATTEMPT]),
        "what": whys,
        "at": st.none() | st.just(THE_MONDAY),
        "who": st.just(InternalText(MARK)),
    },
    TickResponse: {"response": _responses, "level": st.none() | st.integers(1, 3), "note": notes},
    ChangePriority: {"priority": st.sampled_from(Priority), "note": notes},
    PauseClocks: {"because": st.sampled_from(["waiting_for_customer", "lunch"]), "note": notes},
    ResumeClocks: {"note": notes},
    BeginResolution: {"note": notes},
    RevisePlan: {"steps": st.tuples(_steps), "why": notes},
    SendUpdate: {
        "customer_text": st.none() | customer_texts,
        "internal_note": st.none() | whys,
        "estimate": st.none() | st.just(THE_MONDAY + timedelta(days=9)),
        "estimate_why": st.none() | customer_texts,
    },
    DeclareResolved: {
        "resolution": st.sampled_from(ResolutionKind),
        "done": whys,
        "customer_text": st.none() | customer_texts,
    },
    VerifyResolution: {"note": notes},
    RejectResolution: {"why": whys},
    ConfirmAccess: {"account": accounts, "answer": st.sampled_from(AccessAnswer), "note": notes},
    SettleTicket: {"record": records, "stays_open_because": st.none() | whys},
    RequestRca: {"note": notes},
    FileRca: {"rca": _rcas},
    DeriveRca: {"rca": st.none() | _customer_rcas},
    ApproveRca: {"note": notes},
    SendBackRca: {"why": whys},
    ShareRca: {},
    WaiveRca: {"why": whys},
    Close: {"note": notes},
    Reopen: {"why": whys},
    Cancel: {"cause": st.sampled_from(CancelCause), "into": st.none() | st.just("ACME/99"), "why": whys},
    DeployTaskForce: {
        "name": st.sampled_from(["roof", "wall"]),
        "mission": whys,
        "lead": anybody,
        "seats": st.tuples(_seats),
        "technical_plan": notes.filter(lambda text: len(text) <= 8000),
    },
    StandDownTaskForce: {
        "name": st.sampled_from(["roof", "wall"]),
        "why": whys,
        "hand_over_to": st.none() | anybody,
    },
    AnswerSurvey: {"account": accounts, "score": st.integers(1, 5), "comment": notes},
    FilePostMortem: {"post_mortem": _post_mortems},
    FinishAction: {"action": st.integers(1, 3), "note": notes},
    Rebase: {"why": whys, "plan": st.sampled_from(PLANS)},
    ApproveText: {"number": _numbers, "note": notes},
    EditText: {"number": _numbers, "text": customer_texts, "why": notes},
    RejectText: {"number": _numbers, "why": whys},
    RevokePage: {
        "contact": st.sampled_from(["jo@acme.example", "JO@acme.example", "nobody@acme.example"]),
        "note": notes,
    },
    CorrectContact: {
        "contact": st.sampled_from(["jo@acme.example", "JO@acme.example", "nobody@acme.example"]),
        "email": st.none() | st.sampled_from(["jo@acme.example", "jo.buyer@acme.example"]),
        "name": st.none() | st.just(CustomerText("Jo")),
        "language": st.none() | st.sampled_from(["tr", "id"]),
        "note": notes,
    },
}

_BY_MOVE = {kind.move: kind for kind in FIELDS}
_MISSING = [kind.__name__ for kind in PERSONS_COMMANDS if kind not in FIELDS]
assert not _MISSING, f"FIELDS says nothing of {_MISSING}"
_MAY = {"architect": "ari", "approver": "pia", "escalation_manager": "ed"}


def asked(
    kind: type[PersonsCommand | Rebase], by: st.SearchStrategy[str]
) -> st.SearchStrategy[PersonsCommand | Rebase]:
    return st.builds(kind, by=by, **FIELDS[kind])


anything: st.SearchStrategy[PersonsCommand | Rebase] = st.sampled_from(list(FIELDS)).flatmap(
    lambda kind: asked(kind, anybody)
)
"""Any command from anybody: most of these are refused."""


def forward(now: Escalation) -> c.Command:
    """The next step on the straight way to the close."""
    why = InternalText(MARK)
    match now.state:
        case State.STARTED:
            return Tick()
        case State.COMMUNICATING | State.RESOLVING:
            return DECLARE.model_copy(update={"done": why})
        case State.VERIFYING:
            return VerifyResolution(by="ari", note=why)
        case _:
            return _towards_the_close(now)


def _towards_the_close(now: Escalation) -> c.Command:
    left = [command for command in ready_to_close(now) if not _is_done(now, command)]
    return left[0] if left else Close(by="ed", note=InternalText(MARK))


def _is_done(now: Escalation, command: c.Command) -> bool:
    match command:
        case ConfirmAccess():
            return command.account in now.access
        case SettleTicket():
            return command.record in now.settled
        case FileRca() | DeriveRca() | ApproveRca() | ShareRca():
            return command.move not in moves_from(now.state, now.rca.state) or (
                command.move in {Move.FILE_RCA, Move.DERIVE_RCA}
                and now.rca.state is not _BEFORE[command.move]
            )
        case _:
            return False


def _of_held(now: Escalation) -> dict[str, st.SearchStrategy[Any]]:
    numbers = st.sampled_from([held.number for held in now.pending_texts])
    return {"number": numbers, "by": st.sampled_from(["ed", "fay"])}


_BEFORE = {Move.FILE_RCA: RcaState.REQUESTED, Move.DERIVE_RCA: RcaState.DRAFTED}


def fitting(now: Escalation, move: Move) -> st.SearchStrategy[PersonsCommand | Rebase]:
    """*move* by somebody who may make it; mostly it succeeds."""
    roles = now.plan.permissions.get(move)
    by = st.just(_MAY[roles[0]]) if roles else people
    fixed: dict[Move, Callable[[], dict[str, st.SearchStrategy[Any]]]] = {
        Move.CONFIRM_ACCESS: lambda: {"answer": st.sampled_from([AccessAnswer.YES, AccessAnswer.WAIVED])},
        Move.REPORT_TRIGGER: lambda: {
            "trigger": st.sampled_from([trigger.name for trigger in now.current_level.triggers])
        },
        Move.RAISE_LEVEL: lambda: {"to_level": st.none()},
        Move.PAUSE: lambda: {"because": st.just("waiting_for_customer")},
        **dict.fromkeys((Move.APPROVE_TEXT, Move.EDIT_TEXT, Move.REJECT_TEXT), lambda: _of_held(now)),
    }
    kind = _BY_MOVE[move]
    fields = FIELDS[kind] | (fixed[move]() if move in fixed else {})
    return st.builds(kind, **{"by": by, **fields})
