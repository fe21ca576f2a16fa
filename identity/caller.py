"""
Callers: who asks, and how that is known.

In *open* mode whoever calls is believed, as everywhere in an installation where nobody signs in; each answer says so.
Owns the one type that the web service asks for a person. It must not know moves, pages or operations.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from pydantic import TypeAdapter, ValidationError

from escalation.kernel.reasons import Part, reason
from escalation.kernel.values import Mover
from escalation.policy.sight import UNLIMITED, Sight
from messages.speaker import speaker

AS_HEADER = "x-escalation-as"
"""In open mode: who asks, by id in the playbook."""
AS_COOKIE = "escalation_as"
"""The same, as a browser keeps it."""
_MOVER: TypeAdapter[str] = TypeAdapter(Mover)


class Mode(StrEnum):
    """The way in which a caller is known."""

    OPEN = "open"
    """Whoever calls is believed."""
    SIGNED_IN = "signed_in"
    """Somebody signed in, or a machine has a key."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody or something that asks."""

    person: str | None = None
    """A person's id in the playbook; None: somebody who only looks, or a machine that is nobody."""
    key_id: str | None = None
    """The key that a machine called with."""
    moves: frozenset[str] = frozenset()
    """Moves that the key is bound to; none: all that the roles of the person allow."""
    mode: Mode = Mode.OPEN
    sight: Sight = UNLIMITED
    """The escalations that they may look at (IDENTITY-4)."""
    has_session: bool = False
    """True if they signed in here, and so can sign out here; behind a proxy they do both there."""


class NotIdentified(Exception):
    """Refusal of a caller: what is wrong and what is allowed, to be said in their language."""

    def __init__(self, why: Part) -> None:
        super().__init__(speaker().say(why))
        self.why = why


class ProviderAway(NotIdentified):
    """The identity provider cannot be reached, or does not answer as it should: nobody is refused by it."""


class CallerSource(Protocol):
    """Finds out who asks."""

    async def find(self, headers: Mapping[str, str], cookies: Mapping[str, str], address: str = "") -> Caller:
        """
        Return who sent a request with these *headers*, in lower case, and *cookies*, from an IP *address*.

        Raises:
            NotIdentified: If what they say of the caller is not good.
        """
        ...


class OpenCallers:
    """Believes whoever calls."""

    async def find(
        self,
        headers: Mapping[str, str],
        cookies: Mapping[str, str],
        address: str = "",  # noqa: ARG002 - whoever calls is believed, from wherever
    ) -> Caller:
        given = _in_utf8(headers.get(AS_HEADER, "")) or cookies.get(AS_COOKIE, "")
        try:
            return Caller(person=_MOVER.validate_python(given) if given else None)
        except ValidationError:
            raise NotIdentified(reason("sign_in.no_id")) from None


def _in_utf8(header: str) -> str:
    """Return what was meant: servers read the bytes of a header as Latin-1, and people write UTF-8."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header
