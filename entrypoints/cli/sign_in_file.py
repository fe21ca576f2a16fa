"""
The file of sign-ins: by the address of a service, where somebody signed in and their tokens.

For this user alone. It is replaced as a whole, so that nobody reads half of it; a lock lets one command renew a token
while another one waits, because most providers take a refresh token once.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from platformdirs import user_config_path
from pydantic import ValidationError

from escalation.kernel.values import from_json, frozen, to_json
from identity.device_flow import Tokens
from runtime.errors import RuntimeFault

_NOBODY = Tokens(id_token="", expires_at=datetime.fromtimestamp(0, UTC), refresh_token="")


@frozen
class SignIn:
    """A sign-in at the provider of one service."""

    issuer: str
    client_id: str
    verified_claim: str
    tokens: Tokens = _NOBODY


class SignInFile:
    """The sign-ins of this user."""

    def __init__(self, folder: Path | None = None) -> None:
        self.path = (folder or user_config_path("escalation-engine", appauthor=False)) / "sign-in.json"

    def find(self, url: str) -> SignIn | None:
        return self._read().get(url)

    def keep(self, url: str, sign_in: SignIn) -> None:
        self._write({**self._read(), url: sign_in})

    def forget(self, url: str) -> None:
        kept = self._read()
        if kept.pop(url, None):
            self._write(kept)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let no other command change the file while the block runs."""
        lock = self.path.with_suffix(".lock")
        try:
            lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            held = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise self._unusable(error) from None
        try:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield
        finally:
            os.close(held)

    def _read(self) -> dict[str, SignIn]:
        try:
            return from_json(dict[str, SignIn], self.path.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValidationError) as error:
            raise self._unusable(error) from None

    def _write(self, kept: dict[str, SignIn]) -> None:
        draft = self.path.with_suffix(f".{os.getpid()}")
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as written:
                written.write(to_json(kept))
            draft.replace(self.path)
        except OSError as error:
            raise self._unusable(error) from None

    def _unusable(self, error: Exception) -> RuntimeFault:
        why = error.strerror if isinstance(error, OSError) else "it is no file of sign-ins"
        return RuntimeFault(
            f"the file {self.path} cannot be used ({why}); correct it, or remove it and sign in again"
        )
