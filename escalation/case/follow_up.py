"""
What goes on after the resolution, beyond the close: the survey, the post-mortem, and its actions (CLOSE-6, CLOSE-7).

A closed escalation is followed up until its survey has ended and its actions are done. Whose workflow that is, is not
known here.
"""

from collections.abc import Iterable

from escalation.case import commands as c
from escalation.case import events as e
from escalation.case.actions import Action, count_passed_reminders
from escalation.case.audience import customer_recipients, name_of, notify, notify_customers
from escalation.case.effects import OpenSuccessor
from escalation.case.lifecycle import State
from escalation.case.state import Escalation
from escalation.case.work import Work
from escalation.kernel.characters import clip
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Outcome
from escalation.kernel.email_address import mailbox_of
from escalation.kernel.reasons import Sentence
from escalation.kernel.refusals import (
    BadRequest,
    Fault,
    MoveNotAllowed,
    RoleNotAllowed,
    UnknownName,
    nearest,
    quote_input,
)
from escalation.kernel.timeline_entry import minute
from escalation.kernel.values import InternalText
from escalation.notifications.notification import Occasion
from escalation.policy.move_name import Move
from escalation.policy.people import ContactKind, Recipient

CUSTOMERS_MOVES = (Move.CONFIRM_ACCESS, Move.RECORD_SURVEY)
"""What a customer's contact answers, for their own account; everything else is ours (ROLE-2)."""


def require_customers_move(now: Escalation, move: Move, contact: Recipient) -> None:
    """
    Raises:
        RoleNotAllowed: If *move* is not for customers (ROLE-2).
    """
    if move not in CUSTOMERS_MOVES:
        theirs = " and ".join(each.words for each in CUSTOMERS_MOVES)
        raise RoleNotAllowed(
            f"{now.key}: {contact.name} may not {move.words}; contacts of customers may {theirs}, for their own account"
        )


def require_affected(now: Escalation, account: str) -> None:
    """
    Raises:
        UnknownName: If *account* is no affected customer.
    """
    if now.customer(account) is None:
        accounts = [customer.account for customer in now.request.customers]
        raise UnknownName.of(f"{now.key}: no affected customer", account, accounts)


def require_own_account(now: Escalation, move: Move, by: str, account: str) -> None:
    """
    A contact of a customer answers for that customer alone (RESOLVE-6).

    Raises:
        RoleNotAllowed: If *by* is a customer's, and of another account.
    """
    contact = now.customer_contact(by)
    if contact and account not in contact.speaks_for:
        raise RoleNotAllowed(
            f"{now.key}: {contact.name} may not {move.words} for {account}; contacts of customers may for their own "
            "account"
        )


# The survey.


def ask_for_survey(turn: Work) -> None:
    """CLOSE-6: each customer contact is asked, and answers are taken for as long as the playbook says."""
    turn.start(ClockName.SURVEY)
    if turn.escalation.is_surveyed:
        notify_customers(turn, Occasion.SURVEY)


def record_survey(turn: Work, command: c.AnswerSurvey) -> None:
    """CLOSE-6: one answer of each contact; a low score alerts the escalation managers, and may reopen."""
    now = turn.escalation
    contact = _answering(now, command)
    require_own_account(now, command.move, command.by, command.account)
    own = now.customer_contact(command.by)
    if own and own.id != contact.id:
        raise RoleNotAllowed(
            f"{now.key}: {name_of(now, command.by)} may not record survey for {contact.name}; contacts of customers "
            "may for themselves"
        )
    if contact.id in now.survey:
        raise MoveNotAllowed(
            f"{now.key}: {contact.name} has answered the survey already; each contact answers once"
        )
    turn.record(
        e.SurveyAnswered(
            account=command.account,
            contact=contact.id,
            score=command.score,
            comment=command.comment,
        )
    )
    rules = now.plan.survey
    if rules and command.score <= rules.low_score:
        _notify_of_low_score(turn, contact, command, reopens=rules.reopens)


def _answering(now: Escalation, command: c.AnswerSurvey) -> Recipient:
    """Whose answer it is: the contact that is named, the one who sends it, or the account's only one."""
    require_affected(now, command.account)
    of_account = {
        contact.mailbox: contact
        for contact in customer_recipients(now)
        if command.account in contact.speaks_for
    }
    own = now.customer_contact(command.by)
    if command.contact is None and own:
        return own
    if command.contact is None and len(of_account) == 1:
        return next(iter(of_account.values()))
    if command.contact is None:
        fault = Fault(
            where="contact",
            given="nothing",
            allowed=f"whose answer it is, of several contacts of {command.account}: {', '.join(of_account)}",
        )
        raise BadRequest.because(f"the answer of {command.account} to the survey of {now.key}", (fault,))
    named = mailbox_of(command.contact)
    if named not in of_account:
        raise UnknownName.of(f"{now.key}: no contact of {command.account}", command.contact, of_account)
    return of_account[named]


def _notify_of_low_score(turn: Work, contact: Recipient, command: c.AnswerSurvey, *, reopens: bool) -> None:
    now = turn.escalation
    why = Sentence.LOW_SCORE.of(contact.name, command.account, command.score)
    notify(turn, Occasion.LOW_SCORE, now.plan.escalation_managers, why=why, text=command.comment or None)
    by = _who_reopens(now)
    if reopens and by and not now.is_succeeded:
        turn.record(e.SuccessorAsked(why=why))
        level = min(now.level + 1, now.plan.last_level)
        reason = InternalText(clip(f"low score: {why}. {command.comment}".strip(), 2_000))
        turn.do(OpenSuccessor(request=now.request.returning(now.id, level, now.priority, by, reason)))


