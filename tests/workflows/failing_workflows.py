"""Workflows with mistakes that somebody might make in the shell, under the real one's name."""

from temporalio import workflow
from temporalio.common import RawValue

from escalation import contract
from escalation.case import commands as c
from escalation.notifications.system_commands import ReportDelivery
from workflows.escalation import EscalationWorkflow
from workflows.inputs import takes_one


@workflow.defn(name=contract.WORKFLOW)
class FailsBesideTheRun(EscalationWorkflow):
    """Cannot record what became of messages, which happens in a task that nobody awaits."""

    @workflow.init
    @takes_one
    def __init__(self, *begins: RawValue) -> None:
        super().__init__(*begins)

    @workflow.run
    @takes_one
    async def run(self, *begins: RawValue) -> contract.EscalationResult:
        return await super().run(*begins)

    def _decide(self, command: c.ShellsCommand) -> None:
        if isinstance(command, ReportDelivery):
            raise ZeroDivisionError("a mistake")
        super()._decide(command)
