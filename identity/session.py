"""
Sessions: who signed in, in a signed cookie (IDENTITY-2).

Nothing is kept here, so any process of the service reads what another one wrote; what was ended before its time is in
`sign_outs.py`. Owns what a cookie says, for how long,
and that it cannot be made by others. It must not know how somebody signed in.
"""

import asyncio
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta

from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

from escalation.kernel.reasons import reason
from identity.caller import NotIdentified
from identity.sign_outs import SignOuts

SESSION_COOKIE = "escalation_session"
SIGN_IN_COOKIE = "escalation_sign_in"
SIGN_IN_WITHIN = timedelta(minutes=10)
"""The time that somebody has at the identity provider."""


@dataclass(frozen=True)
class Session:
    """Somebody who signed in."""

    email: str
    """Verified by the identity provider."""
    id_token: str = ""
    """For the provider's own sign-out."""
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    """The session by a name, under which it can be ended before its time."""


@dataclass(frozen=True)
class SignInAttempt:
    """The answer that the identity provider owes, and the page that the browser goes to then."""

    state: str
    nonce: str
    verifier: str
    """Of PKCE (RFC 7636): only whoever began can take the code."""
    then: str = "/"


class Sessions:
    """Signs with the first of *keys*, believes all; a session ends after *lasts*, whatever happens."""

    def __init__(self, keys: Sequence[str], lasts: timedelta, sign_outs: SignOuts | None = None) -> None:
        self.lasts = lasts
        self._sign_outs = sign_outs
        self._sessions = _serializer(keys, "session")
        self._attempts = _serializer(keys, "sign-in")

    def write(self, session: Session) -> str:
        return str(self._sessions.dumps(asdict(session)))

    async def find(self, cookie: str) -> Session:
        """
        Return the session of a *cookie* that a browser sent.

        Raises:
            NotIdentified: If it was not written here, its time is over, or somebody signed out.
        """
        session = self.read(cookie)
        ended = self._sign_outs
        if ended is not None and await asyncio.to_thread(ended.has, session.id):
            raise NotIdentified(reason("sign_in.signed_out"))
        return session

    async def end(self, session: Session) -> None:
        """Let nobody come with *session* any more, whoever has a copy of its cookie."""
        if self._sign_outs:
            now = datetime.now(UTC)
            await asyncio.to_thread(self._sign_outs.add, session.id, now, now + self.lasts)

    def read(self, cookie: str) -> Session:
        """As `find`, but without a look whether somebody signed out."""
        return Session(**_read(self._sessions, cookie, self.lasts))

    def write_attempt(self, attempt: SignInAttempt) -> str:
        return str(self._attempts.dumps(asdict(attempt)))

    def read_attempt(self, cookie: str) -> SignInAttempt:
        """
        Raises:
            NotIdentified: If it was not written here, or its time is over.
        """
        return SignInAttempt(**_read(self._attempts, cookie, SIGN_IN_WITHIN))


def _serializer(keys: Sequence[str], salt: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        [*reversed(keys)],  # itsdangerous signs with the last
        salt=f"escalation-{salt}",
        signer_kwargs={"digest_method": hashlib.sha256},
    )


def _read(serializer: URLSafeTimedSerializer, cookie: str, within: timedelta) -> dict[str, str]:
    try:
        read: dict[str, str] = serializer.loads(cookie, max_age=int(within.total_seconds()))
    except SignatureExpired:
        raise NotIdentified(reason("sign_in.expired")) from None
    except BadData:
        raise NotIdentified(reason("sign_in.not_ours")) from None
    return read
