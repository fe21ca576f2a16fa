"""
OpenID Connect: people as the organisation's identity provider knows them (IDENTITY-2).

The authorization code flow with PKCE for browsers, and tokens that programs send. Owns what is asked of the provider,
and what must be true of its tokens: signature, issuer, audience, time, nonce, and a verified e-mail address. The
provider's keys and addresses are read when they are first needed, and its keys again when a token names one that is not
known: while the provider is away, tokens with a known key are good. It must not know the playbook, cookies or pages.
"""

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import httpx
import structlog
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from escalation.kernel.reasons import Reason, reason
from identity.caller import NotIdentified, ProviderAway
from identity.session import SignInAttempt

SCOPE = "openid email profile"
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519"]
"""All that need the provider's private key: a shared secret could be ours."""
_TRUE = (True, "true", "1")
_LEEWAY = 60
"""Seconds that clocks may differ by."""
KEYS_AGAIN_AFTER = 30.0
"""Seconds: tokens with invented keys must not have the provider asked all the time."""
AWAY_FOR = 2.0
"""Seconds for which a provider that did not answer is not asked again: it may take all patience each time."""
_PATIENCE = httpx.Timeout(10.0)

log = structlog.get_logger("identity")


@dataclass(frozen=True)
class Provider:
    """The identity provider, and how this service is registered there."""

    issuer: str
    client_id: str
    client_secret: str = ""
    """Empty: a public client, which PKCE alone protects."""
    verified_claim: str = "email_verified"
    """The claim that says so of the e-mail address."""
    audiences: Sequence[str] = ()
    """Others that tokens of programs may be for."""
    ca_file: str | None = None


@dataclass(frozen=True)
class Identity:
    """Somebody, as a token says that was verified."""

    email: str
    id_token: str
    expires_at: datetime


