"""TODO."""

from typing import Literal

from escalation.case.base_event import BaseEvent
from escalation.case.closing import start_next_rca_clock
from escalation.case.move_command import MoveCommand
from escalation.case.moves.file_post_mortem import require_known
from escalation.case.request import (
    InternalRca,
)
from escalation.case.work import Work
from escalation.kernel.budgets import PAPER
from escalation.kernel.clock_name import ClockName
from escalation.kernel.values import (
    frozen,
)
from escalation.policy.move_name import Move


@frozen
class RcaFiled(BaseEvent):
    kind: Literal["rca_filed"] = "rca_filed"
    version: int
    rca: InternalRca


class FileRca(MoveCommand):
    """File the internal RCA, or a new version of it."""

    move = Move.FILE_RCA
    largest = PAPER
    kind: Literal["file_rca"] = "file_rca"
    rca: InternalRca

    @property
    def named(self) -> tuple[str, ...]:
        return tuple(action.owner for action in self.rca.corrective_actions)


def file_rca(work: Work, command: FileRca) -> None:
    """CLOSE-3: each corrective action has an owner whom we know."""
    actions = enumerate(command.rca.corrective_actions)
    named = ((f"corrective_actions.{i}.owner", action.owner) for i, action in actions)
    require_known(work.escalation, "the RCA", named)
    work.record(RcaFiled(version=work.escalation.rca.version + 1, rca=command.rca))
    work.end(ClockName.INTERNAL_RCA)
    start_next_rca_clock(work)
