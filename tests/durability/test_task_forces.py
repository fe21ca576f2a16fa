"""
kill -9 of the worker while a task force stands: neither it nor its escalation forgets the other.
"""

import asyncio
from pathlib import Path

from escalation import contract
from escalation.kernel.ids import task_force_id
from escalation.task_force.lifecycle import TaskForceState
from escalation.task_force.state import SeatRequest
from tests.complaint import a_complaint
from tests.durability.outage import Site, a_site
from tests.said import said

KEY, NAME = "ACME/4711", "roof"


async def test_a_killed_worker_leaves_no_task_force_behind(tmp_path: Path) -> None:
    """
    RESOLVE-3: killed in the middle of its deployment and of its end; it still begins, reports, and is stood down.
    """
    async with a_site(tmp_path) as site:
        await site.client.start(a_complaint(key=KEY, priority="P1"))
        seat = SeatRequest(role="agent", people=("tom",))
        await site.client.deploy_task_force(
            KEY, by="priya", name=NAME, mission="Find the leak", lead="hannah", seats=[seat]
        )
        await killed_and_back(site)
        await until_it_stands(site)
        await site.client.accept_seat(KEY, NAME, by="tom")
        await site.client.add_task(KEY, NAME, by="hannah", what="Climb up", owner="tom")

        await site.client.stand_down_task_force(KEY, NAME, by="priya", why="Enough")
        await killed_and_back(site)

        handle = site.temporal.get_workflow_handle(
            task_force_id(KEY, NAME), result_type=contract.TaskForceResult
        )
        ended: contract.TaskForceResult = await asyncio.wait_for(handle.result(), 60)
        assert ("Enough", ["Climb up (tom)"]) == (ended.why, list(map(said, ended.left)))
        (force,) = (await site.client.view(KEY)).task_forces
        assert TaskForceState.STOOD_DOWN == force.state
        invited = [letter for letter in site.mailbox.messages() if "task_force_invited" in letter.key]
        assert ["tom.lindqvist@example.com"] == sorted({letter.recipients[0] for letter in invited})


async def killed_and_back(site: Site) -> None:
    site.worker.kill9()
    await site.worker.start()


async def until_it_stands(site: Site) -> None:
    async with asyncio.timeout(60):
        while True:
            forces = (await site.client.view(KEY)).task_forces
            if forces and forces[0].heard:
                return
            await asyncio.sleep(0.1)
