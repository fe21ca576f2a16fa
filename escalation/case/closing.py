"""
The end: RCA, related records, the gate, close and cancel (CLOSE).
"""

from escalation.case import commands as c
from escalation.case import events as e
from escalation.case import task_forces, text_approval
from escalation.case.audience import followers_of, name_of, notify, notify_customers
from escalation.case.follow_up import ask_for_survey, line, require_known
from escalation.case.lifecycle import RcaState, State
from escalation.case.merge import require_target
from escalation.case.request import CustomerRca
from escalation.case.state import Escalation
from escalation.case.work import Work
from escalation.kernel.budgets import REFUSAL, shortened
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Outcome
from escalation.kernel.reasons import Sentence, Why
from escalation.kernel.refusals import BadRequest, Fault, NotReadyToClose, UnknownName
from escalation.kernel.values import NO_NOTE, InternalText
from escalation.notifications.notification import Occasion
from escalation.policy.classification import CancelCause


def begin_closing(turn: Work) -> None:
    """
    CLOSE-2: the RCA is requested where the playbook says so; then whichever clock comes next runs.

    One that was shared before this verification explained a resolution that did not hold: it is asked for anew.
    """
    now = turn.escalation
    if now.rca.state is RcaState.SHARED or _lacks_its_rca(now):
        turn.record(e.RcaRequested())
    _run_the_next_clock(turn)


def _lacks_its_rca(now: Escalation) -> bool:
    return now.rules.rca_required and now.rca.state is RcaState.NONE


def adapt_rca_to_plan(turn: Work) -> None:
    """CLOSE-2, CLOCK-4: another playbook may want an RCA of what is closing already."""
    if turn.escalation.state is State.CLOSING and _lacks_its_rca(turn.escalation):
        _request_rca(turn)


def _run_the_next_clock(turn: Work) -> None:
    """Within closing exactly one of the three clocks runs, by where the RCA stands (CLOSE-5)."""
    match turn.escalation.rca.state:
        case RcaState.REQUESTED:
            wanted = ClockName.INTERNAL_RCA
        case RcaState.DRAFTED | RcaState.DERIVED | RcaState.APPROVED:
            wanted = ClockName.CUSTOMER_RCA
        case _:
            wanted = ClockName.CLOSING
    clock = turn.escalation.clock(wanted)
    if clock is None or not clock.is_running:
        turn.start(wanted)
        if wanted is ClockName.INTERNAL_RCA:
            _ask_for_rca(turn)


def _ask_for_rca(turn: Work) -> None:
    now = turn.escalation
    who = now.plan.problem_coordinators or now.plan.escalation_managers
    clock = now.clock(ClockName.INTERNAL_RCA)
    records = now.request.problem_records
    notify(turn, Occasion.RCA_WANTED, who, due_at=clock.due_at if clock else None, items=records)


def request_rca(turn: Work, command: c.RequestRca) -> None:
    _request_rca(turn, command.note)


def _request_rca(turn: Work, note: InternalText = NO_NOTE) -> None:
    turn.record(e.RcaRequested(note=note))
    if turn.escalation.state is State.CLOSING:
        turn.cancel_clocks(ClockName.CLOSING)
        _run_the_next_clock(turn)


def file_rca(turn: Work, command: c.FileRca) -> None:
    """CLOSE-3: each corrective action has an owner whom we know."""
    actions = enumerate(command.rca.corrective_actions)
    named = ((f"corrective_actions.{i}.owner", action.owner) for i, action in actions)
    require_known(turn.escalation, "the RCA", named)
    turn.record(e.RcaFiled(version=turn.escalation.rca.version + 1, rca=command.rca))
    turn.end(ClockName.INTERNAL_RCA)
    _run_the_next_clock(turn)


def derive_rca(turn: Work, command: c.DeriveRca) -> None:
    """CLOSE-4: only what is written for customers is carried over; the types let nothing else through."""
    internal = turn.escalation.rca.internal
    assert internal
    if command.rca:
        derived = command.rca
    elif internal.summary_for_customers:
        actions = tuple(
            action.for_customers for action in internal.corrective_actions if action.for_customers
        )
        derived = CustomerRca(summary=internal.summary_for_customers, actions=actions)
    else:
        fault = Fault(
            where="rca",
            given="nothing, and the internal RCA has no summary_for_customers",
            allowed="a customer RCA: summary, actions",
        )
        raise BadRequest.because(f"the customer RCA of {turn.escalation.key}", (fault,))
    turn.record(e.RcaDerived(rca=derived))
    approvers = turn.escalation.plan.rca_approvers or turn.escalation.plan.escalation_managers
    why = Sentence.DERIVED_BY.of(name_of(turn.escalation, command.by))
    text, lines = _for_us(derived)
    notify(turn, Occasion.RCA_APPROVAL_WANTED, approvers, why=why, text=text, items=lines)


