"""
Commands that Hypothesis makes up: sensible ones and nonsense. Every internal text in them carries a mark.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import strategies as st

from escalation.case import commands as c
from escalation.case import events as e
from escalation.case.lifecycle import RcaState, State, moves_from
from escalation.case.post_mortem import ActionItem, PostMortem
from escalation.case.request import CorrectiveAction, CustomerRca, InternalRca
from escalation.case.state import Escalation
from escalation.kernel.values import CustomerText, InternalText
from escalation.notifications.shell_commands import Tick
from escalation.policy.classification import CancelCause, EscalationReason, Priority
from escalation.policy.move_name import Move
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
_steps = st.builds(e.Step, what=whys, owner=anybody)
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

FIELDS: dict[type[c.PersonsCommand | c.Rebase], dict[str, st.SearchStrategy[Any]]] = {
    c.Acknowledge: {"note": notes},
    c.RaiseLevel: {"reason": reasons, "to_level": st.none() | st.integers(0, 8), "note": notes},
    c.Transfer: {"to": anybody, "reason": reasons, "note": notes},
    c.ReportTrigger: {"trigger": _triggers, "note": notes},
    c.TickResponse: {"response": _responses, "level": st.none() | st.integers(1, 3), "note": notes},
    c.ChangePriority: {"priority": st.sampled_from(Priority), "note": notes},
    c.PauseClocks: {"because": st.sampled_from(["waiting_for_customer", "lunch"]), "note": notes},
    c.ResumeClocks: {"note": notes},
    c.BeginResolution: {"note": notes},
    c.RevisePlan: {"steps": st.tuples(_steps), "why": notes},
    c.SendUpdate: {"customer_text": st.none() | customer_texts, "internal_note": st.none() | whys},
    c.DeclareResolved: {
        "resolution": st.sampled_from(e.ResolutionKind),
        "done": whys,
        "customer_text": st.none() | customer_texts,
    },
    c.VerifyResolution: {"note": notes},
    c.RejectResolution: {"why": whys},
    c.ConfirmAccess: {"account": accounts, "answer": st.sampled_from(e.AccessAnswer), "note": notes},
    c.SettleTicket: {"record": records, "stays_open_because": st.none() | whys},
    c.RequestRca: {"note": notes},
    c.FileRca: {"rca": _rcas},
    c.DeriveRca: {"rca": st.none() | _customer_rcas},
    c.ApproveRca: {"note": notes},
    c.ShareRca: {},
    c.WaiveRca: {"why": whys},
    c.Close: {"note": notes},
    c.Reopen: {"why": whys},
    c.Cancel: {"cause": st.sampled_from(CancelCause), "into": st.none() | st.just("ACME/99"), "why": whys},
    c.DeployTaskForce: {
        "name": st.sampled_from(["roof", "wall"]),
        "mission": whys,
        "lead": anybody,
        "seats": st.tuples(_seats),
        "technical_plan": notes.filter(lambda text: len(text) <= 8000),
    },
    c.StandDownTaskForce: {
        "name": st.sampled_from(["roof", "wall"]),
        "why": whys,
        "hand_over_to": st.none() | anybody,
    },
    c.AnswerSurvey: {"account": accounts, "score": st.integers(1, 5), "comment": notes},
    c.FilePostMortem: {"post_mortem": _post_mortems},
    c.FinishAction: {"action": st.integers(1, 3), "note": notes},
    c.Rebase: {"why": whys, "plan": st.sampled_from(PLANS)},
    c.ApproveText: {"number": _numbers, "note": notes},
    c.EditText: {"number": _numbers, "text": customer_texts, "why": notes},
    c.RejectText: {"number": _numbers, "why": whys},
    c.CorrectContact: {
        "contact": st.sampled_from(["jo@acme.example", "JO@acme.example", "nobody@acme.example"]),
        "email": st.none() | st.sampled_from(["jo@acme.example", "jo.buyer@acme.example"]),
        "name": st.none() | st.just(CustomerText("Jo")),
        "language": st.none() | st.sampled_from(["tr", "id"]),
        "note": notes,
    },
}

_BY_MOVE = {kind.move: kind for kind in FIELDS}
_MAY = {"architect": "ari", "approver": "pia", "escalation_manager": "ed"}


def asked(
    kind: type[c.PersonsCommand | c.Rebase], by: st.SearchStrategy[str]
) -> st.SearchStrategy[c.PersonsCommand | c.Rebase]:
    return st.builds(kind, by=by, **FIELDS[kind])


anything: st.SearchStrategy[c.PersonsCommand | c.Rebase] = st.sampled_from(list(FIELDS)).flatmap(
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
            return c.VerifyResolution(by="ari", note=why)
        case _:
            return _towards_the_close(now)


def _towards_the_close(now: Escalation) -> c.Command:
    left = [command for command in ready_to_close(now) if not _is_done(now, command)]
    return left[0] if left else c.Close(by="ed", note=InternalText(MARK))


def _is_done(now: Escalation, command: c.Command) -> bool:
    match command:
        case c.ConfirmAccess():
            return command.account in now.access
        case c.SettleTicket():
            return command.record in now.settled
        case c.FileRca() | c.DeriveRca() | c.ApproveRca() | c.ShareRca():
            return command.move not in moves_from(now.state, now.rca.state) or (
                command.move in {Move.FILE_RCA, Move.DERIVE_RCA}
                and now.rca.state is not _BEFORE[command.move]
            )
        case _:
            return False


def _of_held(now: Escalation) -> dict[str, st.SearchStrategy[Any]]:
    numbers = st.sampled_from([held.number for held in now.held_texts])
    return {"number": numbers, "by": st.sampled_from(["ed", "fay"])}


_BEFORE = {Move.FILE_RCA: RcaState.REQUESTED, Move.DERIVE_RCA: RcaState.DRAFTED}


def fitting(now: Escalation, move: Move) -> st.SearchStrategy[c.PersonsCommand | c.Rebase]:
    """*move* by somebody who may make it; mostly it succeeds."""
    roles = now.plan.permissions.get(move)
    by = st.just(_MAY[roles[0]]) if roles else people
    fixed: dict[Move, Callable[[], dict[str, st.SearchStrategy[Any]]]] = {
        Move.CONFIRM_ACCESS: lambda: {"answer": st.sampled_from([e.AccessAnswer.YES, e.AccessAnswer.WAIVED])},
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
