"""
Outboxes by themselves, without a server: what is pending, what runs, and what a continued run is given.
"""

import asyncio
from datetime import UTC, datetime

from escalation.case.effects import StartTaskForce
from escalation.case.engine import decide
from escalation.case.moves.deploy_task_force import DeployTaskForce
from escalation.contract import ContinuedState, EscalationInput
from escalation.kernel.ids import task_force_id
from tests.escalations import Desk
from tests.workflows import stages
from workflows.outbox import Background, InOrder, Parallel


class Work:
    """Does each job when it is told to, and keeps what was put to the rules."""

    def __init__(self) -> None:
        self.background = Background()
        self.decided: list[str] = []
        self._done = dict[str, asyncio.Future[str | None]]()

    async def perform(self, job: str) -> str | None:
        self._done[job] = asyncio.get_running_loop().create_future()
        return await self._done[job]

    async def end(self, job: str, outcome: str | None = None) -> None:
        self._done[job].set_result(outcome)
        await self.step()

    async def step(self) -> None:
        """Let everything run that can."""
        for _ in range(5):
            await asyncio.sleep(0)


async def test_all_of_a_parallel_outbox_runs_at_once_and_is_carried_until_it_is_done() -> None:
    work = Work()
    outbox = Parallel[str](work.background, work.perform, work.decided.append, ("carried",))
    outbox.add("new")
    assert ("carried", "new") == outbox.carried

    outbox.start()
    await work.step()
    assert (["carried", "new"], [], True) == (outbox.running, outbox.pending, bool(outbox.carried))

    outbox.add("newer")
    await work.end("new", "it is done")
    assert (["it is done"], ("carried", "newer")) == (work.decided, outbox.carried)
    assert not outbox.is_at_rest

    await work.end("carried")
    assert ["it is done"] == work.decided, "None is nothing to decide"
    assert (True, False) == (outbox.is_at_rest, outbox.is_empty), "what nobody has started stays pending"


async def test_in_order_the_next_one_starts_when_the_one_before_it_has_ended() -> None:
    work = Work()
    outbox = InOrder[str](work.background, work.perform, work.decided.append)
    outbox.add("first", "second")

    outbox.start()
    outbox.start()
    await work.step()
    assert (["first"], ["second"], False) == (outbox.running, outbox.pending, outbox.is_at_rest)

    work.background.is_awake = False
    await work.end("first")
    assert work.background.is_awake, "the loop of the run starts the next one"
    assert ("second",) == outbox.carried


async def test_of_too_many_in_order_the_oldest_that_nobody_has_begun_are_left_out() -> None:
    work = Work()
    outbox = InOrder[str](work.background, work.perform, work.decided.append, at_most=2)
    outbox.add("first")
    outbox.start()

    outbox.add("second", "third", "fourth")

    assert (["first"], ["third", "fourth"]) == (outbox.running, outbox.pending)


async def test_a_decision_may_ask_again_for_what_has_just_ended() -> None:
    work = Work()

    def ask_again(calendar: str) -> None:
        outbox.add(calendar)

    outbox = Parallel[str](work.background, work.perform, ask_again, ("hours",))
    outbox.start()
    await work.step()

    await work.end("hours", "hours")

    assert ([], ["hours"]) == (outbox.running, outbox.pending)


async def test_a_fault_beside_the_run_wakes_it() -> None:
    work = Work()

    async def fail(_: str) -> None:
        raise ZeroDivisionError

    outbox = Parallel[str](work.background, fail, work.decided.append, ("job",))
    work.background.is_awake = False
    outbox.start()
    await work.step()

    assert work.background.is_awake
    assert not outbox.is_at_rest, "it is not done"


async def test_an_order_that_one_run_leaves_is_given_by_the_next(desk: Desk) -> None:
    opening = stages.opened_at(desk.key, datetime.now(UTC).replace(microsecond=0))
    deploy = DeployTaskForce.model_validate(
        {"by": "priya", "name": "dry-pallets", "mission": "Find the leak", "lead": "hannah"}
    )
    deployed = decide(opening.state, deploy, opening.state.opened_at)
    orders = tuple(effect for effect in deployed.effects if isinstance(effect, StartTaskForce))
    carried = ContinuedState(
        escalation=deployed.state, events=(*opening.events, *deployed.events), orders=orders
    )

    await desk.start_by_hand(EscalationInput(carried=carried))
    async with asyncio.timeout(10):
        while not any(force.heard for force in (await desk.view()).task_forces):  # noqa: ASYNC110
            await asyncio.sleep(0.05)

    task_force = desk.temporal.get_workflow_handle(task_force_id(desk.key, "dry-pallets"))
    assert (await task_force.describe()).id
