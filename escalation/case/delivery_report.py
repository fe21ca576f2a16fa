"""The report of what became of messages: first notifications that are met, failures that are raised to a person."""

from dataclasses import replace
from typing import Literal

from escalation.case.base_event import BaseEvent
from escalation.case.clock_table import settle
from escalation.case.failed_deliveries import notify_undelivered
from escalation.case.moves import join_outage
from escalation.case.state import (
    Escalation,
)
from escalation.case.state_changes import undelivered_after
from escalation.case.work import Work
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import is_late
from escalation.kernel.values import (
    frozen,
)
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.shell_commands import (
    ReportDelivery,
)


@frozen
class DeliveryReported(BaseEvent):
    kind: Literal["messages_sent"] = "messages_sent"
    receipts: tuple[DeliveryResult, ...]

    def applied_to(self, now: Escalation) -> Escalation:
        told = {each.recipient for each in self.receipts if each.delivered_at or each.is_dropped}
        return replace(
            now,
            untold=tuple(who for who in now.untold if who not in told),
            joiners=tuple(who for who in now.joiners if who not in told),
            undelivered=undelivered_after(now, self.receipts, self.at),
        )


def report_delivery(work: Work, command: ReportDelivery) -> None:
    """COMM-2: the first notice is met when it has reached everybody; what failed is raised to a person (COMM-13)."""
    before = work.escalation
    work.record(DeliveryReported(receipts=command.receipts))
    now = work.escalation
    if not now.untold:
        delivered = [receipt.delivered_at for receipt in command.receipts if receipt.delivered_at]
        told_at = min(max(delivered, default=work.now), work.now)
        clock = now.clock(ClockName.FIRST_NOTICE)
        if clock and is_late(told_at, clock.due_at):
            settle(work)  # its breach comes first
        work.end(ClockName.FIRST_NOTICE, at=told_at)
        join_outage.begin_first_notification(work)
    notify_undelivered(work, command.receipts, before)