def _for_us(rca: CustomerRca) -> tuple[InternalText, tuple[str, ...]]:
    """What customers will read, for our own people to read first: its summary and its actions."""
    return InternalText(str(rca.summary)), tuple(str(action) for action in rca.actions)


def approve_rca(turn: Work, command: c.ApproveRca) -> None:
    turn.record(e.RcaApproved(note=command.note))
    why = Sentence.APPROVED_BY.of(name_of(turn.escalation, command.by))
    rca = turn.escalation.rca.customer
    assert rca
    text, lines = _for_us(rca)
    sharers = turn.escalation.plan.engagement_managers
    notify(turn, Occasion.RCA_READY, sharers, why=why, text=text, items=lines)


def share_rca(turn: Work) -> None:
    """CLOSE-4: with every affected customer."""
    rca = turn.escalation.rca.customer
    assert rca
    turn.record(e.RcaShared())
    turn.end(ClockName.CUSTOMER_RCA)
    notify_customers(turn, Occasion.RCA, text=rca.summary, actions=rca.actions)
    _run_the_next_clock(turn)


def waive_rca(turn: Work, command: c.WaiveRca) -> None:
    turn.record(e.RcaWaived(why=command.why))
    turn.cancel_clocks(ClockName.INTERNAL_RCA, ClockName.CUSTOMER_RCA)
    _run_the_next_clock(turn)


def settle_record(turn: Work, command: c.SettleTicket) -> None:
    """CLOSE-1: closed, or listed with the reason that it stays open."""
    now = turn.escalation
    if command.record not in now.request.linked_records:
        raise UnknownName.of(f"{now.key}: no linked record", command.record, now.request.linked_records)
    turn.record(e.TicketSettled(record=command.record, stays_open_because=command.stays_open_because))


def close(turn: Work, command: c.Close) -> None:
    """CLOSE-8: refused with the complete list of what is missing."""
    now = turn.escalation
    if now.missing_to_close:
        missing = "".join(f"\n  {what}" for what in shortened(now.missing_to_close, REFUSAL))
        raise NotReadyToClose(f"{now.key}: cannot close yet; missing:{missing}")
    turn.end(ClockName.CLOSING)
    _end_all_clocks(turn)
    task_forces.stand_all_down(turn, Sentence.ESCALATION_CLOSED.of())
    turn.record(e.Closed(note=command.note))
    why = Sentence.CLOSED_BY.of(name_of(now, command.by))
    notify(turn, Occasion.CLOSED, followers_of(turn.escalation), why=why)
    notify_customers(turn, Occasion.CLOSED)
    ask_for_survey(turn)


def cancel(turn: Work, command: c.Cancel) -> None:
    """CLOSE-10: from any open state, with the reason; stakeholders are told, also of the actions that were open."""
    now = turn.escalation
    require_target(now, command)
    told = Sentence.CANCELLED_FOR.of(command.cause, command.into) if command.into else Why(command.cause)
    _cancel(turn, command.cause, command.into, command.why)
    _notify_cancelled(turn, told, command.why, command.cause)


def cancel_by_operator(turn: Work) -> None:
    """The operator ended the run itself; it is told like any other cancellation (CLOSE-10)."""
    if turn.escalation.is_open:
        cause, why = CancelCause.WITHDRAWN, Sentence.ENDED_BY_OPERATOR
        _cancel(turn, cause, None, InternalText(why))
        _notify_cancelled(turn, Sentence.CANCELLED_FOR.of(cause, why))


def _cancel(turn: Work, cause: CancelCause, into: str | None, why: InternalText) -> None:
    _end_all_clocks(turn)
    task_forces.stand_all_down(turn, Sentence.ESCALATION_CANCELLED.of())
    text_approval.reject_all_texts(turn, why)
    turn.record(e.Cancelled(cause=cause, into=into, why=why))


def _notify_cancelled(
    turn: Work, why: Why, text: InternalText | None = None, cause: CancelCause | None = None
) -> None:
    still_to_do = tuple(map(line, turn.escalation.open_actions))
    notify(turn, Occasion.CANCELLED, followers_of(turn.escalation), why=why, text=text, items=still_to_do)
    if (
        not turn.escalation.merged_into
    ):  # else that one writes to them, and says which reference is theirs now
        notify_customers(turn, Occasion.CANCELLED, cause=cause)


def _end_all_clocks(turn: Work) -> None:
    for clock in turn.escalation.running_clocks:
        turn.end(clock.name, Outcome.CANCELLED)
