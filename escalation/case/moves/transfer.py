"""Hand an escalation over to another owner at the same level (KIND-2)."""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from escalation.case.audience import notify, notify_customers, person_of
from escalation.case.base_event import BaseEvent
from escalation.case.levels import CLOCKS_OF_OWNER, responses_to_do
from escalation.case.lifecycle import WORKING, Move
from escalation.case.move_command import MoveCommand
from escalation.case.state import Escalation
from escalation.case.state_changes import with_asked
from escalation.case.work import Work
from escalation.kernel.clock_name import ClockName
from escalation.kernel.reasons import Person, Reason, reason
from escalation.kernel.refusals import BadRequest, Fault, MoveNotAllowed, UnknownName
from escalation.kernel.text_fields import Note
from escalation.kernel.values import NO_NOTE, InternalText, Name, frozen
from escalation.notifications.notification import Occasion
from escalation.policy.classification import EscalationReason


@frozen
class Transferred(BaseEvent):
    kind: Literal["transferred"] = "transferred"
    from_owner: str
    to: str
    reason: EscalationReason
    note: InternalText = NO_NOTE

    def applied_to(self, now: Escalation) -> Escalation:
        return replace(with_asked(now, (self.to,)), owner=self.to)

    def sentence(self) -> Reason:
        return reason(self.code, Person(self.from_owner), Person(self.to), self.reason)


class Transfer(MoveCommand):
    """Hand over to a person or team, or to whoever has a skill; the level stays."""

    move = Move.TRANSFER
    kind: Literal["transfer"] = "transfer"
    to: Annotated[
        Name | None, Field(description="The person or team that gets it; needed unless a skill is given.")
    ] = None
    skill: Annotated[
        Name | None, Field(description="Instead of a person or team: whoever has this skill of the playbook.")
    ] = None
    reason: Annotated[EscalationReason, Field(description="Why it changes hands")] = (
        EscalationReason.LACK_OF_EXPERTISE
    )
    note: Note = NO_NOTE

    @property
    def named(self) -> tuple[str, ...]:
        return (self.to,) if self.to else ()

    def carry_out(self, work: Work) -> None:
        """KIND-2: to the team that has the skill; the level stays, its window runs on."""
        now = work.state
        receiver = now.plan.contact(_receiver(now, self))
        if receiver.id == now.owner:
            raise MoveNotAllowed(reason("owns_already", receiver.name), subject=now.key)
        work.cancel_clocks(*CLOCKS_OF_OWNER)
        work.record(Transferred(from_owner=now.owner, to=receiver.id, reason=self.reason, note=self.note))
        if now.state in WORKING:
            work.start(ClockName.ACKNOWLEDGE)
        why = reason("transferred_by", person_of(now, self.by), self.reason)
        notify(
            work,
            Occasion.ASSIGNED,
            (receiver.id,),
            why=why,
            text=self.note or None,
            items=responses_to_do(work),
        )
        notify_customers(work, Occasion.HAND_OVER, reason=self.reason)


def _receiver(now: Escalation, command: Transfer) -> str:
    if bool(command.to) is bool(command.skill):
        fault = Fault(
            where="to, skill",
            given=reason("both") if command.to else reason("neither"),
            allowed=reason("allowed.transfer"),
        )
        raise BadRequest.because(reason("of.transfer", now.key), (fault,))
    if command.skill and command.skill not in now.plan.skills:
        raise UnknownName.of(reason("no.skill"), command.skill, now.plan.skills, subject=now.key)
    return command.to or now.plan.skills[str(command.skill)]
