"""
Whoever is on call is found out by an activity when somebody must be told, and the answer is on record (MATRIX-1).
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from escalation.kernel.refusals import UnknownName
from tests.escalations import REFERENCE, Desk, desk_on_skipping_server
from tests.said import said

ROTA = REFERENCE.with_name("on_call.yaml")
ON_CALL = {"arif", "citra", "priya", "lukas", "rosa", "will", "stefan", "grace", "omar", "elena"}


@pytest_asyncio.fixture(loop_scope="session")
async def with_rota(tmp_path: Path) -> AsyncIterator[Desk]:
    for name in ("reference.yaml", "on_call.yaml", "on_call.ics"):
        (tmp_path / name).write_bytes(ROTA.with_name(name).read_bytes())
    async with desk_on_skipping_server(tmp_path / "on_call.yaml") as desk:
        yield desk
        await desk.nothing_went_wrong()


async def test_who_is_on_call_is_found_told_and_recorded(with_rota: Desk) -> None:
    """
    MATRIX-1: P1 enters at level 2, which a schedule holds; one person answers for it, by e-mail, with a reason.
    """
    await with_rota.start()
    await with_rota.at_rest()

    owner = (await with_rota.view()).owner
    assert owner in ON_CALL
    assigned = [line for line in with_rota.told() if line.startswith("assigned ")]
    assert 1 == len(assigned)
    (found,) = await with_rota.timeline("on_call_found")
    assert said(found.what).startswith("on call for support_desk: ")
    (receipt, *_) = [
        entry for entry in await with_rota.timeline("delivery_reported") if "assigned" in said(entry.what)
    ]
    assert f"assigned to {owner}" in said(receipt.what)


async def test_a_schedule_that_is_gone_leaves_nobody_in_silence(with_rota: Desk, tmp_path: Path) -> None:
    """
    MATRIX-5: a running escalation keeps its plan; if today's playbook has no such schedule the managers hear of it.
    """
    playbook = tmp_path / "on_call.yaml"
    without = playbook.read_text(encoding="utf-8").partition("\nrotas:")[0]
    await with_rota.start("ACME/4712", priority="P3")
    await with_rota.at_rest("ACME/4712")
    playbook.write_text(without + "\n", encoding="utf-8")

    await with_rota.client.raise_level("ACME/4712", by="maya", reason="lack_of_authority")  # type: ignore[arg-type]
    await with_rota.at_rest("ACME/4712")

    assert "nobody_on_call elena.petrova@example.com" in with_rota.told("ACME/4712")
    (entry,) = [
        entry for entry in await with_rota.client.timeline("ACME/4712") if entry.kind == "on_call_found"
    ]
    assert "the playbook has no on-call schedule" in said(entry.what)


HOURLY = """
extends: reference.yaml
name: Hourly
version: "1.0"
rotas:
  desk:
    name: Desk
    time_zone: Europe/London
    rotations: {name: Hours, people: [priya, lukas], every: 1 h, hand_over: "00:30", since: 2020-01-06}
OVERRIDES
issue_types:
  customer_service_requests:
    levels:
      2: {contacts: [desk], window: 20-30 h, unreached: stay}
"""


@pytest_asyncio.fixture(loop_scope="session")
async def by_the_hour(tmp_path: Path) -> AsyncIterator[Desk]:
    (tmp_path / "reference.yaml").write_bytes(REFERENCE.read_bytes())
    playbook = tmp_path / "hourly.yaml"
    playbook.write_text(HOURLY.replace("OVERRIDES", ""), encoding="utf-8")
    async with desk_on_skipping_server(playbook) as desk:
        yield desk
        await desk.nothing_went_wrong()


async def test_what_nobody_acknowledged_goes_to_the_next_shift(by_the_hour: Desk) -> None:
    """
    MATRIX-1: looked up again at the end of the shift; the next one is asked, owns it and can act.
    """
    await by_the_hour.start()
    await by_the_hour.at_rest()
    first = (await by_the_hour.view()).owner
    (other,) = {"priya", "lukas"} - {first}

    await by_the_hour.fast_forward(hours=1)

    assert other == (await by_the_hour.view()).owner
    assigned = [line for line in by_the_hour.told() if line.startswith("assigned ")]
    assert 2 == len(assigned) == len(set(assigned))
    *_, handed_over = await by_the_hour.timeline("on_call_found")
    assert f", instead of {first} (" in said(handed_over.what)
    await by_the_hour.client.acknowledge("ACME/4711", by=other)
    await by_the_hour.fast_forward(hours=1)
    assert other == (await by_the_hour.view()).owner


async def test_an_override_that_is_written_later_counts_with_the_next_message(
    by_the_hour: Desk, tmp_path: Path
) -> None:
    """
    MATRIX-1: somebody whom the plan did not know can act from then on.
    """
    await by_the_hour.start("ACME/4712")
    await by_the_hour.at_rest("ACME/4712")
    override = "    overrides: {from: 2020-01-06, to: 2190-01-06, person: omar}"
    (tmp_path / "hourly.yaml").write_text(HOURLY.replace("OVERRIDES", override), encoding="utf-8")

    await by_the_hour.fast_forward("ACME/4712", minutes=4)

    assert "omar" == (await by_the_hour.view("ACME/4712")).owner
    await by_the_hour.client.acknowledge("ACME/4712", by="omar")


async def test_whoever_is_on_call_can_act_before_anybody_has_told_them(
    by_the_hour: Desk, tmp_path: Path
) -> None:
    """
    MATRIX-1, ROLE-1: put on call a moment ago, and unknown to the plan: the rota is looked up for them.
    """
    await by_the_hour.start("ACME/4713")
    await by_the_hour.at_rest("ACME/4713")
    override = "    overrides: {from: 2020-01-06, to: 2190-01-06, person: omar}"
    (tmp_path / "hourly.yaml").write_text(HOURLY.replace("OVERRIDES", override), encoding="utf-8")

    with pytest.raises(UnknownName, match="unknown person 'mallory'"):
        await by_the_hour.client.acknowledge("ACME/4713", by="mallory")
    await by_the_hour.fast_forward("ACME/4713", seconds=11)
    await by_the_hour.client.acknowledge("ACME/4713", by="omar")

    view = await by_the_hour.view("ACME/4713")
    assert ("omar", "omar") == (view.owner, view.acknowledged_by)


async def test_a_name_that_nobody_has_keeps_no_worker_busy(by_the_hour: Desk) -> None:
    """
    START-6: looked up once in a while, however often it is typed; a known one never.
    """
    await by_the_hour.start("ACME/4714")
    await by_the_hour.at_rest("ACME/4714")
    for _ in range(3):
        with pytest.raises(UnknownName, match="unknown person 'nobdy'"):
            await by_the_hour.client.acknowledge("ACME/4714", by="nobdy")
    with pytest.raises(UnknownName):
        await by_the_hour.client.transfer("ACME/4714", by="elena", to="nobdy")

    looked_up = [
        name for name in await by_the_hour.activities_in_history("ACME/4714") if name == "find_on_call"
    ]
    assert 2 == len(looked_up)
