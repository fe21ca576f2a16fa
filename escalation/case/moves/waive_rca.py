"""TODO."""

from typing import Literal

from escalation.case.base_event import BaseEvent
from escalation.case.closing import start_next_rca_clock
from escalation.case.move_command import MoveCommand, WhyText
from escalation.case.work import Work
from escalation.kernel.clock_name import ClockName
from escalation.kernel.values import (
    InternalText,
    frozen,
)
from escalation.policy.move_name import Move


@frozen
class RcaWaived(BaseEvent):
    kind: Literal["rca_waived"] = "rca_waived"
    why: InternalText


class WaiveRca(MoveCommand):
    """Waive the RCA, where the playbook allows that."""

    move = Move.WAIVE_RCA
    kind: Literal["waive_rca"] = "waive_rca"
    why: WhyText


def waive_rca(work: Work, command: WaiveRca) -> None:
    work.record(RcaWaived(why=command.why))
    work.cancel_clocks(ClockName.INTERNAL_RCA, ClockName.CUSTOMER_RCA)
    start_next_rca_clock(work)
