"""Encryption as the settings have it, of what Temporal stores and of the record."""

from encryption.column_cipher import ColumnCipher
from encryption.encryption import Encryption
from encryption.errors import WrongKeys
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
        return Encryption.of(written, settings.encryption_keys_file, settings.data_keys_url)
    except WrongKeys as fault:
        raise SettingsFault(str(fault)) from None


def column_cipher_of(settings: Settings) -> ColumnCipher:
    """
    Return what writes and reads secret columns of the record: by the same keys, if the settings want it.

    Raises:
        SettingsFault: If these are no keys.
    """
    encryption = encryption_of(settings)
    return ColumnCipher(encryption.ring, encrypts=settings.records_encrypted, data_keys=encryption.data_keys)
