"""Record whether a customer can use the service again (RESOLVE-6)."""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from escalation.case.base_event import BaseEvent
from escalation.case.follow_up import require_affected, require_own_account
from escalation.case.lifecycle import Move
from escalation.case.move_command import MoveCommand
from escalation.case.moves.reopen import reopen_because
from escalation.case.resolution import Access, AccessAnswer
from escalation.case.state import Escalation
from escalation.case.work import Work
from escalation.kernel.reasons import Reason, reason
from escalation.kernel.refusals import RoleNotAllowed
from escalation.kernel.text_fields import Note
from escalation.kernel.values import NO_NOTE, InternalText, Name, frozen


@frozen
class AccessAnswered(BaseEvent):
    kind: Literal["access_answered"] = "access_answered"
    account: str
    answer: AccessAnswer
    note: InternalText = NO_NOTE

    def applied_to(self, now: Escalation) -> Escalation:
        answer = Access(answer=self.answer, by=self.by, at=self.at)
        return replace(now, access={**now.access, self.account: answer})

    def sentence(self) -> Reason:
        return reason(f"{self.code}.{self.answer}", self.account)


class ConfirmAccess(MoveCommand):
    """Record that a customer can use the service again, cannot, or need not be asked."""

    move = Move.CONFIRM_ACCESS
    kind: Literal["confirm_access"] = "confirm_access"
    account: Annotated[Name, Field(description="The affected customer who was asked.")]
    answer: Annotated[
        AccessAnswer,
        Field(description="Whether they can use the service again; waived, if nobody needs to ask them"),
    ] = AccessAnswer.YES
    note: Note = NO_NOTE

    def carry_out(self, work: Work) -> None:
        """
        RESOLVE-6: customer by customer; one who says no sends it back to resolving. A contact is asked once, and
        answers for all of their accounts.
        """
        now = work.state
        require_affected(now, self.account)
        require_own_account(now, self.move, self.by, self.account)
        contact = now.customer_contact(self.by)
        if contact and self.answer is AccessAnswer.WAIVED:
            raise RoleNotAllowed(reason("may_not_waive_access", contact.name), subject=now.key)
        accounts = contact.speaks_for if contact else (self.account,)
        for account in accounts:
            work.record(AccessAnswered(account=account, answer=self.answer, note=self.note))
        if self.answer is AccessAnswer.NO:
            why = reason("no_access", tuple(accounts))
            recorded = reason("and_note", why, self.note) if self.note else why
            reopen_because(work, recorded, why, self.note or None)
