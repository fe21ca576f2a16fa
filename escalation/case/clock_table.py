"""
The clocks of a case: one row each, with all that is special about it.

When a clock is due, and in which order, is the kernel's business (``clock_loop.py``). The rules of moves record the
events that start, end and hold a clock; a test drives whole lives, and checks that no other event does.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from escalation.case.audience import notify, notify_customers, with_rotas
from escalation.case.base_event import BaseEvent
from escalation.case.clock_row import UPDATES, WINDOW, CalendarOf, CaseClock, Consequence, People, target_of
from escalation.case.follow_up import end_survey, remind_of_actions
from escalation.case.levels import ask_after_no_acknowledgement, end_window, expire_acknowledgement
from escalation.case.lifecycle import WORKING, Move, State, step
from escalation.case.moves.pause import end_pause
from escalation.case.next_update import UpdateSent, restart_next_update
from escalation.case.on_call import end_shift
from escalation.case.question_reminder import remind_of_questions
from escalation.case.rca_people import next_with_the_rca
from escalation.case.state import Escalation
from escalation.case.text_approval import text_approvers
from escalation.case.work import Work
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import is_over
from escalation.kernel.reasons import Reason, reason
from escalation.kernel.values import frozen
from escalation.notifications.notification import Occasion
from escalation.policy.open_hours_horizon import open_hours_to_compile
from escalation.policy.plan import Target
from escalation.policy.translations import EVERYBODY, on_record


@frozen
class CommunicationBegun(BaseEvent):
    kind: Literal["communication_begun"] = "communication_begun"

    def applied_to(self, now: Escalation) -> Escalation:
        return replace(now, state=step(now.state, Move.BEGIN_COMMUNICATION))


def settle(work: Work) -> None:
    """Let everything happen that is due by now."""
    if work.state.state is State.STARTED:
        work.record(CommunicationBegun())
    work.settle()
    work.begin()
    remind_of_actions(work)
    work.begin()


def extend_open_hours(work: Work) -> None:
    """CLOCK-5: ask for open hours further on, well before the compiled ones end."""
    if work.state.is_attended:
        for wanted in open_hours_to_compile(work.state.plan.calendars, work.now):
            work.do(wanted)


# What follows from a breach.


def _raise_level(work: Work) -> None:
    if work.state.state in WORKING:
        end_window(work)


def _ask_another(work: Work) -> None:
    window = work.state.clock(ClockName.LEVEL_WINDOW)
    rises_next = window is not None and is_over(window, work.now)
    if work.state.state in WORKING and not rises_next:  # nobody is asked in vain
        ask_after_no_acknowledgement(work)


def _bring_in(work: Work) -> None:
    now, clock = work.state, work.state.clock(ClockName.RESOLUTION)
    why, due_at = reason("overdue", ClockName.RESOLUTION), clock.breached_at if clock else None
    notify(work, Occasion.BROUGHT_IN, now.plan.bring_in, why=why, due_at=due_at)


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


def _with_no_more_holding(now: Escalation, why: Reason) -> Reason:
    """Say also that customers hear nothing more by themselves, where that is so."""
    if now.holding_updates and not now.may_hold_the_line:
        return reason("and_also", why, reason("no_more_holding", now.holding_updates))
    return why


# How long a clock runs, where the priority does not say it.


def _acknowledge_target(now: Escalation, name: ClockName) -> Target | None:
    return now.current_level.ack_within or now.rules.targets.get(name)


def _approval_target(now: Escalation, _: ClockName) -> Target | None:
    return now.plan.text_approval.within if now.plan.text_approval else None


def _pause_target(now: Escalation, _: ClockName) -> Target | None:
    policy = now.plan.pause_reasons.get(now.pause.reason) if now.pause else None
    return policy.at_most if policy else None


_NO_TARGET = target_of("none: it waits for an instant that is known", lambda _now, _name: None)


# Who must act, where it is not the owner.


_ASKED = People(
    "those who were asked and have not acknowledged",
    lambda now: with_rotas(now, now.unacknowledged or (now.owner,)),
)
_ESCALATION_MANAGERS = People("the escalation managers", lambda now: now.plan.escalation_managers)
_VERIFIERS = People("the architects", lambda now: now.plan.architects or now.plan.escalation_managers)
_RCA_AUTHORS = People(
    "the problem coordinators", lambda now: now.plan.problem_coordinators or now.plan.escalation_managers
)
_NEXT_WITH_THE_RCA = People("whoever has the next step of the RCA", next_with_the_rca)
_TEXT_APPROVERS = People("those who approve texts", text_approvers)

_GIVEN_AWAY = ("level_raised", "contact_tried", "transferred")
"""Events after which somebody else is asked."""
_BACK_AT_WORK = ("resolution_rejected", "reopened")
_UPDATED = ("update_sent", "task_force_reported")
_RCA_DROPPED = ("rca_waived", "reopened", "cancelled")
_UNTIL_VERIFIED = ("resolution_verified", "rebased", "cancelled")
_WHILE_WORKED_ON = ("clocks_paused", "resolution_declared")
"""Events that hold the clocks of the work."""

CLOCKS: Mapping[ClockName, CaseClock] = {
    ClockName.FIRST_NOTIFICATION: CaseClock(
        promise="Customers and stakeholders have our first message in time.",
        starts=("opened", "customer_joined", "escalation_taken_over", "delivery_reported"),
        ends=("delivery_reported", *_UNTIL_VERIFIED, "closed"),
        held_by=("clocks_paused",),
        calendar=CalendarOf.CUSTOMER,
        chased=_ESCALATION_MANAGERS,
    ),
    ClockName.ACKNOWLEDGE: CaseClock(
        promise="Somebody who is asked says in time that they have it.",
        starts=("opened", *_GIVEN_AWAY, *_BACK_AT_WORK, "acknowledgement_expired", "on_call_found"),
        ends=("acknowledged", *_GIVEN_AWAY, *_UNTIL_VERIFIED),
        held_by=_WHILE_WORKED_ON,
        calendar=CalendarOf.LEVEL,
        target=target_of("the level, or else the priority", _acknowledge_target),
        chased=_ASKED,
        then=Consequence("the next contact is asked, as the level says", _ask_another),
    ),
    ClockName.LEVEL_WINDOW: CaseClock(
        promise="A level solves it within its window, or it rises.",
        starts=("opened", "level_raised", *_BACK_AT_WORK, "rebased"),
        ends=("level_raised", *_UNTIL_VERIFIED),
        held_by=_WHILE_WORKED_ON,
        calendar=CalendarOf.LEVEL,
        target=WINDOW,
        is_last=True,  # a rise asks somebody else, and cancels what was asked
        why_reminded=reason("level_due_to_rise"),
        is_alerted=False,
        then=Consequence("it rises to the next level", _raise_level),
    ),
    ClockName.NEXT_UPDATE: CaseClock(
        promise="Customers hear from us by the time that they were told.",
        starts=("opened", "update_sent"),
        ends=("update_sent", *_UNTIL_VERIFIED),
        held_by=_WHILE_WORKED_ON,
        calendar=CalendarOf.CUSTOMER,
        target=UPDATES,
        why_overdue=_with_no_more_holding,
        then=Consequence("customers get a holding update, if the playbook has one", _send_holding_update),
    ),
    ClockName.RESOLUTION: CaseClock(
        promise="The problem is solved in time.",
        starts=("opened",),
        ends=_UNTIL_VERIFIED,
        held_by=_WHILE_WORKED_ON,
        calendar=CalendarOf.CUSTOMER,
        then=Consequence("whom the playbook brings in is notified", _bring_in),
    ),
    ClockName.INTERNAL_UPDATE: CaseClock(
        promise="Our own people hear how it stands, where the playbook promises that.",
        starts=("opened", *_UPDATED, *_BACK_AT_WORK, "priority_changed", "rebased"),
        ends=(*_UPDATED, "priority_changed", *_UNTIL_VERIFIED),
        held_by=_WHILE_WORKED_ON,
    ),
    ClockName.CUSTOMER_TEXT: CaseClock(
        promise="A text for customers does not wait long for its approval.",
        starts=("text_submitted", "text_approved", "text_rejected", "rebased"),
        ends=("text_approved", "text_rejected", "rebased", "cancelled"),
        held_by=("clocks_paused",),
        target=target_of("the approval of texts", _approval_target),
        chased=_TEXT_APPROVERS,
    ),
    ClockName.ACKNOWLEDGEMENT_EXPIRY: CaseClock(
        promise="Whoever acknowledged is heard of; after a long silence it counts as not acknowledged.",
        starts=("acknowledged", *_BACK_AT_WORK, "rebased"),
        ends=("acknowledged", *_GIVEN_AWAY, "on_call_found", "resolution_declared", "rebased", "cancelled"),
        held_by=("clocks_paused",),
        is_agreed=True,
        calendar=CalendarOf.LEVEL,
        target=target_of("the level", lambda now, _: now.current_level.ack_expires),
        why_reminded=reason("acknowledgement_expires"),
        then=Consequence("whoever was asked is asked again", expire_acknowledgement),
    ),
    ClockName.CUSTOMER_ANSWER: CaseClock(
        promise="A customer who does not answer a question in time is reminded, once.",
        starts=("customer_asked", "question_answered", "question_reminded"),
        ends=("customer_asked", "question_answered", "question_reminded", "closed", "cancelled"),
        is_agreed=True,
        calendar=CalendarOf.NOBODY,
        target=_NO_TARGET,
        then=Consequence("the customer is reminded once, and the owner is notified", remind_of_questions),
    ),
    ClockName.PAUSE: CaseClock(
        promise="A pause lasts no longer than its reason allows.",
        starts=("clocks_paused", "rebased"),
        ends=("clocks_resumed", "rebased", "closed", "cancelled"),
        is_agreed=True,
        target=target_of("the reason of the pause", _pause_target),
        why_reminded=reason("pause_ends"),
        then=Consequence("the clocks run on, and owner and managers are notified", end_pause),
    ),
    ClockName.ON_DUTY: CaseClock(
        promise="When a shift ends, it goes to whoever is on call then.",
        starts=("on_call_found", "acknowledged", "acknowledgement_expired", *_BACK_AT_WORK, "rebased"),
        ends=("on_call_found", *_GIVEN_AWAY, "acknowledged", "resolution_declared", "rebased", "cancelled"),
        is_agreed=True,
        calendar=CalendarOf.NOBODY,
        target=_NO_TARGET,
        then=Consequence("whoever is on call now is looked up", end_shift),
    ),
    ClockName.VERIFICATION: CaseClock(
        promise="Somebody else checks a declared resolution in time.",
        starts=("resolution_declared",),
        ends=("resolution_verified", "resolution_rejected", "reopened", "cancelled"),
        chased=_VERIFIERS,
    ),
    ClockName.INTERNAL_RCA: CaseClock(
        promise="The cause is written down for our own people in time.",
        starts=("rca_requested", "resolution_verified"),
        ends=("rca_filed", *_RCA_DROPPED),
        chased=_RCA_AUTHORS,
        alerts_above=True,
    ),
    ClockName.CUSTOMER_RCA: CaseClock(
        promise="Customers read the cause in time.",
        starts=("rca_filed", "resolution_verified"),
        ends=("rca_shared", *_RCA_DROPPED),
        chased=_NEXT_WITH_THE_RCA,
        alerts_above=True,
    ),
    ClockName.CLOSING: CaseClock(
        promise="What is solved is closed soon.",
        starts=("resolution_verified", "rca_shared", "rca_waived"),
        ends=("closed", "rca_requested", "reopened", "cancelled"),
        chased=_ESCALATION_MANAGERS,
    ),
    ClockName.SURVEY: CaseClock(
        promise="Customers can say for some time how it was.",
        starts=("closed",),
        ends=(),
        is_agreed=True,
        calendar=CalendarOf.CUSTOMER,
        target=target_of("the survey", lambda now, _: now.plan.survey.within if now.plan.survey else None),
        then=Consequence("answers are taken no more", end_survey),
    ),
}

ENTRY_CLOCKS = tuple(name for name, row in CLOCKS.items() if "opened" in row.starts)
HELD_WHILE_VERIFYING = tuple(name for name, row in CLOCKS.items() if "resolution_declared" in row.held_by)
"""Declaring resolved stops these; a rejection lets them run on from where they were (MATRIX-2, RESOLVE-5)."""
PROMISES = tuple(name for name in ClockName if name in CLOCKS and not CLOCKS[name].is_agreed)
"""Clocks that can be breached; the others are agreed times."""
PAUSABLE = tuple(name for name in PROMISES if "clocks_paused" in CLOCKS[name].held_by)
"""Clocks that a pause can stop: those that run while the problem is worked on."""
