"""Waive the root cause analysis, if the playbook allows it (CLOSE-3)."""

from dataclasses import replace
from typing import Literal

from escalation.case.base_event import BaseEvent
from escalation.case.close_preparation import start_next_rca_clock
from escalation.case.lifecycle import Move
from escalation.case.move_command import MoveCommand
from escalation.case.state import Escalation
from escalation.case.state_changes import rca_after
from escalation.case.work import Work
from escalation.kernel.clock_name import ClockName
from escalation.kernel.reasons import Reason, reason
from escalation.kernel.text_fields import WhyText
from escalation.kernel.values import InternalText, frozen


@frozen
class RcaWaived(BaseEvent):
    kind: Literal["rca_waived"] = "rca_waived"
    why: InternalText

    def applied_to(self, now: Escalation) -> Escalation:
        return replace(now, rca=rca_after(now, Move.WAIVE_RCA))


class WaiveRca(MoveCommand):
    """Waive the RCA, where the playbook allows that."""

    move = Move.WAIVE_RCA
    kind: Literal["waive_rca"] = "waive_rca"
    why: WhyText

    @classmethod
    def obstacle(cls, now: Escalation) -> Reason | None:
        return reason("not_waivable") if not now.plan.rca_waivable else None

    def carry_out(self, work: Work) -> None:
        work.record(RcaWaived(why=self.why))
        work.cancel_clocks(ClockName.INTERNAL_RCA, ClockName.CUSTOMER_RCA)
        start_next_rca_clock(work)
