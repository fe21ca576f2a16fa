"""Set-up of the record store: where the settings put it, and encrypted as they say."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from encryption.encryption_setup import column_cipher_of
from records.store import RecordStore
from runtime.settings import Settings


def record_store_of(settings: Settings) -> RecordStore:
    """
    Return the record store. It connects when it is first asked.

    Raises:
        WrongUrl: If the settings name no database that can be used.
    """
    return RecordStore.at(settings.records_url, settings.state_folder, column_cipher_of(settings))


@contextmanager
def open_record_store(settings: Settings) -> Iterator[RecordStore]:
    """The record store while the block runs."""
    with closing(record_store_of(settings)) as store:
        yield store
