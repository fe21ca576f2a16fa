"""
The commands that look ahead with a playbook, and back: what they print, write and answer.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from entrypoints.cli import program
from tests.planning.builders import REFERENCE, reference_with
from tests.planning.export_builder import SERVICENOW, AnExport

CASE = ["--category", "complaint", "--priority", "P3", "--at", "2026-11-20T16:30", "--tz", "Asia/Jakarta"]
SIMULATE = ["playbook", "simulate", str(REFERENCE), *CASE]


def printed(capsys: pytest.CaptureFixture[str], *words: str, status: int = program.DONE) -> str:
    """Return the output of the command, on both streams."""
    assert status == program.run(list(words))
    told = capsys.readouterr()
    return told.out + told.err


def answer(capsys: pytest.CaptureFixture[str], *words: str, status: int = program.DONE) -> Any:
    return json.loads(printed(capsys, *words, "--json", status=status))


def test_a_forecast_in_json_is_a_list_of_what_happens(capsys: pytest.CaptureFixture[str]) -> None:
    """
    MATRIX-8: `at` in UTC, `kind`, `level`, `to`.
    """
    entries = answer(capsys, *SIMULATE)
    rises = [
        (entry["at"], entry["level"], entry["to"])
        for entry in entries
        if entry["kind"] == "level_raised" and not entry["is_message"]
    ]

    assert ("2026-11-20T10:00:00Z", 2, ["priya"]) == rises[0]
    assert ("2026-11-30T10:00:00Z", 7, ["ingrid"]) == rises[-1]
    assert all({"at", "kind", "level", "to"} <= set(entry) for entry in entries)


def test_a_forecast_in_the_terminal_is_in_local_time(capsys: pytest.CaptureFixture[str]) -> None:
    """
    The forecast says what happens, when by the clock there, how long after the start, and who is notified.
    """
    told = printed(capsys, *SIMULATE)
    in_brief = printed(capsys, *SIMULATE, "--brief")

    assert "times of Asia/Jakarta" in told
    assert "Fri 20 Nov 17:00" in told
    assert "→ Elena Petrova, Chloe Martin" in told
    assert "→" not in in_brief
    assert "rose from level 6 to 7, Ingrid Solberg" in " ".join(in_brief.split())


def test_a_forecast_is_drawn(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """
    As SVG and as a page; nothing is printed then but where they are.
    """
    svg, html = tmp_path / "ladder.svg", tmp_path / "ladder.html"

    told = printed(capsys, *SIMULATE, "--svg", str(svg), "--html", str(html))

    assert [f"Written: {svg}", f"Written: {html}"] == told.splitlines()
    assert svg.read_text(encoding="utf-8").startswith("<svg")
    assert html.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_a_script_and_a_request_come_from_files(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """
    START-2: the request says category and priority itself.
    """
    script = tmp_path / "moves.yaml"
    script.write_text("- {after: 1 min, move: acknowledge, by: maya}\n", encoding="utf-8")
    request = Path(__file__).parents[2] / "examples" / "complaint.yaml"

    words = ("playbook", "simulate", str(REFERENCE), "--at", "2026-11-20T10:00")
    entries = answer(capsys, *words, "--request", str(request), "--script", str(script))

    assert "opened at level 1 with P2 for Call centre" == entries[0]["text"]
    assert "2026-11-20T10:01:00Z" in [x["at"] for x in entries if x["kind"] == "acknowledged"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--at", "soon"], "--at: given 'soon'; allowed: a date and time"),
        (["--tz", "Asia/Jakart"], "--tz: given 'Asia/Jakart'; allowed: a time zone"),
        (["--priority", "P5"], "--priority: given 'P5'; allowed: P1, P2, P3, P4"),
        (["--category", "complain"], "did you mean complaint?"),
        (["--issue-type", "services"], "issue_type"),
        (
            ["--script", "nowhere.yaml"],
            "--script: given 'nowhere.yaml'; allowed: a file that can be read (No such file",
        ),
        (["--svg", "/nowhere/out.svg"], "--svg: given '/nowhere/out.svg'"),
    ],
)
def test_a_wrong_option_is_refused_with_what_is_allowed(
    capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    """
    START-6: bad input, exit status 2, and no traceback.
    """
    assert said in printed(capsys, *SIMULATE, *words, status=program.BAD_INPUT)


def test_a_category_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    """
    With those that there are.
    """
    told = printed(capsys, "playbook", "simulate", str(REFERENCE), status=program.BAD_INPUT)

    assert "--category: given nothing; allowed: complaint," in told


def test_coverage_of_the_reference_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    """
    MATRIX-5: exit status 0, and no gap.
    """
    assert [] == answer(capsys, "playbook", "coverage", str(REFERENCE))
    assert "at every level of" in printed(capsys, "playbook", "coverage", str(REFERENCE))


def test_a_difference_is_told_in_words_and_times(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """
    MATRIX-2: what changes for whom, and when levels would be reached instead.
    """
    changed = tmp_path / "changed.yaml"
    pieces = (("window: 30 min - 1 h", "window: 30 - 45 min"), ('"1.0"', '"1.1"'))
    changed.write_text(reference_with(*pieces), encoding="utf-8")
    files = ("playbook", "diff", str(REFERENCE), str(changed), "--at", "2026-11-20T09:30")

    told = " ".join(printed(capsys, *files).split())

    assert "Reference 1.0 → Reference 1.1" in told
    assert "level 2 (Call centre support manager): window 30 min to 45 min instead of 30 min to 1 h" in told
    assert "level 7 reached Mon 30 Nov 09:45 instead of Mon 30 Nov 10:00" in told
    assert "Nothing changes." in printed(capsys, "playbook", "diff", str(REFERENCE), str(REFERENCE))


def test_a_backtest_reports_figures_and_faults(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """
    Rows that cannot be read are named, and the rest counts.
    """
    log = tmp_path / "log.csv"
    export = AnExport().incident("INC1", "07-11-2016 09:00").update("07-11-2016 09:05", "New")
    export.update("07-11-2016 11:00", "Asleep").update("07-11-2016 09:45", "Resolved")
    log.write_bytes(export.data)
    words = ("playbook", "backtest", str(log), "--map", str(SERVICENOW), "--playbook", str(REFERENCE))

    told = printed(capsys, *words, "--against", str(REFERENCE))
    found = answer(capsys, *words)

    assert "1 incident, 3 rows" in told
    assert "'Asleep'" in told
    assert [("incident_state", 3)] == [(fault["column"], fault["row"]) for fault in found["faults"]]
    [result] = found["playbooks"]
    assert {"2": 1} == result["by_priority"]["P3"]["rises"]
    assert 24 == len(result["load"]["elena"]["by_hour"])


def test_a_map_that_is_none_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """
    Every fault at once, with its place.
    """
    wrong = tmp_path / "map.yaml"
    text = SERVICENOW.read_text(encoding="utf-8").replace("key: number", "keys: number")
    wrong.write_text(text.replace("New: new", "New: newest"), encoding="utf-8")

    told = printed(capsys, "playbook", "backtest", "log.csv", "--map", str(wrong), status=program.BAD_INPUT)

    assert "3 faults" in told
    assert "keys: given 'number'; allowed: no field of this name" in told
    assert "states.New.means: given 'newest'; allowed: 'new', 'working'" in told


DAYS = '{name: Days, people: [priya], since: 2026-11-02, restrict_to: {mon-fri: "08:00-18:00"}}'
DESK = f"rotas: {{desk: {{name: Desk, time_zone: UTC, rotations: [{DAYS}]}}}}"
NIGHTLESS = reference_with(
    ("chase_every: 24 h", f"chase_every: 24 h\n{DESK}"), ("contacts: [priya]", "contacts: [desk]")
)


def test_gaps_that_categories_share_are_told_once(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """
    MATRIX-5: how many, how long, the first five; each with --all; JSON keeps them by category.
    """
    path = tmp_path / "ours.yaml"
    path.write_text(NIGHTLESS, encoding="utf-8")
    words = ["playbook", "coverage", str(path), "--from", "2026-11-16T00:00", "--days", "14"]

    told = printed(capsys, *words, status=1)
    whole = printed(capsys, *words, "--all", status=1)
    plain = answer(capsys, *words, status=1)

    assert 1 == told.count("nobody of desk")
    assert "11 gaps, 236.0 h in all" in " ".join(told.split())
    assert 5 == told.count(" 18:00 - ") + told.count(" 00:00 - ")
    assert "and 6 more; --all shows each" in told
    assert 11 == whole.count(" 18:00 - ") + whole.count(" 00:00 - ")
    assert 11 * len({gap["category"] for gap in plain}) == len(plain)


def test_the_levels_come_before_what_happens(capsys: pytest.CaptureFixture[str]) -> None:
    """
    MATRIX-8: the ladder first, since the rest is long.
    """
    told = printed(capsys, *SIMULATE)

    assert told.index("held for") < told.index("Fri 20 Nov 17:00  ")


def test_a_forecast_cannot_end_before_it_begins(capsys: pytest.CaptureFixture[str]) -> None:
    """The refusal says what is allowed."""
    told = printed(capsys, *SIMULATE, "--until", "2026-11-20T16:00", status=2)

    assert "a time after the start, 2026-11-20T16:30" in " ".join(told.split())


def test_a_zone_is_suggested(capsys: pytest.CaptureFixture[str]) -> None:
    """
    A city alone is no zone.
    """
    told = printed(capsys, *SIMULATE, "--tz", "New York", status=2)

    assert "did you mean America/New_York?" in " ".join(told.split())


def test_a_difference_names_its_start_and_zone(capsys: pytest.CaptureFixture[str]) -> None:
    """
    The times that move are those of one case.
    """
    files = [str(REFERENCE), str(REFERENCE)]

    told = printed(capsys, "playbook", "diff", *files, "--at", "2026-11-20T16:30", "--tz", "Asia/Jakarta")

    assert "times of Asia/Jakarta, for a case that starts Fri 20 Nov 2026 16:30" in " ".join(told.split())


def test_a_forecast_says_what_customers_would_have_to_bear(capsys: pytest.CaptureFixture[str]) -> None:
    """
    COMM-3: how many messages in all, to customers, and by themselves; and that no more would come.
    """
    told = " ".join(printed(capsys, *SIMULATE).split())

    assert re.search(
        r"\d+ messages, \d+ of them to customers; holding updates by itself: 3, "
        "and no more until somebody writes to customers",
        told,
    )
    assert "the last until somebody writes to them" in told


def test_a_backtest_says_whose_times_it_took_them_for(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """
    CLOCK-5: those of the export, and the hours of the load.
    """
    log = tmp_path / "log.csv"
    log.write_bytes(AnExport().incident("INC1", "07-11-2016 09:00").update("07-11-2016 09:05", "New").data)
    words = ("playbook", "backtest", str(log), "--map", str(SERVICENOW), "--playbook", str(REFERENCE))

    told = " ".join(printed(capsys, *words, "--tz", "Asia/Jakarta").split())
    found = answer(capsys, *words, "--tz", "Asia/Jakarta")

    assert "times read as those of UTC" in told
    assert "Messages by hour of Asia/Jakarta" in told
    assert ("UTC", "Asia/Jakarta") == (found["time_zone"], found["playbooks"][0]["load_time_zone"])


BY_THE_CALENDAR = ("0001-01-01T00:00", "1969-12-31T23:59", "2201-01-01T00:00", "9999-12-31T23:59")


@pytest.mark.parametrize("given", BY_THE_CALENDAR)
@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("--at", SIMULATE),
        ("--until", SIMULATE),
        ("--from", ["playbook", "coverage", str(REFERENCE)]),
        ("--at", ["playbook", "diff", str(REFERENCE), str(REFERENCE)]),
    ],
)
def test_times_at_the_ends_of_the_calendar_are_refused(
    capsys: pytest.CaptureFixture[str], option: str, words: list[str], given: str
) -> None:
    """
    START-6: clearly, and never as a fault of ours.
    """
    told = printed(capsys, *words, option, given, status=program.BAD_INPUT)

    assert f"{option}: given '{given}'; allowed: a year from 1970 to 2200" in " ".join(told.split())


@pytest.mark.parametrize("words", [("simulate", "--category", "complaint"), ("coverage", "--days", "2")])
def test_the_configured_playbook_is_meant_where_none_is_given(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """
    As workers with the same settings take it: what is looked at is what would be started.
    """
    monkeypatch.setenv("ESCALATION_PLAYBOOK", "/nowhere/ours.yaml")
    assert program.BAD_INPUT == program.run(["playbook", *words])
    assert "/nowhere/ours.yaml" in capsys.readouterr().err

    monkeypatch.setenv("ESCALATION_PLAYBOOK", str(REFERENCE))
    assert program.run(["playbook", *words]) in {program.DONE, program.REFUSED}
    assert not capsys.readouterr().err
