"""People who sign in at a real provider on loopback, and machines with keys."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from entrypoints.web.page_texts import Languages
from entrypoints.web.sign_in import SignIn
from entrypoints.web.web_server import bind_port, local_url, serve_app
from identity.api_keys import ApiKeys
from identity.audit_trail import AuditTrail
from identity.caller import NotIdentified
from identity.open_id import KEYS_AGAIN_AFTER, OpenId, Provider
from identity.session import SESSION_COOKIE, Session, Sessions
from identity.sign_outs import SignOuts
from identity.signed_in import People, SignedInCallers, TrustedProxy
from planning.playbook.loader import load_playbook
from records.audit_log import read_lines
from records.store import FILE, RecordStore
from runtime.settings import Settings
from tests.escalations import REFERENCE
from tests.identity.provider import CLIENT, SECRET, FakeProvider, running_provider

KEYS = ("k" * 40,)


@dataclass
class House:
    """The service's front door, a browser before it, and the provider."""

    provider: FakeProvider
    browser: httpx.AsyncClient
    keys: ApiKeys
    base_url: str
    store: RecordStore

    async def sign_in(self, then: str = "/who") -> httpx.Response:
        return await self.browser.get("/sign-in", params={"then": then})

    async def who(self, **headers: str) -> httpx.Response:
        return await self.browser.get("/who", headers=headers)

    async def bearer(self, token: str) -> httpx.Response:
        return await self.who(Authorization=f"Bearer {token}")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened(tmp_path) as house:
        yield house


@asynccontextmanager
async def opened(
    folder: Path, *, proxy: TrustedProxy | None = None, keys_again_after: float = KEYS_AGAIN_AFTER
) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        provider = await stack.enter_async_context(running_provider())
        listener = stack.enter_context(bind_port(Settings(gateway_port=0)))
        base_url = local_url(listener)
        people = People(lambda: load_playbook(REFERENCE))
        open_id = OpenId(Provider(provider.issuer, CLIENT, SECRET), keys_again_after=keys_again_after)
        store = RecordStore.at(None, folder)
        stack.callback(store.close)
        sessions = Sessions(KEYS, timedelta(hours=8), SignOuts(store))
        audit = AuditTrail(store)
        callers = SignedInCallers(people, ApiKeys(store), sessions, open_id, proxy, audit=audit)

        async def who(request: Request) -> Response:
            address = request.client.host if request.client else ""
            try:
                caller = await callers.find(request.headers, request.cookies, address)
            except NotIdentified as refused:
                return PlainTextResponse(str(refused), 401)
            about = {"person": caller.person, "key": caller.key_id, "mode": caller.mode}
            return JSONResponse(about, headers={"has-session": str(caller.has_session)})

        sign_in = SignIn(open_id, sessions, people, base_url, Languages(None), audit)
        routes = [*sign_in.routes, Route("/who", who)]
        await stack.enter_async_context(serve_app(Starlette(routes=routes), listener))
        browser = await stack.enter_async_context(
            httpx.AsyncClient(base_url=base_url, follow_redirects=True, timeout=30)
        )
        yield House(provider, browser, ApiKeys(store), base_url, store)


async def test_somebody_signs_in_and_is_the_person_of_the_verified_address(house: House) -> None:
    """IDENTITY-2: by the code flow with PKCE, whatever the case of the address."""
    house.provider.email = "Maya.Okafor@Example.com"

    answer = await house.sign_in()

    assert {"person": "maya", "key": None, "mode": "signed_in"} == answer.json()
    assert "maya" == (await house.who()).json()["person"]


async def test_whoever_comes_and_goes_is_in_the_audit_log(house: House, tmp_path: Path) -> None:
    """IDENTITY-5: before they are in; if that cannot be written, nobody comes in, and a page says so."""
    house.provider.email = "maya.okafor@example.com"
    await house.sign_in()
    await house.browser.post("/sign-out")
    with house.store.database.reading() as db:
        lines = list(read_lines(db))

    house.store.close()
    (tmp_path / FILE).write_text("no database")
    for side in ("-wal", "-shm"):
        (tmp_path / f"{FILE}{side}").unlink(missing_ok=True)
    refused = await house.sign_in()

    assert [("signed_in", "maya"), ("signed_out", "maya")] == [(line.kind, line.by) for line in lines]
    assert {("console", "127.0.0.1")} == {(line.door, line.address) for line in lines}
    assert (503, False) == (refused.status_code, SESSION_COOKIE in house.browser.cookies)


async def test_nobody_is_nobody(house: House) -> None:
    """IDENTITY-2: what is sent of a person is not believed."""
    answer = await house.who(**{"X-Escalation-As": "elena"})

    assert 401 == answer.status_code
    assert "nobody is signed in" in answer.text


