"""
Rebase: a running escalation goes on by another playbook, or a newer version of its own (CLOCK-4).

Nothing reaches a running escalation otherwise: its plan is pinned. Knows no playbook file; the new plan comes in.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Literal

from escalation.case.audience import followers_of, name_of, notify, person_of
from escalation.case.base_event import BaseEvent
from escalation.case.clock_table import CLOCKS, settle
from escalation.case.close_preparation import adapt_rca_to_plan
from escalation.case.follow_up_actions import Action, count_passed_reminders
from escalation.case.level_managers import managers_of
from escalation.case.levels import ask_the_level, start_window
from escalation.case.lifecycle import WORKING, Move
from escalation.case.move_command import MoveCommand
from escalation.case.moves.pause import resume
from escalation.case.next_update import adapt_updates_to_plan
from escalation.case.state import Escalation
from escalation.case.text_approval import adapt_texts_to_plan
from escalation.case.work import Work
from escalation.kernel.clock_events import ClockBreached
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Clock, limit_chases
from escalation.kernel.reasons import Reason, reason
from escalation.kernel.refusals import MoveNotAllowed
from escalation.kernel.text_fields import WhyText
from escalation.kernel.values import ENGINE, Instant, InternalText, frozen
from escalation.notifications.notification import Occasion
from escalation.policy.plan import Plan, PlaybookRef, SharedPlan


@frozen
class Rebased(BaseEvent):
    """The escalation goes on by another playbook, or another version of its own."""

    kind: Literal["rebased"] = "rebased"
    plan: SharedPlan
    before: PlaybookRef
    why: InternalText

    def applied_to(self, now: Escalation) -> Escalation:
        return _rebased(now, self)

    def sentence(self) -> Reason:
        return reason(self.code, str(self.plan.playbook), str(self.before))


class Rebase(MoveCommand):
    """Go on by the playbook of today; the shell compiles the plan that comes along (CLOCK-4)."""

    move = Move.REBASE
    kind: Literal["rebase"] = "rebase"
    why: WhyText
    plan: SharedPlan

    def carry_out(self, work: Work) -> None:
        rebase(work, self)


def rebase(work: Work, command: Rebase) -> None:
    """Rebase: every due time follows from the original start and recorded pauses; what breached stays breached."""
    before, plan = work.state, command.plan
    if not _is_another(before, plan):
        raise MoveNotAllowed(reason("goes_by_already", str(before.plan.playbook)), subject=before.key)
    work.record(Rebased(plan=plan, before=before.plan.playbook, why=command.why))
    _end_clocks_without_target(work)
    if work.state.acknowledged_by:
        work.end(ClockName.ACKNOWLEDGE)
    _ask_somebody_known(work, before)
    _start_clocks_of_the_new_plan(work)
    adapt_rca_to_plan(work)
    work.skip_past_thresholds()
    now = work.state
    why = reason("rebased_by", person_of(now, command.by), str(now.plan.playbook), str(before.plan.playbook))
    notify(work, Occasion.REBASED, (*followers_of(now), *managers_of(now)), why=why, text=command.why)


def _is_another(now: Escalation, plan: Plan) -> bool:
    had = now.plan
    is_same = (plan.playbook, plan.issue_type, plan.category) == (had.playbook, had.issue_type, had.category)
    return not is_same or set(plan.sponsors) != set(had.sponsors)


_UNTIL_AN_INSTANT = frozenset({ClockName.ON_DUTY, ClockName.CUSTOMER_ANSWER})
"""Clocks that no plan has a target for."""


def _end_clocks_without_target(work: Work) -> None:
    paused = work.state.pause
    if paused and paused.reason not in work.state.plan.pause_reasons:
        resume(work)  # no plan says any more how long it may last
    for clock in work.state.running_clocks:
        if clock.name not in _UNTIL_AN_INSTANT and not CLOCKS[clock.name].timing(work.state, clock.name):
            work.cancel_clocks(clock.name)


def _ask_somebody_known(work: Work, before: Escalation) -> None:
    """Ask the level's contacts, if the owner has left, or nobody has acknowledged and others are to be asked by now."""
    now = work.state
    was_asked, is_asked = before.current_level.asked_first, now.current_level.asked_first
    if not now.plan.knows(now.owner):
        why = reason("owner_left", now.owner)
    elif now.level != before.level:
        why = reason("last_level_now", now.level)
    elif not now.acknowledged_by and was_asked != is_asked and set(before.contacts_asked) & set(was_asked):
        why = reason("level_is_for", now.level, tuple(person_of(now, who) for who in is_asked))
    else:
        return
    ask_the_level(work, why)


def _start_clocks_of_the_new_plan(work: Work) -> None:
    """Start the clocks that only the new plan has a target for, as of when they would have begun."""
    now = work.state
    paused = now.pause
    if now.state in WORKING:
        start_window(work)
    if (
        now.state in WORKING
        and now.acknowledged_by
        and not now.is_clock_running(ClockName.ACKNOWLEDGEMENT_EXPIRY)
    ):
        work.start(ClockName.ACKNOWLEDGEMENT_EXPIRY)
    adapt_updates_to_plan(work)
    adapt_texts_to_plan(work)
    if paused and not now.is_clock_running(ClockName.PAUSE):
        work.start(ClockName.PAUSE, since=paused.started_at)


