"""
Keys for signing: the form that a setting must have, and a key file for those who set none.

Owns how several keys are written in one secret, and the file. It must not know what is signed.

Several keys make rotation possible: the first signs, all are believed.
"""

import base64
import os
import secrets
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, SecretStr

from runtime.errors import RuntimeFault

SHORTEST_KEY = 32
"""Characters."""


def parse_keys(secret: SecretStr) -> tuple[str, ...]:
    """Return the keys of *secret*, which stand between white space or commas."""
    return tuple(secret.get_secret_value().replace(",", " ").split())


def _are_long(secret: SecretStr) -> SecretStr:
    keys = parse_keys(secret)
    if not keys or any(len(key) < SHORTEST_KEY for key in keys):
        raise ValueError(f"keys of at least {SHORTEST_KEY} characters")
    return secret


def _are_webhook_keys(secret: SecretStr) -> SecretStr:
    keys = parse_keys(secret)
    if not keys or not all(map(_is_webhook_key, keys)):
        raise ValueError("whsec_ and the base64 of 24 to 64 bytes")
    return secret


def _is_webhook_key(written: str) -> bool:
    # As the specification asks; the library takes keys of any length.
    prefix, _, key = written.partition("_")
    try:
        return prefix == "whsec" and 24 <= len(base64.b64decode(key, validate=True)) <= 64
    except ValueError:
        return False


SigningKeys = Annotated[SecretStr, AfterValidator(_are_long)]
WebhookKeys = Annotated[SecretStr, AfterValidator(_are_webhook_keys)]


def load_or_make_keys(file: Path) -> tuple[str, ...]:
    """
    Return the keys in *file*. If it is not there, make it with a new key, for this user alone.

    Raises:
        RuntimeFault: If the file cannot be made or read, or holds a key that is too short.
    """
    try:
        if not file.exists():
            _make(file)
        return parse_keys(_are_long(SecretStr(file.read_text(encoding="utf-8"))))
    except (OSError, ValueError) as error:
        raise RuntimeFault(
            f"the key file {file} cannot be used ({getattr(error, 'strerror', None) or error}); "
            "correct it, remove it, or set ESCALATION_LINK_KEY"
        ) from None


def _make(file: Path) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as written:
        written.write(secrets.token_urlsafe(48) + "\n")
    # A link is made whole and fails where there is one: of several processes that start at once, one key wins.
    try:
        file.hardlink_to(draft)
    except FileExistsError:
        pass  # whoever comes second keeps the first one's key
    finally:
        draft.unlink()
