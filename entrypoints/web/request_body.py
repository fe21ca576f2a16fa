"""Request bodies: bounded in size and time, of one content type. Must not know what they are for."""

import asyncio
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

PATIENCE = 10.0
"""Seconds for the whole body."""


async def read_body(request: Request, content_type: str, *, at_most: int) -> bytes:
    """
    Raises:
        HTTPException: 415 for another content type, 413 for more than *at_most* bytes, 408 if they come too slowly.
    """
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != content_type:
        raise HTTPException(415)
    if _is_more(request.headers.get("content-length", ""), at_most):
        raise HTTPException(413)
    try:
        async with asyncio.timeout(PATIENCE):
            return await _read(request, at_most)
    except (TimeoutError, ClientDisconnect):
        raise HTTPException(408) from None


async def read_fields(request: Request, *, at_most: int, fields: int) -> dict[str, str]:
    """
    Return the fields of a posted form; blank ones too.

    Raises:
        HTTPException: As ``read_body``; 400 for more than so many *fields*, or what cannot be read.
    """
    body = await read_body(request, "application/x-www-form-urlencoded", at_most=at_most)
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=fields))
    except ValueError:
        raise HTTPException(400) from None


def _is_more(length: str, at_most: int) -> bool:
    """Return whether a number of any length is larger; Python reads none of thousands of digits."""
    digits = length.lstrip("0")
    return digits.isdecimal() and (len(digits) > len(str(at_most)) or int(digits) > at_most)


async def _read(request: Request, at_most: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > at_most:
            raise HTTPException(413)
    return bytes(body)
