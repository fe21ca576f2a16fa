"""The HTTP API: what is looked at, how it says no, and what all answers have in common."""

from typing import Any

import httpx

from tests.web.web_client import Door
from tests.workflows.stages import an_rca

API = "/api/v1"


async def test_an_escalation_is_listed_and_shown(door: Door) -> None:
    """By its key in the address, as the client knows it; reasons are said as well."""
    await door.start()

    shown = (await door.http.get(f"{API}/escalations/{door.key}")).json()
    timeline = (await door.http.get(f"{API}/escalations/{door.key}/timeline", params={"limit": 1})).json()
    rest = (
        await door.http.get(f"{API}/escalations/{door.key}/timeline", params={"cursor": timeline["next"]})
    ).json()

    assert (door.key, "communicating", "call_centre") == (shown["key"], shown["state"], shown["owner"])
    assert ["opened"] == [entry["kind"] for entry in timeline["items"]]
    assert "opened at level 1 with P3 for call_centre" == timeline["items"][0]["what"]["text"]
    assert timeline["items"][0]["seq"] < rest["items"][0]["seq"]
    assert rest["next"] is None
    for part in ("messages", "action-plans", "script", "people"):
        assert 200 == (await door.http.get(f"{API}/escalations/{door.key}/{part}")).status_code


async def test_a_list_goes_on_where_its_page_ended(door: Door) -> None:
    """Pages by cursor: each escalation once, and only those that match."""
    keys = {f"{door.key}{number}" for number in range(3)}
    for key in keys:
        await door.for_subject(key).start(
            customers=[{"account": door.key, "contacts": [{"name": "Jo", "email": "jo@acme.example"}]}]
        )
    found = list[str]()
    cursor: str | None = ""
    while cursor is not None:
        page = await _until_listed(door, {"customer": door.key, "limit": "2", "cursor": cursor}, len(keys))
        found += [each["key"] for each in page["items"]]
        cursor = page["next"]

    assert keys == set(found)
    assert 3 == len(found)


async def _until_listed(door: Door, params: dict[str, str], total: int) -> Any:
    """Lists follow a moment after what they list."""
    while True:
        whole = (await door.http.get(f"{API}/escalations", params={"customer": params["customer"]})).json()
        if total == len(whole["items"]):
            return (await door.http.get(f"{API}/escalations", params=params)).json()


async def test_a_problem_carries_the_refusal(door: Door) -> None:
    """RFC 9457, in the language of the caller; and each answer says that whoever calls is believed."""
    answer = await door.http.get(
        f"{API}/escalations/ACME/nowhere", headers={"accept-language": "tr, en;q=0.5"}
    )

    problem = answer.json()
    assert 404 == answer.status_code
    assert "application/problem+json" == answer.headers["content-type"]
    assert ("tr", "open") == (answer.headers["content-language"], answer.headers["x-escalation-mode"])
    assert "Bu eskalasyon bilinmiyor" == problem["title"]
    assert "unknown_escalation" == problem["code"]
    assert "urn:escalation-engine:problem:unknown_escalation" == problem["type"]
    assert answer.headers["x-request-id"] == problem["instance"].removeprefix("urn:request:")


async def test_all_that_is_wrong_with_a_request_is_said_at_once(door: Door) -> None:
    """Each fault: where, what was given, what is allowed."""
    answer = await door.http.get(f"{API}/escalations", params={"priority": "P9", "limit": "0"})

    assert 422 == answer.status_code
    assert {"priority": "'P9'", "limit": "'0'"} == {
        each["where"]: each["given"] for each in answer.json()["faults"]
    }


async def test_a_cursor_that_no_page_gave_is_refused(door: Door) -> None:
    """No cursor at all, or none of this list."""
    for path, cursor in (("", "!"), ("", "bm90aGluZw"), (f"/{door.key}/timeline", "bm90aGluZw")):
        if path:
            await door.start()
        answer = await door.http.get(f"{API}/escalations{path}", params={"cursor": cursor})
        assert (422, "cursor") == (answer.status_code, answer.json()["faults"][0]["where"]), cursor


