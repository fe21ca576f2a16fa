"""The action plan as people type it: steps with due times, by options or in a file."""

from pathlib import Path

import pytest

from entrypoints.cli import program
from runtime.settings import ROOT
from tests.entrypoints.conftest import KEY, Terminal

COMPLAINT = str(ROOT / "examples" / "complaint.yaml")


async def test_steps_have_due_times(terminal: Terminal, tmp_path: Path) -> None:
    """
    COMM-10: of the zone that is said; a day alone lasts until its end; in a file with their offset.
    """
    await terminal.done("start", COMPLAINT)
    by_options = (
        *("--step", "hannah: Find it: the cause; due 2030-01-31T12:00", "--tz", "Asia/Jakarta"),
        *("--step", "tom: Call Jo; DUE 2030-02-01", "--step", "ben: Wait; then call"),
    )
    await terminal.done("plan", KEY, "--as", "elena", *by_options)
    steps = (await terminal.json("plan", "show", KEY))["steps"]
    assert [
        ("Find it: the cause", "2030-01-31T05:00:00Z"),
        ("Call Jo", "2030-02-01T16:59:00Z"),
        ("Wait; then call", None),
    ] == [(step["what"], step["due_at"]) for step in steps]
    assert "due 2030-01-31" in await terminal.done("show", KEY)

    file = tmp_path / "plan.yaml"
    file.write_text(
        "steps:\n  - {owner: hannah, what: Find it, due_at: 2030-01-31T12:00+07:00, is_done: true}\n"
    )
    await terminal.done("plan", KEY, "--as", "elena", "--file", str(file))
    assert ["2030-01-31T12:00:00+07:00"] == [
        each["due_at"] for each in (await terminal.json("plan", "show", KEY))["steps"]
    ]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--step", "ana: Call; due soon"), "--step 1, due: given 'soon'; allowed: a date and time such as"),
        (("--step", "ana: Call; due 2030-02-30"), "--step 1, due: given '2030-02-30T23:59'"),
        (("--step", "ana: Call", "--tz", "Mars"), "--tz: given 'Mars'"),
        (("--step", "ana: Call", "--file", "plan.yaml"), "--file, --step: given both; allowed: one of them"),
        (
            ("--file", "plan.yaml"),
            "plan.yaml:1:42 steps.0.due_at: given '2030-01-31T12:00'; allowed: a date and time with its offset",
        ),
    ],
)
def test_due_times_that_cannot_be_are_refused(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    says: str,
) -> None:
    """
    START-6: before anything is asked of a server.
    """
    monkeypatch.chdir(tmp_path)
    Path("plan.yaml").write_text("steps: [{owner: ana, what: Call, due_at: 2030-01-31T12:00}]\n")

    assert program.BAD_INPUT == program.run(["plan", KEY, "--as", "elena", *words])

    assert says in capsys.readouterr().err
