"""
`escalate keys`: made and changed without a server; a key is shown where it is made, and nowhere else.
"""

from contextlib import closing
from pathlib import Path

import pytest

from encryption.data_key_store import DataKeys
from encryption.encryption_setup import encryption_of
from entrypoints.cli import program
from records.audit_log import AuditKind, read_lines
from records.store import RecordStore
from runtime.settings import Settings
from tests.encryption.keys import a_ring, as_setting

VARIABLE = "ESCALATION_ENCRYPTION_KEYS"


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> "Typed":
    monkeypatch.setenv("ESCALATION_STATE_FOLDER", str(tmp_path))
    return Typed(capsys, monkeypatch)


class Typed:
    """Command lines, and what they answer."""

    def __init__(self, capsys: pytest.CaptureFixture[str], environment: pytest.MonkeyPatch) -> None:
        self._capsys, self.environment = capsys, environment

    def __call__(self, *words: str) -> tuple[int, str, str]:
        status = program.run(["keys", *words])
        said, complained = self._capsys.readouterr()
        return status, said, complained


def test_new_keys_can_be_set_as_they_are_printed(typed: Typed) -> None:
    status, printed, hint = typed("generate")
    assert 0 == status
    assert "without these keys nobody can read" in hint

    typed.environment.setenv(VARIABLE, printed)
    status, rotated, _ = typed("rotate")
    assert 0 == status
    assert printed.split() == rotated.split()[1:]


def test_a_key_is_believed_first_and_encrypts_later(typed: Typed) -> None:
    """
    Several machines get their keys one after the other.
    """
    keys = a_ring()
    typed.environment.setenv(VARIABLE, as_setting(keys).get_secret_value())
    _, both, _ = typed("rotate", "--only-reads")
    new = both.split()[-1]
    typed.environment.setenv(VARIABLE, both)

    assert new == typed("rotate", "--to", new.split(":")[0])[1].split()[0]


def test_keys_in_a_file_change_there_and_are_not_shown(typed: Typed, tmp_path: Path) -> None:
    file = tmp_path / "ring.keys"
    assert 0 == typed("generate", "--file", str(file))[0]
    typed.environment.setenv(f"{VARIABLE}_FILE", str(file))
    before = file.read_text().split()

    status, said, _ = typed("rotate")
    assert 0 == status
    assert before == file.read_text().split()[1:]
    assert not [key for key in file.read_text().split() if key.split(":")[2] in said]
    assert 2 == typed("generate", "--file", str(file))[0]


def test_changes_of_keys_are_in_the_audit_log(typed: Typed, tmp_path: Path) -> None:
    """
    IDENTITY-5: the names of keys, where there is a record; never a key.
    """
    store = RecordStore.at(None, tmp_path)
    store.migrate()
    keys = a_ring()
    typed.environment.setenv(VARIABLE, as_setting(keys).get_secret_value())
    _, rotated, _ = typed("rotate")
    new = rotated.split()[0].split(":")[0]

    with store.database.reading() as db:
        (line,) = read_lines(db)
    store.close()
    assert (AuditKind.KEY_CREATED, f"the encryption key {new}") == (line.kind, line.about)


def test_a_rotation_wraps_data_keys_again(typed: Typed, tmp_path: Path) -> None:
    """
    Nothing that they encrypted needs to be written again.
    """
    file = tmp_path / "ring.keys"
    typed("generate", "--file", str(file))
    typed.environment.setenv(f"{VARIABLE}_FILE", str(file))
    typed.environment.setenv("ESCALATION_DATA_KEYS_URL", f"sqlite:///{tmp_path}/data_keys.sqlite")
    with closing(the_data_keys()) as before:
        key = before.current("ACME/4711")

    assert "1 data key wrapped again" in typed("rotate")[2]
    with closing(the_data_keys()) as after:
        assert key == after.find(key.name)
        assert [file.read_text().split(":")[0]] == list(after.count_wraps())


def the_data_keys() -> DataKeys:
    """Return those of the settings."""
    data_keys = encryption_of(Settings.load()).data_keys
    assert data_keys
    return data_keys


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("rotate",), "are not set; make keys by `escalate keys generate`"),
        (("check",), "are not set; make keys by `escalate keys generate`"),
        (("remove", "old"), "are not set"),
    ],
)
def test_without_keys_it_says_how_to_make_some(typed: Typed, words: tuple[str, ...], says: str) -> None:
    status, _, complained = typed(*words)
    assert 2 == status
    assert says in complained


def test_what_is_set_wrongly_is_named_and_not_quoted(typed: Typed) -> None:
    """
    Neither by a setting nor by a file.
    """
    secret = "c2VjcmV0LXNlY3JldA"
    typed.environment.setenv(VARIABLE, f"a:encryption:{secret}")
    status, _, complained = typed("rotate")
    assert 2 == status
    assert f"{VARIABLE} is ***; allowed: keys that encrypt what Temporal stores" in " ".join(
        complained.split()
    )
    assert secret not in complained


def test_a_key_that_is_not_there_is_refused(typed: Typed) -> None:
    keys = a_ring()
    typed.environment.setenv(VARIABLE, as_setting(keys).get_secret_value())

    status, _, complained = typed("rotate", "--to", "gone")
    assert 2 == status
    assert f"there is no key 'gone'; allowed: {keys[0].name}" in complained
    assert 2 == typed("rotate", "--to", keys[0].name, "--only-reads")[0]
