"""Report how the task force stands."""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from escalation.kernel.budgets import REPORTS, last_of
from escalation.kernel.clock_name import ClockName
from escalation.kernel.values import InternalText, frozen
from escalation.task_force.base_event import BaseEvent
from escalation.task_force.lifecycle import TaskForceMove
from escalation.task_force.member_command import MemberCommand
from escalation.task_force.state import REPORTS_KEPT, StatusReport, TaskForce
from escalation.task_force.work import TaskForceWork


@frozen
class StatusReported(BaseEvent):
    kind: Literal["status_reported"] = "status_reported"
    text: InternalText
    is_update: bool = False
    """True if everybody who follows the escalation is notified."""

    def applied_to(self, now: TaskForce) -> TaskForce:
        report = StatusReport(at=self.at, by=self.by, text=self.text)
        return replace(now, reports=last_of((*now.reports, report)[-REPORTS_KEPT:], REPORTS))

    @property
    def added(self) -> str:
        return str(self.text)


class ReportStatus(MemberCommand):
    """Report how it stands, as its lead; the status clock starts again."""

    move = TaskForceMove.REPORT_STATUS
    kind: Literal["report_status"] = "report_status"
    text: Annotated[InternalText, Field(min_length=1, description="What is known, and what comes next.")]
    is_update: Annotated[bool, Field(description="Notify everybody who follows the escalation, too.")] = False

    @classmethod
    def possible_movers(cls, force: TaskForce) -> tuple[str, ...]:
        return (force.charter.lead,)

    def carry_out(self, work: TaskForceWork) -> None:
        work.record(StatusReported(text=self.text, is_update=self.is_update))
        work.end(ClockName.TASK_FORCE_STATUS)
        work.start(ClockName.TASK_FORCE_STATUS)
