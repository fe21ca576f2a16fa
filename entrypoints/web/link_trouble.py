"""
Trouble with a link: what goes wrong between a reader and what a link leads to becomes a plain page in their language.

Owns what the pages behind links have in common: their status, how a form is read, and how often one link may be used.
Must not know rules, words or markup.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import TypeVar

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from entrypoints.web.answer_fields import LONGEST_COMMENT
from entrypoints.web.intake import RETRY_AFTER
from entrypoints.web.page_texts import Languages
from entrypoints.web.pages import Page, Pages
from entrypoints.web.request_body import read_fields
from entrypoints.web.temporal_client import TemporalClientSource
from escalation.kernel.refusals import EscalationError, RateExceeded, UnknownEscalation
from escalation.notifications.links import Link, PageLink
from escalation.policy.rates import USES_OF_LINK, Rates
from identity.actor import DoorName
from identity.audit_trail import AuditTrail
from records.audit_log import AuditEntry, AuditKind
from runtime.errors import RuntimeFault
from runtime.signed_links import LinkExpired, LinkUnknown, SignedLinks

LARGEST_FORM = 12 * (LONGEST_COMMENT + 1_000)
"""Bytes; a comment in any script fits, percent-encoded to 12 bytes a character, and so do the other fields."""
STATUS = {
    "open": 200,
    "done": 200,
    "still_broken": 200,
    "declined": 200,
    "mistake": 400,
    "refused": 403,
    "unknown": 404,
    "already": 409,
    "not_now": 409,
    "ended": 410,
    "earlier": 410,
    "expired": 410,
    "revoked": 410,
    "too_often": 429,
    "fault": 500,
    "away": 503,
}
"""Of a page, by what it says."""
_ELSEWHERE = frozenset({"cross-site", "same-site"})
_AnyLink = TypeVar("_AnyLink", Link, PageLink)

log = structlog.get_logger("web_service")


class LinkTrouble:
    """Base of the pages behind links."""

    def __init__(
        self, reach: TemporalClientSource, links: SignedLinks, languages: Languages, audit: AuditTrail
    ) -> None:
        self._reach = reach
        self._links = links
        self._languages = languages
        self._pages = Pages(languages)
        self._audit = audit
        self._uses = Rates()

    async def follow(
        self,
        request: Request,
        kind: type[_AnyLink],
        answer: Callable[[_AnyLink, Request], Awaitable[Response]],
    ) -> Response:
        """Return the *answer* to the link of *kind* in the address, or a page that says why there is none."""
        try:
            link = self._links.read_as(kind, request.path_params["token"])
            self._count(link)
            return await answer(link, request)
        except LinkUnknown:
            return self.refuse_link("unknown", language=self.language(request))
        except LinkExpired as expired:
            return self.refuse_link("expired", link=expired.link)
        except UnknownEscalation:  # ended so long ago that nothing is known of it
            return self.notice("ended", link=link)
        except RateExceeded:
            return self.notice("too_often", link=link, headers=RETRY_AFTER)
        except (EscalationError, RuntimeFault) as away:
            log.warning("answer_unavailable", escalation=link.key, why=type(away).__name__)
            return self.notice("away", link=link, headers=RETRY_AFTER)
        except HTTPException as error:
            return self.notice("unreadable", link=link, status=error.status_code)

    def _count(self, link: Link | PageLink) -> None:
        """
        Count one more use of *link*; nobody else can sign one, so few are counted.

        Raises:
            RateExceeded: If it is used too often.
        """
        who = link.reader if isinstance(link, PageLink) else f"{link.question} {link.escalation} {link.who}"
        self._uses = self._uses.after(who, USES_OF_LINK, datetime.now(UTC), "uses of a link")

    def refuse_link(self, why: str, *, language: str = "", link: Link | PageLink | None = None) -> Response:
        """
        Return the page that says why a link leads nowhere. The audit log counts how often that happens, and has neither
        the link nor the address: whoever tries many fills no more than a line a second.
        """
        self._audit.note(AuditEntry(AuditKind.LINK_REFUSED, door=DoorName.LINK, why=why))
        return self.notice(why, language=language, link=link)

    def notice(
        self,
        name: str,
        *,
        language: str = "",
        link: Link | PageLink | None = None,
        who: str = "",
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        page = self._pages.notice(name, language=language, link=link, who=who)
        return respond_with(page, status or STATUS[name], headers)

    def language(self, request: Request) -> str:
        return self._languages.accepted(request.headers.get("accept-language", ""))


async def read_form(request: Request) -> dict[str, str]:
    """
    Return the fields of the form that was posted.

    Raises:
        HTTPException: If it comes from the page of another website, or cannot be read.
    """
    # The address is the only credential, so another website has nothing to act with; this is a second lock. Origin
    # would not do: browsers send "null" where a page says no-referrer, as ours do.
    if request.headers.get("sec-fetch-site") in _ELSEWHERE:
        raise HTTPException(403)
    return await read_fields(request, at_most=LARGEST_FORM, fields=10)


def respond_with(page: Page, status: int, headers: Mapping[str, str] | None = None) -> Response:
    return HTMLResponse(page.html, status, {**(headers or {}), "Content-Language": page.language})