@frozen
class MovedClock:
    """A running clock, before and after a rebase."""

    clock: ClockName
    due_before: Instant | None
    """None: it does not run, or a pause holds it."""
    due_after: Instant | None
    not_before: Instant | None = None
    """End of the known open hours; it would be due later."""
    ends: bool = False
    """True if it would not run any more."""


@frozen
class RebasePreview:
    """Changes that a rebase would make."""

    key: str
    before: PlaybookRef
    after: PlaybookRef
    level: int
    level_after: int
    """Another level, if the new plan has fewer, or what is due by now raises it."""
    owner: str = ""
    owner_after: str = ""
    """Another owner, if the owner has left, or nobody has acknowledged and others are to be asked."""
    moved: tuple[MovedClock, ...]
    """Clocks with another due time; those that stay as they are are left out."""
    breached: tuple[ClockName, ...]
    """Clocks that would be breached at once."""
    is_change: bool = True
    """False if playbook, category and sponsors would stay the same."""
    sponsors: tuple[str, ...] = ()
    """New stakeholders, because an affected account is sponsored by now (SPONSOR-2)."""


def preview_rebase(now: Escalation, plan: Plan, at: datetime) -> RebasePreview:
    """
    Return what a rebase of *now* to *plan* would change at *at*. Pure, and nothing has changed.

    Raises:
        MoveNotAllowed: If it has ended.
    """
    if not now.is_open:
        raise MoveNotAllowed(reason("cannot_rebase", now.state), subject=now.key)
    work = Work(now, at, asked=Move.REBASE, table=CLOCKS)
    if _is_another(now, plan):
        rebase(work, Rebase(by=ENGINE, why=InternalText("preview"), plan=plan))
        settle(work)
    after = work.state
    breached = (event.clock for event in work.events if isinstance(event, ClockBreached))
    return RebasePreview(
        key=now.key,
        before=now.plan.playbook,
        after=plan.playbook,
        level=now.level,
        level_after=after.level,
        owner=name_of(now, now.owner),
        owner_after=name_of(after, after.owner),
        moved=tuple(_moved(now, after)),
        breached=tuple(dict.fromkeys(breached)),
        is_change=_is_another(now, plan),
        sponsors=tuple(name_of(after, who) for who in plan.sponsors if who not in now.plan.sponsors),
    )


def _moved(before: Escalation, after: Escalation) -> Iterator[MovedClock]:
    names = dict.fromkeys(clock.name for clock in (*before.running_clocks, *after.running_clocks))
    for name in names:
        due_before, due_after = _due(before, name), _due(after, name)
        clock, is_running = after.clock(name), after.is_clock_running(name)
        if due_before != due_after or before.is_clock_running(name) != is_running:
            yield MovedClock(
                clock=name,
                due_before=due_before,
                due_after=due_after,
                not_before=clock.not_before if clock and is_running else None,
                ends=not is_running,
            )


def _due(now: Escalation, name: ClockName) -> datetime | None:
    clock = now.clock(name)
    return (clock.breached_at or clock.due_at) if clock and clock.is_running else None


def _rebased(now: Escalation, event: Rebased) -> Escalation:
    """Return *now* by the new plan: clocks follow it from their original start; a breach remains (CLOCK-4)."""
    plan = event.plan
    customers = {recipient.id for recipient in now.request.recipients}
    moved = replace(
        now,
        plan=plan,
        level=min(now.level, plan.last_level),
        asked=tuple(filter(plan.knows, now.asked)),
        acknowledgements=tuple(filter(plan.knows, now.acknowledgements)),
        on_call_answers=tuple(
            replace(shift, people=tuple(filter(plan.knows, shift.people)))
            for shift in now.on_call_answers
            if plan.knows(shift.rota)
        ),
        acknowledged_by=now.acknowledged_by if plan.knows(now.acknowledged_by or "") else None,
        unnotified=tuple(who for who in now.unnotified if plan.knows(who) or who in customers),
        actions=tuple(_reminded_by(action, plan, event.at) for action in now.actions),
    )
    if moved.acknowledgements and not moved.unacknowledged:
        moved = replace(moved, acknowledged_by=moved.acknowledged_by or moved.acknowledgements[0])
    return moved.with_clocks(_retargeted_on(moved, clock, event.at) for clock in moved.clocks)


def _reminded_by(action: Action, plan: Plan, at: datetime) -> Action:
    """Return *action* by the rhythm that holds from *at* on, as ``limit_chases`` has it for clocks."""
    if plan.actions is None or not action.is_open:
        return action
    return replace(action, reminded=min(action.reminded, count_passed_reminders(action, plan.actions, at)))


def _retargeted_on(now: Escalation, clock: Clock, at: datetime) -> Clock:
    """Return *clock* by the targets and the rhythm of chasers that hold from *at* on."""
    return limit_chases(CLOCKS[clock.name].retarget(now, clock), now.chase_every, at)
