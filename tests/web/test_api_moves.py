"""The HTTP API: starts and moves, each made from its declaration, by whoever asks."""

import json
from typing import Any

import httpx

from escalation.case.move_index import PERSONS_COMMANDS
from escalation.sponsorship.move_index import PERSONS_COMMANDS as SPONSORSHIP_COMMANDS
from escalation.task_force.commands import MEMBERS_COMMANDS
from tests.complaint import a_complaint
from tests.web.web_client import Door

API = "/api/v1"


async def move(door: Door, kind: str, by: str, /, repeat: str = "", **said: Any) -> httpx.Response:
    """Make a move of the escalation, as somebody."""
    headers = {"x-escalation-as": by} | ({"idempotency-key": repeat} if repeat else {})
    return await door.http.post(f"{API}/escalations/{door.key}/moves/{kind}", json=said, headers=headers)


def a_start(key: str) -> dict[str, Any]:
    """The body of a start: a complaint, and nobody who submits it."""
    written = a_complaint(key=key, priority="P3")
    del written["submitted_by"]
    return written


async def test_a_start_is_submitted_by_whoever_asks(door: Door) -> None:
    """START-4: created once; the same key again finds what runs. Nobody says in the body who they are."""
    headers, body = {"x-escalation-as": "maya"}, a_start(door.key)

    first = await door.http.post(f"{API}/escalations", json=body, headers=headers)
    again = await door.http.post(f"{API}/escalations", json=body, headers=headers)
    in_the_body = {**body, "submitted_by": "elena"}
    refused = await door.http.post(f"{API}/escalations", json=in_the_body, headers=headers)

    assert (201, 200) == (first.status_code, again.status_code)
    assert f"{API}/escalations/{door.key}" == first.headers["location"]
    assert "maya" == (await door.client.timeline(door.key))[0].by
    assert (422, "submitted_by") == (refused.status_code, refused.json()["faults"][0]["where"])


async def test_a_repeated_start_opens_nothing_after_the_end(door: Door) -> None:
    """START-1: with an idempotency key, it is answered as it was then."""
    headers = {"x-escalation-as": "maya", "idempotency-key": f"start of {door.key}"}
    first = await door.http.post(f"{API}/escalations", json=a_start(door.key), headers=headers)
    await door.cancel()

    again = await door.http.post(f"{API}/escalations", json=a_start(door.key), headers=headers)

    assert (201, 200) == (first.status_code, again.status_code)
    assert first.json()["id"] == again.json()["id"]


async def test_all_faults_of_a_start_are_said(door: Door) -> None:
    """START-6: those of the form, and what the playbook finds."""
    body = {**a_start(door.key), "priority": "P9", "customers": []}
    shape = await door.http.post(f"{API}/escalations", json=body, headers={"x-escalation-as": "maya"})
    body = {**a_start(door.key), "category": "nothing like it"}
    unknown = await door.http.post(f"{API}/escalations", json=body, headers={"x-escalation-as": "maya"})

    assert (422, 422) == (shape.status_code, unknown.status_code)
    assert {"priority", "customers"} == {fault["where"] for fault in shape.json()["faults"]}
    assert ["category"] == [fault["where"] for fault in unknown.json()["faults"]]


async def test_a_move_is_made_by_whoever_asks(door: Door) -> None:
    """ROLE-3: with the fields of its declaration, and what it did as data and as text."""
    await door.start()

    answer = await move(door, "acknowledge", "maya", note="On it")

    assert (200, "maya") == (answer.status_code, answer.json()["owner"])
    assert ["maya acknowledged at level 1"] == [each["text"] for each in answer.json()["happened"]]
    assert "maya" == (await door.client.view(door.key)).acknowledged_by


async def test_nobody_makes_no_move(door: Door) -> None:
    """Open mode believes who is named; somebody must be."""
    await door.start()

    answer = await door.http.post(f"{API}/escalations/{door.key}/moves/acknowledge", json={})

    assert (401, "not_identified") == (answer.status_code, answer.json()["code"])
    assert 0 == await door.happened("acknowledged")


async def test_a_move_that_is_not_allowed_says_which_are(door: Door) -> None:
    """The refusal as data; nothing has changed."""
    await door.start()

    too_early = await move(door, "verify_resolution", "maya")
    not_theirs = await move(door, "change_priority", "jonas", priority="P1")
    unknown = await move(door, "acknowledge", "nobody")

    problem = too_early.json()
    assert (409, "move_not_allowed", door.key) == (too_early.status_code, problem["code"], problem["subject"])
    assert "acknowledge" in {each["code"] for each in problem["allowed_moves"]}
    assert "cannot_while" == problem["obstacle"]["code"]
    assert 403 == not_theirs.status_code
    assert (422, "unknown_name") == (unknown.status_code, unknown.json()["code"])


