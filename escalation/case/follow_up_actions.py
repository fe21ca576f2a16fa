"""
Actions: what was promised in an RCA or a post-mortem, each with owner and due day, tracked until it is done (CLOSE-7).

Owns when people are reminded, derived from the due day alone. Who is reminded, and who may finish it, is for
``follow_up.py``. A due day has no time zone: it begins and ends at midnight UTC, and reminders go out at 08:00 UTC.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from enum import StrEnum

from escalation.case.post_mortem import ActionItem
from escalation.case.rca_content import CorrectiveAction
from escalation.kernel.values import Instant, InternalText, frozen
from escalation.policy.plan import ActionPolicy

REMINDED_AT = time(8, tzinfo=UTC)


class Origin(StrEnum):
    """Origins of actions."""

    RCA = "RCA"
    POST_MORTEM = "post-mortem"
    MERGED = "merged"
    """Agreed on in an escalation that went over into this one."""


@frozen
class Action:
    number: int
    """Number from 1, within its escalation; never given to another."""
    what: InternalText
    owner: str
    due: date
    origin: Origin
    done_by: str | None = None
    done_at: Instant | None = None
    reminded: int = 0
    """Number of reminders that are behind us."""

    @property
    def is_open(self) -> bool:
        return self.done_at is None

    def is_overdue(self, at: datetime) -> bool:
        return self.is_open and at.astimezone(UTC).date() > self.due


def track_actions(
    known: tuple[Action, ...], origin: Origin, wanted: Iterable[ActionItem | CorrectiveAction]
) -> tuple[Action, ...]:
    """
    Return *known* after a new version of *origin* asked for *wanted*. What is asked for again keeps its number and its
    state. What is no longer asked for is dropped, unless it is done.
    """
    before = [action for action in known if action.origin is origin]
    kept = [action for action in known if action.origin is not origin]
    number = max((action.number for action in known), default=0)
    for item in wanted:
        same = next(
            (action for action in before if (action.what, action.owner) == (item.what, item.owner)), None
        )
        if same is None:
            number += 1
            kept.append(Action(number=number, what=item.what, owner=item.owner, due=item.due, origin=origin))
            continue
        before.remove(same)
        kept.append(same if same.due == item.due else replace(same, due=item.due, reminded=0))
    kept += [action for action in before if not action.is_open]
    return tuple(sorted(kept, key=lambda action: action.number))


def take_over_actions(known: tuple[Action, ...], more: Iterable[Action]) -> tuple[Action, ...]:
    """Return *known*, and *more* of another escalation under the next numbers."""
    first = max((action.number for action in known), default=0) + 1
    moved = (
        replace(action, number=number, origin=Origin.MERGED, reminded=0)
        for number, action in enumerate(more, first)
    )
    return (*known, *moved)


def due_at_of(action: Action) -> datetime:
    """Return the instant on its day from which *action* is late."""
    return datetime.combine(action.due, REMINDED_AT)


def remind_at(action: Action, rules: ActionPolicy, times: int) -> datetime:
    """Return the time of the reminder after *times* others: before its day, on its day, then again and again."""
    on_the_day = due_at_of(action)
    return on_the_day - rules.remind_before if times == 0 else on_the_day + (times - 1) * rules.chase_every


def count_passed_reminders(action: Action, rules: ActionPolicy, at: datetime) -> int:
    """Return how many reminders are behind *at*."""
    on_the_day = due_at_of(action)
    if at < on_the_day - rules.remind_before:
        return 0
    return 1 if at < on_the_day else 2 + (at - on_the_day) // rules.chase_every


def next_reminder(actions: Iterable[Action], rules: ActionPolicy | None) -> datetime | None:
    if rules is None:
        return None
    instants = (remind_at(action, rules, action.reminded) for action in actions if action.is_open)
    return min(instants, default=None)
