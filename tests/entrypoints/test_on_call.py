"""On-call people, as a manager asks for them; no server runs."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from entrypoints.cli import program
from runtime.settings import ROOT

PLAYBOOKS = ROOT / "playbooks"
EXAMPLE = str(PLAYBOOKS / "on_call.yaml")
PAGE = ROOT / "docs" / "how-to" / "put-people-on-call.md"


def typed(capsys: pytest.CaptureFixture[str], *words: str, status: int = program.DONE) -> str:
    """Return the output of the command, on both streams, in one line."""
    assert status == program.run(["playbook", *words])
    told = capsys.readouterr()
    return " ".join((told.out + told.err).split())


def answer(capsys: pytest.CaptureFixture[str], *words: str, status: int = program.DONE) -> Any:
    assert status == program.run(["playbook", *words, "--json"])
    return json.loads(capsys.readouterr().out)


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """
    A project's folder with the playbooks in it.
    """
    shutil.copytree(PLAYBOOKS, tmp_path / "playbooks")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "playbooks"


def test_who_is_on_call_and_the_coming_shifts_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """
    MATRIX-1: in local time, with reasons; exit status 0 if somebody is always there.
    """
    told = typed(
        capsys, "on-call", EXAMPLE, "--at", "2026-12-24T08:30", "--tz", "Europe/London", "--days", "4"
    )

    assert told.startswith(
        "Support desk support_desk, times of Europe/London "
        "Citra Halim until Thu 24 Dec 2026 09:00: rotation Jakarta, week of 2026-12-21"
    )
    assert (
        "Thu 24 Dec 2026 09:00 Sun 27 Dec 2026 09:00 Elena Petrova override until Sun 27 Dec 2026 09:00"
        in told
    )


def test_shifts_come_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """
    MATRIX-1: instants in UTC; one object for each schedule.
    """
    (desk,) = answer(capsys, "on-call", EXAMPLE, "--at", "2026-12-24T08:30", "--days", "1")

    assert ("support_desk", ["citra"]) == (desk["rota"], desk["now"]["who"])
    assert [
        ("2026-12-24T08:30:00Z", "2026-12-24T09:00:00Z", ["citra"]),
        ("2026-12-24T09:00:00Z", "2026-12-25T08:30:00Z", ["elena"]),
    ] == [(shift["start"], shift["end"], shift["who"]) for shift in desk["shifts"]]
    assert ([], [], "") == (desk["gaps"], desk["naming_nobody"], desk["note"])


def test_times_with_nobody_are_marked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    MATRIX-5: among the shifts, and by exit status 1; entries that name nobody are told.
    """
    text = (folder / "on_call.yaml").read_text(encoding="utf-8")
    standby = next(line for line in text.splitlines() if "Standby" in line)
    (folder / "on_call.yaml").write_text(text.replace(standby, ""), encoding="utf-8")
    ics = (folder / "on_call.ics").read_text(encoding="utf-8")
    (folder / "on_call.ics").write_text(ics.replace("Nadia Rossi", "closed"), encoding="utf-8")
    words = ("on-call", "playbooks/on_call.yaml", "support_desk", "--at", "2027-01-01T00:00", "--days", "3")

    told = typed(capsys, *words, status=program.REFUSED)
    (desk,) = answer(capsys, *words, status=program.REFUSED)

    assert "Sat 02 Jan 2027 01:00 Sat 02 Jan 2027 09:00 nobody" in told
    assert "The calendar entry 'New Year: closed' of Fri 01 Jan 2027 00:00 names nobody." in told
    assert "2027-01-02T18:00:00Z" == desk["gaps"][-1]["start"]
    assert ["calendar entry 'New Year: closed'"] == [each["why"] for each in desk["naming_nobody"]]


