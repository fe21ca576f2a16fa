"""
Keys for signing and encryption: the form that a setting must have, and a key file for those who set none.

Owns how several keys are written in one secret, and the file. It must not know what is signed or encrypted.

Several keys make rotation possible: the first signs, all are believed.
"""

import base64
import hashlib
import os
import re
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


_PROOF_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}:(private|public):[A-Za-z0-9+/_-]{43}=?")


def _are_proof_keys(secret: SecretStr) -> SecretStr:
    keys = parse_keys(secret)
    if not keys or not all(map(_PROOF_KEY.fullmatch, keys)):
        raise ValueError("NAME:private:KEY or NAME:public:KEY")
    return secret


_ENCRYPTION_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}:(encryption|search):[A-Za-z0-9+/_-]{43}=?")


def _are_encryption_keys(secret: SecretStr) -> SecretStr:
    keys = parse_keys(secret)
    if not all(map(_ENCRYPTION_KEY.fullmatch, keys)):
        raise ValueError("NAME:encryption:KEY or NAME:search:KEY")
    names, kinds = {key.split(":")[0] for key in keys}, {key.split(":")[1] for key in keys}
    if len(names) < len(keys) or len(kinds) < 2:
        raise ValueError("one of each kind, each with a name of its own")
    return secret


RingKeys = Annotated[SecretStr, AfterValidator(_are_encryption_keys)]
ProofKeys = Annotated[SecretStr, AfterValidator(_are_proof_keys)]
SigningKeys = Annotated[SecretStr, AfterValidator(_are_long)]
WebhookKeys = Annotated[SecretStr, AfterValidator(_are_webhook_keys)]


def proof_key_in(file: Path) -> str:
    """
    Return the key for proofs that follows from the key in *file*, which is made if it is not there.

    Raises:
        RuntimeFault: As `load_or_make_keys`.
    """
    kept = load_or_make_keys(file, instead="ESCALATION_PROOF_KEYS")[0]
    key = base64.urlsafe_b64encode(hashlib.sha256(kept.encode()).digest()).decode()
    return f"here:private:{key}"


def load_or_make_keys(file: Path, instead: str = "ESCALATION_LINK_KEY") -> tuple[str, ...]:
    """
    Return the keys in *file*. If it is not there, make it with a new key, for this user alone. *instead*: the variable
    that makes it needless.

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
            f"correct it, remove it, or set {instead}"
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
