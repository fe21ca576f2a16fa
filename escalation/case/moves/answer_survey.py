"""Record a customer's answer to the survey (CLOSE-6)."""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from escalation.case.alert import Alert
from escalation.case.audience import customer_recipients, name_of, notify, person_of
from escalation.case.base_event import BaseEvent
from escalation.case.effects import OpenSuccessor
from escalation.case.follow_up import SuccessorAsked, require_affected, require_own_account
from escalation.case.lifecycle import Move
from escalation.case.move_command import MoveCommand
from escalation.case.state import Escalation, SurveyAnswer
from escalation.case.state_changes import with_alert
from escalation.case.work import Work
from escalation.kernel.characters import clip
from escalation.kernel.clock_name import ClockName
from escalation.kernel.email_address import mailbox_of
from escalation.kernel.reasons import Person, Reason, reason
from escalation.kernel.refusals import BadRequest, Fault, MoveNotAllowed, RoleNotAllowed, UnknownName
from escalation.kernel.values import NO_NOTE, InternalText, Mover, Name, frozen
from escalation.notifications.notification import Occasion
from escalation.policy.people import ContactKind, Recipient


@frozen
class SurveyAnswered(BaseEvent):
    kind: Literal["survey_answered"] = "survey_answered"
    account: str
    contact: str
    """Recipient id of the customer's contact whose answer it is."""
    score: int
    comment: InternalText = NO_NOTE

    def applied_to(self, now: Escalation) -> Escalation:
        answered = SurveyAnswer(
            account=self.account, score=self.score, comment=self.comment, by=self.by, at=self.at
        )
        after, rules = replace(now, survey={**now.survey, self.contact: answered}), now.plan.survey
        if rules is None or self.score > rules.low_score:
            return after
        why = reason("low_score", name_of(now, self.contact), self.account, self.score)
        who = now.plan.escalation_managers
        alert = Alert(occasion=Occasion.LOW_SCORE, who=who, why=why, at=self.at, by=self.contact)
        return with_alert(after, alert, self.by)

    def sentence(self) -> Reason:
        return reason(self.code, Person(self.contact), self.score)


class AnswerSurvey(MoveCommand):
    """Record how satisfied a customer is, as they said; each contact answers once."""

    move = Move.ANSWER_SURVEY
    kind: Literal["answer_survey"] = "answer_survey"
    account: Annotated[Name, Field(description="The affected customer who answers.")]
    contact: Annotated[
        Mover | None,
        Field(description="Who said so, by e-mail address; needed if the account has several contacts."),
    ] = None
    score: Annotated[int, Field(ge=1, le=5, description="From 1, poorly, to 5, very well.")]
    comment: Annotated[InternalText, Field(description="What they said.")] = NO_NOTE

    @classmethod
    def obstacle(cls, now: Escalation) -> Reason | None:
        if now.is_surveyed:
            return None
        return reason("survey_ended") if now.clock(ClockName.SURVEY) else reason("no_survey")

    def carry_out(self, work: Work) -> None:
        """CLOSE-6: one answer of each contact; a low score alerts the escalation managers, and may reopen."""
        now = work.state
        contact = _answering(now, self)
        require_own_account(now, self.move, self.by, self.account)
        own = now.customer_contact(self.by)
        if own and own.id != contact.id:
            raise RoleNotAllowed(
                reason("survey_for_another", person_of(now, self.by), contact.name), subject=now.key
            )
        if contact.id in now.survey:
            raise MoveNotAllowed(reason("survey_answered", contact.name), subject=now.key)
        work.record(
            SurveyAnswered(
                account=self.account,
                contact=contact.id,
                score=self.score,
                comment=self.comment,
            )
        )
        rules = now.plan.survey
        if rules and self.score <= rules.low_score:
            _notify_of_low_score(work, contact, self, reopens=rules.reopens)


def _answering(now: Escalation, command: AnswerSurvey) -> Recipient:
    """Return whose answer it is: the contact that is named, the one who sends it, or the account's only one."""
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
            given=reason("nothing"),
            allowed=reason("allowed.whose_answer", command.account, tuple(of_account)),
        )
        raise BadRequest.because(reason("of.survey", command.account, now.key), (fault,))
    named = mailbox_of(command.contact)
    if named not in of_account:
        raise UnknownName.of(
            reason("no.contact_of", command.account), command.contact, of_account, subject=now.key
        )
    return of_account[named]


def _notify_of_low_score(work: Work, contact: Recipient, command: AnswerSurvey, *, reopens: bool) -> None:
    now = work.state
    why = reason("low_score", contact.name, command.account, command.score)
    notify(work, Occasion.LOW_SCORE, now.plan.escalation_managers, why=why, text=command.comment or None)
    by = _who_reopens(now)
    if reopens and by and not now.is_succeeded:
        work.record(SuccessorAsked(why=why))
        level = min(now.level + 1, now.plan.last_level)
        note = InternalText(clip(f"{command.account}: {command.score}/5. {command.comment}".strip(), 2_000))
        request = now.request.with_impacts(now.impacts)
        work.do(OpenSuccessor(request=request.returning(now.id, level, now.priority, by, note)))


def _who_reopens(now: Escalation) -> str | None:
    """The first escalation manager who is a person: a start needs one, and so does its refusal."""
    managers = (now.plan.contact(name) for name in now.plan.escalation_managers)
    people = (
        (manager.id,) if manager.kind is ContactKind.PERSON else manager.members[:1] for manager in managers
    )
    return next((name for names in people for name in names), None)
