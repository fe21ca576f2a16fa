"""Changes that somebody might make to the workflow, which running escalations would not survive, or not notice."""

from dataclasses import field, replace
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue

from escalation import contract
from escalation.case.move_index import PersonsCommand
from escalation.case.moves.acknowledge import Acknowledge
from escalation.case.view import MoveResult
from escalation.case.work import Decision
from escalation.kernel.values import frozen
from escalation.notifications.notification import NotificationBatch
from workflows.delivery_outbox import DeliveryOutbox, deliver
from workflows.escalation import EscalationWorkflow
from workflows.inputs import takes_one


@workflow.defn(name=contract.WORKFLOW)
class AsksForMore(EscalationWorkflow):
    """One timer more, before anything else."""

    @workflow.init
    @takes_one
    def __init__(self, *begins: RawValue) -> None:
        super().__init__(*begins)

    @workflow.run
    @takes_one
    async def run(self, *begins: RawValue) -> contract.EscalationResult:
        await workflow.sleep(1)
        return await super().run(*begins)


@workflow.defn(name=contract.WORKFLOW)
class CountsOtherwise(EscalationWorkflow):
    """The same commands in the same order; only what they say is another thing."""

    @workflow.init
    @takes_one
    def __init__(self, *begins: RawValue) -> None:
        super().__init__(*begins)

    @workflow.run
    @takes_one
    async def run(self, *begins: RawValue) -> contract.EscalationResult:
        return await super().run(*begins)

    def _keep(self, answer: Decision) -> None:
        clocks: tuple[Any, ...] = tuple(
            replace(clock, due_at=clock.started_at + clock.after / 2) for clock in answer.state.clocks
        )
        super()._keep(replace(answer, state=replace(answer.state, clocks=clocks)))


@workflow.defn(name=contract.WORKFLOW)
class AsksForMoreLater(EscalationWorkflow):
    """One timer more, each time that somebody acknowledges; until then it is as we have it."""

    @workflow.init
    @takes_one
    def __init__(self, *begins: RawValue) -> None:
        super().__init__(*begins)

    @workflow.run
    @takes_one
    async def run(self, *begins: RawValue) -> contract.EscalationResult:
        return await super().run(*begins)

    async def follow(self, command: PersonsCommand | contract.RebaseRequest) -> MoveResult:
        if isinstance(command, Acknowledge):
            self._background.start(workflow.sleep(3600))
        return await super().follow(command)


class _NeverHeardOf(DeliveryOutbox):
    async def _run(self, job: NotificationBatch) -> None:
        await deliver(job)


@workflow.defn(name=contract.WORKFLOW)
class ForgetsDeliveries(EscalationWorkflow):
    """Sends its messages, and never hears what became of them."""

    @workflow.init
    @takes_one
    def __init__(self, *begins: RawValue) -> None:
        super().__init__(*begins)
        self._deliveries = _NeverHeardOf(self._background, self)

    @workflow.run
    @takes_one
    async def run(self, *begins: RawValue) -> contract.EscalationResult:
        return await super().run(*begins)


@workflow.defn(name=contract.WORKFLOW)
class CarriesRubbish(EscalationWorkflow):
    """Hands over to its next run what nobody can read."""

    @workflow.init
    @takes_one
    def __init__(self, *begins: RawValue) -> None:
        super().__init__(*begins)

    @workflow.run
    @takes_one
    async def run(self, *begins: RawValue) -> contract.EscalationResult:
        return await super().run(*begins)

    def _carried(self) -> Any:
        return _Rubbish()


@frozen
class _Rubbish:
    carried: dict[str, str] = field(default_factory=lambda: {"escalation": "rubbish"})
