"""An identity provider that is away: whoever is signed in goes on, and whoever is not learns why."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

import httpx
import pytest
import pytest_asyncio

from identity.open_id import AWAY_FOR
from tests.identity.provider import FakeProvider, running_provider
from tests.web.signed_in import API, SignedIn
from tests.web.web_client import ANSWERED, open_door, seen

MAYA, PRIYA = "maya.okafor@example.com", "priya.nair@example.com"
TITLES = {"en": "Nobody can sign in now", "id": "tidak ada yang dapat masuk", "tr": "kimse oturum açamıyor"}


class Outage:
    """A provider that a test sends away and calls back."""

    def __init__(self) -> None:
        self.provider = FakeProvider()
        self._running = AsyncExitStack()

    async def begin(self) -> None:
        await self._running.aclose()

    async def end(self) -> None:
        await self._running.enter_async_context(running_provider(self.provider))


@pytest_asyncio.fixture(loop_scope="session")
async def outage() -> AsyncIterator[Outage]:
    outage = Outage()
    await outage.end()
    yield outage
    await outage.begin()


@asynccontextmanager
async def service(signed_in: SignedIn, outage: Outage) -> AsyncIterator[SignedIn]:
    """A process of its own, which has asked nothing of the provider yet."""
    door = signed_in.door
    settings = door.settings.model_copy(update={"oidc_issuer": outage.provider.issuer})
    async with open_door(settings, door.mailbox, door.temporal) as opened:
        yield replace(signed_in, door=opened, provider=outage.provider)


async def look(house: SignedIn, headers: dict[str, str], path: str = f"{API}/escalations") -> httpx.Response:
    return await house.door.http.get(path, headers=headers, follow_redirects=False)


def kept_of(answer: httpx.Response) -> dict[str, str]:
    """As a browser sends what it was given; httpx would keep it for HTTPS alone."""
    kept = [each.partition(";")[0] for each in answer.headers.get_list("set-cookie")]
    return {"cookie": "; ".join(each for each in kept if not each.endswith('=""'))}


async def test_those_who_are_signed_in_go_on(signed_in: SignedIn, outage: Outage) -> None:
    """By a session, by a token whose key is known, and by an API key: to look, and to make moves."""
    async with service(signed_in, outage) as house:
        token, session = house.bearer(PRIYA), house.cookie(MAYA)
        assert 201 == (await house.start("ACME/90", house.bearer(MAYA))).status_code
        await outage.begin()

        by_token = await house.move("ACME/90", "acknowledge", token)
        by_session = await look(house, session, "/case/ACME/90")
        moved = await house.door.http.post("/case/ACME/90/nudge_owner", headers=session | ANSWERED)
        by_key = await look(house, house.machine())
        signed_out = await house.door.http.post("/sign-out", headers=session)

    assert (200, 200, 303, 200, 200) == tuple(
        answer.status_code for answer in (by_token, by_session, moved, by_key, signed_out)
    )
    assert "Priya Nair" in seen(by_session)


async def test_whoever_cannot_sign_in_is_told_so(signed_in: SignedIn, outage: Outage) -> None:
    """A page that says why and how to go on, in the reader's language; and it works once the provider is back."""
    async with service(signed_in, outage) as house:
        await outage.begin()
        sent = await look(house, {}, "/all")
        path = sent.headers["location"]
        pages = {language: await look(house, {"accept-language": language}, path) for language in TITLES}
        await outage.end()
        await asyncio.sleep(AWAY_FOR)
        begun = await look(house, {}, path)

    assert (303, "/sign-in?then=/all") == (sent.status_code, path)
    for language, page in pages.items():
        assert (503, "30") == (page.status_code, page.headers["retry-after"])
        assert (language, True) == (page.headers["content-language"], TITLES[language] in seen(page))
        assert f'href="{path}"' in page.text
        assert outage.provider.issuer not in page.text
    assert (303, True) == (begun.status_code, outage.provider.issuer in begun.headers["location"])


async def test_a_sign_in_under_way_goes_on_once_the_provider_is_back(
    signed_in: SignedIn, outage: Outage
) -> None:
    """The answer of the provider is taken later, by the same address."""
    async with service(signed_in, outage) as house:
        begun = await look(house, {}, "/sign-in?then=/all")
        agreed = await look(house, {}, begun.headers["location"])
        way_back = httpx.URL(agreed.headers["location"]).raw_path.decode()
        await outage.begin()
        away = await look(house, kept_of(begun), way_back)
        await outage.end()
        done = await look(house, kept_of(begun), way_back)
        listed = await look(house, kept_of(done), done.headers["location"])

    assert (503, 303, 200) == (away.status_code, done.status_code, listed.status_code), away.text
    assert f'href="{way_back.replace("&", "&amp;")}"' in away.text


async def test_a_token_that_cannot_be_checked_is_not_called_wrong(
    signed_in: SignedIn, outage: Outage
) -> None:
    """A problem that says so, not 401: the token may be good. Then the provider is back, and it is."""
    async with service(signed_in, outage) as house:
        token = house.bearer(MAYA)
        await outage.begin()
        answers = [await look(house, token) for _ in range(3)]
        page = await look(house, token, "/all")
        stream = await look(house, token, f"{API}/escalations/ACME/90/events")
        await outage.end()
        await asyncio.sleep(AWAY_FOR)
        back = await look(house, token)

    for answer in (*answers, stream):
        assert (503, "30", "unavailable") == (
            answer.status_code,
            answer.headers["retry-after"],
            answer.json()["code"],
        )
        assert "application/problem+json" == answer.headers["content-type"]
        assert "the identity provider cannot be reached" in answer.json()["detail"]
    assert 503 == page.status_code
    assert 200 == back.status_code


NONSENSE: dict[str, tuple[str, object]] = {
    "no object": ("/.well-known/openid-configuration", ["x"]),
    "another provider": ("/.well-known/openid-configuration", {"issuer": "https://evil.example"}),
    "keys that are none": ("/keys", {"keys": ["x"]}),
    "no keys": ("/keys", {"detail": "maintenance"}),
}


@pytest.mark.parametrize("what", NONSENSE)
async def test_a_provider_that_answers_nonsense_is_away(
    signed_in: SignedIn, outage: Outage, what: str
) -> None:
    """Neither a traceback nor a fault of ours."""
    path, instead = NONSENSE[what]
    async with service(signed_in, outage) as house:
        outage.provider.answers_instead = {path: instead}
        answer = await look(house, house.bearer(MAYA))

    assert (503, "unavailable") == (answer.status_code, answer.json()["code"])