class OpenId:
    """
    One provider. What it says of itself is kept; nothing of people is. *keys_again_after*: seconds until its keys may
    be read again.
    """

    def __init__(self, provider: Provider, *, keys_again_after: float = KEYS_AGAIN_AFTER) -> None:
        self.provider = provider
        self._keys_again_after = keys_again_after
        self._about: dict[str, Any] = {}
        self._keys = KeySet([])
        self._keys_read_at = 0.0
        self._away_until = 0.0

    async def begin(
        self, redirect_uri: str, then: str, *, as_another: bool = False
    ) -> tuple[str, SignInAttempt]:
        """
        Return the address at the provider where somebody signs in, and what has to come back. *as_another*: the
        provider must ask for the account, though it knows one.
        """
        more = {"prompt": await self._prompt()} if as_another else {}
        attempt = SignInAttempt(
            state=secrets.token_urlsafe(24),
            nonce=secrets.token_urlsafe(24),
            verifier=secrets.token_urlsafe(48),
            then=then,
        )
        address = prepare_grant_uri(
            await self._address("authorization_endpoint"),
            self.provider.client_id,
            "code",
            redirect_uri,
            SCOPE,
            attempt.state,
            nonce=attempt.nonce,
            code_challenge=create_s256_code_challenge(attempt.verifier),
            code_challenge_method="S256",
            **more,
        )
        return str(address), attempt

    async def _prompt(self) -> str:
        """Return what has the provider ask for the account; some cannot let people choose, and say so."""
        known = (await self.metadata()).get("prompt_values_supported")
        is_known = not isinstance(known, list) or "select_account" in known
        return "select_account" if is_known else "login"

    async def finish(self, redirect_uri: str, answer: str, attempt: SignInAttempt) -> Identity:
        """
        Return who signed in, by the whole address that the provider sent the browser back to.

        Raises:
            NotIdentified: If the answer is not to this attempt, or the provider does not vouch for it.
            ProviderAway: If it cannot be asked.
        """
        given = httpx.URL(answer).params
        if not secrets.compare_digest(given.get("state", ""), attempt.state):
            raise NotIdentified(reason("sign_in.other_answer"))
        if "error" in given:
            raise NotIdentified(reason("sign_in.refused"))
        token = await self._exchange(redirect_uri, given.get("code", ""), attempt.verifier)
        return await self.verify(token, nonce=attempt.nonce)

    async def _exchange(self, redirect_uri: str, code: str, verifier: str) -> str:
        """
        Return the ID token that the provider gives for *code*, once.

        Raises:
            NotIdentified: If it gives none.
            ProviderAway: If it cannot be asked.
        """
        who = self.provider
        asked = prepare_token_request(
            "authorization_code",
            redirect_uri=redirect_uri,
            code=code,
            code_verifier=verifier,
            client_id=who.client_id,
        )
        secret = httpx.BasicAuth(who.client_id, who.client_secret) if who.client_secret else None
        address = await self._address("token_endpoint")
        try:
            async with httpx.AsyncClient(timeout=_PATIENCE, auth=secret) as client:
                answer = await client.post(
                    address, content=asked, headers={"Content-Type": "application/x-www-form-urlencoded"}
                )
            if answer.is_server_error:
                raise _away(f"HTTP {answer.status_code}")
            return str(answer.raise_for_status().json()["id_token"])
        except httpx.TransportError as error:
            raise _away(type(error).__name__) from None
        except (httpx.HTTPError, ValueError, LookupError, TypeError) as error:
            log.warning("code_refused", why=type(error).__name__)
            raise NotIdentified(reason("sign_in.not_accepted")) from None

    async def verify(self, token: str, *, nonce: str | None = None) -> Identity:
        """
        Return who *token* is about. With a *nonce* it must be the one of this sign-in.

        Raises:
            NotIdentified: If it is not good; the text says what is wrong, and quotes nothing of it.
            ProviderAway: If its key is not known here, and the provider cannot be asked for it.
        """
        claims = (await self._decoded(token)).claims
        audiences = {self.provider.client_id} | (set() if nonce else set(self.provider.audiences))
        rules = jwt.JWTClaimsRegistry(
            now=int(time.time()),
            leeway=_LEEWAY,
            iss={"essential": True, "value": self.provider.issuer},
            aud={"essential": True, "values": sorted(audiences)},
            exp={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce} if nonce else {},
        )
        try:
            rules.validate(claims)
        except JoseError as error:
            log.warning("token_refused", why=error.error)
            raise NotIdentified(_wrong_with(error)) from None
        if claims.get(self.provider.verified_claim) not in _TRUE or not isinstance(claims.get("email"), str):
            log.warning("token_refused", why="email_not_verified")
            raise NotIdentified(reason("sign_in.not_verified"))
        ends = datetime.fromtimestamp(claims["exp"], UTC)
        return Identity(email=claims["email"], id_token=token, expires_at=ends)

    async def sign_out_address(self, id_token: str, then: str) -> str | None:
        """Return the address where the provider signs somebody out too; None, if it has none."""
        if (address := (await self.metadata()).get("end_session_endpoint")) is None:
            return None
        return f"{address}?{urlencode({'id_token_hint': id_token, 'post_logout_redirect_uri': then})}"

    async def _decoded(self, token: str) -> jwt.Token:
        for is_fresh in (False, True):
            keys = await self._current_keys(is_fresh=is_fresh)
            try:
                return jwt.decode(token, keys, algorithms=_ALGORITHMS)
            except (JoseError, ValueError) as error:
                why = error  # perhaps its key is newer than those that were read
        log.warning("token_refused", why=type(why).__name__)
        raise NotIdentified(reason("sign_in.not_signed"))

    async def _current_keys(self, *, is_fresh: bool) -> KeySet:
        is_old = time.monotonic() - self._keys_read_at >= self._keys_again_after
        if not self._keys.keys or (is_fresh and is_old):
            found = await self._get(await self._address("jwks_uri"))
            try:
                self._keys = KeySet.import_key_set(found)  # type: ignore[arg-type]
            except (JoseError, ValueError, LookupError, TypeError) as error:
                raise _away(type(error).__name__) from None
            self._keys_read_at = time.monotonic()
        return self._keys

    async def _address(self, name: str) -> str:
        """Return the address that the provider has under *name*."""
        if not isinstance(address := (await self.metadata()).get(name), str):
            raise _away(f"no {name}")
        return address

    async def metadata(self) -> dict[str, Any]:
        """
        Return what the provider says of itself.

        Raises:
            ProviderAway: If it cannot be reached, or is another one.
        """
        if not self._about:
            about = await self._get(f"{self.provider.issuer.rstrip('/')}/.well-known/openid-configuration")
            if about.get("issuer") != self.provider.issuer:
                raise ProviderAway(reason("sign_in.other_provider"))
            self._about = about
        return self._about

    async def _get(self, address: str) -> dict[str, Any]:
        if time.monotonic() < self._away_until:
            raise _away("was away just now")
        try:
            async with httpx.AsyncClient(timeout=_PATIENCE) as client:
                found = (await client.get(address)).raise_for_status().json()
            if isinstance(found, dict):
                return found
            why = "no object"
        except (httpx.HTTPError, ValueError) as error:
            why = type(error).__name__
        self._away_until = time.monotonic() + AWAY_FOR
        raise _away(why)


def _away(why: str) -> ProviderAway:
    log.warning("identity_provider_away", why=why)
    return ProviderAway(reason("sign_in.provider_away"))


def _wrong_with(error: JoseError) -> Reason:
    if error.error == "expired_token":
        return reason("sign_in.token_expired")
    claim = getattr(error, "claim", "")
    return reason("sign_in.token_unexpected", claim) if claim else reason("sign_in.token_not_valid")
