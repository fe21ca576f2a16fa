"""Settle a linked ticket: it is closed in its system, or stays open for a reason (CLOSE-2)."""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from escalation.case.base_event import BaseEvent
from escalation.case.lifecycle import Move
from escalation.case.move_command import MoveCommand
from escalation.case.state import Escalation
from escalation.case.work import Work
from escalation.kernel.ids import is_key
from escalation.kernel.reasons import Reason, reason
from escalation.kernel.refusals import UnknownName
from escalation.kernel.values import InternalText, Name, frozen


@frozen
class TicketSettled(BaseEvent):
    kind: Literal["ticket_settled"] = "ticket_settled"
    record: str
    stays_open_because: InternalText | None = None

    def applied_to(self, now: Escalation) -> Escalation:
        return replace(now, settled={**now.settled, self.record: str(self.stays_open_because or "")})

    def sentence(self) -> Reason:
        return reason(f"{self.code}.stays_open" if self.stays_open_because else self.code, self.record)


class SettleTicket(MoveCommand):
    """Settle a related incident or problem: it was closed, or stays open for a reason."""

    move = Move.SETTLE_TICKET
    kind: Literal["settle_ticket"] = "settle_ticket"
    record: Annotated[Name, Field(description="A linked incident or problem that is settled now.")]
    stays_open_because: Annotated[
        Annotated[InternalText, Field(min_length=1)] | None,
        Field(description="Why it stays open. If omitted, the record counts as closed."),
    ] = None

    @property
    def said_to_be_closed(self) -> str | None:
        """An escalation of ours that it says is closed, if the record is one."""
        return self.record if self.stays_open_because is None and is_key(self.record) else None

    @classmethod
    def obstacle(cls, now: Escalation) -> Reason | None:
        return reason("no_linked_records") if not now.request.linked_tickets else None

    def carry_out(self, work: Work) -> None:
        """CLOSE-1: closed, or listed with the reason that it stays open."""
        now = work.state
        if self.record not in now.request.linked_tickets:
            raise UnknownName.of(
                reason("no.linked_record"), self.record, now.request.linked_tickets, subject=now.key
            )
        work.record(TicketSettled(record=self.record, stays_open_because=self.stays_open_because))