def test_a_feed_that_cannot_be_read_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    MATRIX-5: the rotations answer; the address is not shown.
    """
    text = (folder / "on_call.yaml").read_text(encoding="utf-8")
    feed = text.replace("calendar: on_call.ics", "calendar: {url_from: ESCALATION_ONCALL_ICS}")
    (folder / "on_call.yaml").write_text(feed, encoding="utf-8")
    monkeypatch.setenv("ESCALATION_ONCALL_ICS", "http://localhost/private-0123")

    told = typed(capsys, "on-call", "playbooks/on_call.yaml", "--days", "1")

    assert (
        "Note: the calendar cannot be used: the environment variable ESCALATION_ONCALL_ICS holds no" in told
    )
    assert "private" not in told


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            (EXAMPLE, "suport_desk"),
            "ROTA: given 'suport_desk'; allowed: support_desk; did you mean support_desk?",
        ),
        ((str(PLAYBOOKS / "reference.yaml"),), "FILE: given a playbook without rotas"),
        ((EXAMPLE, "--at", "soon"), "--at: given 'soon'; allowed: a date and time"),
        (
            (EXAMPLE, "--at", "9999-12-31T00:00"),
            "--at: given '9999-12-31T00:00'; allowed: a year from 1970 to 2200",
        ),
        ((EXAMPLE, "--tz", "Europe/Londn"), "--tz: given 'Europe/Londn'; allowed: a time zone"),
        ((EXAMPLE, "--tz", "GMT+7"), "by a place in it; did you mean Asia/Jakarta?"),
        ((EXAMPLE, "--days", "0"), "Invalid value for '--days'"),
        (("nowhere.yaml",), "No such file"),
    ],
)
def test_bad_words_are_refused(capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str) -> None:
    """
    START-6: what was given, what is there; exit status 2.
    """
    assert said in typed(capsys, "on-call", *words, status=program.BAD_INPUT)


def test_coverage_asks_who_is_on_call(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    MATRIX-5: a level whose schedule has nobody has a gap.
    """
    text = (folder / "on_call.yaml").read_text(encoding="utf-8")
    standby = next(line for line in text.splitlines() if "Standby" in line)
    (folder / "on_call.yaml").write_text(text.replace(standby, ""), encoding="utf-8")
    words = ("coverage", "playbooks/on_call.yaml", "--from", "2026-11-21T00:00", "--days", "2")

    gaps = answer(capsys, *words, status=program.REFUSED)

    assert ("support_desk", 2) == (gaps[0]["contacts"][0], gaps[0]["level"])
    assert ("2026-11-21T01:00:00Z", "2026-11-21T09:00:00Z") == (gaps[0]["start"], gaps[0]["end"])


def test_the_how_to_can_be_followed_literally(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    docs/how-to/put-people-on-call.md: every command as it stands, every answer that it shows, and its gaps.
    """
    page = PAGE.read_text(encoding="utf-8")
    first, sun, override, calendar, feed, hands_over = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    weeks, matrix = first.split("\nissue_types:")
    whole_desk = f"{weeks}{sun}{override}{calendar}"
    stages = (first, f"{weeks}{sun}", f"{weeks}{sun}{override}", whole_desk, f"{whole_desk}{hands_over}")
    steps = re.split(r"^## \d\. ", page, flags=re.MULTILINE)[2:7]

    said = ""
    for number, (text, step) in enumerate(zip(stages, steps, strict=True)):
        whole = text if "issue_types" in text else f"{text}\nissue_types:{matrix}"
        (folder / "duty.yaml").write_text(whole, encoding="utf-8")
        said = ""
        for words in re.findall(r"^escalate playbook (.*)$", step, re.MULTILINE):
            said += typed(capsys, *words.split(), status=program.DONE if number else program.REFUSED)
        for language, shown in re.findall(r"^```(\w*)\n(.*?)^```", step, re.DOTALL | re.MULTILINE):
            if not language and not shown.startswith("escalate"):
                assert " ".join(shown.split()) in said

    assert ", instead of " in said
    assert "no faults, no warnings" in typed(capsys, "check", "playbooks/duty.yaml")
    assert "Elena Petrova until Sun 27 Dec" in typed(
        capsys, "on-call", "playbooks/duty.yaml", "--at", "2026-12-25T12:00"
    )
    (folder / "duty.yaml").write_text(f"{weeks}{sun}{override}{feed}\nissue_types:{matrix}", encoding="utf-8")
    assert "no faults, no warnings" in typed(capsys, "check", "playbooks/duty.yaml")


def test_a_shift_that_goes_on_does_not_end_where_the_table_does(capsys: pytest.CaptureFixture[str]) -> None:
    """
    MATRIX-1: how far one looked ahead says nothing of when anybody is relieved.
    """
    words = ["on-call", EXAMPLE, "--at", "2026-12-24T10:00", "--tz", "Europe/London", "--days", "1"]

    assert "Thu 24 Dec 2026 10:00 goes on Elena Petrova override until Sun 27 Dec" in typed(capsys, *words)
    assert "2026-12-25T10:00:00Z" == answer(capsys, *words)[0]["shown_until"]
