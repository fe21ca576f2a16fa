"""
Keys for signing: the form that a setting must have, and a key file for those who set none.

Owns how several keys are written in one secret, and the file. It must not know what is signed.

Several keys make rotation possible: the first signs, all are believed.
"""

import base64
import binascii
import os
import secrets
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, SecretStr

from runtime.errors import RuntimeFault

SHORTEST_KEY = 32
"""Characters."""
_WEBHOOK_PREFIX = "whsec_"


def parse_keys(secret: SecretStr) -> tuple[str, ...]:
    """The keys of *secret*, which are separated by white space or commas."""
    return tuple(secret.get_secret_value().replace(",", " ").split())


def parse_webhook_keys(secret: SecretStr) -> tuple[bytes, ...]:
    """
    The keys of *secret*, written as Standard Webhooks does.

    Raises:
        ValueError: If one is not `whsec_` and the base64 of 24 to 64 bytes.
    """
    return tuple(map(_webhook_key, parse_keys(secret)))


def _webhook_key(written: str) -> bytes:
    try:
        key = base64.b64decode(written.removeprefix(_WEBHOOK_PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not written.startswith(_WEBHOOK_PREFIX) or not 24 <= len(key) <= 64:
        raise ValueError("whsec_ and the base64 of 24 to 64 bytes")
    return key


def _are_long(secret: SecretStr) -> SecretStr:
    keys = parse_keys(secret)
    if not keys or any(len(key) < SHORTEST_KEY for key in keys):
        raise ValueError(f"keys of at least {SHORTEST_KEY} characters")
    return secret


def _are_webhook_keys(secret: SecretStr) -> SecretStr:
    if not parse_webhook_keys(secret):
        raise ValueError("at least one key")
    return secret


SigningKeys = Annotated[SecretStr, AfterValidator(_are_long)]
WebhookKeys = Annotated[SecretStr, AfterValidator(_are_webhook_keys)]


def load_or_make_keys(file: Path) -> tuple[str, ...]:
    """
    The keys in *file*, which is made with a new one, for this user alone, if it is not there.

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
            "mend it, remove it, or set ESCALATION_LINK_KEY"
        ) from None


def _make(file: Path) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as written:
        written.write(secrets.token_urlsafe(48) + "\n")
    try:
        file.hardlink_to(draft)
    except FileExistsError:
        pass  # whoever comes second keeps the first one's key
    finally:
        draft.unlink()
