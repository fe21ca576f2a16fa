"""TODO."""

from typing import Literal

from escalation.case.base_event import BaseEvent
from escalation.case.closing import _run_the_next_clock
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


def waive_rca(turn: Work, command: WaiveRca) -> None:
    turn.record(RcaWaived(why=command.why))
    turn.cancel_clocks(ClockName.INTERNAL_RCA, ClockName.CUSTOMER_RCA)
    _run_the_next_clock(turn)
