"""
Sign-in and sign-out of people in a browser: to the identity provider and back, and a cookie (IDENTITY-2).

Owns addresses and cookies. What is asked of the provider, and what is true of its answers, is in `identity`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import wraps
from html import escape
from urllib.parse import urlsplit

import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from entrypoints.web.console.page_renderer import PageRenderer
from entrypoints.web.console.reader import choose_words
from entrypoints.web.intake import RETRY_AFTER
from entrypoints.web.page_texts import Languages
from entrypoints.web.refusal_audit import entry_of, note_refusal
from entrypoints.web.security_headers import CONSOLE
from escalation.kernel.reasons import Part, reason
from identity.actor import DoorName
from identity.audit_trail import AuditTrail
from identity.caller import NotIdentified, ProviderAway
from identity.open_id import OpenId
from identity.session import SESSION_COOKIE, SIGN_IN_COOKIE, SIGN_IN_WITHIN, Session, Sessions
from identity.signed_in import People
from messages.speaker import Speaker
from records.audit_log import AuditKind
from records.errors import RecordStoreFault

SIGN_IN = "/sign-in"
ANSWER = "/sign-in/answer"
"""The address that is registered at the identity provider."""
_AS_ANOTHER = f"{SIGN_IN}?another=1"
"""The address that asks for the account, also of somebody whom the provider would sign in without a question."""
SIGN_OUT = "/sign-out"
SIGNED_OUT = "/signed-out"
"""The address, registered at the identity provider too, to which it sends people once they are signed out."""
log = structlog.get_logger("identity")


_ONWARD = (
    '<!doctype html><meta charset="utf-8"><title>Signed out</title>'
    '<meta http-equiv="refresh" content="0;url={0}"><p><a href="{0}">Signed out</a></p>'
)


Handler = Callable[[Request], Awaitable[Response]]


class SignIn:
    """The addresses of signing in, below *base_url*."""

    def __init__(
        self,
        open_id: OpenId,
        sessions: Sessions,
        people: People,
        base_url: str,
        languages: Languages,
        audit: AuditTrail,
    ) -> None:
        self._audit = audit
        self._languages = languages
        self._open_id = open_id
        self._sessions = sessions
        self._people = people
        self._base_url = base_url
        self._renderer = PageRenderer()

    @property
    def routes(self) -> list[Route]:
        return [
            Route(SIGN_IN, self._plainly(self.begin), methods=["GET"]),
            Route(ANSWER, self._plainly(self.finish), methods=["GET"]),
            Route(SIGN_OUT, self._plainly(self.sign_out), methods=["POST"]),
            Route(SIGNED_OUT, self.say_signed_out, methods=["GET"]),
        ]

    async def begin(self, request: Request) -> Response:
        """Send the browser to the identity provider; `then` is where it goes afterwards, `another` has it ask who."""
        then = _own_path(request.query_params.get("then", "/"))
        as_another = "another" in request.query_params
        address, attempt = await self._open_id.begin(self._base_url + ANSWER, then, as_another=as_another)
        answer = RedirectResponse(address, 303)
        self._keep(answer, SIGN_IN_COOKIE, self._sessions.write_attempt(attempt), SIGN_IN_WITHIN)
        return answer

    async def finish(self, request: Request) -> Response:
        """Take the provider's answer, once: the attempt that it belongs to is forgotten with it."""
        if (cookie := request.cookies.get(SIGN_IN_COOKIE)) is None:
            raise NotIdentified(reason("sign_in.not_begun"))
        attempt = self._sessions.read_attempt(cookie)
        found = await self._open_id.finish(self._base_url + ANSWER, str(request.url), attempt)
        person = self._people.find(found.email)
        await self._keep_entry(request, AuditKind.SIGNED_IN, person)
        log.info("signed_in", person=person)
        answer = RedirectResponse(attempt.then, 303)
        session = Session(email=found.email, id_token=found.id_token)
        self._keep(answer, SESSION_COOKIE, self._sessions.write(session), self._sessions.lasts)
        self._forget(answer, SIGN_IN_COOKIE)
        return answer

    async def sign_out(self, request: Request) -> Response:
        """
        End the session, of which somebody may have a copy, and send the browser on to be signed out at the provider:
        by a page, because what answers a form may not lead to another site.
        """
        then = self._base_url + SIGNED_OUT
        try:
            session = self._sessions.read(request.cookies.get(SESSION_COOKIE, ""))
            await self._sessions.end(session)
            await self._keep_entry(request, AuditKind.SIGNED_OUT, self._name_of(session.email))
            then = await self._open_id.sign_out_address(session.id_token, then) or then
        except NotIdentified:  # nobody was signed in, or the provider is away: it ends here
            pass
        answer = HTMLResponse(_ONWARD.format(escape(then)))
        self._forget(answer, SESSION_COOKIE)
        return answer

    async def say_signed_out(self, request: Request) -> Response:
        """Say so. Any other page of ours would send whoever is signed out to sign in again."""
        words = choose_words(request, self._languages)
        html = self._renderer.render_notice(words, "signed_out", "", path=SIGN_IN, link="sign_in_again")
        return HTMLResponse(html, headers={**CONSOLE, "Content-Language": words.language})

    async def _keep_entry(self, request: Request, kind: AuditKind, person: str) -> None:
        """Put it into the audit log before anything else: whoever comes in, came in on record."""
        entry = entry_of(request, kind, DoorName.CONSOLE, by=person)
        await asyncio.to_thread(self._audit.keep, entry)

    def _name_of(self, email: str) -> str:
        """Return the person with *email*; of somebody who has left the playbook, the address."""
        try:
            return self._people.find(email)
        except NotIdentified:
            return email

    def _keep(self, answer: Response, name: str, value: str, lasts: timedelta) -> None:
        # Lax: the way back from the provider is a link from another site. Moves are posted, and no post brings it.
        answer.set_cookie(
            name,
            value,
            max_age=int(lasts.total_seconds()),
            secure=self._is_secure,
            httponly=True,
            samesite="lax",
        )

    def _forget(self, answer: Response, name: str) -> None:
        answer.delete_cookie(name, secure=self._is_secure, httponly=True, samesite="lax")

    def _plainly(self, handler: Handler) -> Handler:
        """Answer a refusal by a page."""

        @wraps(handler)
        async def answer(request: Request) -> Response:
            try:
                return await handler(request)
            except NotIdentified as refused:
                log.warning("sign_in_refused", path=request.url.path)
                note_refusal(self._audit, request, refused, DoorName.CONSOLE)
                if isinstance(
                    refused, ProviderAway
                ):  # the attempt is good yet: the same address goes on with it
                    again = f"{request.url.path}?{request.url.query}"
                    return self._refusal(request, refused.why, 503, "provider_away", again)
                said = self._refusal(request, refused.why, 401, "not_identified", _AS_ANOTHER)
                self._forget(said, SIGN_IN_COOKIE)
                return said
            except RecordStoreFault as away:
                log.warning("sign_in_unavailable", why=str(away))
                return self._refusal(request, reason("http.unavailable"), 503, "away", SIGN_IN)

        return answer

    def _refusal(self, request: Request, why: Part, status: int, trouble: str, again: str) -> Response:
        words = choose_words(request, self._languages)
        said = Speaker(words).say(why)
        html = self._renderer.render_trouble(words, trouble, said, path=again, link="try_again")
        later = RETRY_AFTER if status == 503 else {}
        return HTMLResponse(html, status, {**CONSOLE, **later, "Content-Language": words.language})

    @property
    def _is_secure(self) -> bool:
        return urlsplit(self._base_url).scheme == "https"


def _own_path(path: str) -> str:
    """Return *path* if it is one of ours: a sign-in must not lead people to somebody else's page."""
    is_own = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_own else "/"
