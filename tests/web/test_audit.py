"""Sign-ins and refusals of the whole service are in the audit log, and it can be had (IDENTITY-5)."""

import asyncio

import pytest
from sqlalchemy import text

from escalation.kernel.refusals import NotProven
from records.store import RecordStore
from tests.web.audit_lines import KINDS, noted, the_log
from tests.web.signed_in import API, SignedIn
from tests.web.web_client import ANSWERED, Door

MAYA, ELENA, RAFAEL = "maya.okafor@example.com", "elena.petrova@example.com", "rafael.costa@example.com"


def store_of(door: Door) -> RecordStore:
    return RecordStore.at(door.settings.records_url, door.settings.state_folder)


async def test_refusals_are_on_record(signed_in: SignedIn) -> None:
    """IDENTITY-5: who is not believed, whose key is not for a move, who may not look; in the API and the console."""
    door, maya, elena = signed_in.door, signed_in.bearer(MAYA), signed_in.bearer(ELENA)
    starts, key = signed_in.machine(moves=["start"]), "ACME/8101"
    await signed_in.start(key, maya)
    outsider, browser = signed_in.bearer(RAFAEL), signed_in.cookie(MAYA)

    await door.http.get(f"{API}/report-schedules", headers={"Authorization": "Bearer esc_000000000000_wrong"})
    await signed_in.move(key, "nudge_owner", starts)
    await door.http.get(f"{API}/escalations/{key}/timeline", headers=outsider)
    await door.http.post(f"/case/{key}/declare_resolved", content="", headers=browser | ANSWERED)
    await door.http.get("/playbook", headers={"Cookie": "escalation_session=made-up"})

    wrong = await noted(door, elena, f"{API}/report-schedules", "not_identified")
    assert ("", "api", "127.0.0.1") == (wrong["by"], wrong["door"], wrong["address"])
    assert "the API key is not known here" in wrong["why"]
    assert "wrong" not in str(wrong)
    scope = await noted(
        door, elena, f"{API}/escalations/{key}/moves/nudge_owner by the API key", "not_allowed"
    )
    assert ("maya", True) == (scope["by"], "this key is not for nudge" in scope["why"])
    unseen = await noted(door, elena, f"GET {API}/escalations/{key}/timeline", "not_allowed")
    assert ("rafael", "may not be looked at") == (unseen["by"], unseen["why"])
    page = await noted(door, elena, "GET /playbook", "not_identified")
    assert ("", "console") == (page["by"], page["door"])


async def test_sign_ins_are_on_record_once(signed_in: SignedIn) -> None:
    """IDENTITY-5: a token or a key comes with each request, and is one sign-in."""
    door, elena = signed_in.door, signed_in.bearer(ELENA)
    maya, machine = signed_in.bearer(MAYA), signed_in.machine()
    id_ = machine["Authorization"].split("_")[1]
    before = len([line for line in await the_log(door, elena) if line["kind"] == "signed_in"])

    for _ in range(3):
        await door.http.get(f"{API}/me", headers=maya)
        await door.http.get(f"{API}/me", headers=machine)
    by_key = await noted(door, elena, f"the API key {id_}", "signed_in")

    assert ("maya", 1) == (by_key["by"], by_key["times"])
    after = [line for line in await the_log(door, elena) if line["kind"] == "signed_in"]
    assert len(after) - before <= 3, [tuple(line[name] for name in KINDS) for line in after]


async def test_nobody_asks_who_shows_nothing(signed_in: SignedIn) -> None:
    """IDENTITY-5: who is sent to sign in was refused nothing."""
    door, elena = signed_in.door, signed_in.bearer(ELENA)
    await door.http.get(f"{API}/known-names")
    await door.http.get("/look-back", follow_redirects=False)
    await door.http.get(f"{API}/stalled", headers={"Authorization": "Bearer esc_000000000000_x"})
    await noted(door, elena, f"{API}/stalled", "not_identified")

    assert not [
        line for line in await the_log(door, elena) if line["about"].endswith(("/known-names", "/look-back"))
    ]


async def test_the_log_is_for_those_who_look_at_all(signed_in: SignedIn) -> None:
    """IDENTITY-4, IDENTITY-5: it names people and escalations."""
    answer = await signed_in.door.http.get(f"{API}/audit-log", headers=signed_in.bearer(MAYA))

    assert (403, "role_not_allowed") == (answer.status_code, answer.json()["code"])


async def test_a_message_without_proof_is_on_record(signed_in: SignedIn) -> None:
    """IDENTITY-5: of whoever reaches Temporal itself, and is refused by a worker."""
    key, elena = "ACME/8102", signed_in.bearer(ELENA)
    await signed_in.start(key, elena)
    with pytest.raises(NotProven):
        await signed_in.door.client.acknowledge(key, by="elena")

    line = await noted(signed_in.door, elena, f"acknowledge to {key}", "not_proven")
    assert ("elena", "worker") == (line["by"], line["door"])


async def test_a_webhook_without_a_signature_is_on_record(door: Door) -> None:
    """IDENTITY-5: where nobody signs in, too; the door is then whoever's who reaches it."""
    await door.http.post("/escalations", json={}, headers={"webhook-id": "x"})

    line = await noted(door, {}, "POST /escalations", "not_identified")
    assert "intake" == line["door"]


async def test_a_record_is_verified_by_its_key(door: Door) -> None:
    """IDENTITY-5: whoever may look at an escalation sees whether its record is as it was written."""
    at = f"{API}/escalations/{door.key}/record/verification"
    await door.start()
    await door.cancel()
    async with asyncio.timeout(15):
        while (intact := await door.http.get(at)).status_code != 200:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.1)
    store = store_of(door)
    with store.database.writing() as db:
        db.execute(
            text("UPDATE events SET kind = 'x' WHERE seq = 2 AND escalation LIKE :of"),
            {"of": f"{door.key}@%"},
        )
    store.close()

    changed = (await door.http.get(at)).json()

    assert (True, []) == (intact.json()["is_intact"], intact.json()["faults"])
    (fault,) = changed["faults"]
    assert (False, "changed", 2, 2) == (changed["is_intact"], fault["kind"], fault["first"], fault["last"])
    assert 404 == (await door.http.get(f"{API}/escalations/ACME/nowhere/record/verification")).status_code


async def test_who_reads_a_record_by_the_api_is_on_record(signed_in: SignedIn) -> None:
    """IDENTITY-5: what is kept past retention is given out, and the log says to whom."""
    door, elena, key = signed_in.door, signed_in.bearer(ELENA), "ACME/8102"
    await signed_in.start(key, signed_in.bearer(MAYA))
    async with asyncio.timeout(15):
        while (await door.http.get(f"{API}/escalations/{key}/record", headers=elena)).status_code != 200:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.1)

    line = await noted(door, elena, f"GET {API}/escalations/{key}/record", "exported")
    assert ("elena", "api") == (line["by"], line["door"])
