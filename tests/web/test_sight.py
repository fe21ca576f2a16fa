"""Sight of callers (IDENTITY-4): every operation of the API and every page, for one who may not look at something."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest_asyncio
from starlette.routing import Route

from entrypoints.web.access import access_of, audit_of
from entrypoints.web.api.api import describe_api
from entrypoints.web.api.api_visit import ONE
from entrypoints.web.console.console_routes import console_routes
from entrypoints.web.page_texts import Languages
from entrypoints.web.service_parts import ServiceParts
from entrypoints.web.temporal_client import TemporalClientSource
from tests.web.signed_in import API, SignedIn

MARK = "The roof of their new depot leaks"
HIDDEN, NOWHERE, ACCOUNT = "ACME/7001", "ACME/7002", "DEPOT-CO"
FORCE = "dry-roof"
OUTSIDER, MANAGER = "rafael.costa@example.com", "elena.petrova@example.com"
OTHERS = {"/openapi.json", "/playbook/check", "/playbook/simulate", "/playbook/diff"}
"""Operations that take long, or tell of a playbook alone."""
OWN_WORDS = {f"{ONE}/record", f"{ONE}/record/verification", f"{ONE}/moves/reopen"}
"""Operations that say of what is not there that it is not, in words of their own."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def hidden(signed_in: SignedIn) -> AsyncIterator[SignedIn]:
    """An escalation with a task force, a sponsorship of its account, and all of it on record."""
    manager, http = signed_in.bearer(MANAGER), signed_in.door.http
    contacts = [{"name": "Jo Roof", "email": "jo@depot.example"}]
    await signed_in.start(
        HIDDEN, manager, subject=MARK, customers=[{"account": ACCOUNT, "contacts": contacts}]
    )
    force = {"name": FORCE, "mission": MARK, "lead": "hannah", "seats": []}
    at = f"{API}/escalations/{HIDDEN}"
    for path, body in (
        (f"{at}/moves/deploy_task_force", force),
        (f"{API}/sponsorships/{ACCOUNT}/moves/propose", {"why": MARK}),
    ):
        answer = await http.post(path, json=body, headers=manager)
        assert 200 == answer.status_code, answer.text
    async with asyncio.timeout(15):
        while 200 != (await http.get(f"{at}/record", headers=manager)).status_code:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.05)
        while MARK not in (await http.get(f"{API}/escalations", headers=manager)).text:  # noqa: ASYNC110 - the same
            await asyncio.sleep(0.05)
    yield signed_in


def operations() -> Iterator[tuple[str, str, Any]]:
    """Yield each operation of the API: method, path, and a body that it takes."""
    described = describe_api()
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, _example(described, operation)


def _example(described: Any, operation: Any) -> Any:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    schema = described["components"]["schemas"].get(name, {})
    required = {
        each: schema["properties"][each].get("examples", ["why"])[0] for each in schema.get("required", ())
    }
    return schema.get("examples", [required])[0]


def filled(path: str, key: str, account: str = ACCOUNT) -> str:
    tenant, ticket = key.split("/")
    return path.format(
        tenant=tenant,
        ticket=ticket,
        name=FORCE,
        account=account,
        move="acknowledge",
        rhythm="weekly",
        message="1",
    )


def said(answer: httpx.Response, *names: str) -> tuple[int, str]:
    """Return an answer without the names that were asked for, its request's id and its time."""
    text = answer.text.replace(answer.headers.get("x-request-id", "-"), "ID")
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "AT", text)
    for name in names:
        text = text.replace(name, "NAME")
    return answer.status_code, text


