"""
Signed links: a question becomes an address, and an address becomes the question again.

Owns signature, expiry and form of the token. It must not know what an answer does, or how a page looks.

The token is signed, not encrypted: it says who is asked what, and whoever has it can answer. So it is in no log line.
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Self

from itsdangerous import BadData, URLSafeTimedSerializer
from pydantic import ValidationError

from escalation.kernel.values import from_plain
from escalation.notifications.links import Link
from runtime.settings import Settings
from runtime.signing_keys import load_or_make_keys, parse_keys

PATH = "/answer"
KEY_FILE = "link.key"
_FIELDS = ("question", "escalation", "who", "account", "language", "time_zone", "accounts")
"""Fields of a link in the order of a token; new ones go to the end, and need a default."""
_LONGEST_TOKEN = 2_000


class LinkUnknown(Exception):
    """Not a link of ours: never made, changed on the way, or signed with a key that is no longer believed."""


class LinkExpired(Exception):
    """The link was ours, and its time is over."""

    def __init__(self, link: Link) -> None:
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


class SignedLinks:
    """Signs with the first of *keys*, believes all."""

    def __init__(self, keys: Sequence[str], *, valid_for: timedelta = timedelta(days=14)) -> None:
        self._valid_for = valid_for
        self._serializer = URLSafeTimedSerializer(
            [*reversed(keys)],  # itsdangerous signs with the last
            salt="escalation-link",
            signer_kwargs={"digest_method": hashlib.sha256},
        )

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """
        With the keys that are set, else with those of a file in the state folder, made when it is first needed.

        Raises:
            RuntimeFault: If that file cannot be used.
        """
        return cls(link_keys(settings), valid_for=timedelta(days=settings.link_days))

    def address(self, link: Link, *, base_url: str) -> str:
        """Return the address where *link* is answered."""
        return f"{base_url}{PATH}/{self.token(link)}"

    def token(self, link: Link) -> str:
        """*link*, signed now."""
        return str(self._serializer.dumps([getattr(link, field) for field in _FIELDS]))

    def read(self, token: str) -> Link:
        """
        Raises:
            LinkUnknown: If it was not signed by us.
            LinkExpired: If that was too long ago.
        """
        if len(token) > _LONGEST_TOKEN:
            raise LinkUnknown
        try:
            # Values by position keep a token short; one that an older program made lacks the last ones.
            values, signed_at = self._serializer.loads(token, return_timestamp=True)
            link = from_plain(Link, dict(zip(_FIELDS, values, strict=False)))
        except (BadData, ValidationError, TypeError):
            raise LinkUnknown from None
        if datetime.now(UTC) - signed_at > self._valid_for:
            raise LinkExpired(link)
        return link
