"""
Callers where people sign in: a machine by its key, a person by a session or the provider's token (IDENTITY-2).

Owns which of these a request has, and in which order they are looked at. It must not know pages or operations.
"""

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address

import structlog

from escalation.kernel.reasons import reason
from escalation.policy.sight import Sight
from identity.api_keys import PREFIX, ApiKeys
from identity.audit_trail import AuditTrail
from identity.caller import Caller, Mode, NotIdentified
from identity.open_id import OpenId
from identity.session import SESSION_COOKIE, Sessions
from planning.playbook.loader import Playbook
from planning.playbook.person_sight import sight_of
from records.audit_log import AuditEntry, AuditKind

log = structlog.get_logger("identity")


@dataclass(frozen=True)
class TrustedProxy:
    """A proxy that signs people in itself. It is believed in the networks that it is in, and nowhere else."""

    header: str
    """Of the verified e-mail address, in lower case."""
    networks: Sequence[IPv4Network | IPv6Network]

    def email_in(self, headers: Mapping[str, str], address: str) -> str | None:
        """
        Return the address that the proxy says.

        Raises:
            NotIdentified: If somebody else says one.
        """
        if (given := headers.get(self.header)) is None:
            return None
        if not any(ip_address(address) in network for network in self.networks):
            log.warning("proxy_header_refused", header=self.header)
            raise NotIdentified(reason("sign_in.not_the_proxy", self.header, address))
        return given


class People:
    """The people of the playbook of today: who has an e-mail address, and what they may look at."""

    def __init__(self, playbook: Callable[[], Playbook]) -> None:
        self._playbook = playbook

    def find(self, email: str) -> str:
        """
        Return the id of whoever has *email*, which has been verified.

        Raises:
            NotIdentified: If that is nobody, or several people.
        """
        wanted = f"email:{email.strip()}".casefold()
        people = self._playbook().people.items()
        found = [
            id_ for id_, person in people if wanted in (str(each).casefold() for each in person.addresses)
        ]
        if not found:
            raise NotIdentified(reason("sign_in.nobody", email))
        if len(found) > 1:
            raise NotIdentified(reason("sign_in.several", email, " and ".join(found)))
        return found[0]

    def sight_of(self, person: str) -> Sight:
        """Return what *person* may look at."""
        return sight_of(self._playbook(), person)


class FirstUses:
    """Knows what was shown before, so that a token or a key that comes with each request is one sign-in."""

    def __init__(self, lasts: timedelta) -> None:
        self._lasts = lasts
        self._until: dict[str, datetime] = {}

    def is_first(self, shown: str, now: datetime) -> bool:
        """Return whether *shown* was not shown here for as long as a session lasts."""
        digest = hashlib.sha256(shown.encode()).hexdigest()
        if (until := self._until.get(digest)) and now < until:
            return False
        self._until = {each: ends for each, ends in self._until.items() if now < ends}
        self._until[digest] = now + self._lasts
        return True


class SignedInCallers:
    """
    Finds out who asks; whoever shows nothing is refused. A sign-in by something that comes with each request is put
    into the audit log once for as long as a session lasts, by each process; one in a browser by `SignIn`.
    """

    def __init__(
        self,
        people: People,
        keys: ApiKeys,
        sessions: Sessions,
        open_id: OpenId | None = None,
        proxy: TrustedProxy | None = None,
        *,
        audit: AuditTrail,
    ) -> None:
        self._audit = audit
        self._first_uses = FirstUses(sessions.lasts)
        self._people = people
        self._keys = keys
        self._sessions = sessions
        self._open_id = open_id
        self._proxy = proxy

    async def find(self, headers: Mapping[str, str], cookies: Mapping[str, str], address: str = "") -> Caller:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            if token.startswith(f"{PREFIX}_"):
                found = await self._machine(token)
                return self._noted(found, token, f"the API key {found.key_id}", address)
            found = self._person(await self._email_of_token(token))
            return self._noted(found, token, "a token of the identity provider", address)
        if self._proxy and (email := self._proxy.email_in(headers, address)):
            return self._noted(self._person(email), email, "the proxy that signs people in", address)
        if cookie := cookies.get(SESSION_COOKIE):
            return replace(self._person((await self._sessions.find(cookie)).email), has_session=True)
        raise NotIdentified(reason("sign_in.needed"))

    def _noted(self, caller: Caller, shown: str, by: str, address: str) -> Caller:
        if self._first_uses.is_first(shown, datetime.now(UTC)):
            person = caller.person or ""
            self._audit.note(AuditEntry(AuditKind.SIGNED_IN, by=person, about=by, address=address))
        return caller

    async def _machine(self, written: str) -> Caller:
        key = await asyncio.to_thread(self._keys.find, written, datetime.now(UTC))
        sight = replace(self._people.sight_of(key.person), bound_to=key.accounts)
        return Caller(key.person, key.id, key.moves, Mode.SIGNED_IN, sight)

    async def _email_of_token(self, token: str) -> str:
        if self._open_id is None:
            raise NotIdentified(reason("sign_in.no_tokens"))
        return (await self._open_id.verify(token)).email

    def _person(self, email: str) -> Caller:
        person = self._people.find(email)
        return Caller(person, mode=Mode.SIGNED_IN, sight=self._people.sight_of(person))