async def test_what_is_no_address_is_a_problem_too(door: Door) -> None:
    """Nothing of the API answers in another form."""
    odd = "/escalations/AC%0AME/1"
    for method, path, status in (
        ("GET", "/nothing", 404),
        ("DELETE", "/escalations", 405),
        ("GET", odd, 404),
    ):
        answer = await door.http.request(method, API + path)
        assert (status, status) == (answer.status_code, answer.json()["status"])
        assert "application/problem+json" == answer.headers["content-type"]


async def test_who_asks_cannot_be_anything(door: Door) -> None:
    """An id that no playbook could hold is refused before anything is asked."""
    answer = await door.http.get(f"{API}/escalations", headers={"x-escalation-as": "x" * 1000})

    assert (401, "not_identified") == (answer.status_code, answer.json()["code"])


async def test_an_answer_is_neither_kept_nor_framed(door: Door) -> None:
    """A browser that shows an answer loads nothing; a request brings its id, or gets one."""
    answer = await door.http.get(f"{API}/openapi.json", headers={"x-request-id": "from-the-proxy"})

    assert "no-store" == answer.headers["cache-control"]
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "from-the-proxy" == answer.headers["x-request-id"]
    assert "3.1.0" == answer.json()["openapi"]


async def test_health_is_told_in_two_ways(door: Door) -> None:
    """Alive: the process answers. Ready: it reaches Temporal."""
    answers = [await door.http.get(path) for path in ("/livez", "/readyz", "/health")]

    assert [200, 200, 200] == [answer.status_code for answer in answers]
    assert {"status": "ok", "temporal": "reachable"} == answers[1].json()
    assert isinstance(answers[0], httpx.Response)


async def test_an_rca_is_a_paper_in_each_form(door: Door) -> None:
    """CLOSE-4: what customers read of it and the whole, in the reader's language; PDF, page and Markdown."""
    at = f"{API}/escalations/{door.key}/rca/paper"
    await door.start()
    await door.resolve()
    missing = await door.http.get(at)
    await door.client.request_rca(door.key, by="elena")
    await door.client.file_rca(door.key, by="kemal", rca=an_rca())
    await door.client.derive_rca(door.key, by="kemal")

    found = {
        (audience, form): await door.http.get(
            at, params={"audience": audience, "form": form}, headers={"accept-language": "id"}
        )
        for audience in ("customer", "internal")
        for form in ("pdf", "html", "markdown")
    }

    assert (409, "move_not_allowed") == (missing.status_code, missing.json()["code"])
    assert {200} == {answer.status_code for answer in found.values()}
    for (audience, form), answer in found.items():
        media = {"pdf": "application/pdf", "html": "text/html", "markdown": "text/markdown"}[form]
        assert answer.headers["content-type"].startswith(media), (audience, form)
        assert "id" == answer.headers["content-language"]
        if form == "pdf":
            assert answer.content.startswith(b"%PDF"), audience
        else:
            assert "Pallets were wrapped before they were dry" in answer.text, (audience, form)
            assert ("are wrapped before they are dry" in answer.text) is (audience == "internal"), form


async def test_reports_are_scheduled_and_removed(door: Door) -> None:
    """RECORD-3: as on the command line; every fault at once, and only what there is can be removed."""
    at = f"{API}/report-schedules/quarterly"
    wrong = await door.http.post(at, json={"at": "25:00", "to": ["nobody"], "time_zone": "Mars"})
    made = await door.http.post(at, json={"to": ["elena"], "time_zone": "Asia/Jakarta"})
    listed = (await door.http.get(f"{API}/report-schedules")).json()
    removed, again = [await door.http.post(f"{at}/remove") for _ in range(2)]

    assert {"at", "time_zone", "to"} == {fault["where"] for fault in wrong.json()["faults"]}
    assert (200, ["elena"], "07:00") == (
        made.status_code,
        made.json()["wanted"]["to"],
        made.json()["wanted"]["at"],
    )
    assert made.json() in listed
    assert (200, []) == (removed.status_code, removed.json())
    assert (409, "move_not_allowed") == (again.status_code, again.json()["code"])
