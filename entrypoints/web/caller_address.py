"""The IP address that a request came from."""

from starlette.requests import Request


def address_of(request: Request) -> str:
    """Return the address of whoever asks; empty, if the server does not know it."""
    return request.client.host if request.client else ""
