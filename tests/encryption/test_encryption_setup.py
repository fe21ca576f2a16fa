"""
Encryption as the settings have it: one for each process, until the keys are others.
"""

from pathlib import Path

from encryption.encryption_setup import column_cipher_of, encryption_of
from encryption.rotation import with_new_key, write_ring
from runtime.settings import Settings
from tests.encryption.keys import TODAY, a_ring


def test_all_that_ask_share_data_keys_and_their_connections(tmp_path: Path) -> None:
    """
    Pages ask with each request, of settings that were read again.
    """
    file = tmp_path / "ring.keys"
    keys = a_ring()
    write_ring(keys, file, is_new=True)
    environ = {
        "ESCALATION_ENCRYPTION_KEYS_FILE": str(file),
        "ESCALATION_DATA_KEYS_URL": f"sqlite:///{tmp_path}/data_keys.sqlite",
        "ESCALATION_RECORDS_ENCRYPTED": "true",
    }
    first = encryption_of(Settings.load(environ))
    assert first is encryption_of(Settings.load(environ))
    stored = column_cipher_of(Settings.load(environ)).write("wet pallets", "ACME/4711")
    assert first.data_keys
    assert first.data_keys.known("ACME/4711")
    assert "wet pallets" == column_cipher_of(Settings.load(environ)).read(stored)

    write_ring(with_new_key(keys, TODAY), file)
    later = encryption_of(Settings.load(environ)).ring
    assert later
    assert len(later.keys) == len(keys) + 1
