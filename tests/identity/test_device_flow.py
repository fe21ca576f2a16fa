"""The device flow, at a real provider on loopback: until somebody agrees, and how tokens are renewed."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from identity.caller import NotIdentified, ProviderAway
from identity.device_flow import DeviceFlow, SignInEnded, seconds_left
from identity.open_id import OpenId, Provider
from runtime.ports import free_port
from tests.identity.provider import COMMAND_LINE, FakeProvider, running_provider


@pytest.fixture
async def provider() -> AsyncIterator[FakeProvider]:
    async with running_provider() as provider:
        yield provider


class Waits(list[float]):
    """Waits that were asked for, none of which takes any time."""

    async def sleep(self, seconds: float) -> None:
        self.append(seconds)


def flow_at(issuer: str, waits: Waits | None = None, client_id: str = COMMAND_LINE) -> DeviceFlow:
    return DeviceFlow(OpenId(Provider(issuer, client_id)), (Waits() if waits is None else waits).sleep)


async def test_a_program_waits_until_somebody_agrees(provider: FakeProvider) -> None:
    """IDENTITY-2: as often as the provider says, and less often when it asks for that; then tokens are renewed."""
    provider.device_answers = ["authorization_pending", "slow_down", "authorization_pending"]
    waits = Waits()
    flow = flow_at(provider.issuer, waits)

    code = await flow.begin()
    tokens = await flow.wait(code)
    renewed = await flow.renew(tokens)

    assert ("WDJB-MJHT", f"{provider.issuer}/agree") == (code.user_code, code.address)
    assert [0.01, 0.01, 5.01, 5.01] == waits
    assert 240 < seconds_left(tokens) <= 300
    assert tokens.refresh_token != renewed.refresh_token
    with pytest.raises(SignInEnded, match="escalate login"):  # a refresh token is good once
        await flow.renew(tokens)
    await flow.revoke(renewed)
    with pytest.raises(SignInEnded):
        await flow.renew(renewed)
    with pytest.raises(SignInEnded):
        await flow.renew(replace(tokens, refresh_token=""))


REFUSED: dict[str, tuple[dict[str, Any], list[str], str]] = {
    "refused": ({}, ["access_denied"], "was refused in the browser"),
    "too late": ({}, ["authorization_pending", "expired_token"], "ended before anybody agreed"),
    "never agreed": ({}, ["authorization_pending"] * 13 + ["slow_down"] * 12, "ended before anybody agreed"),
    "for another program": ({"aud": "payroll"}, [], "its aud is not what is expected"),
    "another issuer": ({"iss": "https://evil.example"}, [], "its iss is not what is expected"),
    "ended already": ({"exp": 1_000_000_000}, [], "it has expired"),
    "not verified": ({"email_verified": False}, [], "has not verified the e-mail address"),
    "unheard of": ({}, ["server_error"], "does not sign this program in: server_error"),
}


async def test_a_sign_in_that_fails_says_why(provider: FakeProvider) -> None:
    """IDENTITY-2: each in one line."""
    for what, (provider.says, provider.device_answers, said) in REFUSED.items():
        flow = flow_at(provider.issuer)
        code = await flow.begin()
        with pytest.raises(NotIdentified, match=said):
            await flow.wait(code)
        assert not (provider.device_answers and what != "never agreed"), what


async def test_a_provider_that_is_away_or_knows_no_such_program_says_so(provider: FakeProvider) -> None:
    """IDENTITY-2: before anybody is sent to a browser; and when tokens are to be renewed."""
    flow = flow_at(provider.issuer)
    tokens = await flow.wait(await flow.begin())
    with pytest.raises(NotIdentified, match="does not let this program sign in: invalid_client"):
        await flow_at(provider.issuer, client_id="payroll").begin()
    with pytest.raises(NotIdentified, match="cannot be reached"):
        await flow_at(f"http://127.0.0.1:{free_port()}").begin()
    provider.token_address = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(ProviderAway, match="cannot be reached"):
        await flow_at(provider.issuer).renew(tokens)