async def test_what_may_not_be_looked_at_is_not_there(hidden: SignedIn) -> None:
    """IDENTITY-4: each operation answers as for a name that nothing has; lists, reports and exports leave it out."""
    who, http = hidden.cookie(OUTSIDER), hidden.door.http
    asked = [each for each in operations() if each[1] not in OTHERS]
    assert len(asked) > 100
    nothing = said(await http.get(f"{API}/escalations/{NOWHERE}", headers=who), NOWHERE)
    for method, path, body in asked:
        sent: Any = {"json": body} if method == "POST" else {}
        answer = await http.request(method, API + filled(path, HIDDEN), headers=who, **sent)
        assert MARK not in answer.text, (method, path)
        if path in OWN_WORDS or "{account}" in path:
            other = API + filled(path, NOWHERE, "NOBODY-CO")
            unknown = await http.request(method, other, headers=who, **sent)
            assert said(unknown, NOWHERE, "NOBODY-CO") == said(answer, HIDDEN, ACCOUNT), (method, path)
        elif path.startswith(ONE):
            assert nothing == said(answer, HIDDEN), (method, path)
        else:
            assert ACCOUNT not in answer.text, (method, path)
            assert HIDDEN not in answer.text, (method, path)


async def test_pages_know_nothing_of_it_either(hidden: SignedIn) -> None:
    """IDENTITY-4: in the console, where an address leads to nothing, and lists and counts are without it."""
    door, who = hidden.door, hidden.cookie(OUTSIDER)
    source, languages = TemporalClientSource(door.settings), Languages(door.settings.templates)
    audit = audit_of(door.settings)
    callers = access_of(door.settings, languages, audit).callers
    routes = console_routes(ServiceParts.of(door.settings, source, languages, callers, audit))
    for route in routes:
        if route.path in {"/live", "/static/{name}"}:
            continue
        for method in sorted((route.methods or set()) & {"GET", "POST"}):
            answer, nothing = [await _page(door.http, method, route, key, who) for key in (HIDDEN, NOWHERE)]
            assert MARK not in answer.text, (method, route.path)
            if "{tenant}" in route.path:
                assert 404 == answer.status_code, (method, route.path)
                assert said(nothing, NOWHERE) == said(answer, HIDDEN), (method, route.path)
            else:
                assert HIDDEN not in answer.text, (method, route.path)
    assert MARK in (await door.http.get("/all", headers=hidden.cookie(MANAGER))).text


async def _page(
    http: httpx.AsyncClient, method: str, route: Route, key: str, who: dict[str, str]
) -> httpx.Response:
    body: Any = {"data": {"note": "mine"}} if method == "POST" else {}
    return await http.request(method, filled(route.path_format, key), headers=who, **body)


async def test_whoever_has_a_part_or_looks_after_the_account_looks(hidden: SignedIn) -> None:
    """IDENTITY-4: by role, by team, and by account; in lists, as one, and in the report."""
    http = hidden.door.http
    maya, sofia = hidden.bearer("maya.okafor@example.com"), hidden.bearer("sofia.marino@example.com")
    await hidden.start("ACME/7003", maya, priority="P3")
    looks = {
        "tom.lindqvist@example.com": {"ACME/7003"},  # of the call centre, which is asked
        "sofia.marino@example.com": {"ACME/7003"},  # of the account's team
        "hannah.fischer@example.com": {HIDDEN},  # leads its task force
        MANAGER: {"ACME/7003", HIDDEN},
        OUTSIDER: set(),
    }
    for email, keys in looks.items():
        who = hidden.bearer(email)
        shown = {
            key
            for key in ("ACME/7003", HIDDEN)
            if (await http.get(f"{API}/escalations/{key}", headers=who)).status_code == 200
        }
        listed = {each["key"] for each in (await http.get(f"{API}/escalations", headers=who)).json()["items"]}
        assert keys == shown == listed & {"ACME/7003", HIDDEN}, email
    assert (
        200 == (await http.get(f"{API}/sponsorships/{ACCOUNT}", headers=hidden.bearer(MANAGER))).status_code
    )
    merge = {"cause": "merged", "into": HIDDEN, "why": "the same"}
    merged = await http.post(f"{API}/escalations/ACME/7003/moves/cancel", json=merge, headers=maya)
    assert (404, "unknown_escalation") == (merged.status_code, merged.json()["code"])
    reports = [(await http.get(f"{API}/report", headers=who)).json() for who in (maya, sofia)]
    assert all(report["figures"] for report in reports)
