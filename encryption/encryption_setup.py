"""
Encryption as the settings have it, of what Temporal stores and of the record.

A process has one for what is set. Whoever asks again, as pages do, shares its connections and the data keys it knows.
"""

from functools import lru_cache
from pathlib import Path

from pydantic import SecretStr

from encryption.column_cipher import ColumnCipher
from encryption.encryption import Encryption
from encryption.errors import WrongKeys
from encryption.key_ring import FileState, state_of
from runtime.errors import SettingsFault
from runtime.settings import Settings
from runtime.signing_keys import parse_keys


def encryption_of(settings: Settings) -> Encryption:
    """
    Return what encrypts here: nothing, if no keys are set.

    Raises:
        SettingsFault: If these are no keys.
    """
    keys = settings.encryption_keys
    try:
        written = parse_keys(keys) if keys else ()
        file = settings.encryption_keys_file
        return _opened(written, file, state_of(file), settings.data_keys_url)
    except WrongKeys as fault:
        raise SettingsFault(str(fault)) from None


@lru_cache(maxsize=8)
def _opened(
    written: tuple[str, ...], file: Path | None, _: FileState | None, data_keys_url: SecretStr | None
) -> Encryption:
    """Return what encrypts by these. Its connections end with the process, or once nobody has it any more."""
    return Encryption.of(written, file, data_keys_url)


def column_cipher_of(settings: Settings) -> ColumnCipher:
    """
    Return what writes and reads secret columns of the record: by the same keys, if the settings want it.

    Raises:
        SettingsFault: If these are no keys.
    """
    encryption = encryption_of(settings)
    return ColumnCipher(encryption.ring, encrypts=settings.records_encrypted, data_keys=encryption.data_keys)
