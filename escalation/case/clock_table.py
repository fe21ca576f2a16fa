"""
Clock table: what each clock does at its due time, before anything else is decided.

Compares instants, never trusts "a timer fired": at every command and every wake the clocks are settled first
(CLOCK-2, CLOCK-6). After downtime nothing comes in a burst: of several thresholds behind us only the last speaks.
"""

from dataclasses import replace
from datetime import datetime
from typing import Literal

from escalation.case.audience import managers_above, managers_of, notify, notify_customers, with_rotas
from escalation.case.base_event import BaseEvent
from escalation.case.clock_events import ClockBreached, ClockChased, ThresholdPassed
from escalation.case.follow_up import end_survey, remind_of_actions
from escalation.case.levels import ask_after_no_acknowledgement, end_window, expire_acknowledgement
from escalation.case.lifecycle import WORKING, Move, RcaState, State, step
from escalation.case.moves.pause import end_pause
from escalation.case.next_update import UpdateSent, restart_next_update
from escalation.case.on_call import end_shift
from escalation.case.state import Escalation
from escalation.case.text_approval import text_approvers
from escalation.case.work import Work
from escalation.kernel.clock_name import AGREED, ClockName
from escalation.kernel.clocks import Clock, count_passed_thresholds, is_late
from escalation.kernel.reasons import Reason, reason
from escalation.kernel.values import frozen
from escalation.notifications.notification import Occasion
from escalation.policy.open_hours_horizon import open_hours_to_compile
from escalation.policy.translations import EVERYBODY, on_record

_WHY_REMINDED = {
    ClockName.LEVEL_WINDOW: reason("level_due_to_rise"),
    ClockName.ACKNOWLEDGEMENT_EXPIRY: reason("acknowledgement_expires"),
    ClockName.PAUSE: reason("pause_ends"),
}
_OF_THE_RCA = frozenset({ClockName.INTERNAL_RCA, ClockName.CUSTOMER_RCA})


@frozen
class CommunicationBegun(BaseEvent):
    kind: Literal["communication_begun"] = "communication_begun"

    def applied_to(self, now: Escalation) -> Escalation:
        return replace(now, state=step(now.state, Move.BEGIN_COMMUNICATION))


def settle(work: Work) -> None:
    """Let everything happen that is due by now."""
    if work.state.state is State.STARTED:
        work.record(CommunicationBegun())
    while clock := _next_due(work.state, work.now):
        work.begin()
        _handle_due(work, clock)
    work.begin()
    remind_of_actions(work)
    work.begin()


def extend_open_hours(work: Work) -> None:
    """CLOCK-5: ask for open hours further on, well before the compiled ones end."""
    if work.state.is_attended:
        for wanted in open_hours_to_compile(work.state.plan.calendars, work.now):
            work.do(wanted)


def skip_past_thresholds(work: Work) -> None:
    """After due times changed: a threshold that is already past is recorded as skipped, not sent late (CLOCK-2)."""
    for clock in work.state.running_clocks:
        work.skip_past_thresholds(clock)


def _next_due(now: Escalation, at: datetime) -> Clock | None:
    if not now.is_attended:
        return None
    due = [clock for clock in now.clocks if clock.ended_at is None and clock.next_at and clock.next_at <= at]
    return min(due, key=lambda clock: _order(clock, at)) if due else None


def _order(clock: Clock, at: datetime) -> tuple[datetime | None, bool]:
    """As they ran out; of two at once the level's window is last, because a rise cancels the other."""
    instant = clock.due_at if _is_over(clock, at) else clock.next_at
    return instant, clock.name is ClockName.LEVEL_WINDOW


def _is_over(clock: Clock, at: datetime) -> bool:
    """The due time has come, and the breach is not on record yet."""
    return clock.is_running and not clock.breached_at and is_late(at, clock.due_at)


def _handle_due(work: Work, clock: Clock) -> None:
    if clock.name in AGREED:
        _end_agreed_time(work, clock)
    elif clock.breached_at:
        _chase(work, clock)
    elif clock.due_at and _is_over(clock, work.now):
        _breach(work, clock, clock.due_at)
    else:
        _remind(work, clock)


def _end_agreed_time(work: Work, clock: Clock) -> None:
    if not _is_over(clock, work.now):
        _remind(work, clock)
        return
    match clock.name:
        case ClockName.ACKNOWLEDGEMENT_EXPIRY:
            expire_acknowledgement(work)
        case ClockName.PAUSE:
            end_pause(work)
        case ClockName.SURVEY:
            end_survey(work)
        case _:
            end_shift(work)


def _remind(work: Work, clock: Clock) -> None:
    now = work.state
    assert clock.next_at
    passed = count_passed_thresholds(clock, now.plan.hours(clock.calendar), now.pauses, work.now)
    work.record(
        ThresholdPassed(
            clock=clock.name,
            passed=passed,
            skipped=passed - clock.passed - 1,
            due_at=clock.next_at,
        )
    )
    special = _WHY_REMINDED.get(clock.name)
    notify(
        work,
        Occasion.REMINDER,
        _people_to_chase(work.state, clock),
        why=special or reason("due", clock.name),
        clock=clock.name,
        due_at=clock.due_at,
    )


