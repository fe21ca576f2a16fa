"""
Working on it until it is verified: plan, updates, pauses, resolution, access (COMM-3, CLOCK-3, RESOLVE).
"""

from datetime import datetime

from escalation.case import commands as c
from escalation.case import events as e
from escalation.case import task_forces, text_approval
from escalation.case.audience import followers_of, managers_of, name_of, notify, notify_customers
from escalation.case.closing import begin_closing
from escalation.case.follow_up import require_affected, require_own_account
from escalation.case.levels import resume_work
from escalation.case.lifecycle import State
from escalation.case.next_update import restart_next_update
from escalation.case.work import Work
from escalation.kernel.characters import clip
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Outcome
from escalation.kernel.reasons import Sentence, Why
from escalation.kernel.refusals import BadRequest, Fault, RoleNotAllowed, UnknownName
from escalation.kernel.values import LONGEST_TEXT, NO_NOTE, InternalText
from escalation.notifications.notification import Occasion

_OF_THE_PROBLEM = (
    ClockName.LEVEL_WINDOW,
    ClockName.NEXT_UPDATE,
    ClockName.RESOLUTION,
    ClockName.INTERNAL_UPDATE,
)
HELD_WHILE_VERIFYING = (*_OF_THE_PROBLEM, ClockName.ACKNOWLEDGE)
"""Declaring resolved stops these; a rejection lets them run on from where they were (MATRIX-2, RESOLVE-5). Those of
the problem are met once it is verified."""


def pause(turn: Work, command: c.PauseClocks) -> None:
    """CLOCK-3: stops the clocks that the playbook names for this reason."""
    reasons = turn.escalation.plan.pause_reasons
    if command.because not in reasons:
        raise UnknownName.of(f"{turn.escalation.key}: unknown pause reason", command.because, reasons)
    rule = reasons[command.because]
    stops = tuple(dict.fromkeys((*rule.stops, ClockName.ACKNOWLEDGEMENT_EXPIRY)))
    running = {clock.name for clock in turn.escalation.running_clocks}
    stopped = tuple(name for name in stops if name in running)
    turn.record(e.ClocksPaused(because=command.because, stops=stops, stopped=stopped, note=command.note))
    turn.start(ClockName.PAUSE)


def end_pause(turn: Work) -> None:
    """CLOCK-3: it has lasted as long as it may; whoever holds the escalation goes on."""
    paused, clock = turn.escalation.pause, turn.escalation.clock(ClockName.PAUSE)
    resume(turn, ended_at=clock.due_at if clock else None)
    now = turn.escalation
    if paused:
        why = Sentence.PAUSE_ENDED.of(paused.reason.replace("_", " "))
        notify(turn, Occasion.PAUSE_ENDED, (now.owner, *managers_of(now)), why=why)


def resume(turn: Work, note: InternalText = NO_NOTE, ended_at: datetime | None = None) -> None:
    paused = turn.escalation.pause
    if paused:
        turn.end(ClockName.PAUSE, at=ended_at)
        turn.record(e.ClocksResumed(because=paused.reason, note=note, ended_at=ended_at))


def begin_resolution(turn: Work, note: InternalText = NO_NOTE) -> None:
    turn.record(e.ResolutionBegun(note=note))


def revise_plan(turn: Work, command: c.RevisePlan) -> None:
    """COMM-10, RESOLVE-1: a plan that exists begins the resolution."""
    now = turn.escalation
    for step in command.steps:
        now.plan.contact(step.owner)
    version = now.action_plan.version + 1 if now.action_plan else 1
    turn.record(e.PlanRevised(version=version, steps=command.steps, why=command.why))
    if turn.escalation.state is State.COMMUNICATING:
        begin_resolution(turn)


def send_update(turn: Work, command: c.SendUpdate) -> None:
    """COMM-3: what customers are told meets the cadence and starts it anew; each update states the next."""
    if not command.customer_text and not command.internal_note:
        fault = Fault(
            where="customer_text, internal_note",
            given="neither",
            allowed="a text for customers, for us, or both",
        )
        raise BadRequest.because(f"the update of {turn.escalation.key}", (fault,))
    text, note = command.customer_text or None, command.internal_note or None
    waits = text is not None and turn.escalation.plan.text_approval is not None
    if note or not waits:
        turn.record(e.UpdateSent(customer_text=None if waits else text, internal_note=note))
    if text and waits:
        text_approval.submit_text(turn, text, apologise=command.apologise)
    elif text:
        text_approval.send_customer_update(turn, text, apologise=command.apologise)
    if note:
        restart_next_update(turn, ClockName.INTERNAL_UPDATE)
        why = Sentence.UPDATE_BY.of(name_of(turn.escalation, command.by))
        notify(turn, Occasion.UPDATE, followers_of(turn.escalation), why=why, text=note)


