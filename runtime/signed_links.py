"""
Signed links: a question, or the way to a customer's page, becomes an address; an address becomes that again. The page
of an escalation in the console has a plain address: whoever opens it signs in.

Owns signature, expiry and form of the token. It must not know what an answer does, or how a page looks.

The token is signed, not encrypted: it says who is asked what, and whoever has it can answer. So it is in no log line.
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Self, TypeVar
from urllib.parse import quote

from itsdangerous import BadData, URLSafeTimedSerializer
from pydantic import ValidationError

from escalation.kernel.values import from_plain
from escalation.notifications.links import AnyLink, CasePage, Link, PageLink
from runtime.named_settings import ENDPOINT_CHANNELS
from runtime.settings import Settings
from runtime.signing_keys import load_or_make_keys, parse_keys

PATH = "/answer"
PAGE_PATH = "/case"
KEY_FILE = "link.key"
_LONGEST_TOKEN = 2_000
_Kind = TypeVar("_Kind", Link, PageLink)


class _Form(NamedTuple):
    path: str
    salt: str
    """Keeps a token of one kind from being read as one of another."""
    fields: tuple[str, ...]
    """Fields of a link in the order of a token; new ones go to the end, and need a default."""


_FORMS: dict[type[Link | PageLink], _Form] = {
    Link: _Form(
        PATH,
        "escalation-link",
        ("question", "escalation", "who", "account", "language", "time_zone", "accounts"),
    ),
    PageLink: _Form(PAGE_PATH, "escalation-page", ("escalation", "reader", "language")),
}


class LinkUnknown(Exception):
    """Not a link of ours: never made, changed on the way, or signed with a key that is no longer believed."""


class LinkExpired(Exception):
    """The link was ours, and its time is over."""

    def __init__(self, link: Link | PageLink) -> None:
        super().__init__(link.key)
        self.link = link


def link_keys(settings: Settings) -> tuple[str, ...]:
    """
    Return the keys that are set, else those of a file in the state folder, made when it is first needed.

    Raises:
        RuntimeFault: If that file cannot be used.
    """
    if settings.link_key:
        return parse_keys(settings.link_key)
    return load_or_make_keys(settings.state_folder / KEY_FILE)


def case_path(key: str) -> str:
    """Return the path of an escalation's page in the console."""
    return f"{PAGE_PATH}/" + "/".join(quote(part, safe="") for part in key.split("/", 1))


def is_all_printed(settings: Settings) -> bool:
    """Return whether no message leaves: each is printed instead."""
    return settings.smtp_host is None and not any(map(settings.endpoint_names, ENDPOINT_CHANNELS))


def has_links(settings: Settings) -> bool:
    """Return whether messages carry links: people reach the web service, or all is printed where it runs."""
    if settings.gateway_url is not None:
        return True
    return settings.gateway_port is not None and is_all_printed(settings)


class SignedLinks:
    """Signs with the first of *keys*, believes all."""

    def __init__(self, keys: Sequence[str], *, valid_for: timedelta = timedelta(days=14)) -> None:
        self._valid_for = valid_for
        self._serializers = {
            kind: URLSafeTimedSerializer(
                [*reversed(keys)],  # itsdangerous signs with the last
                salt=form.salt,
                signer_kwargs={"digest_method": hashlib.sha256},
            )
            for kind, form in _FORMS.items()
        }

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """
        With the keys that are set, else with those of a file in the state folder, made when it is first needed.

        Raises:
            RuntimeFault: If that file cannot be used.
        """
        return cls(link_keys(settings), valid_for=timedelta(days=settings.link_days))

    def address(self, link: AnyLink, *, base_url: str) -> str:
        """Return the address that *link* leads to."""
        if isinstance(link, CasePage):
            return f"{base_url}{case_path(link.key)}"
        return f"{base_url}{_FORMS[type(link)].path}/{self.token(link)}"

    def token(self, link: Link | PageLink) -> str:
        """*link*, signed now."""
        values = [getattr(link, field) for field in _FORMS[type(link)].fields]
        return str(self._serializers[type(link)].dumps(values))

    def read(self, token: str) -> Link:
        """As `read_as`, of a question."""
        return self.read_as(Link, token)

    def read_as(self, kind: type[_Kind], token: str) -> _Kind:
        """
        Return the link of *kind* that *token* is.

        Raises:
            LinkUnknown: If it was not signed by us.
            LinkExpired: If that was too long ago.
        """
        if len(token) > _LONGEST_TOKEN:
            raise LinkUnknown
        try:
            # Values by position keep a token short; one that an older program made lacks the last ones.
            values, signed_at = self._serializers[kind].loads(token, return_timestamp=True)
            link = from_plain(kind, dict(zip(_FORMS[kind].fields, values, strict=False)))
        except (BadData, ValidationError, TypeError):
            raise LinkUnknown from None
        if datetime.now(UTC) - signed_at > self._valid_for:
            raise LinkExpired(link)
        return link
