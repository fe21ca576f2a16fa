"""State the impact on the customer's business, in their own words (TALK-6)."""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from escalation.case.audience import notify, person_of
from escalation.case.base_event import BaseEvent
from escalation.case.follow_up import require_affected, require_own_account
from escalation.case.lifecycle import Move
from escalation.case.move_command import MoveCommand
from escalation.case.state import Escalation
from escalation.case.work import Work
from escalation.kernel.reasons import Person, Reason, reason
from escalation.kernel.values import CustomerWords, InternalText, Name, frozen
from escalation.notifications.notification import Occasion


@frozen
class ImpactStated(BaseEvent):
    kind: Literal["impact_stated"] = "impact_stated"
    account: str
    impact: CustomerWords

    @property
    def added(self) -> str:
        return str(self.impact)

    def applied_to(self, now: Escalation) -> Escalation:
        return replace(now, impacts={**now.impacts, self.account: self.impact})

    def sentence(self) -> Reason:
        return reason(self.code, Person(self.by), self.account)


class StateImpact(MoveCommand):
    """State what it means for the customer's business, in their own words; it replaces what was stated before."""

    move = Move.STATE_IMPACT
    kind: Literal["state_impact"] = "state_impact"
    account: Annotated[Name, Field(description="The affected customer whose business it is about.")]
    impact: Annotated[
        CustomerWords,
        Field(min_length=1, max_length=1000, description="What it means for them, in their own words."),
    ]

    def carry_out(self, work: Work) -> None:
        """TALK-6: shown first from then on, and repeated in updates to this customer and in letters to our people."""
        require_affected(work.state, self.account)
        require_own_account(work.state, self.move, self.by, self.account)
        work.record(ImpactStated(account=self.account, impact=self.impact))
        now = work.state
        why = reason("impact_by", person_of(now, self.by), self.account)
        notify(work, Occasion.CUSTOMER_MESSAGE, (now.owner,), why=why, text=InternalText(self.impact))
