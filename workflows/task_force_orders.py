"""
TaskForceOrders: how an escalation commands its task forces: starts one, stands one down, tells one where it stands.

Owns the terms on which a task force lives beside its escalation: abandoned by the server when a run continues as new,
so that it lives on, and commanded by signals, in the order in which they were decided. It knows no rule.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta

from temporalio import workflow
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.exceptions import FailureError, WorkflowAlreadyStartedError
from temporalio.workflow import ParentClosePolicy

from escalation import contract
from escalation.case.effects import ForTaskForces, StartTaskForce
from escalation.case.task_forces import NoteFailedDeployment
from escalation.kernel.ids import RunId, task_force_id
from escalation.kernel.reasons import reason
from escalation.task_force.commands import EscalationsCommand
from escalation.task_force.moves.keep_informed import KeepInformed
from escalation.task_force.moves.stand_down import StandDown
from escalation.task_force.state import Charter
from workflows import search_attributes as sa
from workflows import web_ui
from workflows.outbox import Background, InOrder
from workflows.sent_signals import SentSignals

_TRIES, _BETWEEN = 12, timedelta(seconds=5)
"""An earlier one of that name, of an escalation that has just ended, is given this long to end too."""


class TaskForceOrders(InOrder[ForTaskForces]):
    """
    The orders of one escalation. *sent*: where what is sent is noted, so that the task force can ask. *continue_after*:
    as the escalation's.
    """

    def __init__(
        self,
        background: Background,
        decide: Callable[[NoteFailedDeployment], None],
        carried: Iterable[ForTaskForces],
        sent: SentSignals,
        continue_after: int | None,
    ) -> None:
        super().__init__(background, self._command, decide, carried)
        self._sent, self._continue_after = sent, continue_after

    async def _command(self, order: ForTaskForces) -> NoteFailedDeployment | None:
        match order:
            case StartTaskForce(charter=charter):
                return await self._start(charter)
            case StandDown():
                await self._signal(contract.TASK_FORCE_STAND_DOWN, order)
            case KeepInformed():
                await self._signal(contract.TASK_FORCE_KEEP_INFORMED, order)
        return None

    async def _start(self, charter: Charter) -> NoteFailedDeployment | None:
        begin = contract.TaskForceInput(charter=charter, continue_after=self._continue_after)
        for _ in range(_TRIES):
            try:
                await _start_child(begin, charter)
            except WorkflowAlreadyStartedError:
                await workflow.sleep(_BETWEEN, summary=f"an earlier task force {charter.name} is ending")
            else:
                return None
        return NoteFailedDeployment(id=charter.id, why=reason("not_deployed"))

    async def _signal(self, signal: str, order: EscalationsCommand) -> None:
        """A task force that has ended by itself needs no order."""
        self._sent.note(order)
        name = RunId.read(order.id).task_force
        task_force = workflow.get_external_workflow_handle(task_force_id(order.about.key, name))
        try:
            await task_force.signal(signal, order)
        except FailureError:
            workflow.logger.info("task_force_gone", extra={"task_force": name})


async def _start_child(begin: contract.TaskForceInput, charter: Charter) -> None:
    key = charter.about.key
    await workflow.start_child_workflow(
        contract.TASK_FORCE_WORKFLOW,
        begin,
        id=task_force_id(key, charter.name),
        task_queue=contract.ESCALATION_QUEUE,
        parent_close_policy=ParentClosePolicy.ABANDON,
        static_summary=web_ui.summary(f"{web_ui.escaped(charter.mission)} ({charter.lead})"),
        static_details=web_ui.charter_details(charter),
        memo={"escalation": key, "task_force": charter.name},
        search_attributes=TypedSearchAttributes(
            [
                SearchAttributePair(sa.OWNER, charter.lead),
                SearchAttributePair(sa.PRIORITY, charter.about.priority.value),
            ]
        ),
    )
