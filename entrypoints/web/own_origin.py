"""
Own origin: what a browser sends with somebody's sign-in is taken only from pages of this service (CSRF).

Must not know what is sent.
"""

from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request

_LOOKS = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN_PROOF = frozenset({"authorization", "x-escalation-as"})
"""Headers that no browser adds by itself: what another site may send with them is for CORS to say."""


def require_own_origin(request: Request) -> None:
    """
    Refuse what another site sent. Browsers say where a request comes from; an old one says its origin, and what says
    neither is no browser, and has no cookies that somebody could abuse.

    Raises:
        HTTPException: 403.
    """
    if request.method in _LOOKS or not _OWN_PROOF.isdisjoint(request.headers.keys()):
        return
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        is_ours = site in {"same-origin", "none"}
    else:
        is_ours = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    if not is_ours:
        raise HTTPException(403)