def _breach(work: Work, clock: Clock, due_at: datetime) -> None:
    """The due time has come: alert at once, whoever is working on it (CLOCK-6), then do what the clock stands for."""
    work.record(
        ClockBreached(
            clock=clock.name,
            due_at=due_at,
            passed=len(clock.thresholds),
            skipped=len(clock.thresholds) - clock.passed,
            chased=(work.now - due_at) // work.state.plan.chase_every,
        )
    )
    if clock.name is ClockName.LEVEL_WINDOW:
        if work.state.state in WORKING:
            end_window(work)
        return
    now = work.state
    why = _why_breached(now, clock)
    notify(work, Occasion.BREACH, _people_to_alert(now, clock), why=why, clock=clock.name, due_at=due_at)
    if clock.name is ClockName.ACKNOWLEDGE:
        window = now.clock(ClockName.LEVEL_WINDOW)
        rises_next = window is not None and _is_over(window, work.now)
        if now.state in WORKING and not rises_next:  # nobody is asked in vain
            ask_after_no_acknowledgement(work)
    elif clock.name is ClockName.NEXT_UPDATE:
        _send_holding_update(work)
    elif clock.name is ClockName.RESOLUTION:
        notify(work, Occasion.BROUGHT_IN, now.plan.bring_in, why=why, due_at=due_at)


def _why_breached(now: Escalation, clock: Clock) -> Reason:
    """Return why people are alerted; also that customers hear nothing more by themselves, where that is so."""
    why = reason("overdue", clock.name)
    if clock.name is ClockName.NEXT_UPDATE and now.holding_updates and not now.may_hold_the_line:
        return reason("and_also", why, reason("no_more_holding", now.holding_updates))
    return why


def _send_holding_update(work: Work) -> None:
    """An update was missed: an honest holding update goes out by itself, if the playbook allows (COMM-3)."""
    now = work.state
    texts, rules = now.plan.holding_update, now.plan.holding
    if texts is None or not now.may_hold_the_line:
        return
    is_last = rules is not None and now.holding_updates + 1 >= rules.at_most
    work.record(UpdateSent(customer_text=on_record(texts), is_holding=True, is_last_holding=is_last))
    restart_next_update(work, ClockName.NEXT_UPDATE)
    notify_customers(work, Occasion.HOLDING, text=texts.get(EVERYBODY), texts=texts)


def _chase(work: Work, clock: Clock) -> None:
    """Still breached and nobody ended it: bring it up again. Several chases missed in downtime speak as one."""
    assert clock.breached_at
    times = (work.now - clock.breached_at) // work.state.plan.chase_every
    work.record(ClockChased(clock=clock.name, times=times, due_at=clock.breached_at))
    now = work.state
    notify(
        work,
        Occasion.REMINDER,
        _people_to_alert(now, clock, times),
        why=reason("still_overdue", clock.name),
        clock=clock.name,
        due_at=clock.breached_at,
    )


def _people_to_alert(now: Escalation, clock: Clock, times: int = 0) -> tuple[str, ...]:
    """
    Return who is notified of what is overdue: managers, and those who must act; of an RCA also managers above, a level
    higher for each of the *times* that it was chased (CLOSE-5).
    """
    above = managers_above(now, 1 + times) if clock.name in _OF_THE_RCA else ()
    chased = _people_to_chase(now, clock)
    return (*managers_of(now), *above, *chased, *_on_call_beside(now, chased))


def _on_call_beside(now: Escalation, chased: tuple[str, ...]) -> tuple[str, ...]:
    """Return the rotas beside the *chased*: whoever acknowledged keeps what is overdue, and may be off duty."""
    if now.state not in WORKING:
        return ()
    return tuple(shift.schedule for shift in now.shifts if shift.holder in chased)


def _people_to_chase(now: Escalation, clock: Clock) -> tuple[str, ...]:
    """Return who has to act for this clock."""
    match clock.name:
        case ClockName.VERIFICATION:
            return now.plan.architects or now.plan.escalation_managers
        case ClockName.INTERNAL_RCA:
            return now.plan.problem_coordinators or now.plan.escalation_managers
        case ClockName.CUSTOMER_RCA:
            return _next_with_the_rca(now) or now.plan.escalation_managers
        case ClockName.CLOSING | ClockName.FIRST_NOTIFICATION:
            return now.plan.escalation_managers
        case ClockName.CUSTOMER_TEXT:
            return text_approvers(now)
        case ClockName.ACKNOWLEDGE:
            return with_rotas(now, now.unacknowledged or (now.owner,))
        case _:
            return with_rotas(now, (now.owner,))


def _next_with_the_rca(now: Escalation) -> tuple[str, ...]:
    """Return who derives, approves or shares the RCA next (CLOSE-4, CLOSE-5)."""
    match now.rca.state:
        case RcaState.DERIVED:
            return now.plan.rca_approvers
        case RcaState.APPROVED:
            return now.plan.engagement_managers
        case _:
            return now.plan.problem_coordinators
