"""Share the approved analysis with customers (CLOSE-5)."""

from dataclasses import replace
from typing import Literal

from escalation.case.audience import notify_customers
from escalation.case.base_event import BaseEvent
from escalation.case.close_preparation import start_next_rca_clock
from escalation.case.lifecycle import Move
from escalation.case.move_command import MoveCommand
from escalation.case.state import Escalation
from escalation.case.state_changes import rca_after
from escalation.case.work import Work
from escalation.kernel.clock_name import ClockName
from escalation.kernel.values import frozen
from escalation.notifications.notification import Occasion


@frozen
class RcaShared(BaseEvent):
    kind: Literal["rca_shared"] = "rca_shared"

    def applied_to(self, now: Escalation) -> Escalation:
        return replace(now, rca=rca_after(now, Move.SHARE_RCA))


class ShareRca(MoveCommand):
    """Send the approved RCA to every affected customer."""

    move = Move.SHARE_RCA
    kind: Literal["share_rca"] = "share_rca"

    def carry_out(self, work: Work) -> None:
        """CLOSE-4: with every affected customer."""
        rca = work.state.rca.customer
        assert rca
        work.record(RcaShared())
        work.end(ClockName.CUSTOMER_RCA)
        notify_customers(work, Occasion.RCA, text=rca.summary, actions=rca.actions)
        start_next_rca_clock(work)
