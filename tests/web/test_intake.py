"""Starts by webhook: signed, refused whole or started, and told as JSON."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from tests.complaint import a_complaint
from tests.said import said
from tests.web.web_client import Door, open_door, signed


def complaint(door: Door, **changes: Any) -> dict[str, Any]:
    return a_complaint(**{"key": door.key, "channel": "monitoring", **changes})


async def test_a_signed_request_starts_an_escalation(door: Door) -> None:
    """
    START-1: the answer is the receipt: state, owner, when customers hear next; the channel is as given.
    """
    answer = await door.hand_in(complaint(door))

    receipt = answer.json()
    view = await door.client.view(door.key)
    assert (202, "application/json") == (answer.status_code, answer.headers["content-type"])
    assert (door.key, view.id, view.owner) == (receipt["key"], receipt["id"], receipt["owner"])
    assert not receipt["is_repeat"]
    assert datetime.fromisoformat(receipt["next_update_at"]) > datetime.now(UTC)
    opened = next(entry for entry in await door.client.timeline(door.key) if entry.kind == "opened")
    assert "level" in said(opened.what)


async def test_a_repeat_returns_the_running_one(door: Door) -> None:
    """
    START-4: the same webhook again, at the same time or later, starts nothing.
    """
    answers = await asyncio.gather(*(door.hand_in(complaint(door)) for _ in range(4)))
    later = await door.hand_in(complaint(door))

    assert {200, 202} >= {answer.status_code for answer in answers}
    assert (200, True) == (later.status_code, later.json()["is_repeat"])
    assert 1 == len({answer.json()["id"] for answer in (*answers, later)})


async def test_a_bad_request_is_refused_with_every_fault(door: Door) -> None:
    """
    START-6: where, given, allowed; nothing is started.
    """
    request = complaint(door, channel="pigeon", priority="P9", customers=[])

    answer = await door.hand_in(request)

    told = answer.json()
    assert (422, "bad_request") == (answer.status_code, told["error"])
    assert {"channel", "priority", "customers"} == {fault["where"] for fault in told["faults"]}
    assert all(fault["given"] and fault["allowed"] for fault in told["faults"])
    assert [] == [each.key async for each in door.client.list() if each.key == door.key]


async def test_what_the_playbook_does_not_know_is_a_fault_too(door: Door) -> None:
    """
    START-6: told by the worker, with what is known.
    """
    answer = await door.hand_in(complaint(door, category="complant", submitted_by="nobody"))

    assert 422 == answer.status_code
    assert {"category", "submitted_by"} == {fault["where"] for fault in answer.json()["faults"]}
    assert "complaint" in answer.text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"x"',
        b"[" * 10_000,
        b"null",
        b'{"key": NaN}',
        b'{"\\ud800": 1, "\\u202e": 2}',
    ],
)
async def test_what_is_no_request_is_refused(door: Door, body: bytes) -> None:
    """
    START-6: well-formed JSON or not, the answer is JSON that says what is needed.
    """
    answer = await door.hand_in(body)

    assert 422 == answer.status_code
    assert json.loads(answer.content)["faults"]


async def test_nobody_starts_without_a_fitting_signature(door: Door) -> None:
    """
    START-1: no headers, another key, another body, another id, too old, from the future: 401, and nothing is started.
    """
    body = json.dumps(complaint(door)).encode()
    good, old, early = signed(body), _at(body, minutes=-6), _at(body, minutes=6)
    wrong = [
        {name: value for name, value in good.items() if name != "webhook-signature"},
        {"content-type": "application/json"},
        signed(body, key=b"another key for webhooks!"),
        signed(body + b" "),
        good | {"webhook-id": "msg_2"},
        good | {"webhook-timestamp": "soon"},
        good | {"webhook-timestamp": "9" * 400},
        good | {"webhook-signature": "v1,"},
        good | {"webhook-signature": good["webhook-signature"].replace("v1,", "v2,")},
        good | {"webhook-signature": "signed"},
        old,
        early,
    ]

    for headers in wrong:
        answer = await door.http.post("/escalations", content=body, headers=headers)
        assert (401, "not_signed") == (answer.status_code, answer.json()["error"]), headers
    assert [] == [each.key async for each in door.client.list() if each.key == door.key]


async def test_a_body_that_is_no_text_is_signed_by_nobody(door: Door) -> None:
    """START-1: what is signed is JSON."""
    assert 401 == (await door.hand_in(b"\xff\xfe")).status_code


def _at(body: bytes, **ahead: float) -> dict[str, str]:
    return signed(body, datetime.now(UTC) + timedelta(**ahead))


async def test_one_fitting_signature_of_several_is_enough(door: Door) -> None:
    """
    Standard Webhooks: who rotates keys signs with both for a while.
    """
    body = json.dumps(complaint(door)).encode()
    good = signed(body)["webhook-signature"]

    answer = await door.hand_in(body, {"webhook-signature": f"v1,AAAA v1a,x {good}"})

    assert 202 == answer.status_code


async def test_too_large_wrong_type_and_wrong_method(door: Door) -> None:
    """A body that cannot be a start is refused before it is read."""
    large = await door.hand_in(complaint(door, description="x" * 600_000))
    plain = await door.hand_in(complaint(door), {"content-type": "text/plain"})
    look = await door.http.get("/escalations")

    assert (413, 415, 405) == (large.status_code, plain.status_code, look.status_code)
    assert "POST" == look.headers["allow"]
    assert "not_accepted" == look.json()["error"]


async def test_without_a_secret_there_is_no_intake(door: Door) -> None:
    """
    START-1: nobody starts anything by webhook until the operator says who may.
    """
    closed = door.settings.model_copy(update={"intake_secret": None})

    async with open_door(closed, door.mailbox, door.temporal) as other:
        answer = await other.hand_in(complaint(door))

    assert 404 == answer.status_code


async def test_either_of_two_secrets_is_believed(door: Door) -> None:
    """
    Keys are rotated without an escalation being lost.
    """
    assert door.settings.intake_secret
    other = "whsec_" + "A" * 32
    both = SecretStr(f"{other}, {door.settings.intake_secret.get_secret_value()}")
    rotated = door.settings.model_copy(update={"intake_secret": both})

    async with open_door(rotated, door.mailbox, door.temporal) as two:
        first = await two.hand_in(complaint(door))
        body = json.dumps(complaint(door)).encode()
        second = await two.http.post("/escalations", content=body, headers=signed(body, key=b"\0" * 24))

    assert (202, 200) == (first.status_code, second.status_code)


async def test_a_sender_in_a_loop_is_told_to_wait(door: Door) -> None:
    """
    START-4: 60 webhooks of one key within ten minutes are more than any monitoring needs.
    """
    for _ in range(60):
        assert 202 >= (await door.hand_in(complaint(door))).status_code

    answer = await door.hand_in(complaint(door))

    assert (429, "rate_exceeded") == (answer.status_code, answer.json()["error"])
    assert "possible again at" in answer.json()["message"]
    assert answer.headers["retry-after"]
