"""`escalate records verify` and `audit-log`: typed as an operator does, on a record of their own (IDENTITY-5)."""

import csv
import json
from pathlib import Path

import pytest
from sqlalchemy import text

from entrypoints.cli import program
from records.store import RecordStore
from tests.records.past import filled


class Typed:
    """Command lines after `escalate records`, and what they answer."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: str) -> tuple[int, str, str]:
        status = program.run(["records", *words])
        said, complained = self._capsys.readouterr()
        assert "Traceback" not in complained
        return status, " ".join(said.split()), " ".join(complained.split())


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A record with a past, in a state folder of one's own."""
    folder = tmp_path / "state"
    monkeypatch.setenv("ESCALATION_STATE_FOLDER", str(folder))
    monkeypatch.delenv("ESCALATION_RECORDS_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    store = RecordStore.at(None, folder)
    filled(store)
    store.close()
    return folder


@pytest.fixture
def typed(state: Path, capsys: pytest.CaptureFixture[str]) -> Typed:
    return Typed(capsys)


def change(state: Path, statement: str) -> None:
    store = RecordStore.at(None, state)
    with store.database.writing() as db:
        assert db.execute(text(statement)).rowcount
    store.close()


def test_a_record_that_nobody_touched_is_verified(typed: Typed) -> None:
    """IDENTITY-5: all of it, or one key."""
    status, said, _ = typed("verify")
    found = json.loads(typed("verify", "ACME/1", "--json")[1])

    assert (0, True) == (status, "of 6 chains verified: all are as they were written" in said), said
    assert (True, 1, []) == (found["is_intact"], found["chains"], found["faults"])


def test_what_was_changed_is_named_and_the_status_says_so(state: Path, typed: Typed) -> None:
    """IDENTITY-5: a script, or a timer, notices by the exit status."""
    change(state, "UPDATE events SET body = '{}' WHERE escalation LIKE 'ACME/1@%' AND seq BETWEEN 2 AND 4")
    change(state, "DELETE FROM events WHERE escalation LIKE 'ACME/2@%' AND seq = 5")

    status, said, _ = typed("verify")
    in_json = typed("verify", "--json")

    assert (program.REFUSED, program.REFUSED) == (status, in_json[0])
    assert "entries 2 to 4: changed since it was written" in said
    assert "entry 5: missing" in said
    assert "2 faults found" in said
    faults = json.loads(in_json[1])["faults"]
    assert [("changed", 2, 4), ("missing", 5, 5)] == [
        (fault["kind"], fault["first"], fault["last"]) for fault in faults
    ]


def test_a_seal_shows_what_digests_alone_do_not(state: Path, typed: Typed) -> None:
    """IDENTITY-5: whoever removes an escalation with its head; and none is written where something is wrong."""
    assert 0 == typed("verify", "--seal", "seal.jsonl")[0]
    assert 0 == typed("verify", "--against", "seal.jsonl")[0]
    change(state, "DELETE FROM events WHERE escalation LIKE 'ACME/1@%'")
    assert program.REFUSED == typed("verify", "--seal", "second.jsonl")[0]
    change(state, "DELETE FROM chain_heads WHERE chain LIKE 'ACME/1@%'")

    alone, against = typed("verify"), typed("verify", "--against", "seal.jsonl")

    assert (0, program.REFUSED) == (alone[0], against[0])
    assert "not the one that was sealed" in against[1]
    assert not Path("second.jsonl").exists()


def test_what_cannot_be_verified_is_said(typed: Typed) -> None:
    """IDENTITY-5: a key that nothing is known of, and a file that is no seal."""
    Path("no-seal").write_text("{}")

    assert "nothing of 'ACME/99' is on record" in typed("verify", "ACME/99")[2]
    assert (program.BAD_INPUT, True) == (
        (no := typed("verify", "--against", "no-seal"))[0],
        "--against" in no[2],
    )
    assert program.BAD_INPUT == typed("verify", "--against", "nowhere")[0]


def test_a_seal_of_one_key_never_replaces_that_of_all(typed: Typed) -> None:
    """IDENTITY-5: it would vouch for one chain alone, and the next night would miss all others."""
    typed("verify", "--seal", "seal.jsonl")
    before = Path("seal.jsonl").read_bytes()

    status, _, complained = typed("verify", "ACME/1", "--seal", "seal.jsonl")

    assert (program.BAD_INPUT, True) == (status, "to leave out KEY" in complained), complained
    assert before == Path("seal.jsonl").read_bytes()


def test_the_audit_log_is_given_out(typed: Typed) -> None:
    """IDENTITY-5: as a table, as JSON and as CSV; whoever exports is in it."""
    assert "there is no entry" in typed("audit-log")[1]
    typed("export", "--csv", "out", "--from", "2026-03-01")

    table, lines = typed("audit-log")[1], json.loads(typed("audit-log", "--json")[1])
    typed("audit-log", "--csv", "log.csv", "--from", "2020-01-01")
    with Path("log.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))

    assert "exported" in table
    assert ["the record, from 2026-03-01 to its end", "the audit log"] == [line["about"] for line in lines]
    assert {"command_line"} == {line["door"] for line in lines}
    assert all(line["by"] for line in lines)
    assert [*lines[0]] == [*rows[0]]
    assert ["1", "2", "3"] == [row["number"] for row in rows]
    assert [] == json.loads(typed("audit-log", "--to", "2020-01-01", "--json")[1])
