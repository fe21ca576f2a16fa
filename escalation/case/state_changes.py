"""
Changes of an escalation's state that several events have in common.

Nothing is decided or refused here, no clock is read: an event has happened, and this is part of what it means. The
rest is said by the event itself, in its ``applied_to``.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from escalation.case.alert import Alert
from escalation.case.base_event import BaseEvent
from escalation.case.customer_texts import LastUpdate
from escalation.case.lifecycle import Move, step_rca
from escalation.case.state import Escalation, OnCallAnswer, Rca
from escalation.kernel.clock_events import ClockBreached, ClockChased, ClockEvent
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Pause
from escalation.kernel.reasons import reason as reason_of
from escalation.kernel.values import ENGINE, CustomerText
from escalation.notifications.delivery_results import DeliveryResult, Undelivered, update_undelivered
from escalation.notifications.notification import Occasion
from escalation.task_force.state import TaskForceSummary

_ANSWERS_OF_A_MENTION = frozenset({"comment_added", "alerts_seen"})


def apply_event(now: Escalation, event: BaseEvent | ClockEvent) -> Escalation:
    """Return *now* after *event*."""
    # What waits is answered before the event adds to it: a member who calls the own team calls the others.
    after = _with_breach_alerted(event.applied_to(_with_alerts_answered(now, event)), event)
    after = with_participants(after.with_event_counted(event), event.by)
    return after if event.by == ENGINE else _still_active(after, event)


def with_alert(now: Escalation, alert: Alert, by: str) -> Escalation:
    """Return *now* with *alert*, in place of an earlier one about the same; *by*, who made it, knows already."""
    left = alert.without_person(by)
    if left is None:
        return now
    others = (each for each in now.alerts if not each.is_about_the_same(left))
    return replace(now, alerts=(*others, left))


def _with_alerts_answered(now: Escalation, event: BaseEvent | ClockEvent) -> Escalation:
    """Whoever makes a move has looked at it. A mention waits for an answer: a comment, or that it was seen."""
    if event.by == ENGINE or not now.alerts:
        return now  # nearly always: most events find no alert
    is_answer = event.kind in _ANSWERS_OF_A_MENTION
    left = tuple(
        alert
        for alert in now.alerts
        if not now.stands_for(event.by, alert.who) or (alert.occasion is Occasion.MENTIONED and not is_answer)
    )
    return replace(now, alerts=left)


def _with_breach_alerted(now: Escalation, event: BaseEvent | ClockEvent) -> Escalation:
    if not isinstance(event, ClockBreached | ClockChased):
        return now
    why = reason_of("overdue" if isinstance(event, ClockBreached) else "still_overdue", event.clock)
    who, clock, at, due_at = event.alerted, event.clock, event.at, event.due_at
    alert = Alert(occasion=Occasion.BREACH, who=who, why=why, at=at, clock=clock, due_at=due_at)
    return with_alert(now, alert, event.by)


def with_participants(now: Escalation, by: str) -> Escalation:
    """
    Return *now*, which remembers all of ours who have a part in it: who submitted it, owned it or was asked, members
    of task forces, and *by*, who just did something.
    """
    members = (member for force in now.task_forces for member in (force.lead, *force.members))
    submitters = (now.request.submitted_by, *now.submitters.values())
    acting = (by,) if now.plan.knows(by) else ()
    found = dict.fromkeys((*now.participants, *submitters, now.owner, *now.asked, *members, *acting))
    return now if len(found) == len(now.participants) else replace(now, participants=tuple(found))


def _still_active(now: Escalation, event: BaseEvent | ClockEvent) -> Escalation:
    """Keep the acknowledgement alive, whatever a person does (MATRIX-6)."""
    clock = now.clock(ClockName.ACKNOWLEDGEMENT_EXPIRY)
    if clock is None or not clock.is_running:
        return now
    alive = now.derive_clock(replace(clock, started_at=event.at, passed=0, fired_share=0.0))
    return replace(now, clocks=tuple(alive if each is clock else each for each in now.clocks))


def replace_task_force(now: Escalation, force: TaskForceSummary) -> tuple[TaskForceSummary, ...]:
    """Return the task forces, with *force* in place of the one of its id."""
    return tuple(force if known.id == force.id else known for known in now.task_forces)


def with_asked(now: Escalation, contacts: tuple[str, ...]) -> Escalation:
    """
    Return *now* given to *contacts*, none of whom has acknowledged.

    The time of those who had it before does not run on for them.
    """
    clocks = tuple(
        replace(clock, runs_on_if_reopened=False) if clock.name is ClockName.ACKNOWLEDGE else clock
        for clock in now.clocks
    )
    return replace(
        now, asked=contacts, acknowledgements=(), acknowledged_by=None, on_call_answers=(), clocks=clocks
    )


def on_call_answers_but(now: Escalation, rota: str) -> tuple[OnCallAnswer, ...]:
    """Return the answers about who is on call, without that of *schedule*."""
    return tuple(shift for shift in now.on_call_answers if shift.rota != rota)


def put_in_place(names: tuple[str, ...], of: str, those: tuple[str, ...]) -> tuple[str, ...]:
    """Return *names* with *those* where *of* stood; nobody stands there twice."""
    if of not in names:
        return names
    at = names.index(of)
    return tuple(dict.fromkeys((*names[:at], *those, *names[at + 1 :])))


def undelivered_after(
    now: Escalation, results: Iterable[DeliveryResult], at: datetime
) -> tuple[Undelivered, ...]:
    """Return what did not arrive; results of people who are nobody's contact any more count for nothing."""
    ours = (each for each in results if not now.is_nobodys(each.recipient))
    return update_undelivered(now.undelivered, ours, at)


def last_update_after(now: Escalation, text: CustomerText | None, event: BaseEvent) -> LastUpdate | None:
    """Return what customers read last; *text* None: it stays."""
    return LastUpdate(text=text, at=event.at) if text else now.last_update


def rca_after(now: Escalation, move: Move) -> Rca:
    """Return the RCA as it stands after *move*."""
    return replace(now.rca, state=step_rca(now.rca.state, move))


def not_sent_back(rca: Rca) -> Rca:
    """Return *rca* after its author has written it again."""
    return replace(rca, sent_back_by=None, sent_back_because=None)


def with_pause(now: Escalation, pause: Pause) -> Escalation:
    """Return *now* with one more pause; clocks that it stops follow."""
    return replace(now, pauses=(*now.pauses, pause)).with_clocks(now.clocks)


def with_pause_ended(
    now: Escalation, event: BaseEvent, reason: str, ended_at: datetime | None = None
) -> Escalation:
    """Return *now* with the pause of *reason* ended; clocks that it stopped run on."""
    pauses = tuple(
        replace(pause, ended_at=ended_at or event.at)
        if pause.ended_at is None and pause.reason == reason
        else pause
        for pause in now.pauses
    )
    return replace(now, pauses=pauses).with_clocks(now.clocks)
