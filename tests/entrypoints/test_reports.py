"""Commands that look back: import, report, export, show; no server runs."""

import codecs
import csv
import json
import re
import shlex
from pathlib import Path

import pytest

from entrypoints.cli import program
from records.store import RecordStore
from runtime.settings import ROOT
from tests.records.past import EXPORT, filled

HOW_TO = ROOT / "docs" / "how-to" / "look-back.md"
SCHEDULE = "report schedule "
"""Commands that begin so need a server: ``test_report_schedules.py`` follows them."""


class Typed:
    """A command line that was run: its status, what it said and what it complained of."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *words: str) -> None:
        self.status = program.run(list(words))
        self.said, self.complained = capsys.readouterr()


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder of one's own, and the folder to work in."""
    monkeypatch.setenv("ESCALATION_STATE_FOLDER", str(tmp_path / "state"))
    monkeypatch.delenv("ESCALATION_RECORDS_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "export.csv").write_text(EXPORT, encoding="utf-8")
    return tmp_path / "state"


def fill(state: Path) -> None:
    store = RecordStore.at(None, state)
    filled(store)
    store.close()


def test_an_export_is_taken_in_once(capsys: pytest.CaptureFixture[str]) -> None:
    """
    RECORD-1: ServiceNow's is known by its columns; a second time changes nothing.
    """
    assert "2 added, 0 replaced, 0 unchanged" in Typed(capsys, "records", "import", "export.csv").said
    again = Typed(capsys, "records", "import", "export.csv")

    assert 0 == again.status
    assert "2 incidents, 11 rows, 0 rows left out; times read as those of UTC" in " ".join(again.said.split())
    assert "0 added, 0 replaced, 2 unchanged" in again.said


def test_the_example_comes_to_what_the_how_to_shows(capsys: pytest.CaptureFixture[str]) -> None:
    """
    RECORD-1: a newcomer has no export of their own yet.
    """
    page = (ROOT / "docs" / "how-to" / "look-back.md").read_text(encoding="utf-8")
    shown = page.partition("$ escalate records import ")[2].partition("```")[0]

    taken_in = Typed(
        capsys, "records", "import", str(ROOT / "examples" / "incidents.csv"), "--tenant", "ACME"
    )
    one = Typed(capsys, "records", "show", "ACME/INC0000045")

    for line in (*taken_in.said.splitlines(), *one.said.splitlines()[:2]):
        assert line.partition(str(Path.cwd()))[0] in shown


def test_rows_that_are_left_out_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    """
    RECORD-1: row, column, what was given, what is allowed; and incidents that are lost whole.
    """
    with Path("export.csv").open("a", encoding="utf-8") as file:
        file.write("INC9,Lost,02-03-2026 08:00,02-03-2026 08:05,0,?,3 - Moderate,?,?,?,?,?,?,TRUE\n")

    told = Typed(capsys, "records", "import", "export.csv")
    plain = json.loads(Typed(capsys, "records", "import", "export.csv", "--json").said)

    assert "'Lost'" in told.said
    assert "Left out of export.csv; the other rows count" in told.said
    assert "left out whole: INC9" in told.said
    assert [13, "incident_state", "'Lost'"] == list(plain["faults"][0].values())[:3]
    assert ["INC9"] == plain["left_out"]


def test_an_unknown_export_asks_for_a_map(capsys: pytest.CaptureFixture[str]) -> None:
    """
    RECORD-1: and takes one.
    """
    Path("other.csv").write_text(EXPORT.replace("number,", "ticket,"), encoding="utf-8")
    shipped = (ROOT / "playbooks" / "maps" / "servicenow.yaml").read_text(encoding="utf-8")
    Path("map.yaml").write_text(shipped.replace("key: number", "key: ticket"), encoding="utf-8")

    refused = Typed(capsys, "records", "import", "other.csv")
    taken = Typed(capsys, "records", "import", "other.csv", "--map", "map.yaml", "--tenant", "ACME")

    assert (2, 0) == (refused.status, taken.status)
    assert "allowed: an export that is known (ServiceNow incidents), or --map MAP.yaml" in refused.complained
    assert "2 added" in taken.said


def test_a_report_says_its_figures_and_what_they_mean(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    RECORD-2: in the terminal, divided too.
    """
    fill(state)

    told = Typed(capsys, "report", "--by", "team")
    words = " ".join(told.said.split())

    assert 0 == told.status
    assert "Escalations opened at any time Days are those of UTC 2 of them imported" in words
    assert "Opened in the period." in words
    assert 3 == words.count("(median)") == words.count("(90 %)")
    assert 3 == words.count("Half took no") == words.count("Nine of ten took no")
    assert "By team" in words
    assert "Desk → Net → Desk → Net" in words


def test_a_report_comes_as_json_csv_and_page(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    RECORD-4: the same figures in each.
    """
    fill(state)

    plain = json.loads(Typed(capsys, "report", "--by", "priority", "--json").said)
    written = Typed(capsys, "report", "--by", "priority", "--csv", "report.csv", "--html", "pack.html")
    with Path("report.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {(row["group"], row["measure"]): row for row in csv.DictReader(file)}

    assert (0, "") == (written.status, written.said)
    assert ["Written: pack.html", "Written: report.csv"] == written.complained.splitlines()
    assert 6 == plain["figures"]["escalations"]["value"]
    assert "6" == rows["all", "escalations"]["value"]
    assert str(plain["groups"]["P2"]["paused"]["value"]) == rows["P2", "paused"]["value"]
    assert plain["definitions"]["paused"] == rows["all", "paused"]["definition"]
    assert Path("pack.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_a_period_is_given_in_days(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    RECORD-3: the last day counts too, in the time zone that is named.
    """
    fill(state)

    def opened(*words: str) -> int:
        found = json.loads(Typed(capsys, "report", "--json", *words).said)
        return int(found["figures"]["escalations"]["value"])

    assert 2 == opened("--from", "2026-03-02", "--to", "2026-03-02")
    assert 0 == opened("--from", "2026-03-02", "--to", "2026-03-02", "--tz", "Pacific/Kiritimati") - 2
    assert 0 == opened("--to", "2026-03-01")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("report", "--from", "March"), "--from: given 'March'; allowed: a day such as 2026-07-01"),
        (("report", "--from", "2026-03-02", "--to", "2026-03-01"), "a day not before 2026-03-02"),
        (("report", "--by", "weather"), "allowed: category, priority, customer, team, level, reason"),
        (("report", "--tz", "Mars"), "a time zone such as"),
        (("report", "--html", "no/such/folder/x.html"), "a file that can be written"),
        (("records", "export"), "either --csv FOLDER or --json"),
        (("records", "import", "nothing.csv"), "a file that can be read"),
    ],
)
def test_what_makes_no_sense_is_refused(
    words: tuple[str, ...], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    RECORD-3: with what is allowed; exit status 2.
    """
    typed = Typed(capsys, *words)

    assert 2 == typed.status
    assert complaint in typed.complained


def test_tables_open_in_excel_with_their_accents(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    RECORD-4: Excel knows UTF-8 by its mark alone.
    """
    fill(state)
    Typed(capsys, "records", "export", "--csv", "out")
    Typed(capsys, "report", "--csv", "report.csv")

    files = [*Path("out").glob("*.csv"), Path("report.csv")]
    assert len(files) > 10
    assert all(file.read_bytes().startswith(codecs.BOM_UTF8) for file in files)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_an_export_of_another_encoding_needs_no_map(
    encoding: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    RECORD-1: and the encoding that was found out is told.
    """
    Path("other.csv").write_text(EXPORT.replace("Network", "Büro"), encoding=encoding)

    taken = Typed(capsys, "records", "import", "other.csv", "--tenant", "ACME")

    assert 0 == taken.status
    assert f"read as {encoding}" in taken.said
    assert "2 added" in taken.said


def test_a_broken_table_is_refused_with_its_place_and_nothing_is_taken(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """
    RECORD-1: no row vanishes without a word.
    """
    lines = EXPORT.splitlines()
    lines[2] = lines[2].replace(",", ',"', 1)
    Path("broken.csv").write_text("\n".join(lines), encoding="utf-8")

    refused = Typed(capsys, "records", "import", "broken.csv", "--tenant", "ACME")
    shown = Typed(capsys, "records", "export", "--json")

    assert 2 == refused.status
    assert "broken.csv, line 3, column incident_state" in refused.complained
    assert "[]" == shown.said.strip()


def test_a_tenant_that_no_key_can_have_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """
    START-4: together with everything else that is wrong.
    """
    refused = Typed(capsys, "records", "import", "nothing.csv", "--tenant", "A CME\u200b")

    assert 2 == refused.status
    assert "--tenant" in refused.complained
    assert "nothing.csv" in refused.complained


def test_the_record_is_given_out_whole(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    RECORD-4: as JSON, and as CSV that a spreadsheet does not take for formulas.
    """
    fill(state)
    everything = json.loads(Typed(capsys, "records", "export", "--json").said)
    Typed(capsys, "records", "export", "--csv", "out")
    with Path("out/escalations.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["key"]: row for row in csv.DictReader(file)}
    with Path("out/events.csv").open(encoding="utf-8-sig", newline="") as file:
        events = sum(1 for _ in csv.DictReader(file))

    assert 6 == len(everything) == len(rows)
    assert sum(len(each["events"]) for each in everything) == events
    assert {each["key"]: str(each["resolved_after"] or "") for each in everything} == {
        key: row["resolved_after"] for key, row in rows.items()
    }
    assert {"opened", "log_line"} == {each["events"][0]["kind"] for each in everything}


def test_one_of_the_record_is_shown(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    RECORD-1: what happened, in sentences; of a log's line what changed.
    """
    fill(state)

    ours = Typed(capsys, "records", "show", "ACME/1").said
    theirs = Typed(capsys, "records", "show", "DESK/INC1").said
    unknown = Typed(capsys, "records", "show", "ACME/99")

    assert "ana acknowledged at level" in ours
    assert "team: Net" in theirs
    assert 1 == unknown.status
    assert "nothing of 'ACME/99' is on record" in unknown.complained


def test_a_store_that_cannot_be_used_is_told_without_its_password(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    RECORD-1: status 3 where nothing answers, 2 where the setting is wrong.
    """
    monkeypatch.setenv("ESCALATION_RECORDS_URL", "postgresql://us:s3cret@127.0.0.1:1/records")
    down = Typed(capsys, "report")
    monkeypatch.setenv("ESCALATION_RECORDS_URL", "mysql://us:s3cret@db/records")
    wrong = Typed(capsys, "report", "--json")

    assert (3, 2) == (down.status, wrong.status)
    assert "postgresql://127.0.0.1:1/records cannot be used" in down.complained
    assert "ESCALATION_RECORDS_URL is ***; allowed: sqlite:////PATH/TO/FILE" in wrong.complained
    assert "s3cret" not in down.complained + wrong.complained


def test_setup_makes_the_tables_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    """
    RECORD-1: alone with --records; again, it finds nothing to do.
    """
    first, again = (Typed(capsys, "setup", "--records") for _ in range(2))

    assert "made new, version" in first.said
    assert "nothing to do" in again.said


def test_the_how_to_can_be_followed_to_the_letter(capsys: pytest.CaptureFixture[str]) -> None:
    """
    RECORD-3: every command in it that needs no server of its own works as it is written.
    """
    typed = re.findall(r"^\$ escalate (.+)$", HOW_TO.read_text(encoding="utf-8"), re.MULTILINE)
    Path("examples").symlink_to(ROOT / "examples")
    here = [line for line in typed if not line.startswith(SCHEDULE)]
    assert 6 <= len(here)

    for line in here:
        words = [word.replace("PATH/TO/", "") for word in shlex.split(line.partition(" > ")[0])]
        ran = Typed(capsys, *words)
        assert 0 == ran.status, (line, ran.complained)
