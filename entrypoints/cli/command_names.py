"""Moves and the commands that are typed for them: the rules name moves and fields, a terminal commands and options."""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import ValidationError

from entrypoints.cli.field_words import word_for
from escalation.case.lifecycle import Move
from escalation.kernel.reasons import Part, Term, reason
from escalation.kernel.refusals import BadRequest, Fault, Refusal, faults_of
from escalation.kernel.values import described_fields, from_plain
from escalation.task_force.lifecycle import TaskForceMove

_Model = TypeVar("_Model")

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
    Move.CORRECT_CONTACT: "correct-contact",
    Move.REVOKE_PAGE: "revoke-page",
    Move.SETTLE_TICKET: "settle",
    Move.ADD_EVIDENCE: "evidence",
    Move.ADD_COMMENT: "comment",
    Move.RECORD_CUSTOMER_MESSAGE: "customer-says",
    Move.STATE_IMPACT: "impact",
    Move.ASK_CUSTOMER: "ask",
    Move.ANSWER_QUESTION: "answer",
    Move.REQUEST_RCA: "rca request",
    Move.FILE_RCA: "rca file",
    Move.DERIVE_RCA: "rca derive",
    Move.APPROVE_RCA: "rca approve",
    Move.SEND_BACK_RCA: "rca send-back",
    Move.SHARE_RCA: "rca share",
    Move.WAIVE_RCA: "rca waive",
    Move.DEPLOY_TASK_FORCE: "task-force deploy",
    Move.STAND_DOWN_TASK_FORCE: "task-force stand-down",
    Move.ANSWER_SURVEY: "survey",
    Move.FILE_POST_MORTEM: "post-mortem file",
    Move.FINISH_ACTION: "actions done",
    Move.APPROVE_TEXT: "message approve",
    Move.EDIT_TEXT: "message edit",
    Move.REJECT_TEXT: "message reject",
    TaskForceMove.ACCEPT_SEAT: "task-force accept",
    TaskForceMove.DECLINE_SEAT: "task-force decline",
    TaskForceMove.LEAVE_SEAT: "task-force leave",
    TaskForceMove.OFFER_SEAT: "task-force offer",
    TaskForceMove.REPORT_STATUS: "task-force report",
    TaskForceMove.ADD_TASK: "task-force task add",
    TaskForceMove.FINISH_TASK: "task-force task done",
    TaskForceMove.STAND_DOWN: "task-force stand-down",
}
"""The moves that are typed by another word than their own."""


_OF_OPTIONS: Mapping[Part, Part] = {reason("allowed.required"): reason("allowed.required_option")}


def command_for(move: Move | TaskForceMove) -> str:
    return COMMANDS.get(move, move.value.replace("_", "-"))


def name_commands(refusal: Refusal) -> Refusal:
    """A refusal that lists moves, listing the commands for them instead."""
    if refusal.allowed_moves is None:
        return refusal
    return replace(refusal, allowed_moves=tuple(map(_command_of, refusal.allowed_moves)))


def _command_of(move: Part) -> Part:
    match move:
        case Term("Move", code):
            return command_for(Move(code))
        case Term("TaskForceMove", code):
            return command_for(TaskForceMove(code))
        case Term("SponsorshipMove", "log_touch_point"):
            return "touch"
        case _:
            return move


def name_option(fault: Fault, fields: Container[str], command: str = "") -> Fault:
    """Return *fault* in the options of *command* that fill *fields*, or were left out; people count from one."""
    names, _, within = fault.where.partition(".")
    typed = ", ".join(
        word_for(each, command).strip("[]") if each in fields else each for each in names.split(", ")
    )
    counted = re.sub(r"\b\d+\b", lambda index: str(int(index[0]) + 1), within)
    allowed = _OF_OPTIONS.get(fault.allowed, fault.allowed)
    return replace(fault, where=f"{typed} {counted}".strip(), allowed=allowed)


def read_options(
    model: type[_Model],
    what: str,
    fields: Mapping[str, Any],
    faults: Iterable[Fault] = (),
    more: Callable[[Mapping[str, Any]], Iterable[Fault]] = lambda _: (),
) -> _Model:
    """
    Return the model of what was typed for *fields*; what was not is left to its own defaults.

    Args:
        what: The command, or what its refusal calls it.
        faults: What is known to be wrong already.
        more: What else is wrong, where anything is.

    Raises:
        BadRequest: With every fault, in the options that were typed.
    """
    every, given = list(faults), {name: value for name, value in fields.items() if value is not None}
    try:
        read = from_plain(model, given)
    except ValidationError as error:
        shape = faults_of(error)
        known = {fault.where for fault in shape}
        others = (fault for fault in more(given) if fault.where not in known)
        every += (name_option(fault, described_fields(model), what) for fault in (*shape, *others))
    if every:
        raise BadRequest.because(what, every)
    return read


@contextmanager
def name_options(fields: Container[str], command: str = "") -> Iterator[None]:
    """Name the options of *command*, as far as they were typed for *fields*, in what is refused within."""
    try:
        yield
    except BadRequest as refused:
        if not refused.faults:
            raise
        what = refused.request
        faults = (
            name_option(fault, fields, command) if re.split(r"[.,]", fault.where)[0] in fields else fault
            for fault in refused.faults
        )
        raise BadRequest.because(what, faults) from None