async def test_what_is_wrong_with_a_sign_in_is_said_in_the_language_of_the_browser(house: House) -> None:
    """COMM-9: as everything that somebody reads."""
    said = {}
    for language in ("en", "id", "tr"):
        answer = await house.browser.get("/sign-in/answer", headers={"Accept-Language": language})
        assert (401, language) == (answer.status_code, answer.headers["content-language"])
        said[language] = answer.text
    assert "no sign-in was begun in this browser; sign in again" in said["en"]
    assert 3 == len(set(said.values()))


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "expired": ({"exp": 1_000_000_000}, "it has expired"),
    "another issuer": ({"iss": "https://evil.example"}, "its iss is not what is expected"),
    "for another program": ({"aud": "payroll"}, "its aud is not what is expected"),
    "another sign-in": ({"nonce": "x"}, "its nonce is not what is expected"),
    "no end": ({"exp": None}, "its exp is not what is expected"),
    "not verified": ({"email_verified": False}, "has not verified the e-mail address"),
    "verified, as a word": ({"email_verified": "no"}, "has not verified the e-mail address"),
    "no address": ({"email": None}, "has not verified the e-mail address"),
    "a stranger": ({"email": "eve@evil.example"}, "nobody of the playbook"),
}


@pytest.mark.parametrize("what", REFUSED)
async def test_a_token_that_is_not_good_signs_nobody_in(house: House, what: str) -> None:
    """IDENTITY-2: neither in a browser, nor sent by a program."""
    house.provider.says, says = REFUSED[what]

    answer = await house.sign_in()
    sent = await house.bearer(house.provider.id_token())

    assert (401, True) == (answer.status_code, says in answer.text), answer.text
    assert 401 == (await house.who()).status_code
    assert 401 == sent.status_code or "nonce" in house.provider.says


async def test_a_program_sends_the_token_of_somebody(house: House) -> None:
    """IDENTITY-2: as `Authorization: Bearer`."""
    assert "maya" == (await house.bearer(house.provider.id_token())).json()["person"]
    for wrong in ("x", "x.y.z", house.provider.id_token()[:-6] + "AAAAAA"):
        assert 401 == (await house.bearer(wrong)).status_code


async def test_a_code_is_good_once_and_in_one_browser(house: House) -> None:
    """IDENTITY-2: an address of the way back that somebody saw is worth nothing."""
    answer = await house.sign_in()
    way_back = str(next(step.url for step in answer.history if step.url.path == "/sign-in/answer"))

    again = await house.browser.get(way_back)
    async with httpx.AsyncClient(base_url=house.base_url, follow_redirects=True) as other:
        begun = await other.get("/sign-in", follow_redirects=False)
        assert 303 == begun.status_code
        stolen = await other.get(way_back)

    assert (401, True) == (again.status_code, "no sign-in was begun" in again.text)
    assert (401, True) == (stolen.status_code, "not to this sign-in" in stolen.text)


async def test_a_replayed_code_is_refused_by_the_provider(house: House) -> None:
    """IDENTITY-2: and so it is here, though the browser began a sign-in."""
    begun = await house.browser.get("/sign-in", follow_redirects=False)
    cookies = dict(house.browser.cookies)
    at_provider = await house.browser.get(begun.headers["location"], follow_redirects=False)
    way_back = at_provider.headers["location"]
    first = await house.browser.get(way_back, follow_redirects=False)
    house.browser.cookies = httpx.Cookies(cookies)
    second = await house.browser.get(way_back, follow_redirects=False)

    assert (303, 401) == (first.status_code, second.status_code)
    assert "does not accept this sign-in" in second.text


async def test_keys_of_the_provider_rotate(tmp_path: Path) -> None:
    """IDENTITY-2: a new key is read when a token names it, and the old one is believed no more."""
    async with opened(tmp_path, keys_again_after=0) as house:
        old = house.provider.id_token()
        assert 200 == (await house.bearer(old)).status_code

        house.provider.rotate("second")

        assert 200 == (await house.bearer(house.provider.id_token())).status_code
        assert 401 == (await house.bearer(old)).status_code


async def test_invented_keys_do_not_have_the_provider_asked_each_time(house: House) -> None:
    """IDENTITY-2: anybody can send tokens."""
    assert 200 == (await house.bearer(house.provider.id_token())).status_code
    house.provider.rotate("second")
    for _ in range(3):
        assert 401 == (await house.bearer(house.provider.id_token())).status_code
    assert 1 == house.provider.reads_of_keys


async def test_whoever_signs_out_is_nobody(house: House) -> None:
    """IDENTITY-2: also with a copy of the cookie; and is sent on to be signed out at the provider, too."""
    await house.sign_in()
    kept = {"Cookie": f"{SESSION_COOKIE}={house.browser.cookies[SESSION_COOKIE]}"}
    before = await house.who(**kept)
    assert ("maya", "True") == (before.json()["person"], before.headers["has-session"])

    answer = await house.browser.post("/sign-out")

    assert f"{house.provider.issuer}/sign-out?id_token_hint=" in answer.text
    assert quote(f"{house.base_url}/signed-out", safe="") in answer.text
    assert 401 == (await house.who()).status_code
    assert "was signed out" in (await house.who(**kept)).text
    assert 200 == (await house.browser.post("/sign-out")).status_code


