"""The ring of keys, as the command line makes, changes and checks it. A key itself is shown only where it is made."""

from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

from client import KeyUse
from encryption.data_key import is_data_key
from encryption.data_key_store import DataKeys
from encryption.encryption_setup import column_cipher_of, encryption_of
from encryption.key_ring import KeyRing
from encryption.ring_key import RingKey
from encryption.rotation import new_ring, with_first, with_new_key, without, write_ring
from entrypoints.cli.client_call import call_client
from entrypoints.cli.operator import keep_act
from entrypoints.cli.option_values import bad_option
from entrypoints.cli.record_store import open_store
from entrypoints.cli.render.ring_table import KeyStanding, show_standings
from entrypoints.terminal import err, out, write
from escalation.kernel.counted_nouns import number_of
from escalation.kernel.refusals import MoveNotAllowed, quote_input
from records.audit_log import AuditKind
from records.reencryption import count_keys
from runtime.errors import SettingsFault
from runtime.settings import Settings

_VARIABLE = "ESCALATION_ENCRYPTION_KEYS"


def generate_keys(file: Path | None) -> None:
    """
    Raises:
        WrongKeys: If there is a file already, or it cannot be written.
    """
    keys = new_ring(_today())
    if file is None:
        _print(keys)
        return
    write_ring(keys, file, is_new=True)
    out.print(f"{file}: the keys {_names(keys)}; set {_VARIABLE}_FILE to it", markup=False, soft_wrap=True)
    _warn()


def rotate_keys(*, only_reads: bool, to: str | None) -> None:
    """
    Raises:
        BadRequest: If the options contradict each other.
        WrongKeys: If there is no such key, or the file cannot be written.
    """
    if only_reads and to:
        raise bad_option("--to", quote_input(to), "to leave out --only-reads, or this")
    before = _ring().keys
    keys = with_first(before, to) if to else with_new_key(before, _today(), only_reads=only_reads)
    _note(
        AuditKind.KEY_CREATED,
        [key.name for key in keys if key not in before] or [f"{to}, which is first now"],
    )
    _keep(keys)
    if to or (Settings.load().encryption_keys_file and not only_reads):
        _wrap_again(keys)


def remove_key(name: str) -> None:
    """
    Raises:
        MoveNotAllowed: If something needs it.
        WrongKeys: If there is no such key, or it is the last of its kind.
    """
    keys = without(_ring().keys, name)
    needed = {each.name: each for each in _standings()}
    if (found := needed.get(name)) and found.is_needed:
        raise MoveNotAllowed(
            f"the key {name} is needed by {number_of(found.runs, 'run')} ({found.example or 'none'}), "
            f"{number_of(found.values, 'value')} on record and {number_of(found.data_keys, 'data key')}; nothing "
            "could read these any more. `escalate records encrypt` writes the record by the first key"
        )
    _note(AuditKind.KEY_REVOKED, [name])
    _keep(keys)


def check_keys(*, in_json: bool) -> bool:
    """Show each key and what needs it; return whether all is well."""
    standings = _standings()
    show_standings(standings, in_json=in_json)
    return not any(each.is_trouble for each in standings)


def _standings() -> Sequence[KeyStanding]:
    keys = _ring().keys
    uses = {use.key: use for use in call_client(lambda client: client.key_uses()) if use.key}
    for key, values in _counted_on_record().items():
        uses.setdefault(key, KeyUse(key)).values = values
    wraps = _count_wraps()
    if wraps is not None:  # the ring is needed for data keys alone, whatever these encrypt
        uses = {name: use for name, use in uses.items() if not is_data_key(name)}
    mine = [
        KeyStanding.of(
            key, uses.pop(key.name, None), (wraps or {}).get(key.name, 0), is_first=_is_first(key, keys)
        )
        for key in keys
    ]
    return [*mine, *map(KeyStanding.missing, uses.values())]


def _count_wraps() -> dict[str, int] | None:
    """Return how many data keys each key of the ring wraps; None, if there is no store of them."""
    data_keys = encryption_of(Settings.load()).data_keys
    return data_keys.count_wraps() if data_keys else None


def _wrap_again(keys: Sequence[RingKey]) -> None:
    """Wrap data keys by the first of *keys*, if all processes have it: where they read one file, or were given it."""
    if url := Settings.load().data_keys_url:
        with closing(DataKeys(url, KeyRing([key.written for key in keys]))) as data_keys:
            done = data_keys.rewrap()
        err.print(f"{number_of(done, 'data key')} wrapped again", markup=False)


def _counted_on_record() -> dict[str, int]:
    cipher = column_cipher_of(Settings.load())
    with open_store() as store:
        if not store.database.is_there:
            return {}
        return {key: count for key, count in count_keys(store, cipher).items() if key}


def _is_first(key: RingKey, keys: Sequence[RingKey]) -> bool:
    return key == next(each for each in keys if each.kind is key.kind)


def _ring() -> KeyRing:
    found = encryption_of(Settings.load()).ring
    if found is None:
        raise SettingsFault(
            f"{_VARIABLE} and {_VARIABLE}_FILE are not set; make keys by `escalate keys generate`"
        )
    return found


def _keep(keys: Sequence[RingKey]) -> None:
    """Write changed keys where the old ones are: a file is written, a variable somebody has to set."""
    file = Settings.load().encryption_keys_file
    if file is None:
        _print(keys)
        return
    write_ring(keys, file)
    out.print(f"{file}: the keys {_names(keys)}, in this order", markup=False, soft_wrap=True)


def _note(kind: AuditKind, names: Sequence[str]) -> None:
    """Put the change on record before it is made, where there is a record."""
    with open_store() as store:
        if store.database.is_there:
            keep_act(store, kind, f"the encryption key {', '.join(names)}")


def _print(keys: Sequence[RingKey]) -> None:
    write(" ".join(key.written for key in keys) + "\n")
    err.print(f"The value of {_VARIABLE}, for all processes alike.", markup=False, soft_wrap=True)
    _warn()


def _warn() -> None:
    err.print(
        "Keep a copy apart from backups: without these keys nobody can read what they encrypted.",
        markup=False,
        soft_wrap=True,
    )


def _names(keys: Sequence[RingKey]) -> str:
    return ", ".join(key.name for key in keys)


def _today() -> date:
    return datetime.now(UTC).date()
