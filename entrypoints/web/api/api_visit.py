"""
A visit: one request to the API, with all that an operation needs to answer it.

Owns who asks, how often they may, and in which language they read. Must not know what is asked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header, Path, Request
from starlette.responses import Response

from client import EscalationClient
from entrypoints.web.api.answer import spoken_json
from entrypoints.web.api.list_cursors import Cursors
from entrypoints.web.api.rate_limit import RateLimit
from entrypoints.web.caller_address import address_of
from entrypoints.web.own_origin import require_own_origin
from entrypoints.web.service_parts import ServiceParts
from escalation.kernel.reasons import reason
from escalation.kernel.refusals import RoleNotAllowed
from escalation.kernel.values import LONGEST_NAME
from identity.actor import Acting, DoorName, begin_to_act
from identity.caller import AS_HEADER, Caller, NotIdentified
from messages.speaker import Speaker

API = "/api/v1"
JSON = "application/json"
MODE_HEADER = "X-Escalation-Mode"


@dataclass(frozen=True)
class Service(ServiceParts):
    """The parts that all visits share, in `app.state.service`. Kept is what came of late, and what is followed now."""

    rate_limit: RateLimit
    cursors: Cursors

    def speaker_for(self, accepted: str) -> Speaker:
        """Return who speaks the language of an `Accept-Language` header."""
        return Speaker(self.languages.words(self.languages.accepted(accepted)))


@dataclass(frozen=True)
class Visit:
    """One request."""

    service: Service
    client: EscalationClient
    """Sees what the caller may look at (IDENTITY-4)."""
    caller: Caller
    speaker: Speaker

    @property
    def person(self) -> str:
        """
        The person who asks, whose move it will be.

        Raises:
            NotIdentified: If nobody is named.
        """
        if self.caller.person is None:
            raise NotIdentified(reason("http.not_named"))
        return self.caller.person

    def require_accounts(self, accounts: Iterable[str]) -> None:
        """
        Raises:
            RoleNotAllowed: If the key that was called with is bound, and not to all of these.
        """
        bound, touched = self.caller.sight.bound_to, frozenset(accounts)
        if bound and not (touched and touched <= bound):
            raise RoleNotAllowed(reason("key_not_for_account", ", ".join(sorted(bound))))

    def require_unlimited_sight(self) -> None:
        """
        Raises:
            RoleNotAllowed: If the caller may not look at everything.
        """
        if not self.caller.sight.is_unlimited:
            raise RoleNotAllowed(reason("sight_is_limited"))

    def answer(
        self, value: object, status: int = 200, headers: Mapping[str, str] | None = None, **more: Any
    ) -> Response:
        """Return *value* as JSON; each reason in it is said in the caller's language as well."""
        body = spoken_json(value, self.speaker, more)
        said = {**about_answer(self.speaker, self.caller), **(headers or {})}
        return Response(body, status, said, media_type=JSON)


def about_answer(speaker: Speaker, caller: Caller | None) -> dict[str, str]:
    """Return the headers that say in which language an answer is, and how its caller is known."""
    mode = {MODE_HEADER: caller.mode.value} if caller else {}
    return {"Content-Language": speaker.catalogue.language, **mode}


def service_of(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


async def begin_visit(
    request: Request,
    _as: Annotated[
        str,
        Header(
            alias=AS_HEADER.title(),
            description="Who asks, by id in the playbook. Believed only where nobody signs in.",
            examples=["elena"],
        ),
    ] = "",
    accept_language: Annotated[
        str, Header(description="The language of texts, such as `id` or `tr`.", examples=["en"])
    ] = "",
) -> Visit:
    """Find out who asks, count the request, and reach Temporal."""
    require_own_origin(request)
    service = service_of(request)
    address = address_of(request)
    caller = await service.callers.find(request.headers, request.cookies, address)
    request.state.caller = caller
    service.rate_limit.count(caller, address)
    if caller.person:
        begin_to_act(Acting(caller.person, DoorName.API, caller.moves))
    client = (await service.reach.client()).seen_by(caller.sight)
    return Visit(service, client, caller, service.speaker_for(accept_language))


async def key_in_path(  # a function that is not async would be called in a thread, which costs more than all else here
    tenant: Annotated[
        str,
        Path(max_length=LONGEST_NAME, description="The part of the key before the slash.", examples=["ACME"]),
    ],
    ticket: Annotated[
        str,
        Path(
            max_length=LONGEST_NAME,
            description="The part of the key after the slash; or of an id, for one escalation of the key.",
            examples=["4711"],
        ),
    ],
) -> str:
    """Return the key or id of the escalation that the address names."""
    return f"{tenant}/{ticket}"


CurrentVisit = Annotated[Visit, Depends(begin_visit)]
KeyInPath = Annotated[str, Depends(key_in_path)]
ONE = "/escalations/{tenant}/{ticket}"
"""The address of one escalation."""
