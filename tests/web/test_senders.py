"""Systems that start by webhook: each within its bounds, and each delivery once."""

import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest_asyncio

from runtime.settings import Settings
from tests.complaint import a_complaint
from tests.web.web_client import Door, open_door, signed

ACME, BOLT, MONITOR = (name * 24 for name in (b"a", b"b", b"m"))
VARIABLES = {
    "ESCALATION_INTAKE_ACME_SECRET": ACME,
    "ESCALATION_INTAKE_BOLT_SECRET": BOLT,
    "ESCALATION_INTAKE_MONITOR_SECRET": MONITOR,
}
BOUNDS = {
    "ESCALATION_INTAKE_ACME_TENANTS": "ACME",
    "ESCALATION_INTAKE_BOLT_TENANTS": "BOLT",
    "ESCALATION_INTAKE_MONITOR_TENANTS": "ACME, BOLT",
    "ESCALATION_INTAKE_MONITOR_SUBMITTERS": "tom",
    "ESCALATION_INTAKE_MONITOR_PRIORITIES": "P3,P4",
    "ESCALATION_INTAKE_MONITOR_CATEGORIES": "complaint",
    "ESCALATION_INTAKE_MONITOR_ACCOUNTS": "ACME",
}


def environment() -> dict[str, str]:
    secrets = {name: f"whsec_{base64.b64encode(key).decode()}" for name, key in VARIABLES.items()}
    return secrets | BOUNDS


@pytest_asyncio.fixture(loop_scope="session")
async def bound(door: Door) -> AsyncIterator[Door]:
    """A web service before the same server that knows three senders, and no secret without bounds."""
    senders = Settings.load(environment()).intake
    settings = door.settings.model_copy(update={"intake_secret": None, "intake": senders})
    async with open_door(settings, door.mailbox, door.temporal) as found:
        yield found.for_subject(door.key)


async def sent(door: Door, key: bytes, request: dict[str, Any], delivery: str = "msg_1") -> httpx.Response:
    body = json.dumps(request).encode()
    return await door.http.post(
        "/escalations", content=body, headers=signed(body, key=key, delivery=delivery)
    )


async def test_a_sender_starts_for_its_own_tenants_alone(bound: Door) -> None:
    """
    START-4: the subject of another tenant is neither started nor read, whether it runs or not.
    """
    request = a_complaint(key=bound.key)
    before = await sent(bound, BOLT, request)
    started = await sent(bound, ACME, request)
    after = await sent(bound, BOLT, request)

    assert (403, 202, 403) == (before.status_code, started.status_code, after.status_code)
    assert before.json() == after.json(), "it tells nothing of the one that runs"
    assert ["key"] == [fault["where"] for fault in after.json()["faults"]]
    assert "a subject of BOLT" == after.json()["faults"][0]["allowed"]


async def test_a_sender_joins_no_outage_of_another_tenant(bound: Door) -> None:
    """
    START-5: else it would receive what the others are told, or add an address to their contacts.
    """
    await bound.start()
    spy = [{"account": "ACME", "contacts": [{"name": "Spy", "email": "spy@evil.example"}]}]
    joined = await sent(bound, BOLT, a_complaint(key="BOLT/77", outage=bound.key, customers=spy))

    assert 422 == joined.status_code
    assert ["outage"] == [fault["where"] for fault in joined.json()["faults"]]
    assert ("ACME",) == (await bound.client.view(bound.key)).customers
    assert not bound.mailbox.messages("spy@evil.example")


async def test_every_bound_is_kept_and_every_fault_told_at_once(bound: Door) -> None:
    """
    START-6: submitter, priority, category, accounts and what it continues.
    """
    other = [{"account": "INITECH", "contacts": [{"name": "A", "email": "a@initech.example"}]}]
    request = a_complaint(
        key=bound.key,
        submitted_by="elena",
        priority=None,
        impact="high",
        urgency="high",
        category="order_status",
        customers=other,
        predecessor="OTHER/1@2026-11-20T09:00:00.000Z",
    )
    refused = await sent(bound, MONITOR, request)
    good = await sent(bound, MONITOR, a_complaint(key=bound.key, submitted_by="tom", priority="P3"))

    told = {fault["where"]: fault["given"] for fault in refused.json()["faults"]}
    assert 403 == refused.status_code
    assert {"submitted_by", "priority", "category", "customers.0.account", "predecessor"} == set(told)
    assert "'nothing'" == told["priority"], "one that follows from impact and urgency could be any"
    assert 202 == good.status_code


async def test_a_delivery_that_comes_again_after_the_end_opens_nothing(bound: Door) -> None:
    """
    START-4: the same webhook-id is the same delivery, for as long as the server keeps what has ended.
    """
    request = a_complaint(key=bound.key, priority="P3")
    first = await sent(bound, ACME, request)
    await bound.cancel()
    await bound.temporal.get_workflow_handle(bound.key).result()

    again = await sent(bound, ACME, request)
    changed = await sent(bound, ACME, {**request, "subject": "The same delivery in other words"})
    later = await sent(bound, ACME, request, delivery="msg_2")

    assert (202, 200, 200, 202) == tuple(each.status_code for each in (first, again, changed, later))
    assert first.json()["id"] == again.json()["id"] == changed.json()["id"] != later.json()["id"]
    assert again.json()["is_repeat"]


async def test_the_same_id_of_two_senders_is_two_deliveries(bound: Door) -> None:
    """
    Ids are each sender's own.
    """
    request = a_complaint(key=bound.key, priority="P3", submitted_by="tom")
    await sent(bound, ACME, request)
    await bound.cancel()
    await bound.temporal.get_workflow_handle(bound.key).result()

    assert 202 == (await sent(bound, MONITOR, request)).status_code
    assert 200 == (await sent(bound, MONITOR, request)).status_code


async def test_a_repeat_by_a_stranger_reads_nothing(door: Door) -> None:
    """
    START-4: whoever signs without bounds says in whose name; who has no part in it is told no state.
    """
    await door.start()
    stranger = await door.hand_in(a_complaint(key=door.key, submitted_by="nadia"))
    faulty = await door.hand_in(a_complaint(key=door.key, category="complaimt"))

    assert (409, "role_not_allowed") == (stranger.status_code, stranger.json()["error"])
    assert 422 == faulty.status_code
    assert not {"state", "owner", "level"} & {*stranger.json(), *faulty.json()}
