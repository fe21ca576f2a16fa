"""
Data held of an account or a person: all of it, nobody else's, and harmless to look at.
"""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from client import Stalled
from encryption.errors import KeyMissing
from entrypoints.cli import program
from entrypoints.cli.unread_parts import UnreadParts
from escalation.case.events import Event
from escalation.case.moves.answer_survey import SurveyAnswered
from escalation.case.moves.join_outage import CustomerJoined
from escalation.kernel.event import stamped
from escalation.kernel.refusals import UnknownEscalation
from escalation.kernel.values import InternalText
from privacy.held_data import HeldData, read_held_data
from privacy.held_data_page import render_held_data
from privacy.party import Party
from records.audit_log import AuditKind, read_lines
from records.store import RecordStore
from tests.builders import a_customer, monday
from tests.records.event_builders import a_batch, a_whole_life

HARMFUL = "<script>alert(1)</script>"


def with_another_customer() -> tuple[Event, ...]:
    """A whole life in which BOLT joins, and answers the survey."""
    life = a_whole_life()
    now = monday("12:00")
    joined = CustomerJoined(case_key="BOLT/1", customers=(a_customer("BOLT"),))
    answered = SurveyAnswered(
        account="BOLT", contact="BOLT:jo@bolt.example", score=4, comment=InternalText(HARMFUL)
    )
    return (
        *life,
        stamped(joined, len(life) + 1, now, "ana"),
        stamped(answered, len(life) + 2, now, "BOLT:jo@bolt.example"),
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RecordStore]:
    with closing(RecordStore.at(None, tmp_path)) as store:
        store.migrate()
        store.append(a_batch(with_another_customer()))
        store.append(a_batch(a_whole_life(key="CLUB/1"), escalation="CLUB/1@1", key="CLUB/1"))
        yield store


def held(store: RecordStore, party: Party) -> HeldData:
    return read_held_data(store, party, "root", monday("13:00"))


def as_text(found: HeldData) -> str:
    return json.dumps(found.as_plain())


def assert_nothing_of_acme(text: str) -> None:
    """Leave out of account the reference of the case, which all its customers know."""
    left = text.replace("ACME/4711", "")
    assert [] == [each for each in ("ACME", "acme", "damaged", "pallets") if each in left]


def test_an_account_gets_its_escalations_without_other_customers(store: RecordStore) -> None:
    acme, bolt = held(store, Party.account("ACME")), held(store, Party.account("BOLT"))

    assert 2 == acme.counts["escalations"]
    assert "jo@acme.example" in as_text(acme)
    assert "bolt.example" not in as_text(acme)
    assert HARMFUL not in as_text(acme)
    assert 1 == bolt.counts["escalations"]
    assert HARMFUL in as_text(bolt)
    assert "BOLT/1" in as_text(bolt)
    assert_nothing_of_acme(as_text(bolt))
    assert '"plan"' not in as_text(bolt)


def test_a_contact_gets_the_entries_that_name_them(store: RecordStore) -> None:
    found = held(store, Party.contact("BOLT:jo@bolt.example"))

    (escalation,) = found.escalations
    assert ["customer_joined", "survey_answered"] == [each["kind"] for each in escalation["events"]]
    assert 0 == held(store, Party.contact("nobody@bolt.example")).counts["escalations"]


def test_a_contact_gets_nothing_of_other_contacts(store: RecordStore) -> None:
    """
    Of the opening, which names all contacts, and of the deliveries.
    """
    life = a_whole_life(key="CLUB/2", customers=(a_customer("CLUB", "kim@club.example", "lea@club.example"),))
    store.append(a_batch(life, escalation="CLUB/2@1", key="CLUB/2"))

    found = held(store, Party.contact("kim@club.example"))
    (escalation,) = found.escalations

    assert ["opened", "delivery_reported"] == [each["kind"] for each in escalation["events"]][:2]
    assert "Kim" in as_text(found)
    assert "lea" not in as_text(found).casefold()
    assert "pallets" not in as_text(found)
    assert {"CLUB:kim@club.example"} == {each["recipient"] for each in escalation["delivery_results"]}


