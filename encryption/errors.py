"""
Errors of encryption. Each message names keys by their names alone, and quotes nothing that was to be encrypted.

    EncryptionFault
    ├── WrongKeys       what is set are no keys                                 (bad input)
    ├── KeyMissing      something was encrypted by a key that this process lacks
    ├── KeyErased       the data key of a case was destroyed: what it encrypted is gone
    ├── DataKeysAway    the store of data keys cannot be used
    └── KeyWrong        this process has another key under that name, or what was stored was changed
"""

from datetime import datetime
from typing import ClassVar

from runtime.errors import RuntimeFault


class EncryptionFault(RuntimeFault):
    """Something cannot be encrypted or read; the message says why and what to do."""

    code: ClassVar[str] = "encryption_fault"


class WrongKeys(EncryptionFault):
    code = "wrong_encryption_keys"


class KeyMissing(EncryptionFault):
    code = "encryption_key_missing"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"encrypted by the key {name!r}, which this process does not have; nothing is lost: "
            "add it to ESCALATION_ENCRYPTION_KEYS, behind the first key"
        )


class KeyErased(EncryptionFault):
    code = "erased"

    def __init__(self, at: datetime, by: str) -> None:
        super().__init__(f"erased on {at:%Y-%m-%d %H:%M} UTC by {by}: nobody can read it any more")
        self.at, self.by = at, by


class DataKeysAway(EncryptionFault):
    code = "data_keys_away"

    def __init__(self, where: str, why: str) -> None:
        super().__init__(
            f"the store of data keys {where} cannot be used: {why}; nothing is lost; it is set with "
            "ESCALATION_DATA_KEYS_URL"
        )


class KeyWrong(EncryptionFault):
    code = "encryption_key_wrong"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"cannot be read by the key {name!r} of this process: another key has that name elsewhere, or what was "
            "stored was changed; nothing is lost: give all processes the same keys"
        )