def _who_reopens(now: Escalation) -> str | None:
    """The first escalation manager who is a person: a start needs one, and so does its refusal."""
    managers = (now.plan.contact(name) for name in now.plan.escalation_managers)
    people = (
        (manager.id,) if manager.kind is ContactKind.PERSON else manager.members[:1] for manager in managers
    )
    return next((name for names in people for name in names), None)


def end_survey(turn: Work) -> None:
    """CLOSE-6: its time is over; met if everybody answered."""
    now = turn.escalation
    everybody = all(contact.id in now.survey for contact in customer_recipients(now))
    turn.end(ClockName.SURVEY, Outcome.MET if everybody else Outcome.CANCELLED)


def obstacle(now: Escalation, move: Move) -> str:
    """What stands in the way of a move of this file that the machine allows; empty if nothing does."""
    match move:
        case Move.RECORD_SURVEY if not now.is_surveyed:
            return (
                "because its survey has ended" if now.clock(ClockName.SURVEY) else "because it has no survey"
            )
        case Move.FINISH_ACTION if not now.open_actions:
            return "because no action is open"
        case Move.FILE_POST_MORTEM | Move.CORRECT_CONTACT if (
            now.state is State.CLOSED and not now.is_followed_up
        ):
            return "because nothing is left to follow up"
        case _:
            return ""


# The post-mortem and the actions.


def file_post_mortem(turn: Work, command: c.FilePostMortem) -> None:
    """CLOSE-7: a new version replaces the one before; owners and approvers are people whom we know."""
    now, written = turn.escalation, command.post_mortem
    named = [(f"actions.{i}.owner", action.owner) for i, action in enumerate(written.actions)]
    named += [
        (f"concessions.{i}.approved_by", given.approved_by) for i, given in enumerate(written.concessions)
    ]
    require_known(now, "the post-mortem", named)
    turn.record(e.PostMortemFiled(version=now.post_mortem_version + 1, post_mortem=written))


def require_known(now: Escalation, what: str, named: Iterable[tuple[str, str]]) -> None:
    """
    *named*: where in *what*, and who.

    Raises:
        BadRequest: If the playbook does not have all of them; names each that it does not.
    """
    faults = tuple(_unknown(now, where, who) for where, who in named if not now.plan.knows(who))
    if faults:
        raise BadRequest.because(f"{what} of {now.key}", faults)


def _unknown(now: Escalation, where: str, who: str) -> Fault:
    known = [contact.id for contact in now.plan.contacts]
    return Fault(
        where=where, given=quote_input(who), allowed=", ".join(known), suggestion=nearest(who, known)
    )


def finish_action(turn: Work, command: c.FinishAction) -> None:
    """CLOSE-7: done, and nobody is reminded of it any more."""
    action = open_action(turn.escalation, command.action)
    _require_own(turn.escalation, action, command)
    turn.record(e.ActionFinished(action=action.number, what=action.what, note=command.note))


def open_action(now: Escalation, number: int) -> Action:
    """
    Raises:
        EscalationError: If there is no such action, or it is done.
    """
    action = next((each for each in now.actions if each.number == number), None)
    if action is None:
        raise UnknownName.of(f"{now.key}: no action", str(number), [str(each.number) for each in now.actions])
    if action.done_at:
        raise MoveNotAllowed(
            f"{now.key}: action {number} was done already, by {action.done_by}, {minute(action.done_at)}"
        )
    return action


def _require_own(now: Escalation, action: Action, command: c.FinishAction) -> None:
    """Whoever may only because they own an action finishes that one; any other role that may, each of them."""
    person, roles = now.plan.contact(command.by), now.plan.permissions.get(command.move, ())
    mine = now.roles_of(person) & set(roles)
    if mine == {"action_owner"} and not now.stands_for(person.id, (action.owner,)):
        raise RoleNotAllowed(
            f"{now.key}: {person.name} may not finish action {action.number}, which is for {action.owner}; "
            f"roles that may: {', '.join(roles)}"
        )


def remind_of_actions(turn: Work) -> None:
    """CLOSE-7: owners hear of actions before the day, on it, and then until they are done; managers once overdue."""
    now, rules = turn.escalation, turn.escalation.plan.actions
    if rules is None or not now.is_attended:
        return
    due = {
        action.number: times
        for action in now.open_actions
        if (times := count_passed_reminders(action, rules, turn.now)) > action.reminded
    }
    if not due:
        return
    turn.record(e.ActionsReminded(reminded=due))
    for person, actions in _by_person(turn, due).items():
        is_late = any(each.is_overdue(turn.now) for each in actions)
        why = Sentence.ACTION_OVERDUE if is_late else Sentence.ACTION_DUE
        notify(turn, Occasion.ACTION_DUE, (person,), why=why.of(), items=tuple(map(line, actions)))


def _by_person(turn: Work, due: Iterable[int]) -> dict[str, list[Action]]:
    """Each person once, with all that concerns them."""
    now = turn.escalation
    found: dict[str, list[Action]] = {}
    for action in now.open_actions:
        if action.number in due:
            managers = now.plan.escalation_managers if action.is_overdue(turn.now) else ()
            for person in dict.fromkeys((action.owner, *managers)):
                found.setdefault(person, []).append(action)
    return found


def line(action: Action) -> str:
    """An action in one line, as messages and lists have it."""
    return Sentence.ACTION.of(action.number, action.what, action.owner, action.due, action.origin)
