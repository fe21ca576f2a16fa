"""
Refusals in the words that were typed.
"""

import re

import pytest

from entrypoints.cli import program
from entrypoints.cli.field_words import ARGUMENTS, OPTIONS
from runtime.settings import ROOT

KEY = "ACME/4711"
COMMANDS = ROOT / "docs" / "reference" / "commands.md"
TERMS = ("--entry", "x", "--measure", "x", "--exit", "x", "--review", "2030-03-01", "--as", "elena")
NOT_EMPTY = "given ''; allowed: a text that is not empty"
WRONG = (
    (("plan", KEY), "plan is refused: 1 fault\n  --step: given nothing; allowed: at least 1 of these\n"),
    (
        ("plan", KEY, "--step", "ana"),
        "plan is refused: 1 fault\n  --step 1: given 'ana'; allowed: OWNER: WHAT,",
    ),
    (("resolve", KEY, "--done", ""), f"--done: {NOT_EMPTY}\n"),
    (("trigger", KEY, ""), f"TRIGGER: {NOT_EMPTY}\n"),
    (("settle", KEY, ""), f"RECORD: {NOT_EMPTY}\n"),
    (("survey", KEY, "ACME", "9"), "1..5: given '9'"),
    (("start", "--priority", "P9"), "\n  --priority: given 'P9'"),
    (("start", "--key", KEY), "\n  --subject: given nothing; allowed: this option is required\n"),
    (
        ("task-force", "task", "done", KEY, "dam", "0"),
        "task-force task done is refused: 1 fault\n  NUMBER: given '0'",
    ),
    (
        ("sponsor", "enrol", "ACME", "--sponsor", "", "--duty", "", "--every", "0", *TERMS),
        f"3 faults\n  --sponsor: {NOT_EMPTY}\n  --duty 1: {NOT_EMPTY}\n  --every: given 0; allowed: at least",
    ),
    (
        ("task-force", "deploy", KEY, "dam", "--mission", "x", "--lead", "ana", "--status-every", "1s"),
        "task-force deploy is refused: 1 fault\n  --status-every: given 0:00:01; allowed: at least",
    ),
    (("show", ""), "KEY: given nothing; allowed: an escalation's key, such as ACME/4711"),
    (
        ("playbook", "simulate", str(ROOT / "playbooks" / "reference.yaml"), "--category", "x"),
        "the command is refused: 1 fault\n  --category: given 'x'",
    ),
)


@pytest.mark.parametrize(("words", "says"), WRONG, ids=[" ".join(words) for words, _ in WRONG])
def test_what_is_wrong_is_told_as_it_was_typed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], says: str
) -> None:
    """
    START-6: the option or argument, counted from one; each fault once.
    """
    monkeypatch.setenv("ESCALATION_AS", "maya")

    assert program.BAD_INPUT == program.run(list(words))

    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    "place", sorted({*OPTIONS.values(), *(word for words in ARGUMENTS.values() for word in words.values())})
)
def test_each_place_that_is_told_is_one_that_can_be_typed(place: str) -> None:
    """
    START-6.
    """
    commands = COMMANDS.read_text(encoding="utf-8")

    assert re.search(rf"(?<![\w-]){re.escape(place)}(?![\w-])", commands)
