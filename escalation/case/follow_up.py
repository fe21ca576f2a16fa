"""
Follow-up: the survey, the post-mortem and its actions, also after the close (CLOSE-6, CLOSE-7).

A closed escalation is followed up until its survey has ended and its actions are done. Whose workflow that is, is not
known here.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from escalation.case.audience import customer_recipients, notify, notify_customers
from escalation.case.base_event import BaseEvent
from escalation.case.follow_up_actions import Action, count_passed_reminders
from escalation.case.lifecycle import Move, State
from escalation.case.state import Escalation
from escalation.case.work import Work
from escalation.kernel.cause import cause_of_reminder
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Outcome
from escalation.kernel.reasons import Part, Reason, reason
from escalation.kernel.refusals import RoleNotAllowed, UnknownName
from escalation.kernel.values import frozen
from escalation.notifications.notification import Occasion
from escalation.policy.people import Recipient

CUSTOMERS_MOVES = (
    Move.CONFIRM_ACCESS,
    Move.ANSWER_SURVEY,
    Move.ADD_EVIDENCE,
    Move.RECORD_CUSTOMER_MESSAGE,
    Move.STATE_IMPACT,
    Move.ANSWER_QUESTION,
)
"""Moves of a customer's contact, for their own account; all others are ours (ROLE-2)."""


@frozen
class SuccessorAsked(BaseEvent):
    """A low score that opens the case again, as a new escalation (CLOSE-6, CLOSE-9)."""

    kind: Literal["successor_asked"] = "successor_asked"
    why: Part

    def applied_to(self, now: Escalation) -> Escalation:
        return replace(now, is_succeeded=True)

    @property
    def added(self) -> Part:
        return ""  # why it happened is in the sentence

    def sentence(self) -> Reason:
        return reason(self.code, self.why)


@frozen
class ActionsReminded(BaseEvent):
    """Owners were told of actions that are due."""

    kind: Literal["actions_reminded"] = "actions_reminded"
    reminded: dict[int, int]
    """Number of the action to how many of its reminders are behind us."""

    def applied_to(self, now: Escalation) -> Escalation:
        actions = tuple(
            replace(each, reminded=self.reminded.get(each.number, each.reminded)) for each in now.actions
        )
        return replace(now, actions=actions)

    def sentence(self) -> Reason:
        return reason(self.code, tuple(self.reminded))


def nothing_to_follow_up(now: Escalation) -> Reason | None:
    """Return the obstacle of a move that follows a case up, where it is closed and nothing is left to follow up."""
    return reason("nothing_to_follow_up") if now.state is State.CLOSED and not now.is_followed_up else None


def require_customers_move(now: Escalation, move: Move, contact: Recipient) -> None:
    """
    Raises:
        RoleNotAllowed: If *move* is not for customers (ROLE-2).
    """
    if move not in CUSTOMERS_MOVES:
        obstacle = reason("customers_may", contact.name, move, CUSTOMERS_MOVES)
        raise RoleNotAllowed(obstacle, subject=now.key)


def require_affected(now: Escalation, account: str) -> None:
    """
    Raises:
        UnknownName: If *account* is no affected customer.
    """
    if now.customer(account) is None:
        accounts = [customer.account for customer in now.request.customers]
        raise UnknownName.of(reason("no.customer"), account, accounts, subject=now.key)


def require_own_account(now: Escalation, move: Move, by: str, account: str) -> None:
    """
    A contact of a customer answers for that customer alone (RESOLVE-6).

    Raises:
        RoleNotAllowed: If *by* is a customer's, and of another account.
    """
    contact = now.customer_contact(by)
    if contact and account not in contact.speaks_for:
        obstacle = reason("customers_may_for_own", contact.name, move, account)
        raise RoleNotAllowed(obstacle, subject=now.key)


# The survey.


def ask_for_survey(work: Work) -> None:
    """CLOSE-6: each customer contact is asked, and answers are taken for as long as the playbook says."""
    work.start(ClockName.SURVEY)
    if work.state.is_surveyed:
        notify_customers(work, Occasion.SURVEY)


def end_survey(work: Work) -> None:
    """CLOSE-6: its time is over; met if everybody answered."""
    now = work.state
    everybody = all(contact.id in now.survey for contact in customer_recipients(now))
    work.end(ClockName.SURVEY, Outcome.MET if everybody else Outcome.CANCELLED)


# The post-mortem and the actions.


def remind_of_actions(work: Work) -> None:
    """CLOSE-7: owners hear of actions before the day, on it, and then until they are done; managers once overdue."""
    now, rules = work.state, work.state.plan.actions
    if rules is None or not now.is_attended:
        return
    due = {
        action.number: times
        for action in now.open_actions
        if (times := count_passed_reminders(action, rules, work.now)) > action.reminded
    }
    if not due:
        return
    work.record(ActionsReminded(reminded=due))
    times_by_day = [
        (each.number, each.due, due[each.number]) for each in now.open_actions if each.number in due
    ]
    with work.because_of(cause_of_reminder("actions_reminded", now.opened_at, times_by_day)):
        for person, actions in _by_person(work, due).items():
            is_late = any(each.is_overdue(work.now) for each in actions)
            why = reason("action_overdue") if is_late else reason("action_due")
            notify(work, Occasion.ACTION_DUE, (person,), why=why, items=tuple(map(line, actions)))


def _by_person(work: Work, due: Iterable[int]) -> dict[str, list[Action]]:
    """Each person once, with all that concerns them."""
    now = work.state
    found: dict[str, list[Action]] = {}
    for action in now.open_actions:
        if action.number in due:
            managers = now.plan.escalation_managers if action.is_overdue(work.now) else ()
            for person in dict.fromkeys((action.owner, *managers)):
                found.setdefault(person, []).append(action)
    return found


def line(action: Action) -> Reason:
    """An action in one line, as messages and lists have it."""
    return reason("action", action.number, action.what, action.owner, action.due, action.origin)