async def test_a_repeat_is_followed_once(door: Door) -> None:
    """The same request with the same idempotency key; another request with it is another one."""
    await door.start()
    for _ in range(2):
        answer = await move(
            door, "send_update", "elena", repeat="key", internal_note="Pallets are on the road"
        )
        assert 200 == answer.status_code
    await move(door, "send_update", "elena", repeat="key", internal_note="They have arrived")

    assert 2 == await door.happened("update_sent")


async def test_a_body_has_bounds(door: Door) -> None:
    """Not JSON, too large, or of another type: refused before anything is asked."""
    path, headers = f"{API}/escalations/{door.key}/moves/acknowledge", {"x-escalation-as": "maya"}
    typed = {**headers, "content-type": "application/json"}

    broken = await door.http.post(path, content=b"{", headers=typed)
    large = await door.http.post(path, content=b'{"note": "' + b"x" * 600_000 + b'"}', headers=typed)
    text = await door.http.post(path, content=b"{}", headers={**headers, "content-type": "text/plain"})
    deep = await door.http.post(path, content=b"[" * 100_000, headers=typed)

    assert [422, 413, 422, 400] == [answer.status_code for answer in (broken, large, text, deep)]
    assert {"application/problem+json"} == {a.headers["content-type"] for a in (broken, large, text, deep)}


async def test_events_are_followed_from_where_they_were_lost(door: Door) -> None:
    """Server-sent events: each entry of the timeline, by its number; the stream ends with the escalation."""
    await door.start()
    await door.cancel()

    whole = await _stream(door)
    rest = await _stream(door, whole[2]["id"])

    assert "opened" == whole[0]["event"]
    assert "cancelled" in {each["event"] for each in whole}
    assert whole[3:] == rest
    assert int(whole[0]["id"]) == json.loads(whole[0]["data"])["seq"]


async def _stream(door: Door, after: str = "") -> list[dict[str, str]]:
    answer = await door.http.get(
        f"{API}/escalations/{door.key}/events", headers={"last-event-id": after} if after else {}
    )
    assert answer.headers["content-type"].startswith("text/event-stream")
    parts = [part.splitlines() for part in answer.text.strip().split("\n\n")]
    return [dict(line.split(": ", 1) for line in lines if not line.startswith(":")) for lines in parts]


async def test_events_of_nothing_are_a_problem(door: Door) -> None:
    """Said before the stream begins."""
    assert 404 == (await door.http.get(f"{API}/escalations/{door.key}/events")).status_code


async def test_a_task_force_is_deployed_and_answers(door: Door) -> None:
    """RESOLVE-2: its moves have addresses of their own."""
    await door.start()
    await move(door, "begin_resolution", "elena")
    said = {"name": "dry-bays", "mission": "Find the leak", "lead": "jonas"}
    assert 200 == (await move(door, "deploy_task_force", "elena", **said)).status_code

    at = f"{API}/escalations/{door.key}/task-forces"
    status = await _until_there(door, f"{at}/dry-bays/moves/report_status", {"text": "Bay 3 leaks"})
    shown = await door.http.get(f"{at}/dry-bays")
    timeline = await door.http.get(f"{at}/dry-bays/timeline")
    task = {"what": "Dry it", "owner": "jonas"}
    ahead = await door.http.post(
        f"{at}/dry-bays/moves/add_task/preview", json=task, headers={"x-escalation-as": "jonas"}
    )
    missing = await door.http.get(f"{at}/nothing")

    assert 200 == status.status_code
    assert "Bay 3 leaks" in shown.text
    assert timeline.json()["items"]
    assert ("working", "jonas") == tuple(ahead.json()["consequence"][name] for name in ("state", "owner"))
    assert "Dry it" in ahead.text
    assert "Dry it" not in (await door.http.get(f"{at}/dry-bays")).text
    assert (404, "unknown_name") == (missing.status_code, missing.json()["code"])


async def test_what_a_move_would_do_is_shown_before_it_is_made(door: Door) -> None:
    """State, clocks and everybody who would be notified; nothing has changed by it."""
    await door.start()
    path = f"{API}/escalations/{door.key}/moves/raise_level/preview"
    said = {"reason": "no_response"}

    shown = (await door.http.post(path, json=said, headers={"x-escalation-as": "maya"})).json()
    before = await door.client.view(door.key)
    await move(door, "raise_level", "maya", **said)
    after = await door.client.view(door.key)

    assert (1, 2) == (before.level, after.level)
    assert (after.level, after.owner) == (shown["consequence"]["level"], shown["consequence"]["owner"])
    assert after.owner in {each["to"] for each in shown["consequence"]["notified"]}
    assert shown["consequence"]["happened"][0]["text"].startswith("rose from level 1 to 2")
    running = {clock.name for clock in after.clocks if clock.outcome is None}
    assert running <= {
        clock["name"] for clock in shown["clocks"]
    }  # the first notification may have ended since


