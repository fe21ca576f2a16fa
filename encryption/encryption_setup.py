"""Encryption as the settings have it."""

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
        return Encryption.of(parse_keys(keys) if keys else (), settings.encryption_keys_file)
    except WrongKeys as fault:
        raise SettingsFault(str(fault)) from None
