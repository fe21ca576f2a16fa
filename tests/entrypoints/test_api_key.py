"""`escalate api-key`: made, listed and revoked without a server."""

import json
from pathlib import Path

import pytest

from entrypoints.cli import program


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> "Typed":
    monkeypatch.setenv("ESCALATION_STATE_FOLDER", str(tmp_path))
    return Typed(capsys)


class Typed:
    """Command lines, and what they answer."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: str) -> tuple[int, str, str]:
        status = program.run(["api-key", *words])
        said, complained = self._capsys.readouterr()
        return status, said, complained


def test_a_key_is_shown_once(typed: Typed) -> None:
    """
    IDENTITY-2: the list has its id, what it is for, and its end.
    """
    created = json.loads(typed("create", "monitoring", "--for", "maya", "--move", "start", "--json")[1])
    assert created["key"].startswith(f"esc_{created['id']}_")

    _, listed, _ = typed("list")
    assert created["id"] in listed
    assert created["key"] not in listed
    (row,) = json.loads(typed("list", "--json")[1])
    assert ("maya", ["start"], [], "valid") == (row["person"], row["moves"], row["accounts"], row["state"])

    assert "revoked" in typed("revoke", created["id"])[1]
    assert "revoked" in typed("list")[1]
    assert 1 == typed("revoke", created["id"])[0]


def test_a_key_is_for_somebody_of_the_playbook_and_for_moves_that_exist(typed: Typed) -> None:
    """
    START-6: all that is wrong is told at once.
    """
    status, _, complained = typed(
        "create", "monitoring", "--for", "maia", "--move", "acknowlege", "--days", "0"
    )

    assert 2 == status
    assert "did you mean maya" in complained
    assert "did you mean acknowledge" in complained
    assert "allowed: 1 to 730" in " ".join(complained.split())
    assert "there is no API key" in typed("list")[1]