async def test_a_preview_says_why_a_move_would_be_refused(door: Door) -> None:
    """As the move itself would."""
    await door.start()

    path = f"{API}/escalations/{door.key}/moves/verify_resolution/preview"
    answer = await door.http.post(path, json={}, headers={"x-escalation-as": "maya"})

    assert (409, "move_not_allowed") == (answer.status_code, answer.json()["code"])


async def test_each_move_is_listed_with_the_reason_why_not(door: Door) -> None:
    """The state machine, what stands in the way, and the roles of whoever asks."""
    await door.start()
    await move(door, "acknowledge", "maya")

    async def listed(**headers: str) -> dict[str, Any]:
        found = (await door.http.get(f"{API}/escalations/{door.key}/moves", headers=headers)).json()
        return {each["move"]: each for each in found}

    somebody, jonas = await listed(), await listed(**{"x-escalation-as": "jonas"})

    assert {name for name, each in somebody.items() if each["is_allowed"]} == set(
        (await door.client.view(door.key)).allowed_moves
    )
    assert "cannot_while" == somebody["verify_resolution"]["obstacle"]["code"]
    assert "has_acknowledged" in json.dumps(somebody["acknowledge"]["obstacle"])
    assert somebody["change_priority"]["is_allowed"]
    assert "roles_that_may" == jonas["change_priority"]["obstacle"]["code"]


async def test_what_happens_if_nobody_acts_is_forecast(door: Door) -> None:
    """The level rises by itself; nothing has changed by looking."""
    await door.start()

    answer = await door.http.get(f"{API}/escalations/{door.key}/forecast", params={"hours": 200})

    found = answer.json()
    assert 200 == answer.status_code
    assert [each["at"] for each in found] == sorted(each["at"] for each in found)
    assert 1 < max(each["level"] for each in found)
    assert any(each["notified"] for each in found)
    assert 1 == (await door.client.view(door.key)).level


async def _until_there(door: Door, path: str, said: dict[str, Any]) -> httpx.Response:
    """A task force begins a moment after its deployment."""
    while (
        answer := await door.http.post(path, json=said, headers={"x-escalation-as": "jonas"})
    ).status_code == 409:
        pass
    return answer


async def test_a_sponsorship_and_an_inbox_are_reached(door: Door) -> None:
    """SPONSOR-1, COMM-12: each by its own address; whose inbox it is stands in the body."""
    account, headers = f"ACCOUNT{door.key[5:-1]}", {"x-escalation-as": "elena"}
    unknown = await door.http.get(f"{API}/sponsorships/{account}")
    proposed = await door.http.post(
        f"{API}/sponsorships/{account}/moves/propose", json={"why": "Three escalations"}, headers=headers
    )
    listed = await door.http.get(f"{API}/sponsorships/{account}")
    left = f"{API}/sponsorships/{account}/moves/exit/preview"
    ahead = await door.http.post(left, json={"why": "Quiet"}, headers=headers)
    nobodys = await door.http.post(left, json={"why": "Quiet"}, headers={"x-escalation-as": "maya"})
    inbox = await door.http.post(f"{API}/inboxes/look-up", json={"of": "ACME:jo@acme.example"})
    released = await door.http.post(f"{API}/inboxes/release", json={"of": "elena"}, headers=headers)

    assert [404, 200, 200] == [each.status_code for each in (unknown, proposed, listed)]
    assert ("exited", 403) == (ahead.json()["consequence"]["state"], nobodys.status_code)
    assert "proposed" == (await door.http.get(f"{API}/sponsorships/{account}")).json()["standing"]
    assert (200, []) == (inbox.status_code, inbox.json())
    assert (200, []) == (released.status_code, released.json())


async def test_every_move_is_an_operation_with_an_example(door: Door) -> None:
    """Made from the declarations: none is left out, and nobody says in a body who they are."""
    described = (await door.http.get(f"{API}/openapi.json")).json()
    moves = {path.rpartition("/")[2] for path in described["paths"] if "/moves/" in path}
    bodies = {
        name: schema for name, schema in described["components"]["schemas"].items() if name.endswith("Body")
    }

    commands = (*PERSONS_COMMANDS, *MEMBERS_COMMANDS, *SPONSORSHIP_COMMANDS)
    assert {command.move.value for command in commands} | {"rebase", "preview"} == moves
    assert [] == [name for name, schema in bodies.items() if {"by", "kind"} & schema["properties"].keys()]
