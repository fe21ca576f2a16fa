"""TODO."""

from typing import Annotated, Literal

from pydantic import Field

from escalation.case.base_event import BaseEvent
from escalation.case.follow_up import require_affected, require_own_account
from escalation.case.move_command import MoveCommand, Note
from escalation.case.moves.reopen import reopen_because
from escalation.case.state import AccessAnswer
from escalation.case.work import Work
from escalation.kernel.characters import clip
from escalation.kernel.reasons import Sentence
from escalation.kernel.refusals import RoleNotAllowed
from escalation.kernel.values import LONGEST_TEXT, NO_NOTE, InternalText, Name, frozen
from escalation.policy.move_name import Move


@frozen
class AccessAnswered(BaseEvent):
    kind: Literal["access_answered"] = "access_answered"
    account: str
    answer: AccessAnswer
    note: InternalText = InternalText("")


class ConfirmAccess(MoveCommand):
    """Record that a customer can use the service again, cannot, or need not be asked."""

    move = Move.CONFIRM_ACCESS
    kind: Literal["confirm_access"] = "confirm_access"
    account: Annotated[Name, Field(description="The customer.")]
    answer: Annotated[AccessAnswer, Field(description="What the customer says")] = AccessAnswer.YES
    note: Note = NO_NOTE


def confirm_access(work: Work, command: ConfirmAccess) -> None:
    """
    RESOLVE-6: customer by customer; one who says no sends it back to resolving. A contact is asked once, and
    answers for all of their accounts.
    """
    now = work.escalation
    require_affected(now, command.account)
    require_own_account(now, command.move, command.by, command.account)
    contact = now.customer_contact(command.by)
    if contact and command.answer is AccessAnswer.WAIVED:
        raise RoleNotAllowed(
            f"{now.key}: {contact.name} may not waive access; contacts of customers may say yes or no"
        )
    accounts = contact.speaks_for if contact else (command.account,)
    for account in accounts:
        work.record(AccessAnswered(account=account, answer=command.answer, note=command.note))
    if command.answer is AccessAnswer.NO:
        why = Sentence.NO_ACCESS.of(", ".join(accounts))
        recorded = clip(InternalText.cleaned(f"{why}. {command.note}").strip(), LONGEST_TEXT)
        reopen_because(work, InternalText(recorded), why, command.note or None)
