"""
Answers: where a question stands, and which move an answer to it is.

It looks first, so that a reader learns how the question stands; whether a move is allowed remains the engine's to say,
and so does that it happens once.
"""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

import structlog
from pydantic import ValidationError

from client import EscalationClient
from entrypoints.web.answer_fields import SCORES, YES_OR_NO, InvalidAnswer, read_choice, read_text
from escalation.case.lifecycle import Move
from escalation.case.move_index import PersonsCommand
from escalation.case.moves.acknowledge import Acknowledge
from escalation.case.moves.answer_survey import AnswerSurvey
from escalation.case.moves.confirm_access import ConfirmAccess
from escalation.case.resolution import AccessAnswer
from escalation.case.view import View
from escalation.kernel.ids import key_of
from escalation.kernel.refusals import (
    EscalationError,
    MoveNotAllowed,
    StillFinishing,
    UnknownEscalation,
    UnknownName,
)
from escalation.kernel.values import InternalText
from escalation.notifications.links import Link, Question
from escalation.policy.people import Contact, ContactKind
from escalation.task_force.commands import MembersCommand
from escalation.task_force.moves.accept_seat import AcceptSeat, DeclineSeat
from escalation.task_force.view import SeatView, TaskForceView
from identity.actor import DoorName, acting

log = structlog.get_logger("web_service")
_MOVES = {
    Question.ACKNOWLEDGE: Move.ACKNOWLEDGE,
    Question.ACCESS: Move.CONFIRM_ACCESS,
    Question.SURVEY: Move.ANSWER_SURVEY,
}


class QuestionState(StrEnum):
    """The state of a question. The values name the words of its page."""

    OPEN = "open"
    MISTAKEN = "mistake"
    """The answer was not one; it can be given again."""
    DONE = "done"
    ALREADY = "already"
    NOT_NOW = "not_now"
    ENDED = "ended"
    EARLIER = "earlier"
    """The link is of an escalation that has ended; another one of the same subject runs."""
    REFUSED = "refused"


@dataclass(frozen=True)
class QuestionInContext:
    """A question, and how its escalation is."""

    link: Link
    view: View
    people: tuple[Contact, ...] = ()
    force: TaskForceView | None = None
    """The task force that somebody is invited to."""

    @property
    def members(self) -> dict[str, str]:
        """People who may answer for the team that was asked, id to name; empty, if a person was."""
        asked = next((contact for contact in self.people if contact.id == self.link.who), None)
        if asked is None or asked.kind is ContactKind.PERSON:
            return {}
        return {member: self.name_of(member) for member in asked.members}

    def name_of(self, person: str) -> str:
        return next((contact.name for contact in self.people if contact.id == person), person)

    @property
    def holder(self) -> str:
        """The person who acknowledged, for our own people; customers do not see it (COMM-6)."""
        is_ours = self.link.question is Question.ACKNOWLEDGE
        return self.name_of(self.view.acknowledged_by or "") if is_ours else ""

    @property
    def seat(self) -> SeatView | None:
        """The one that is on offer to the reader."""
        seats = self.force.seats if self.force else ()
        return next((seat for seat in seats if seat.offered_to == self.link.who), None)

    @property
    def stands(self) -> QuestionState:
        if self.link.escalation != (self.force or self.view).id:
            return QuestionState.EARLIER
        if self._is_answered:
            return QuestionState.ALREADY
        is_survey = self.link.question is Question.SURVEY
        if (self.force or self.view).ended_at and not (is_survey and self.view.is_followed_up):
            return QuestionState.ENDED
        return QuestionState.OPEN if self._is_asked else QuestionState.NOT_NOW

    @property
    def _is_asked(self) -> bool:
        if self.link.question is Question.SEAT:
            return self.seat is not None
        return _MOVES[self.link.question] in self.view.allowed_moves

    @property
    def _is_answered(self) -> bool:
        match self.link.question:
            case Question.ACKNOWLEDGE:
                return self.view.acknowledged_by is not None and not self.view.ended_at
            case Question.ACCESS:
                has_said = self.view.access_by.get(self.link.account) == self.link.who
                return has_said and not self.view.ended_at  # whoever else has answered, each may say no
            case Question.SURVEY:
                return self.link.who in self.view.survey
            case Question.SEAT:
                seats = self.force.seats if self.force and not self.force.ended_at else ()
                return any(seat.held_by == self.link.who for seat in seats)


async def find_reader(client: EscalationClient, link: Link) -> Link | None:
    """Return *link* with the contact and the accounts of its reader; None: it was revoked."""
    if not link.is_for_reader:
        return link
    found = await client.customer_page(link.escalation, link.who)
    if found.escalation != link.escalation:
        return link  # of an earlier case, as its page says
    if (view := found.view) is None:
        return None
    return replace(link, who=view.contact, account=view.accounts[0], accounts=view.several_accounts)


async def look_up_question(client: EscalationClient, link: Link) -> QuestionInContext:
    """
    Raises:
        EscalationError: If there is no such escalation, or it was never opened.
        NoServer: If nobody answers.
    """
    if link.question is Question.SURVEY:
        return QuestionInContext(link, await _closed(client, link))
    if link.question is Question.ACCESS:
        return QuestionInContext(link, await client.view(link.key))
    force = await _force(client, link) if link.question is Question.SEAT else None
    view, people = await asyncio.gather(client.view(link.key), client.people(link.key))
    return QuestionInContext(link, view, people, force)


async def _force(client: EscalationClient, link: Link) -> TaskForceView:
    try:
        return await client.task_force(link.key, link.task_force)
    except UnknownName as gone:
        raise UnknownEscalation(gone.message) from None


