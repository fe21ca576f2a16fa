"""The HTTP API: the playbook, and what is on record."""

import pytest

from tests.web.web_client import Door

API = "/api/v1"
_BROKEN = "name: ours\nlevels: 3\n"


async def test_the_playbook_is_shown_and_checked(door: Door) -> None:
    """The matrix of this installation; every fault of another one, with its line."""
    shown = (await door.http.get(f"{API}/playbook")).json()
    checked = (await door.http.post(f"{API}/playbook/check", json={"playbook": _BROKEN})).json()

    assert shown["categories"]
    assert 4 == len(shown["priorities"])
    assert checked["faults"]
    assert all(fault["place"]["file"].startswith("playbook") for fault in checked["faults"])


async def test_a_playbook_that_is_sent_reads_no_file_of_this_machine(door: Door) -> None:
    """A text stands for itself, and extends nothing."""
    answer = await door.http.post(f"{API}/playbook/check", json={"playbook": "extends: reference.yaml\n"})

    assert "this text is in no folder" in answer.text


@pytest.mark.parametrize("hour", ["2026-11-20T09:30:00Z"])
async def test_a_case_is_simulated(door: Door, hour: str) -> None:
    """If nobody acts, it rises; and a category that is not there is refused."""
    said = {"category": "complaint", "priority": "P1", "at": hour, "issue_type": "customer_service_requests"}
    found = (await door.http.post(f"{API}/playbook/simulate", json=said)).json()
    unknown = await door.http.post(
        f"{API}/playbook/simulate", json={**said, "category": "none", "issue_type": None}
    )

    assert "level_raised" in {entry["kind"] for entry in found}
    assert 422 == unknown.status_code


async def test_gaps_and_differences_are_found(door: Door) -> None:
    """Nobody to notify, and what another playbook would change."""
    coverage = await door.http.get(f"{API}/playbook/coverage", params={"days": 7})
    own = door.settings.playbook.read_text(encoding="utf-8")
    same = await door.http.post(f"{API}/playbook/diff", json={"playbook": own})
    broken = await door.http.post(f"{API}/playbook/diff", json={"playbook": _BROKEN})

    assert [200, 200, 422] == [coverage.status_code, same.status_code, broken.status_code]
    assert [] == same.json()


async def test_the_record_and_the_report_are_read(door: Door) -> None:
    """Events go on record; a period has its figures, and each its definition."""
    await door.start()
    await door.cancel()
    while 404 == (kept := await door.http.get(f"{API}/escalations/{door.key}/record")).status_code:
        pass
    report = (await door.http.get(f"{API}/report", params={"from": "2026-01-01"})).json()
    wrong = await door.http.get(f"{API}/report", params={"from": "2026-02-01", "to": "2026-01-01"})
    nowhere = await door.http.get(f"{API}/report", params={"time_zone": "Mars/Olympus"})

    assert door.key == kept.json()[0]["key"]
    assert report["figures"]
    assert report["definitions"]
    assert [(422, "to"), (422, "time_zone")] == [
        (each.status_code, each.json()["faults"][0]["where"]) for each in (wrong, nowhere)
    ]
    assert [] == (await door.http.get(f"{API}/report-schedules")).json()
