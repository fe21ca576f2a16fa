"""
Erasure on record: texts go, figures and chains stay, and nothing of anybody else is touched.
"""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from privacy.case_choice import cases_of
from privacy.held_record import without_plans
from privacy.party import Party
from privacy.remainder import Remainder
from records.data_export import read_escalations
from records.erasure import Erasure, erase_escalation
from records.period_report import make_report
from records.report import Period
from records.report_data import report_as_data
from records.store import RecordStore
from records.verification import ChainFaultKind, verify_record
from tests.builders import monday
from tests.privacy.test_held_data import HARMFUL, with_another_customer
from tests.records.event_builders import a_batch, a_whole_life
from tests.records.past import filled

ERASURE = Erasure(
    by="root", door="command_line", why="the account ACME", at=datetime(2026, 12, 1, tzinfo=UTC)
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RecordStore]:
    with closing(RecordStore.at(None, tmp_path)) as store:
        store.migrate()
        filled(store)
        yield store


def erase(store: RecordStore, party: Party) -> int:
    return sum(
        erase_escalation(store, escalation, ERASURE, case.rest)
        for case in cases_of(store, party)
        for escalation in case.escalations
    )


def figures(store: RecordStore) -> dict[str, object]:
    found = report_as_data(make_report(store, Period(), monday("13:00"), None, None), ZoneInfo("UTC"))
    names = ("figures", "groups", "volume", "opened", "level_reached", "held", "actions_to_do")
    return {name: found[name] for name in names}


def kept(folder: Path) -> bytes:
    return b"".join(each.read_bytes() for each in folder.iterdir())


def test_figures_are_the_same_and_no_text_is_left(store: RecordStore, tmp_path: Path) -> None:
    """
    Of all escalations that the engine ran, in the file itself; the chains hold, and say what was erased.
    """
    before = figures(store)
    assert b"jo@acme.example" in kept(tmp_path)

    assert erase(store, Party.account("ACME")) > 0
    store.database.compact()

    assert before == figures(store)
    assert b"jo@acme.example" not in kept(tmp_path)
    left = str([each for each in read_escalations(store, account="ACME") if len(each["customers"]) == 1])
    assert "opened" in left
    assert [] == [text for text in ("delivery in a row", "pallets", "Called twice") if text in left]
    verified = verify_record(store)
    assert () == verified.faults
    assert verified.erased > 0
    assert 0 == erase(store, Party.account("ACME"))


def test_another_customer_of_the_same_escalation_keeps_theirs(tmp_path: Path) -> None:
    with closing(RecordStore.at(None, tmp_path)) as store:
        store.migrate()
        store.append(a_batch(with_another_customer()))
        store.append(a_batch(a_whole_life(key="CLUB/1"), escalation="CLUB/1@1", key="CLUB/1"))

        erase(store, Party.account("BOLT"))
        (club,) = read_escalations(store, key="CLUB/1")
        (shared,) = read_escalations(store, key="ACME/4711")
        assert () == verify_record(store).faults
        assert "jo@acme.example" in str(club)
        assert "jo@acme.example" in str(shared)
        assert "Second delivery in a row is damaged" in str(shared)
        assert HARMFUL not in str(shared)
        assert "bolt.example" not in str(shared)


def test_a_question_goes_with_the_account_that_was_asked() -> None:
    asked = {"kind": "customer_asked", "event": {"question": {"account": "BOLT", "text": "Which dock?"}}}
    assert (None, asked) == tuple(Remainder(Party.account(name))(asked) for name in ("BOLT", "ACME"))


def test_what_was_erased_does_not_come_back(store: RecordStore) -> None:
    """
    A batch that is recorded again, and an import that is done again.
    """
    erase(store, Party.account("ACME"))
    before = list(read_escalations(store))
    filled(store)

    assert before == list(read_escalations(store))


def test_whoever_changes_what_is_left_is_found(store: RecordStore) -> None:
    erase(store, Party.account("ACME"))
    with store.database.writing() as db:
        db.exec_driver_sql("UPDATE events SET body = '{}' WHERE seq = 2 AND escalation LIKE 'ACME%'")
    assert {ChainFaultKind.CHANGED} == {fault.kind for fault in verify_record(store).faults}


def test_an_erasure_that_the_audit_log_does_not_have_is_a_change(store: RecordStore) -> None:
    erase(store, Party.account("ACME"))
    with store.database.writing() as db:
        db.exec_driver_sql("DELETE FROM erasures")
    assert ChainFaultKind.CHANGED in {fault.kind for fault in verify_record(store).faults}


def test_a_contact_who_is_erased_leaves_the_case_of_their_account(tmp_path: Path) -> None:
    """
    Name, address, answers and letters go; all that others said stays.
    """
    with closing(RecordStore.at(None, tmp_path)) as store:
        store.migrate()
        store.append(a_batch(with_another_customer()))

        assert erase(store, Party.contact("jo@bolt.example")) > 0
        (shared,) = read_escalations(store, key="ACME/4711")
        assert () == verify_record(store).faults
        assert "jo@bolt.example" not in str(shared)
        assert HARMFUL not in str(shared)
        assert "jo@acme.example" in str(shared)
        assert "Second delivery in a row is damaged" in str(shared)
        assert 0 == erase(store, Party.contact("jo@bolt.example"))


def test_one_of_our_people_who_is_erased_is_nobody_any_more(store: RecordStore) -> None:
    """
    By id and by name, in events, parts and texts; figures but those by person are the same.
    """
    before = figures(store)
    assert erase(store, Party.colleague("ari", ["Ari"])) > 0

    assert not any(
        Party.colleague("ari").is_named_in(without_plans(each)) for each in read_escalations(store)
    )
    assert before["figures"] == figures(store)["figures"]
    assert () == verify_record(store).faults


def test_an_erasure_that_was_interrupted_is_ended_by_another(store: RecordStore) -> None:
    first, *rest = [
        (escalation, case.rest)
        for case in cases_of(store, Party.account("ACME"))
        for escalation in case.escalations
    ]
    erase_escalation(store, first[0], ERASURE, first[1])

    assert erase(store, Party.account("ACME")) > 0
    assert rest
    assert 0 == erase(store, Party.account("ACME"))
    assert () == verify_record(store).faults
