"""`escalate records encrypt`: the record, written again as the settings have it now."""

from entrypoints.cli.options import Json


def encrypt(in_json: Json = False) -> None:
    """Encrypt what is on record by the first key, or make it readable, as ESCALATION_RECORDS_ENCRYPTED says."""
    from encryption.encryption_setup import column_cipher_of, encryption_of
    from entrypoints.cli.progress import progress
    from entrypoints.cli.record_store import open_store
    from entrypoints.terminal import as_json, out
    from escalation.kernel.counted_nouns import number_of
    from records.reencryption import reencrypt
    from runtime.settings import Settings

    cipher, rows = column_cipher_of(Settings.load()), 0
    with open_store() as store, progress(in_json) as bar:
        task = bar.add_task("encrypt", total=None)
        for done in reencrypt(store, cipher):
            rows += done
            bar.advance(task)
        store.database.compact()
    if data_keys := encryption_of(Settings.load()).data_keys:
        data_keys.rewrap()
    if in_json:
        as_json({"rows": rows, "key": cipher.key})
        return
    became = f"encrypted by the key {cipher.key}" if cipher.key else "made readable"
    out.print(f"{number_of(rows, 'row')} {became}", markup=False)
