"""A newcomer's first playbook: from options, and from questions on a terminal."""

import json
import os
import pty
import shlex
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from entrypoints.cli import program
from planning.playbook.loader import load_playbook
from planning.playbook.schema import Playbook
from runtime.settings import ROOT
from tests.entrypoints.conftest import Terminal

MAYA = ("--person", "maya, Maya Okafor, maya@example.com")
TOM = ("--person", "tom, Lindqvist, Tom, tom@example.com")
ELENA = ("--person", "elena, Elena Petrova, elena@example.com")
SMALLEST = ("--name", "Desk", "--time-zone", "Europe/London", *MAYA, "--level", "Desk: maya")
HER_OWN_WORK = "maya, who verifies resolutions and is a contact of level 1 of customer_requests"


def warnings_of(file: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Check *file*, and simulate each of its categories."""
    capsys.readouterr()
    assert 0 == program.run(["playbook", "check", str(file), "--json"])
    warnings = json.loads(capsys.readouterr().out)["warnings"]
    for category in load_playbook(file).issue_types["customer_requests"].categories:
        for priority in ("P1", "P4"):
            options = ["--category", category, "--priority", priority, "--json"]
            assert 0 == program.run(["playbook", "simulate", str(file), *options]), capsys.readouterr().err
    capsys.readouterr()
    return [warning["odd"] for warning in warnings]


def written(folder: Path, *options: str) -> Path:
    file = folder / "ours.yaml"
    assert 0 == program.run(["playbook", "new", str(file), *options])
    return file


@pytest.mark.parametrize(
    ("options", "odd"),
    [
        # one person alone, who has to check her own work: said, and nothing else
        (SMALLEST, [HER_OWN_WORK]),
        # somebody who is at no level looks after the escalations by herself
        ((*SMALLEST, *ELENA), []),
        # several of everything
        (
            (
                *("--name", "Acme Europe", "--time-zone", "Europe/Istanbul", *MAYA, *TOM, *ELENA),
                *("--hours", "mon - thu 09:00-12:00, 13:00-17:30", "--hours", "Fri 9:00-15:00"),
                *("--holidays", "TR", "--holidays", "GB-ENG, US"),
                *("--language", "tr, en", "--language", "id"),
                *("--level", "First: maya, tom", "--level", "Second: tom", "--level", "Third: tom, maya"),
                *("--category", "late: Late delivery", "--category", "Geç teslimat ışığı"),
            ),
            [],
        ),
        # around the clock, as many levels as there can be, two managers
        (
            (
                *("--name", "Night", "--time-zone", "UTC", "--hours", "24x7", *MAYA, *TOM, *ELENA),
                *(("--level", "Level: maya") * 9),
                *("--manager", "elena", "--manager", "tom"),
            ),
            [],
        ),
        # open for an hour a week
        ((*SMALLEST, *ELENA, "--level", "Second: maya", "--hours", "sun 23:30-00:30"), []),
    ],
)
def test_what_is_written_can_be_checked_and_simulated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], odd: list[str]
) -> None:
    """No fault, and no warning but one that a newcomer's own answers explain."""
    file = written(tmp_path, *options)

    said = [each for each in warnings_of(file, capsys) if "estimated dates" not in each]

    assert odd == said


def test_every_answer_is_in_the_file(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        *("--name", "Acme", "--time-zone", "Asia/Jakarta", *MAYA, *TOM, *ELENA),
        *("--hours", "mon-fri 08:00-16:00", "--holidays", "ID", "--language", "id"),
        *("--level", "Desk: maya, tom", "--level", "Lead: tom", "--category", "late_delivery: Late"),
    )

    playbook = load_playbook(file)

    assert "Acme" == playbook.name
    assert {"mon-fri": ("08:00-16:00",)} == playbook.calendars["office"].weekly
    assert ["ID"] == [rules.country for rules in playbook.calendars["office"].holidays]
    assert "Lindqvist, Tom" == playbook.people["tom"].name
    assert {("Asia/Jakarta", "id")} == {(each.time_zone, each.language) for each in playbook.people.values()}
    assert ("agent",) == playbook.people["maya"].roles
    assert ("escalation_manager",) == playbook.people["elena"].roles
    levels = playbook.issue_types["customer_requests"].levels
    assert [("Desk", ("maya", "tom")), ("Lead", ("tom",))] == [
        (level.name, level.contacts) for level in levels.values()
    ]
    assert "Late" == playbook.issue_types["customer_requests"].categories["late_delivery"].name


def test_each_part_is_explained_and_the_reference_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each block of lines has a comment in it or before it, and no line is wider than a page."""
    monkeypatch.chdir(tmp_path)
    text = written(Path(), *SMALLEST).read_text(encoding="utf-8")

    assert "docs/reference/playbook.md" in text
    assert [] == [line for line in text.splitlines()[1:] if len(line) > 120]
    blocks = text.split("\n\n")
    assert [] == [block for before, block in pairwise(blocks) if "# " not in before + block]


@pytest.mark.parametrize(
    "name",
    [
        'Acme: "desk" #1',
        "{{ 7 * 7 }} {% raw %}",
        "- yes",
        "null",
        "*all",
        "it's 100 %",
        "Işıl 支援 🛟",
        "a, [b]: {c}",
    ],
)
def test_names_are_data(tmp_path: Path, name: str) -> None:
    """Whatever a name holds, the file has it as a name, and nothing else."""
    file = written(
        tmp_path,
        *("--name", name, "--time-zone", "UTC", "--person", f"maya, {name}, maya@example.com"),
        *("--level", f"{name}: maya", "--category", f"some: {name}"),
    )

    playbook: Playbook = load_playbook(file)

    kind = playbook.issue_types["customer_requests"]
    wanted = " ".join(name.split())
    assert name == playbook.name == kind.levels[1].name == kind.categories["some"].name
    assert wanted == " ".join(playbook.people["maya"].name.split())


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text("mine", encoding="utf-8")

    assert 2 == program.run(["playbook", "new", str(file), *SMALLEST])

    assert "nothing is overwritten (it exists)" in capsys.readouterr().err
    assert "mine" == file.read_text(encoding="utf-8")


def test_all_faults_are_told_at_once_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One slip is one fault: a level may name a person whose address is wrong."""
    file = tmp_path / "ours.yaml"
    options = (
        *("--time-zone", "WIB", "--hours", "mon 9-5", "--holidays", "UK", "--holidays", "GB-XX"),
        *("--language", "xx", "--person", "maya, Maya, maya@", "--person", "agent, A, a@example.com"),
        *("--level", "Desk: maya", "--level", "Lead: myaa", "--category", "支援"),
        *("--hours", "mon 09:00-10:00", "--hours", "mon,tue 10:00-11:00"),
    )

    assert 2 == program.run(["playbook", "new", str(file), *options])

    complained = capsys.readouterr().err
    assert "the new playbook is refused: 11 faults" in complained
    for said in (
        "--name: given nothing",
        "did you mean Asia/Jakarta?",
        "--hours: given 'mon 9-5'",
        "did you mean GB?",
        "--holidays: given 'GB-XX'",
        "--language: given 'xx'; allowed: languages in which there are messages: en, id, tr",
        "an e-mail address, name@host",
        "another id than agent, which is a role",
        "did you mean maya?",
        "each day once, with all of its hours (mon again)",
    ):
        assert said in complained
    assert not file.exists()


def test_a_terminal_asks_until_each_answer_is_right(tmp_path: Path) -> None:
    """
    A question that an option answers is not asked; a wrong answer is explained, and the question asked
    again.
    """
    file = tmp_path / "ours.yaml"
    typed = (
        *("WIB", "Asia/Jakarta"),  # a slip first
        *("mon-thu 08:00-16:00", "fri 08:00-11:00", ""),
        *("ID", ""),
        "",  # English
        *("maya, Maya Okafor, maya@example.com", "elena, Elena Petrova, elena@example.com", ""),
        *("Desk: mya", "Desk: maya", "Lead: elena", ""),
        "",  # whoever is proposed
        *("Late delivery", "Broken goods", ""),
    )

    status, shown = asked(["playbook", "new", str(file), "--name", "Acme"], typed)

    assert 0 == status, shown
    assert "Did you mean Asia/Jakarta?" in shown
    assert "Did you mean maya?" in shown
    assert "What is your organisation" not in shown
    assert f"Written: {file}" in "".join(shown.splitlines())
    playbook = load_playbook(file)
    assert {"mon-thu", "fri"} == set(playbook.calendars["office"].weekly)
    assert {"late_delivery", "broken_goods"} == set(playbook.issue_types["customer_requests"].categories)
    assert ("agent", "escalation_manager") == playbook.people["elena"].roles


def test_nothing_is_written_if_the_questions_are_left(tmp_path: Path) -> None:
    file = tmp_path / "ours.yaml"

    status, shown = asked(["playbook", "new", str(file)], ("Acme", "\x04"))

    assert program.INTERRUPTED == status, shown
    assert not file.exists()


async def test_what_it_says_next_can_be_typed(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands that it ends with do what they say, on a server that has the new playbook."""
    terminal.playbook.unlink()
    said = await terminal.done("playbook", "new", str(terminal.playbook), *SMALLEST)
    monkeypatch.setenv("ESCALATION_PLAYBOOK", str(terminal.playbook))
    commands = [shlex.split(line)[1:] for line in said.splitlines() if line.startswith("  escalate ")]

    answers = [await terminal.done(*words) for words in commands]

    assert ["playbook", "playbook", "start", "show"] == [words[0] for words in commands]
    assert "ACME/1 is communicating, level 1, owner maya" in answers[2]


def asked(words: list[str], lines: tuple[str, ...]) -> tuple[int, str]:
    """Run a command on a terminal of its own, with *lines* typed; its status, and what the terminal shows."""
    here, there = pty.openpty()
    command = [sys.executable, "-m", "entrypoints.cli.program", *words]
    with subprocess.Popen(
        command, stdin=there, stdout=there, stderr=there, cwd=ROOT, close_fds=True
    ) as running:
        os.close(there)
        os.write(here, "".join(f"{line}\n" for line in lines).encode())
        shown = b""
        try:
            while piece := os.read(here, 4096):
                shown += piece
        except OSError:  # the other end is closed: the command has ended
            pass
        status = running.wait(timeout=60)
    os.close(here)
    return status, shown.decode()
