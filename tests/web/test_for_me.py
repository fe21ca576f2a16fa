"""*For me*: what waits for somebody is there, whatever waits for them, and leads to the move that does it."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

from escalation.case.rca_content import InternalRca
from escalation.kernel.values import from_plain
from escalation.task_force.state import SeatRequest
from tests.web.test_console import get, post, until_seen
from tests.web.web_client import Door, seen

JO = "ACME:jo@acme.example"
IN_A_MONTH = datetime.now(UTC).date() + timedelta(days=30)
HANNAH = {"escalation_as": "hannah"}
RCA = from_plain(
    InternalRca,
    {
        "root_causes": ["A worn seal"],
        "corrective_actions": [{"what": "Replace all seals", "owner": "hannah", "due": IN_A_MONTH}],
        "summary_for_customers": "A seal was worn.",
    },
)


async def closed_with_an_action(door: Door) -> str:
    """The id of an escalation that is closed, and has an action that Hannah owes it."""
    await door.start(subject=f"Seal {door.key}")
    await door.client.request_rca(door.key, by="elena")
    await door.resolve()
    await door.client.file_rca(door.key, by="kemal", rca=RCA)
    await door.client.derive_rca(door.key, by="kemal")
    await door.client.approve_rca(door.key, by="elena")
    await door.client.share_rca(door.key, by="dewi")
    await door.client.confirm_access(door.key, by=JO, account="ACME")
    return (await door.client.close(door.key, by="elena")).id


async def until_gone(door: Door, text: str, **cookies: str) -> None:
    async with asyncio.timeout(10):
        while text in (await get(door, "/", cookies)).text:  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0.2)


async def test_an_action_waits_for_its_owner_after_the_close(door: Door) -> None:
    """
    CLOSE-7: until it is done; its form is that of the closed escalation, under its id.
    """
    id_ = await closed_with_an_action(door)
    path = f"/case/{id_.replace('@', '%40').replace(':', '%3A')}"

    waiting = await until_seen(door, "/", path, **HANNAH)
    form = await get(door, f"{path}/finish_action", HANNAH)
    done = await post(
        door, f"{path}/finish_action", headers={"cookie": "escalation_as=hannah"}, action="1", note="All new"
    )
    await until_gone(door, door.key, **HANNAH)

    assert f'href="{path}/finish_action"' in waiting.text
    assert f"Seal {door.key} ACME" in seen(waiting)
    assert "Replace all seals" in seen(form)
    assert 303 == done.status_code
    assert (await door.client.view(door.key)).actions[0].done_by == "hannah"


async def test_a_seat_and_a_task_of_a_task_force_wait_for_their_people(door: Door) -> None:
    """
    RESOLVE-2: whoever is asked finds it under their own name, until they have answered.
    """
    await door.start()
    await door.client.acknowledge(door.key, by="maya")
    seat = SeatRequest(role="logistics", people=("daniel",))
    await door.client.deploy_task_force(
        door.key, by="maya", name="seals", mission=f"Mission {door.key}", lead="hannah", seats=[seat]
    )
    force = f"/case/{door.key}/task-force/seals"

    offered = await until_seen(door, "/", f"{force}/accept_seat", escalation_as="daniel")
    led = await until_seen(door, "/", f"{force}/report_status", **HANNAH)
    await door.client.accept_seat(door.key, "seals", by="daniel")
    await door.client.add_task(door.key, "seals", by="hannah", what="Look at it", owner="daniel")
    tasked = await until_seen(door, "/", f"{force}/finish_task?task=1", escalation_as="daniel")

    assert f"{door.key} Mission {door.key} seals" in seen(offered)
    assert "Accept seat" in seen(offered)
    assert "Report status" in seen(led)
    assert not re.findall(f"{force}/accept_seat", tasked.text)


async def test_whom_nothing_waits_for_reads_so(door: Door) -> None:
    """
    Nobody else was asked either.
    """
    assert "Nothing waits for you now" in seen(await get(door, "/", {"escalation_as": "ben"}))


async def test_a_mention_waits_until_it_is_marked_as_seen(door: Door) -> None:
    """
    TALK-2: with who mentioned them; the page of the escalation says so, too.
    """
    await door.start(subject=f"Look {door.key}")
    await door.client.add_comment(door.key, by="maya", note="@hannah: is it the seal?")

    waiting = await until_seen(door, "/", f"/case/{door.key}/mark_seen", **HANNAH)
    page = await get(door, f"/case/{door.key}", HANNAH)
    done = await post(door, f"/case/{door.key}/mark_seen", headers={"cookie": "escalation_as=hannah"})
    await until_gone(door, door.key, **HANNAH)

    assert "Mark as seen Mentioned by Maya" in seen(waiting)
    assert "mark as seen (Hannah" in seen(page)
    assert 303 == done.status_code
