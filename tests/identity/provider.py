"""
An identity provider on loopback: discovery, keys, the code flow with PKCE, and whatever a test has it say.
"""

import base64
import hashlib
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from entrypoints.web.web_server import bind_port, local_url, serve_app
from runtime.settings import Settings

CLIENT, SECRET = "escalations", "not so secret"
COMMAND_LINE = "escalate"
"""A public client, which signs people in by the device flow."""


_PAGE = (
    '<!doctype html><html lang="en"><title>Provider</title><h1>Sign in to the provider</h1><form>{}'
    '<label>E-mail <input name="email" autofocus></label><button>Sign in</button></form></html>'
)
_HIDDEN = '<input type="hidden" name="{}" value="{}">'


@dataclass
class FakeProvider:
    """Signs everybody in at once, as whoever the test says."""

    issuer: str = ""
    email: str = "maya.okafor@example.com"
    asks: bool = False
    """Show a page on which people say who they are."""
    says: dict[str, Any] = field(default_factory=dict)
    """Claims that are other than they should be."""
    key: RSAKey = field(default_factory=lambda: _new_key("first"))
    published: list[RSAKey] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    reads_of_keys: int = 0
    device_answers: list[str] = field(default_factory=list)
    """Errors by which the next questions for a device's tokens are answered, before somebody agrees."""
    device_codes: list[str] = field(default_factory=list)
    refresh_token: str = ""
    """The one that is good; each is good once."""
    token_address: str = ""
    """Address of the token endpoint, if it is not here."""
    answers_instead: dict[str, Any] = field(default_factory=dict)
    """By path; answers that no provider should give."""
    lasts: int = 300
    """Seconds until an ID token ends."""

    def rotate(self, name: str) -> None:
        """Sign with a new key from now on; the old one is believed no more."""
        self.key = _new_key(name)
        self.published = [self.key]

    def id_token(self, **claims: Any) -> str:
        now = int(time.time())
        said = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "248289761001",
            "iat": now,
            "exp": now + self.lasts,
            "email": self.email,
            "email_verified": True,
            **claims,
            **self.says,
        }
        said = {name: value for name, value in said.items() if value is not None}
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, said, self.key)

    async def describe(self, request: Request) -> Response:
        return self._answer(
            request,
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": self.token_address or f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "end_session_endpoint": f"{self.issuer}/sign-out",
                "device_authorization_endpoint": f"{self.issuer}/device",
                "revocation_endpoint": f"{self.issuer}/revoke",
                "scopes_supported": ["openid", "email", "profile", "offline_access"],
            },
        )

    async def keys(self, request: Request) -> Response:
        self.reads_of_keys += 1
        return self._answer(request, {"keys": [key.as_dict(private=False) for key in self.published]})

    def _answer(self, request: Request, said: dict[str, Any]) -> Response:
        return JSONResponse(self.answers_instead.get(request.url.path, said))

    async def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        if self.asks and "email" not in asked:
            return HTMLResponse(
                _PAGE.format("".join(_HIDDEN.format(*map(escape, pair)) for pair in asked.items()))
            )
        code = secrets.token_hex(8)
        self.codes[code] = asked
        answer = urlencode({"code": code, "state": asked["state"]})
        return RedirectResponse(f"{asked['redirect_uri']}?{answer}", 303)

    async def token(self, request: Request) -> Response:
        given = await _form_of(request)
        match given["grant_type"]:
            case "refresh_token":
                return self._renewed(given)
            case "urn:ietf:params:oauth:grant-type:device_code":
                return self._agreed(given)
            case _:
                return self._signed_in(request, given)

    def _signed_in(self, request: Request, given: dict[str, str]) -> Response:
        began = self.codes.pop(given.get("code", ""), None)  # a code is good once
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if began is None or request.headers.get("authorization") != f"Basic {basic}":
            return JSONResponse({"error": "invalid_grant"}, 400)
        digest = hashlib.sha256(given["code_verifier"].encode()).digest()
        if began["code_challenge"] != base64.urlsafe_b64encode(digest).decode().rstrip("="):
            return JSONResponse({"error": "invalid_grant"}, 400)
        email = began.get("email", self.email)
        id_token = self.id_token(nonce=began["nonce"], email=email)
        return JSONResponse({"token_type": "Bearer", "id_token": id_token})

    async def sign_out(self, request: Request) -> Response:
        return RedirectResponse(request.query_params["post_logout_redirect_uri"], 303)

    async def device(self, request: Request) -> Response:
        given = await _form_of(request)
        if given.get("client_id") != COMMAND_LINE or "offline_access" not in given["scope"]:
            return JSONResponse({"error": "invalid_client"}, 401)
        self.device_codes.append(code := secrets.token_hex(8))
        address = f"{self.issuer}/agree"
        return JSONResponse(
            {
                "device_code": code,
                "user_code": "WDJB-MJHT",
                "verification_uri": address,
                "verification_uri_complete": f"{address}?user_code=WDJB-MJHT",
                "expires_in": 60,
                "interval": 0.01,
            }
        )

    async def revoke(self, request: Request) -> Response:
        if (await _form_of(request))["token"] == self.refresh_token:
            self.refresh_token = ""
        return Response()

    def _agreed(self, given: dict[str, str]) -> Response:
        if self.device_answers:
            return JSONResponse({"error": self.device_answers.pop(0)}, 400)
        if given["device_code"] not in self.device_codes:
            return JSONResponse({"error": "invalid_grant"}, 400)
        self.device_codes.remove(given["device_code"])
        return self._tokens()

    def _renewed(self, given: dict[str, str]) -> Response:
        if not self.refresh_token or given["refresh_token"] != self.refresh_token:
            return JSONResponse({"error": "invalid_grant"}, 400)
        return self._tokens()

    def _tokens(self) -> Response:
        self.refresh_token = secrets.token_hex(8)
        token = self.id_token(aud=COMMAND_LINE)
        said = {"token_type": "Bearer", "id_token": token, "refresh_token": self.refresh_token}
        return JSONResponse(said)


async def _form_of(request: Request) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}


def _new_key(name: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig", "alg": "RS256"})


@asynccontextmanager
async def running_provider(again: FakeProvider | None = None) -> AsyncIterator[FakeProvider]:
    """A new provider, or one *again* that was away: at its address, with its keys."""
    provider = again or FakeProvider()
    provider.published = provider.published or [provider.key]
    app = Starlette(
        routes=[
            Route("/.well-known/openid-configuration", provider.describe),
            Route("/keys", provider.keys),
            Route("/authorize", provider.authorize),
            Route("/sign-out", provider.sign_out),
            Route("/token", provider.token, methods=["POST"]),
            Route("/device", provider.device, methods=["POST"]),
            Route("/revoke", provider.revoke, methods=["POST"]),
        ]
    )
    with bind_port(Settings(gateway_port=urlsplit(provider.issuer).port or 0)) as listener:
        async with serve_app(app, listener):
            provider.issuer = local_url(listener)
            yield provider
