"""
The device flow (RFC 8628): somebody signs in at the identity provider by a browser, and a program gets their tokens.

The program shows an address and a short code, and asks the provider again and again until they have agreed. Owns what
is asked of the provider, and how its tokens are renewed. It must not know where tokens are kept, nor how the code is
shown.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
from authlib.oauth2.rfc8628 import DEVICE_CODE_GRANT_TYPE

from identity.caller import NotIdentified, ProviderAway
from identity.open_id import SCOPE, OpenId

_OFFLINE = "offline_access"
"""The scope by which most providers give a refresh token; some give one anyway, and refuse the scope."""
_INTERVAL = 5.0
"""Seconds between two questions, if the provider says nothing, and more of them each time it says `slow_down`."""
_LONGEST = 1800.0
"""Seconds until a code ends, if the provider says nothing."""
_PATIENCE = httpx.Timeout(10.0)
_REFUSED = {
    "access_denied": "the sign-in was refused in the browser; `escalate login` begins another one",
    "expired_token": "the code has ended before anybody agreed; `escalate login` gives another one",
}


class SignInEnded(NotIdentified):
    """The provider renews no tokens of this sign-in any more."""


@dataclass(frozen=True)
class DeviceCode:
    """A sign-in that has begun: somebody opens the address and agrees to the code."""

    device_code: str
    user_code: str
    address: str
    whole_address: str
    """With the code in it; empty, if the provider has no such address."""
    interval: float
    expires_in: float


@dataclass(frozen=True)
class Tokens:
    """Proof of who somebody is, and what renews it."""

    id_token: str
    expires_at: datetime
    refresh_token: str
    """Empty, if the provider gives none: then the sign-in ends with the ID token."""


class DeviceFlow:
    """Signs in at the provider of *open_id*, whose client is a program that can keep no secret."""

    def __init__(self, open_id: OpenId, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._open_id = open_id
        self._client = {"client_id": open_id.provider.client_id}
        self._sleep = sleep

    async def begin(self) -> DeviceCode:
        """
        Raises:
            NotIdentified: If the provider does not sign programs in like this, or not this one.
        """
        about = await self._open_id.metadata()
        if (address := about.get("device_authorization_endpoint")) is None:
            raise NotIdentified(
                "the identity provider has no device flow; set it up there, or use an API key"
            )
        offline = f" {_OFFLINE}" if _OFFLINE in about.get("scopes_supported", ()) else ""
        status, found = await self._post(address, {**self._client, "scope": SCOPE + offline})
        if status != httpx.codes.OK:
            raise NotIdentified(
                f"the identity provider does not let this program sign in: {_error_in(found)}"
            )
        try:
            return DeviceCode(
                device_code=str(found["device_code"]),
                user_code=str(found["user_code"]),
                address=str(found["verification_uri"]),
                whole_address=str(found.get("verification_uri_complete", "")),
                interval=float(found.get("interval", _INTERVAL)),
                expires_in=float(found.get("expires_in", _LONGEST)),
            )
        except (LookupError, ValueError, TypeError):
            raise ProviderAway("the identity provider gave no code; try again soon") from None

    async def wait(self, code: DeviceCode) -> Tokens:
        """
        Return the tokens, once somebody has agreed to *code*.

        Raises:
            NotIdentified: If they refused, or the code has ended.
        """
        asked = {"grant_type": DEVICE_CODE_GRANT_TYPE, "device_code": code.device_code, **self._client}
        interval, waited = code.interval, 0.0
        while waited <= code.expires_in:
            await self._sleep(interval)
            waited += interval
            try:
                return await self._tokens(asked, "")
            except _NotYet as later:
                interval += later.more
        raise NotIdentified(_REFUSED["expired_token"])

    async def renew(self, tokens: Tokens) -> Tokens:
        """
        Return new tokens. The old refresh token may be good no more.

        Raises:
            SignInEnded: If the provider gives none any more.
            ProviderAway: If it cannot be reached.
        """
        if not tokens.refresh_token:
            raise SignInEnded("the sign-in has ended; `escalate login` begins another one")
        asked = {"grant_type": "refresh_token", "refresh_token": tokens.refresh_token, **self._client}
        return await self._tokens(asked, tokens.refresh_token)

    async def revoke(self, tokens: Tokens) -> None:
        """Have the provider forget *tokens*, if it can."""
        address = (await self._open_id.metadata()).get("revocation_endpoint")
        if address and tokens.refresh_token:
            await self._post(address, {"token": tokens.refresh_token, **self._client})

    async def _tokens(self, asked: Mapping[str, str], refresh_token: str) -> Tokens:
        about = await self._open_id.metadata()
        status, found = await self._post(about["token_endpoint"], asked)
        if status != httpx.codes.OK:
            raise _refusal_of(_error_in(found), is_renewal=bool(refresh_token))
        if not (token := found.get("id_token")):
            raise NotIdentified(
                "the identity provider gave no ID token; allow the scope openid for this program"
            )
        identity = await self._open_id.verify(str(token))
        return Tokens(
            id_token=identity.id_token,
            expires_at=identity.expires_at,
            refresh_token=str(found.get("refresh_token") or refresh_token),
        )

    async def _post(self, address: str, fields: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        try:
            async with httpx.AsyncClient(timeout=_PATIENCE) as http:
                answer = await http.post(address, data=fields)
            found = answer.json() if answer.content else {}
        except (httpx.HTTPError, ValueError):
            raise ProviderAway("the identity provider cannot be reached; try again soon") from None
        return answer.status_code, found if isinstance(found, dict) else {}


class _NotYet(Exception):
    """Nobody has agreed yet."""

    def __init__(self, more: float) -> None:
        super().__init__()
        self.more = more
        """Seconds to wait longer from now on."""


def _refusal_of(error: str, *, is_renewal: bool) -> Exception:
    if not is_renewal and error in {"authorization_pending", "slow_down"}:
        return _NotYet(_INTERVAL if error == "slow_down" else 0.0)
    if is_renewal and error == "invalid_grant":
        return SignInEnded(
            "the sign-in has ended at the identity provider; `escalate login` begins another one"
        )
    return NotIdentified(
        _REFUSED.get(error) or f"the identity provider does not sign this program in: {error}"
    )


def _error_in(found: Mapping[str, Any]) -> str:
    return str(found.get("error", "no reason is given"))[:100]


def seconds_left(tokens: Tokens) -> float:
    """Return for how long the ID token is good."""
    return tokens.expires_at.timestamp() - time.time()
