"""TODO."""

from typing import Annotated, Literal

from pydantic import Field

from escalation.case.base_event import BaseEvent
from escalation.case.move_command import MoveCommand
from escalation.case.work import Work
from escalation.kernel.ids import is_key
from escalation.kernel.refusals import UnknownName
from escalation.kernel.values import (
    InternalText,
    Name,
    frozen,
)
from escalation.policy.move_name import Move


@frozen
class TicketSettled(BaseEvent):
    kind: Literal["record_settled"] = "record_settled"
    record: str
    stays_open_because: InternalText | None = None


class SettleTicket(MoveCommand):
    """Settle a related incident or problem: it was closed, or stays open for a reason."""

    move = Move.SETTLE_RECORD
    kind: Literal["settle_record"] = "settle_record"
    record: Annotated[Name, Field(description="The incident or problem.")]
    stays_open_because: Annotated[
        Annotated[InternalText, Field(min_length=1)] | None,
        Field(description="Why it stays open. If omitted, the record counts as closed."),
    ] = None

    @property
    def said_to_be_closed(self) -> str | None:
        """An escalation of ours that it says is closed, if the record is one."""
        return self.record if self.stays_open_because is None and is_key(self.record) else None


def settle_record(work: Work, command: SettleTicket) -> None:
    """CLOSE-1: closed, or listed with the reason that it stays open."""
    now = work.escalation
    if command.record not in now.request.linked_records:
        raise UnknownName.of(f"{now.key}: no linked record", command.record, now.request.linked_records)
    work.record(TicketSettled(record=command.record, stays_open_because=command.stays_open_because))
