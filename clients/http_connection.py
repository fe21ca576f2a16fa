"""
The HTTP API as it is called: one connection to a service, and how its answers and problems become ours.

A problem carries the whole refusal as data, so the error here is the one that the engine raised there. Owns addresses,
headers, pages and repeats. It must not know which operations there are.
"""

import uuid
from collections.abc import AsyncIterator, Mapping
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import ValidationError

from clients.run_errors import Stalled
from escalation.kernel.refusals import BY_CODE, BadRequest, EscalationError, Refusal
from escalation.kernel.values import from_json, from_plain, frozen, reader_of
from runtime.errors import AccessRefused, NoServer

_Answer = TypeVar("_Answer")
_Item = TypeVar("_Item")
PATIENCE = 30.0
"""Seconds for an answer; the service itself waits less for its workers."""
_PAGE = 500
"""Items of a page: the most that the API gives."""
_BY_CODE: Mapping[str, type[EscalationError]] = {**BY_CODE, Stalled.code: Stalled}
_Query = Mapping[str, Any]
NOTHING: _Query = {}


@frozen
class _Told:
    """The part of a problem that is for people."""

    code: str = ""
    detail: str = ""


class HttpConnection:
    """The API of the service at *url*; *bearer*: a key or token that says who asks."""

    def __init__(self, url: str, bearer: str = "") -> None:
        self.url = url
        self._http = httpx.AsyncClient(
            base_url=f"{url}/api/v1",
            headers={"Authorization": f"Bearer {bearer}"} if bearer else {},
            timeout=PATIENCE,
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def get(self, path: str, kind: type[_Answer], query: _Query = NOTHING, *, by: str = "") -> _Answer:
        """Return what is at *path*, as *by* sees it."""
        answer = await self._send("GET", path, params=_written(query), headers=_named(by))
        return self._read(answer, kind)

    async def post(
        self, path: str, kind: type[_Answer], body: object, *, by: str = "", repeat: str | None = None
    ) -> _Answer:
        """
        Return the answer to *body*, which *by* sends. What has a *repeat* is sent again under it, if the connection was
        lost before the answer: it is followed once.

        Raises:
            EscalationError: If it is refused there. Nothing has changed then.
        """
        headers = {**_named(by), **({b"Idempotency-Key": repeat.encode()} if repeat else {})}
        try:
            answer = await self._send("POST", path, json=body, headers=headers)
        except _AnswerLost:
            # Without a repeat nobody knows whether it was followed, and to send it again could do it twice.
            if not repeat:
                raise
            answer = await self._send("POST", path, json=body, headers=headers)
        return self._read(answer, kind)

    async def pages(
        self, path: str, kind: type[_Item], query: _Query = NOTHING, limit: int | None = None
    ) -> AsyncIterator[_Item]:
        """Yield the items of the list at *path*, as many as *limit* says."""
        left, cursor = limit, ""
        while left is None or left > 0:
            size = min(_PAGE, left or _PAGE)
            page = await self.get(path, dict[str, Any], {**query, "limit": size, "cursor": cursor})
            for item in page["items"]:
                yield from_plain(kind, item)
            left = None if left is None else left - len(page["items"])
            cursor = page["next"] or ""
            if not cursor:
                return

    async def events(self, path: str, kind: type[_Item], after: int) -> AsyncIterator[tuple[_Item, ...]]:
        """
        Yield the events at *path* whose number is past *after*, as they happen, until the service ends it. Those that
        came together are yielded together: the last of them has a comment.
        """
        headers = {"Last-Event-ID": str(after)}
        try:
            async with self._http.stream("GET", path, headers=headers) as answer:
                if answer.is_error:
                    await answer.aread()
                    raise self._error_of(answer)
                together, is_last = list[_Item](), False
                async for line in answer.aiter_lines():
                    name, _, data = line.partition(":")
                    if name == "data":
                        together.append(from_json(kind, data))
                    is_last = is_last or (not name and bool(data))  # a comment
                    if not line and is_last and together:
                        yield tuple(together)
                        together, is_last = [], False
                if together:
                    yield tuple(together)
        except httpx.HTTPError as error:
            raise self._away(error) from error

    async def _send(self, method: str, path: str, **request: Any) -> httpx.Response:
        try:
            return await self._http.request(method, path, **request)
        except (httpx.ReadError, httpx.RemoteProtocolError) as error:
            raise _AnswerLost(str(self._away(error))) from error
        except httpx.HTTPError as error:
            raise self._away(error) from error

    def _read(self, answer: httpx.Response, kind: type[_Answer]) -> _Answer:
        if answer.is_success:
            try:
                read: _Answer = reader_of(kind).validate_json(answer.content)
                return read
            except ValidationError:
                raise self._no_service(answer) from None
        raise self._error_of(answer)

    def _error_of(self, answer: httpx.Response) -> Exception:
        # A problem is a refusal with more fields: it is read as one, and what is for people is left out. Where its
        # code is none of the engine's, the service itself says no, and then its text is all that there is.
        try:
            refusal = from_json(Refusal, answer.content)
            detail = from_json(_Told, answer.content).detail
        except ValidationError:
            return self._no_service(answer)
        if known := _BY_CODE.get(refusal.code):
            return known.of_refusal(refusal)
        match answer.status_code:
            case 401:
                return AccessRefused(f"{detail}: `escalate login` signs you in, ESCALATION_API_KEY a machine")
            case 413:
                return BadRequest(detail)
            case 404 | 405:
                return NoServer(f"the service at {self.url} does not know this; is it of another version?")
            case _:
                return NoServer(f"the service at {self.url} cannot answer now: {detail}")

    def _no_service(self, answer: httpx.Response) -> NoServer:
        return NoServer(
            f"what answers at {self.url} (ESCALATION_URL) is no escalation service: HTTP {answer.status_code}"
        )

    def _away(self, error: httpx.HTTPError) -> NoServer:
        why = str(error) or type(error).__name__
        return NoServer(f"the service at {self.url} (ESCALATION_URL) does not answer: {why}")


class _AnswerLost(NoServer):
    """The connection was lost after something was sent: whether it was followed is not known."""


def new_repeat() -> str:
    """Return what marks the repeats of one request."""
    return uuid.uuid4().hex


def path_of(*parts: str) -> str:
    """Return the path of *parts*, each as one step."""
    return "".join(f"/{quote(part, safe='')}" for part in parts)


def _named(by: str) -> dict[bytes, bytes]:
    """Return the header that says who asks: in UTF-8, which a header may hold as bytes."""
    return {b"X-Escalation-As": by.encode()} if by else {}


def _written(query: _Query) -> dict[str, Any]:
    return {name: value for name, value in query.items() if value not in (None, "")}
