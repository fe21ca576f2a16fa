"""
Problems: every way in which the API says no, as problem details (RFC 9457) that carry the refusal's fields.

Owns which status says what, and the handlers that turn errors into answers. Must not know operations.
"""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Annotated, Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from client import RunStalled
from entrypoints.web.api.answer import spoken_json
from entrypoints.web.api.api_visit import about_answer, service_of
from entrypoints.web.intake import RETRY_AFTER
from entrypoints.web.refusal_audit import note_refusal
from entrypoints.web.temporal_client import why_away
from escalation.kernel.reasons import Part, reason
from escalation.kernel.refusals import (
    BadRequest,
    EscalationError,
    Fault,
    MoveNotAllowed,
    NotProven,
    RateExceeded,
    Refusal,
    RoleNotAllowed,
    StillFinishing,
    UnknownEscalation,
    UnknownName,
    faults_in,
    faults_of,
)
from escalation.kernel.values import frozen
from identity.actor import DoorName
from identity.caller import NotIdentified, ProviderAway
from records.errors import RecordStoreFault
from runtime.errors import RuntimeFault

MEDIA_TYPE = "application/problem+json"
_TYPE = "urn:escalation-engine:problem:"
_STATUS: tuple[tuple[type[EscalationError], int], ...] = (
    (BadRequest, 422),
    (RoleNotAllowed, 403),
    (NotProven, 403),
    (UnknownEscalation, 404),
    (UnknownName, 422),
    (RateExceeded, 429),
    (MoveNotAllowed, 409),
    (StillFinishing, 409),
    (RunStalled, 503),
    (EscalationError, 409),
)
"""The first that an error is."""
_CODE = {
    400: "unreadable",
    401: "not_identified",
    403: "other_site",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    500: "fault",
    503: "unavailable",
}
"""Of what is wrong with a request before anything is asked, and of what is wrong here."""
MEANINGS = {
    400: "The request cannot be read.",
    401: "It is not known who asks.",
    403: "Whoever asks may not do this, or another site sent it.",
    404: "There is nothing of this name.",
    405: "This address takes other methods.",
    409: "Things stand otherwise: the move is not allowed now.",
    413: "The body is too large.",
    422: "Something in the request is not good; `faults` says all of it.",
    429: "Too many requests or moves within a short time.",
    500: "A fault of the service itself; the log has it under the request's id.",
    503: "Temporal, a worker, the record or the identity provider is away, or the escalation is stalled.",
}

log = structlog.get_logger("web_service")


@frozen
class Problem:
    """The reason why there is no other answer. `detail` and `title` are for people, and the rest is data."""

    type: Annotated[str, Field(description="A name of this kind of problem that never changes.")]
    title: Annotated[str, Field(description="The kind of problem, in words.")]
    status: Annotated[int, Field(ge=400, le=599)]
    detail: Annotated[str, Field(description="What is in the way, and how to go on.")]
    instance: Annotated[str, Field(description="The request, as `urn:request:ID`; the log has the id.")]
    code: Annotated[
        str, Field(description="The kind of problem, as one word.", examples=["move_not_allowed"])
    ]
    subject: Annotated[Part, Field(description="What it is about, such as a key.")] = ""
    obstacle: Annotated[Part, Field(description="What stands in the way, as data.")] = ""
    allowed_moves: Annotated[
        tuple[Part, ...] | None,
        Field(description="The moves that are allowed instead; null: it is not about a move."),
    ] = None
    faults: Annotated[
        tuple[Fault, ...], Field(description="Each thing that is wrong with what was sent.")
    ] = ()


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return what OpenAPI says of the problems that any operation, and one with *statuses*, can answer."""
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {
        status: {"description": MEANINGS[status], "content": {MEDIA_TYPE: schema}}
        for status in sorted({400, 401, 403, 422, 429, 500, 503, *statuses})
    }


LOOKING = responses(404)
"""Of operations that change nothing."""
MOVING = responses(404, 409, 413)
"""Of operations that may change something."""


def handle_problems(app: FastAPI) -> None:
    """Have *app* answer each error with a problem."""
    app.add_exception_handler(EscalationError, _refused)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(ValidationError, _not_valid)
    app.add_exception_handler(NotIdentified, _not_identified)
    app.add_exception_handler(RuntimeFault, _away)
    app.add_exception_handler(RecordStoreFault, _away)
    app.add_exception_handler(HTTPException, _not_taken)
    app.add_exception_handler(Exception, _faulty)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, EscalationError)
    note_refusal(service_of(request).audit, request, error, DoorName.API)
    status = next(status for kind, status in _STATUS if isinstance(error, kind))
    if isinstance(error, UnknownName) and request.method in {"GET", "HEAD"}:
        status = 404  # what is looked for has the name, not what was sent
    is_later = isinstance(error, RateExceeded | StillFinishing | RunStalled)
    return _problem(request, status, error.refusal, RETRY_AFTER if is_later else {})


async def _not_valid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError | ValidationError)
    found = (
        faults_of(error)
        if isinstance(error, ValidationError)
        else faults_in(map(_within_part, error.errors()))
    )
    return await _refused(request, BadRequest.because(reason("of.request"), tuple(found)))


def _within_part(found: Mapping[str, Any]) -> Any:
    """Return a finding without the part of the request that it is in: a name is in one of them alone."""
    if found["type"] == "json_invalid":
        return {**found, "loc": (), "input": "a text", "msg": "JSON in UTF-8", "ctx": {}}
    return {**found, "loc": tuple(found["loc"][1:])}


async def _not_identified(request: Request, error: Exception) -> Response:
    assert isinstance(error, NotIdentified)
    if isinstance(error, ProviderAway):
        return _problem(request, 503, _plain(503, error.why), RETRY_AFTER)
    note_refusal(service_of(request).audit, request, error, DoorName.API)
    return _problem(request, 401, _plain(401, error.why), {"WWW-Authenticate": _challenge(request)})


def _challenge(request: Request) -> str:
    return "Bearer" if service_of(request).settings.is_signed_in else "Escalation-As"


async def _away(request: Request, error: Exception) -> Response:
    log.warning("api_unavailable", why=str(error))
    return _problem(request, 503, _plain(503, why_away(error)), RETRY_AFTER)


async def _not_taken(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _problem(request, error.status_code, _plain(error.status_code), error.headers or {})


async def _faulty(request: Request, _: Exception) -> Response:
    return _problem(request, 500, _plain(500))


def _plain(status: int, detail: Part = "") -> Refusal:
    code = _CODE.get(status, HTTPStatus(status).name.lower())
    return Refusal(code=code, obstacle=detail or reason(f"http.{code}"))


def _problem(
    request: Request, status: int, refusal: Refusal, headers: Mapping[str, str] | None = None
) -> Response:
    service = service_of(request)
    speaker = service.speaker_for(request.headers.get("accept-language", ""))
    problem = Problem(
        type=_TYPE + refusal.code,
        title=speaker.catalogue.word("problem", refusal.code),
        status=status,
        detail=speaker.say(refusal.reason),
        instance=f"urn:request:{request.state.request_id}",
        code=refusal.code,
        subject=refusal.subject,
        obstacle=refusal.obstacle,
        allowed_moves=refusal.allowed_moves,
        faults=refusal.faults,
    )
    said = {**about_answer(speaker, getattr(request.state, "caller", None)), **(headers or {})}
    return Response(spoken_json(problem, speaker, {}), status, said, media_type=MEDIA_TYPE)


def codes() -> Iterable[str]:
    """Return every code that a problem can have, for the catalogues."""
    return (*(kind.code for kind, _ in _STATUS), *_CODE.values())