def test_a_colleague_gets_no_addresses_of_customers(store: RecordStore) -> None:
    """
    Not even of what they did themselves: Ana handed the case in.
    """
    found = held(store, Party.colleague("ana"))

    assert "opened" in as_text(found)
    assert "acme.example" not in as_text(found)
    assert "bolt.example" not in as_text(found)


def test_a_colleague_gets_the_entries_that_name_them(store: RecordStore) -> None:
    found = held(store, Party.colleague("ari"))

    assert 2 == len(found.escalations)
    assert {"ari"} == {event["by"] for each in found.escalations for event in each["events"]}


def test_the_page_has_no_markup_of_anybody_and_nothing_of_other_customers(store: RecordStore) -> None:
    page = render_held_data(held(store, Party.account("BOLT")))

    assert HARMFUL not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert_nothing_of_acme(page)
    assert "http" not in page.replace("http-equiv", "")


def test_the_command_writes_two_files_and_an_entry_of_the_audit_log(
    store: RecordStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    IDENTITY-5: what is given out is on record. Without a server it says what it could not ask.
    """
    command = ("privacy", "export", "BOLT", "--to", str(tmp_path / "out"))
    assert 0 == run_beside(store, monkeypatch, tmp_path, *command)
    said, noted = capsys.readouterr()

    assert "1  escalations" in said
    assert "Not read: Temporal" in noted
    written = json.loads((tmp_path / "out/data.json").read_text())
    assert {"kind": "account", "id": "BOLT"} == written["about"]
    assert "BOLT" in (tmp_path / "out/data.html").read_text()
    assert 0o600 == (tmp_path / "out/data.json").stat().st_mode & 0o777
    with store.database.reading() as db:
        (line,) = read_lines(db)
    assert AuditKind.EXPORTED == line.kind
    assert f"what is held of the {Party.account('BOLT').digest}" == line.about
    assert line.about in as_text(held(store, Party.account("BOLT")))


def run_beside(store: RecordStore, monkeypatch: pytest.MonkeyPatch, folder: Path, *command: str) -> int:
    """Run a command by the record of *store*, without a server."""
    monkeypatch.setenv("ESCALATION_STATE_FOLDER", str(folder))
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:9")
    return program.run([*command])


def test_a_mistyped_account_is_refused(
    store: RecordStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ("privacy", "export", "BOLTT", "--to", str(tmp_path / "out"))

    assert 0 != run_beside(store, monkeypatch, tmp_path, *command)
    said = " ".join(capsys.readouterr().err.split())

    assert "did you mean BOLT?" in said
    assert "Temporal could not be asked" in said
    assert not (tmp_path / "out").exists()


def test_files_that_are_there_are_not_overwritten(
    store: RecordStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data.json").write_text("mine")

    assert 0 != run_beside(store, monkeypatch, tmp_path, "privacy", "export", "BOLT", "--to", str(tmp_path))
    assert "which is there already" in " ".join(capsys.readouterr().err.split())
    assert 0 != run_beside(store, monkeypatch, tmp_path, "privacy", "export", "BOLT")
    assert "--to" in capsys.readouterr().err
    assert "mine" == (tmp_path / "data.json").read_text()
    with store.database.reading() as db:
        assert [] == list(read_lines(db))


def test_the_audit_log_names_nobody_whose_data_was_given_out() -> None:
    digest = Party.contact("BOLT:Jo@bolt.example").digest

    assert "contact sha256:" in digest
    assert "bolt" not in digest
    assert digest == Party.contact("jo@bolt.example").digest


def test_a_part_that_cannot_be_read_is_named_and_others_are_still_read() -> None:
    unread = UnreadParts()
    for fault in (
        Stalled("ACME/1: is stalled"),
        KeyMissing("2026-11"),
        UnknownEscalation("none of that name"),
    ):
        with unread.noting("the sponsorship of ACME"):
            raise fault

    assert ["the sponsorship of ACME: ACME/1: is stalled"] == unread.lines[:1]
    assert 2 == len(unread.lines)
