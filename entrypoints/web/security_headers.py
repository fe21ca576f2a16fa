"""
Headers on every answer, which keep it from being framed, cached, indexed, guessed at or passed on.

Each part of the service has a content security policy of its own; what a part says goes before what is said here.
"""

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "Content-Security-Policy"
NOTHING = {POLICY: "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"}
"""For answers to programs: a browser that shows one anyway loads nothing."""
CONSOLE = {
    POLICY: "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}
"""For pages of the console."""
COMMON = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def page_policy(style_hash: str) -> Mapping[str, str]:
    """Return the policy of a page with one style sheet within it, and a form."""
    return {
        POLICY: f"default-src 'none'; style-src 'sha256-{style_hash}'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    }


class SecurityHeaders:
    """Puts *headers* on each answer of *app* that does not say otherwise itself."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self._app = app
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def carefully(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    given.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, carefully)
