"""
The codec server: shows the Temporal Web UI and its command line what is encrypted, to people who signed in (ADR 40).

Its protocol is Temporal's: POST of payloads as JSON to `/codec/decode` and `/codec/encode`. Whoever may decode reads
everything, so they are people whose sight has no limits; no machine, and nobody where no one signs in.
"""

from collections.abc import Iterable

from google.protobuf.json_format import MessageToJson, Parse, ParseError
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from temporalio.api.common.v1 import Payload, Payloads

from encryption.encryption_setup import encryption_of
from encryption.errors import EncryptionFault
from encryption.payload_codec import EncryptionCodec
from entrypoints.web.caller_address import address_of
from entrypoints.web.refusal_audit import entry_of, note_refusal
from entrypoints.web.request_body import read_body
from identity.audit_trail import AuditTrail
from identity.caller import CallerSource, Mode, NotIdentified, ProviderAway
from records.audit_log import AuditKind
from runtime.settings import Settings

CODEC = "/codec"
_DOOR = "codec"
_AT_MOST = 16 * 1024 * 1024
"""Bytes of one request: the Web UI sends the payloads of a page of history together."""
_HEADERS = ("Authorization", "Authorization-Extras", "Content-Type", "X-Namespace")
"""Headers that the Web UI sends."""


def codec_routes(settings: Settings, callers: CallerSource, audit: AuditTrail) -> list[Mount]:
    """Return where payloads are decoded; nowhere, if nothing is encrypted here."""
    codec = encryption_of(settings).codec
    if not isinstance(codec, EncryptionCodec):
        return []
    server = CodecServer(codec, callers, audit)
    app = Starlette(
        routes=[
            Route("/decode", server.decode, methods=["POST"]),
            Route("/encode", server.encode, methods=["POST"]),
        ]
    )
    careful = CORSMiddleware(
        app,
        allow_origins=settings.codec_origins,
        allow_methods=["POST"],
        allow_headers=_HEADERS,
        allow_credentials=True,
    )
    return [Mount(CODEC, careful)]


class CodecServer:
    """Encodes and decodes for those who may see everything."""

    def __init__(self, codec: EncryptionCodec, callers: CallerSource, audit: AuditTrail) -> None:
        self._codec = codec
        self._callers = callers
        self._audit = audit

    async def decode(self, request: Request) -> Response:
        if refusal := await self._refusal(request):
            return refusal
        try:
            return _answer(await self._codec.decode((await _payloads_in(request)).payloads))
        except (EncryptionFault, ParseError) as fault:
            return _refuse(400, fault)

    async def encode(self, request: Request) -> Response:
        if refusal := await self._refusal(request):
            return refusal
        try:
            return _answer(await self._codec.encode((await _payloads_in(request)).payloads))
        except ParseError as fault:
            return _refuse(400, fault)

    async def _refusal(self, request: Request) -> Response | None:
        """Return the refusal of whoever may not read everything."""
        try:
            caller = await self._callers.find(request.headers, request.cookies, address_of(request))
        except NotIdentified as unknown:
            note_refusal(self._audit, request, unknown, _DOOR)
            return _refuse(503 if isinstance(unknown, ProviderAway) else 401, unknown)
        request.state.caller = caller
        if caller.mode is not Mode.SIGNED_IN:
            return _refuse(
                403, "payloads are decoded for people who signed in: set ESCALATION_ACCESS=signed_in"
            )
        if caller.key_id or not caller.sight.is_unlimited:
            why = "payloads are decoded for people who may look at every escalation"
            self._audit.note(entry_of(request, AuditKind.NOT_ALLOWED, _DOOR, why=why))
            return _refuse(403, why)
        self._audit.note(entry_of(request, AuditKind.EXPORTED, _DOOR))
        return None


async def _payloads_in(request: Request) -> Payloads:
    return Parse(await read_body(request, "application/json", at_most=_AT_MOST), Payloads())


def _answer(payloads: Iterable[Payload]) -> Response:
    return Response(MessageToJson(Payloads(payloads=payloads)), media_type="application/json")


def _refuse(status: int, why: object) -> Response:
    if isinstance(why, ParseError):  # its words quote what was sent
        why = "these are no payloads in JSON"
    return JSONResponse({"message": str(why)}, status)
