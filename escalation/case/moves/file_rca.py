"""File the internal root cause analysis, a new version each time (CLOSE-3, CLOSE-4)."""

from dataclasses import replace
from typing import Literal

from escalation.case.base_event import BaseEvent
from escalation.case.close_preparation import start_next_rca_clock
from escalation.case.follow_up_actions import Origin, track_actions
from escalation.case.lifecycle import Move
from escalation.case.move_command import MoveCommand
from escalation.case.moves.file_post_mortem import require_known
from escalation.case.rca_content import InternalRca
from escalation.case.state import Escalation
from escalation.case.state_changes import not_sent_back, rca_after
from escalation.case.work import Work
from escalation.kernel.budgets import PAPER
from escalation.kernel.clock_name import ClockName
from escalation.kernel.reasons import Reason, reason
from escalation.kernel.values import frozen


@frozen
class RcaFiled(BaseEvent):
    kind: Literal["rca_filed"] = "rca_filed"
    version: int
    rca: InternalRca

    def applied_to(self, now: Escalation) -> Escalation:
        filed = replace(
            not_sent_back(rca_after(now, Move.FILE_RCA)),
            version=self.version,
            internal=self.rca,
            customer=None,
            approved_by=None,
        )
        actions = track_actions(now.actions, Origin.RCA, self.rca.corrective_actions)
        return replace(now, rca=filed, actions=actions)

    def sentence(self) -> Reason:
        return reason(self.code, self.version)


class FileRca(MoveCommand):
    """
    File the internal RCA, or a new version of it: why it happened, for our own people alone. The customer RCA is
    written from it next.
    """

    move = Move.FILE_RCA
    largest = PAPER
    kind: Literal["file_rca"] = "file_rca"
    rca: InternalRca

    @property
    def named(self) -> tuple[str, ...]:
        return tuple(action.owner for action in self.rca.corrective_actions)

    def carry_out(self, work: Work) -> None:
        """CLOSE-3: each corrective action has an owner whom we know."""
        actions = enumerate(self.rca.corrective_actions)
        named = ((f"corrective_actions.{i}.owner", action.owner) for i, action in actions)
        require_known(work.state, reason("of.rca", work.state.key), named)
        work.record(RcaFiled(version=work.state.rca.version + 1, rca=self.rca))
        work.end(ClockName.INTERNAL_RCA)
        start_next_rca_clock(work)