@pytest.mark.parametrize(
    ("language", "title", "again"),
    [
        ("en", "You are signed out", "Sign in again"),
        ("id", "Anda sudah keluar", "Masuk lagi"),
        ("tr", "Oturumunuz kapatıldı", "Yeniden oturum aç"),
    ],
)
async def test_whoever_signed_out_reads_so(house: House, language: str, title: str, again: str) -> None:
    """On a page of ours that asks nobody to sign in; a link does."""
    page = await house.browser.get("/signed-out", headers={"Accept-Language": language})

    assert 200 == page.status_code
    assert f"<h1>{title}</h1>" in page.text
    assert f'<a class="button" href="/sign-in">{again}</a>' in page.text


async def test_a_session_cannot_be_made_by_others(house: House) -> None:
    """IDENTITY-2: nothing is kept of it but the cookie."""
    sessions = Sessions(("x" * 40,), timedelta(hours=8))
    elena = sessions.write(Session(email="elena.petrova@example.com"))
    for wrong in (elena, "x"):
        answer = await house.who(Cookie=f"{SESSION_COOKIE}={wrong}")
        assert (401, True) == (answer.status_code, "none of ours" in answer.text)


async def test_a_session_ends() -> None:
    """IDENTITY-2: whatever happens meanwhile."""
    sessions = Sessions(KEYS, timedelta())
    written = sessions.write(Session(email="maya.okafor@example.com"))
    await asyncio.sleep(1.1)

    with pytest.raises(NotIdentified, match="has expired"):
        sessions.read(written)


@pytest.mark.parametrize("then", ["https://evil.example/", "//evil.example", "/\\evil.example", "who"])
async def test_a_sign_in_leads_to_no_other_site(house: House, then: str) -> None:
    """IDENTITY-2: an address that somebody sent must not end elsewhere."""
    begun = await house.browser.get("/sign-in", params={"then": then}, follow_redirects=False)
    at_provider = await house.browser.get(begun.headers["location"], follow_redirects=False)
    back = await house.browser.get(at_provider.headers["location"], follow_redirects=False)

    assert "/" == back.headers["location"]


async def test_a_proxy_is_believed_from_its_network_alone(tmp_path: Path) -> None:
    """IDENTITY-2: whoever reaches the service past it can send the header, too. Sessions are the proxy's own."""
    header = {"X-Forwarded-Email": "elena.petrova@example.com"}
    for network, status in (("127.0.0.0/8", 200), ("10.0.0.0/8", 401)):
        proxy = TrustedProxy("x-forwarded-email", [ip_network(network)])
        async with opened(tmp_path, proxy=proxy) as house:
            answer = await house.who(**header)
            assert status == answer.status_code
            assert "True" != answer.headers.get("has-session")
            assert ("elena" in answer.text) == (status == 200)


async def test_a_machine_calls_with_its_key(house: House) -> None:
    """IDENTITY-2: in the name of the person that it is for."""
    now = datetime.now(UTC)
    made, written = house.keys.create("monitor", "maya", now=now, expires_at=now + timedelta(days=1))

    assert {"person": "maya", "key": made.id, "mode": "signed_in"} == (await house.bearer(written)).json()
    house.keys.revoke(made.id, now)
    assert (await house.bearer(written)).text.endswith("is revoked")


@pytest.mark.parametrize(
    ("knows", "prompt"),
    [(None, "select_account"), (["none", "select_account"], "select_account"), (["none", "login"], "login")],
)
async def test_a_stranger_can_sign_in_as_somebody_else(
    house: House, knows: list[str] | None, prompt: str
) -> None:
    """IDENTITY-2: the provider asks for the account, though it would sign in the same stranger again by itself."""
    about = "/.well-known/openid-configuration"
    if knows:
        described = (await house.browser.get(f"{house.provider.issuer}{about}")).json()
        house.provider.answers_instead[about] = {**described, "prompt_values_supported": knows}
    house.provider.email = "nobody@example.com"
    refused = await house.sign_in()
    (again,) = re.findall(r'<a class="button" href="(.*?)">Try again</a>', refused.text)

    first = await house.browser.get("/sign-in", follow_redirects=False)
    begun = await house.browser.get(again, follow_redirects=False)
    house.provider.email = "elena.petrova@example.com"
    await house.browser.get(again)

    assert (401, 303) == (refused.status_code, begun.status_code)
    assert f"prompt={prompt}" in begun.headers["location"].split("&")
    assert "prompt=" not in first.headers["location"]
    assert "elena" == (await house.who()).json()["person"]