async def _closed(client: EscalationClient, link: Link) -> View:
    """A closed escalation is found under its id, also when another one of its key runs; at first still by its key."""
    try:
        return await client.view(link.escalation)
    except UnknownEscalation:
        return await client.view(link.key)


class Outcome(NamedTuple):
    """The state of a question after an answer."""

    stands: QuestionState
    inquiry: QuestionInContext
    command: PersonsCommand | MembersCommand | None = None
    """The move that was made, if one was."""


async def follow_answer(client: EscalationClient, link: Link, form: Mapping[str, str]) -> Outcome:
    """
    Make the move that *form* asks for, if the question is still open.

    Raises:
        EscalationError, NoServer: As `look_up_question` does.
    """
    inquiry = await look_up_question(client, link)
    if inquiry.stands is not QuestionState.OPEN:
        return Outcome(inquiry.stands, inquiry)
    try:
        command = command_of_answer(inquiry, form)
        await _ask(client, inquiry, command)
    except InvalidAnswer:
        return Outcome(QuestionState.MISTAKEN, inquiry)
    except ValidationError:  # its text quotes what was sent
        log.warning("answer_refused", escalation=link.key, question=link.question.value, code="bad_answer")
        return Outcome(QuestionState.REFUSED, inquiry)
    except (MoveNotAllowed, StillFinishing):  # somebody was quicker
        inquiry = await look_up_question(client, link)
        return Outcome(
            QuestionState.NOT_NOW if inquiry.stands is QuestionState.OPEN else inquiry.stands, inquiry
        )
    except EscalationError as refusal:
        log.warning("answer_refused", escalation=link.key, question=link.question.value, code=refusal.code)
        return Outcome(QuestionState.REFUSED, inquiry)
    if not await _is_kept(client, link, command):
        return Outcome(QuestionState.ALREADY, inquiry)
    log.info("question_answered", escalation=link.key, question=link.question.value)
    return Outcome(QuestionState.DONE, inquiry, command)


async def _is_kept(client: EscalationClient, link: Link, command: PersonsCommand | MembersCommand) -> bool:
    """Return whether it is this answer that counts: another one over the same link may have come first."""
    match command:
        case ConfirmAccess():
            access = (await look_up_question(client, link)).view.access.get(link.account)
            return (access is AccessAnswer.YES) == (command.answer is AccessAnswer.YES)
        case AnswerSurvey():
            kept = (await look_up_question(client, link)).view.survey.get(link.who)
            return kept is None or kept.score == command.score
        case _:
            return True


async def _ask(
    client: EscalationClient, inquiry: QuestionInContext, command: PersonsCommand | MembersCommand
) -> None:
    with acting(command.by, DoorName.LINK):
        if isinstance(command, MembersCommand):
            await client.ask_task_force(inquiry.link.key, inquiry.link.task_force, command)
        else:
            await client.ask(await _key_of_move(client, inquiry), command, id=_once(inquiry, command))


async def _key_of_move(client: EscalationClient, inquiry: QuestionInContext) -> str:
    """Return the name of the escalation for the move."""
    link = inquiry.link
    if link.question is not Question.SURVEY:
        return link.key
    return await name_of_closed(client, link.escalation)


async def name_of_closed(client: EscalationClient, escalation: str) -> str:
    """Return the name by which a closed escalation takes moves: its key, or its id once another one has the key."""
    key = key_of(escalation)
    is_latest = (await client.view(key)).id == escalation
    return key if is_latest else escalation


def command_of_answer(inquiry: QuestionInContext, form: Mapping[str, str]) -> PersonsCommand | MembersCommand:
    """
    The move that *form* asks for.

    Raises:
        InvalidAnswer: If it is not filled in.
    """
    match inquiry.link.question:
        case Question.ACKNOWLEDGE:
            return Acknowledge(by=_who(inquiry, form))
        case Question.ACCESS:
            return _access(inquiry.link, form)
        case Question.SURVEY:
            return _survey(inquiry.link, form)
        case Question.SEAT:
            return _seat(inquiry.link, form)


def _who(inquiry: QuestionInContext, form: Mapping[str, str]) -> str:
    members = inquiry.members
    if not members:
        return inquiry.link.who
    if form.get("by") not in members:
        raise InvalidAnswer
    return form["by"]


def _access(link: Link, form: Mapping[str, str]) -> ConfirmAccess:
    chosen, note = read_choice(form, "answer", YES_OR_NO), _comment(form)
    return ConfirmAccess(by=link.who, account=link.account, answer=AccessAnswer(chosen), note=note)


def _survey(link: Link, form: Mapping[str, str]) -> AnswerSurvey:
    score, comment = read_choice(form, "score", SCORES), _comment(form)
    return AnswerSurvey(by=link.who, account=link.account, score=int(score), comment=comment)


def _seat(link: Link, form: Mapping[str, str]) -> AcceptSeat | DeclineSeat:
    chosen, comment = read_choice(form, "answer", YES_OR_NO), _comment(form)
    if chosen == AccessAnswer.NO:
        return DeclineSeat(by=link.who, why=comment)
    return AcceptSeat(by=link.who, note=comment)


def _comment(form: Mapping[str, str]) -> InternalText:
    return InternalText(read_text(form))


def _once(inquiry: QuestionInContext, command: PersonsCommand) -> str | None:
    """
    The id under which a second answer over one link is no further one, also while the first is under way.

    Nobody can acknowledge twice anyway. To the customer's question the engine takes any number of answers; each
    resolution asks it again.
    """
    if isinstance(command, AnswerSurvey):
        parts: tuple[str, ...] = (inquiry.link.escalation, command.by, command.kind)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()
    if not isinstance(command, ConfirmAccess):
        return None
    resolution = inquiry.view.resolution
    declared_at = resolution.declared_at.isoformat() if resolution else ""
    parts = (inquiry.link.escalation, command.by, command.account, declared_at)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