def declare_resolved(turn: Work, command: c.DeclareResolved) -> None:
    """
    RESOLVE-4: a fix or a workaround; the architects are asked to verify it (RESOLVE-5).

    They read what customers will: their verification approves that text, too (COMM-6).
    """
    resume(turn)
    turn.cancel_clocks(ClockName.ACKNOWLEDGEMENT_EXPIRY, ClockName.ON_DUTY)
    turn.record(
        e.ResolutionDeclared(
            resolution=command.resolution,
            done=command.done,
            customer_text=command.customer_text,
            holds=HELD_WHILE_VERIFYING,
        )
    )
    task_forces.stand_all_down(turn, Sentence.RESOLUTION_DECLARED.of())
    turn.start(ClockName.VERIFICATION)
    now = turn.escalation
    why = Sentence.DECLARED_BY.of(command.resolution, name_of(now, command.by))
    verifiers = now.plan.architects or now.plan.escalation_managers
    for_customers = (str(command.customer_text),) if command.customer_text else ()
    notify(turn, Occasion.VERIFICATION_WANTED, verifiers, why=why, text=command.done, items=for_customers)


def reject_resolution(turn: Work, command: c.RejectResolution) -> None:
    """RESOLVE-5: back to resolving, with the reason."""
    turn.end(ClockName.VERIFICATION)
    turn.record(e.ResolutionRejected(why=command.why))
    why = Sentence.REJECTED_BY.of(name_of(turn.escalation, command.by))
    notify(turn, Occasion.RESOLUTION_REJECTED, (turn.escalation.owner,), why=why, text=command.why)
    resume_work(turn)


def verify_resolution(turn: Work, command: c.VerifyResolution) -> None:
    """RESOLVE-5: it holds; everybody is told, and the clocks of the problem end as of the declaration."""
    turn.record(e.ResolutionVerified(note=command.note))
    resolution = turn.escalation.resolution
    assert resolution
    turn.end(ClockName.VERIFICATION)
    for name in HELD_WHILE_VERIFYING:
        outcome = Outcome.MET if name in _OF_THE_PROBLEM else Outcome.CANCELLED
        turn.end(name, outcome, at=resolution.declared_at, runs_on_if_reopened=True)
    turn.end(ClockName.FIRST_NOTICE, Outcome.CANCELLED)
    why = Sentence.VERIFIED_BY.of(resolution.kind, name_of(turn.escalation, turn.by))
    notify(turn, Occasion.RESOLVED, followers_of(turn.escalation), why=why, text=resolution.done)
    notify_customers(turn, Occasion.RESOLVED, text=resolution.customer_text)
    accounts = tuple(customer.account for customer in turn.escalation.request.customers)
    notify_customers(turn, Occasion.ACCESS_QUESTION, but=turn.escalation.access)
    notify(turn, Occasion.ACCESS_WANTED, turn.escalation.plan.engagement_managers, items=accounts)
    begin_closing(turn)


def reopen(turn: Work, why: InternalText) -> None:
    """CLOSE-9: back to resolving."""
    _reopen(turn, why, Sentence.REOPENED_BY.of(name_of(turn.escalation, turn.by)), why)


def _reopen(turn: Work, recorded: InternalText, why: Why, text: InternalText | None) -> None:
    """The hold since the declaration keeps the clocks where they were."""
    turn.end(ClockName.VERIFICATION)
    turn.cancel_clocks(ClockName.INTERNAL_RCA, ClockName.CUSTOMER_RCA, ClockName.CLOSING)
    turn.record(e.Reopened(why=recorded))
    people = followers_of(turn.escalation)
    resume_work(turn)
    notify(turn, Occasion.REOPENED, people, why=why, text=text)
    notify_customers(turn, Occasion.REOPENED)


def confirm_access(turn: Work, command: c.ConfirmAccess) -> None:
    """
    RESOLVE-6: customer by customer; one who says no sends it back to resolving. A contact is asked once, and
    answers for all of their accounts.
    """
    now = turn.escalation
    require_affected(now, command.account)
    require_own_account(now, command.move, command.by, command.account)
    contact = now.customer_contact(command.by)
    if contact and command.answer is e.AccessAnswer.WAIVED:
        raise RoleNotAllowed(
            f"{now.key}: {contact.name} may not waive access; contacts of customers may say yes or no"
        )
    accounts = contact.speaks_for if contact else (command.account,)
    for account in accounts:
        turn.record(e.AccessAnswered(account=account, answer=command.answer, note=command.note))
    if command.answer is e.AccessAnswer.NO:
        why = Sentence.NO_ACCESS.of(", ".join(accounts))
        recorded = clip(InternalText.cleaned(f"{why}. {command.note}").strip(), LONGEST_TEXT)
        _reopen(turn, InternalText(recorded), why, command.note or None)
