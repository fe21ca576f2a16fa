"""
How an escalation commands its task forces: start one, order one down, tell one where the escalation stands.

Owns the terms on which a task force lives beside its escalation: abandoned by the server when a run continues as new,
so that it lives on, and told by signal when it is to end. It knows no rule.
"""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.exceptions import FailureError, WorkflowAlreadyStartedError
from temporalio.workflow import ParentClosePolicy

from escalation import contract
from escalation.case.effects import ForTaskForces, OrderStandDown, StartTaskForce, UpdateTaskForce
from escalation.kernel.ids import task_force_id
from escalation.kernel.reasons import Sentence
from escalation.task_force.commands import KeepInformed, StandDown
from escalation.task_force.state import Charter
from workflows import search_attributes as sa
from workflows import web_ui
from workflows.sent_signals import SentSignals

_TRIES, _BETWEEN = 12, timedelta(seconds=5)
"""An earlier one of that name, of an escalation that has just ended, is given this long to end too."""


class NotDeployed(Exception):
    """A task force could not be started: another one has its place."""

    def __init__(self, id_: str, why: str) -> None:
        super().__init__(why)
        self.id = id_


async def command_task_force(
    key: str, effect: ForTaskForces, continue_after: int | None, vouchers: SentSignals
) -> None:
    """
    Do what *effect* asks; a task force that has ended by itself needs no order. *continue_after*: as the escalation's.
    *vouchers*: where what is sent is noted, so that the task force can ask.

    Raises:
        NotDeployed: If one could not be started.
    """
    match effect:
        case StartTaskForce(charter=charter):
            await _start(
                key, contract.TaskForceInput(charter=charter, continue_after=continue_after), charter
            )
        case OrderStandDown():
            order = StandDown(
                id=effect.id,
                by=effect.by,
                why=effect.why,
                about=effect.about,
                hand_over_to=effect.hand_over_to,
            )
            await _signal(key, effect.name, contract.TASK_FORCE_STAND_DOWN, order, vouchers)
        case UpdateTaskForce():
            about = KeepInformed(
                id=effect.id,
                about=effect.about,
                clocks=effect.clocks,
                calendars=effect.calendars,
                chase_every=effect.chase_every,
            )
            await _signal(key, effect.name, contract.TASK_FORCE_KEEP_INFORMED, about, vouchers)


async def _start(key: str, begin: contract.TaskForceInput, charter: Charter) -> None:
    for _ in range(_TRIES):
        try:
            await _start_child(key, begin, charter)
        except WorkflowAlreadyStartedError:
            await workflow.sleep(_BETWEEN, summary=f"an earlier task force {charter.name} is ending")
        else:
            return
    raise NotDeployed(charter.id, Sentence.NOT_DEPLOYED)


async def _start_child(key: str, begin: contract.TaskForceInput, charter: Charter) -> None:
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


async def _signal(
    key: str, name: str, signal: str, given: StandDown | KeepInformed, vouchers: SentSignals
) -> None:
    vouchers.note(given)
    task_force = workflow.get_external_workflow_handle(task_force_id(key, name))
    try:
        await task_force.signal(signal, given)
    except FailureError:
        workflow.logger.info("task_force_gone", extra={"task_force": name})
