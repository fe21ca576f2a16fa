"""
Rebase: a running escalation goes on by another playbook, or a newer version of its own (CLOCK-4).

Nothing reaches a running escalation otherwise: its plan is pinned. Knows no playbook file; the new plan comes in.
"""

from collections.abc import Iterator
from datetime import datetime

from escalation import commands as c
from escalation import events as e
from escalation.base import Frozen, Instant, InternalText
from escalation.effects import Occasion
from escalation.errors import MoveNotAllowed
from escalation.lifecycle import WORKING
from escalation.model import Escalation
from escalation.plan import ClockName, Plan, PlaybookRef
from escalation.targets import clock_for
from escalation.telling import alerted, involved, name_of, tell
from escalation.timing import settle, skip_past_thresholds
from escalation.turn import Turn


def rebase(turn: Turn, command: c.Rebase) -> None:
    """Every due time follows from the original start and the recorded pauses; what breached stays breached."""
    before = turn.escalation
    if command.plan.playbook == before.plan.playbook:
        raise MoveNotAllowed(f"{before.key}: it already goes by {before.plan.playbook}")
    turn.record(e.Rebased, plan=command.plan, before=before.plan.playbook, why=command.why)
    for clock in turn.escalation.running_clocks:
        if clock_for(turn.escalation, clock.name, turn.now) is None and clock.name is not ClockName.ON_DUTY:
            turn.cancel_clocks(clock.name)  # the new playbook has no such target
    _stay_with_somebody_known(turn)
    skip_past_thresholds(turn)
    now = turn.escalation
    why = f"rebased by {name_of(now, command.by)}: {now.plan.playbook} instead of {before.plan.playbook}"
    tell(turn, Occasion.REBASED, (*involved(now), *alerted(now)), why=why, text=command.why)


def _stay_with_somebody_known(turn: Turn) -> None:
    """An owner whom the new playbook does not know has left: the level's contacts are asked."""
    now = turn.escalation
    if now.plan.knows(now.owner):
        return
    why = f"{now.owner} is not in the playbook any more"
    turn.record(e.ContactTried, level=now.level, attempt=0, owner=now.current_level.contacts[0], why=why)
    if now.state in WORKING:
        turn.start(ClockName.ACKNOWLEDGE)
    tell(turn, Occasion.ASSIGNED, turn.escalation.asked, why=why, items=turn.escalation.responses_left)


class MovedClock(Frozen):
    """A running clock, before and after a rebase."""

    clock: ClockName
    due_before: Instant | None
    due_after: Instant | None
    """None: it would not run any more, or a pause holds it."""


class Rebasing(Frozen):
    """What a rebase would change."""

    key: str
    before: PlaybookRef
    after: PlaybookRef
    level: int
    level_after: int
    """Another one, if the new matrix has fewer, or what is due by now sends it up."""
    moved: tuple[MovedClock, ...]
    """Clocks with another due time; those that stay as they are are left out."""
    breached: tuple[ClockName, ...]
    """Would be breached at once."""


def foreseen(now: Escalation, plan: Plan, at: datetime) -> Rebasing:
    """
    What a rebase of *now* to *plan* would change at *at*. Pure, and nothing has changed.
    """
    turn = Turn(now, at)
    if plan.playbook != now.plan.playbook:
        rebase(turn, c.Rebase.made(by=e.ENGINE, why=InternalText("foreseen"), plan=plan))
        settle(turn)
    after = turn.escalation
    breached = (event.clock for event in turn.events if isinstance(event, e.ClockBreached))
    return Rebasing(
        key=now.key,
        before=now.plan.playbook,
        after=plan.playbook,
        level=now.level,
        level_after=after.level,
        moved=tuple(_moved(now, after)),
        breached=tuple(dict.fromkeys(breached)),
    )


def _moved(before: Escalation, after: Escalation) -> Iterator[MovedClock]:
    for clock in before.running_clocks:
        same = after.clock(clock.name)
        is_running = same is not None and same.is_running and same.started_at == clock.started_at
        due_after = (same.breached_at or same.due_at) if same and is_running else None
        due_before = clock.breached_at or clock.due_at
        if due_before != due_after:
            yield MovedClock(clock=clock.name, due_before=due_before, due_after=due_after)
