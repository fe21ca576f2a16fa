"""The catalogues: complete in each shipped language, and forgiving towards an organisation's own."""

import ast
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest
from pydantic import TypeAdapter

from escalation.case import events as e
from escalation.case.follow_up_actions import Origin
from escalation.case.lifecycle import Move, RcaState, State
from escalation.case.request import Channel
from escalation.case.resolution import ResolutionKind
from escalation.kernel.clock_name import ClockName
from escalation.kernel.reasons import Person, Reason, reason
from escalation.notifications.notification import Occasion
from escalation.policy.classification import (
    AttemptOutcome,
    CancelCause,
    Degree,
    EscalationReason,
    EvidenceKind,
)
from escalation.sponsorship.lifecycle import SponsorshipMove, SponsorshipState
from escalation.sponsorship.move_index import AnyEvent
from escalation.task_force import events as of_force
from escalation.task_force.lifecycle import TaskForceMove, TaskForceState
from identity.actor import DoorName
from messages.catalogue import Catalogue, CatalogueFault, Finding, catalogue, findings, languages

Written = Callable[[str], Path]
NOW = datetime(2030, 1, 1, 9, tzinfo=UTC)
TERMS = (
    *(
        State,
        RcaState,
        Move,
        ClockName,
        EscalationReason,
        Degree,
        EvidenceKind,
        AttemptOutcome,
        Channel,
        Occasion,
        Origin,
        DoorName,
    ),
    *(ResolutionKind, CancelCause, TaskForceState, TaskForceMove, SponsorshipState, SponsorshipMove),
)


@pytest.fixture
def own(tmp_path: Path) -> Written:
    """Write the Portuguese catalogue of an organisation."""

    def write(text: str) -> Path:
        (tmp_path / "pt").mkdir()
        (tmp_path / "pt" / "words.po").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def entry(context: str, code: str, said: str) -> str:
    return f'msgctxt "{context}"\nmsgid "{code}"\nmsgstr "{said}"\n\n'


def test_the_languages_shipped_say_everything() -> None:
    """COMM-9: each code, with the same parts put in."""
    assert ("en", "id", "tr") == languages()
    assert [] == list(findings(None, languages(), frozenset(languages())))


def test_what_a_language_leaves_out_is_said_in_english(own: Written) -> None:
    portuguese = catalogue("pt", own(entry("Degree", "high", "alta")))

    assert ("alta", "medium") == (portuguese.word("Degree", "high"), portuguese.word("Degree", "medium"))


def test_a_code_that_nobody_knows_reads_as_it_is_spelled() -> None:
    """Playbooks have codes of their own."""
    assert "waiting for the harvest" == catalogue("tr").word("playbook", "waiting_for_the_harvest")


def test_parts_are_put_in_by_number_or_name() -> None:
    english = Catalogue("en", {("reason", "b"): "{1} before {0}", ("page", "p"): "of {reference}"})

    assert "y before x" == english.sentence("reason", "b", "x", "y")
    assert "of A/1" == english.sentence("page", "p", reference="A/1")


def test_an_entry_that_puts_in_what_is_not_there_is_a_fault_and_is_not_used(own: Written) -> None:
    folder = own(entry("reason", "closed_by", "{} fechou {}") + entry("reason", "due", "vence"))

    faults, warnings = (
        [
            each
            for each in findings(folder, ("pt",))
            if each.is_fault is kind and "says nothing" not in each.what
        ]
        for kind in (True, False)
    )

    file = folder / "pt" / "words.po"
    assert [Finding(f"{file}:2", "reason closed_by puts in '1', which is not there")] == faults
    assert [Finding(f"{file}:6", "reason due leaves out {0}", is_fault=False)] == warnings
    assert "closed by Ana" == catalogue("pt", folder).sentence("reason", "closed_by", "Ana")


@pytest.mark.parametrize(
    ("context", "code", "meant"),
    [("State", "resolvin", "; did you mean resolving?"), ("Stat", "closed", "; did you mean context State?")],
)
def test_a_misspelt_code_is_a_warning(context: str, code: str, meant: str, own: Written) -> None:
    """An entry for a code that nothing has would never be used."""
    folder = own(entry(context, code, "x"))

    assert Finding(
        f"{folder / 'pt' / 'words.po'}:2", f"{context} {code} is no code of the engine{meant}", is_fault=False
    ) in list(findings(folder, ("pt",)))


def test_a_gap_is_listed_by_its_code(own: Written) -> None:
    folder = own(entry("Degree", "high", "alta"))

    assert Finding("pt/words.po", "says nothing of Degree low: English is used", is_fault=False) in list(
        findings(folder, ("pt",))
    )


def test_a_file_that_cannot_be_read_is_one_fault(own: Written) -> None:
    folder = own("high: alta\n")

    (found,) = findings(folder, ("pt",))

    assert found.is_fault
    with pytest.raises(CatalogueFault, match=r"pt/words\.po cannot be read"):
        catalogue("pt", folder)


def test_a_guess_of_a_tool_does_not_count(own: Written) -> None:
    """Entries marked as fuzzy wait for a translator."""
    folder = own("#, fuzzy\n" + entry("Degree", "high", "grande"))

    assert "high" == catalogue("pt", folder).word("Degree", "high")


ROOT = Path(__file__).resolve().parent.parent.parent
SPEAKING = ("escalation", "planning", "workflows", "activities", "clients", "entrypoints")
"""Folders that give reasons."""


def reasons_of_the_rules() -> Iterator[tuple[str, int]]:
    """Each code that the product writes out in a call of `reason`, and the number of its parts."""
    for path in sorted(path for folder in SPEAKING for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="reason"), args=[ast.Constant(value=str(code)), *parts]):
                    if not any(isinstance(part, ast.Starred) for part in parts):
                        yield code, len(parts)
                case _:
                    pass


def test_each_reason_is_said_with_all_its_parts() -> None:
    english = catalogue("en")

    assert [] == [code for code, _ in reasons_of_the_rules() if not english.has("reason", code)]
    assert [] == [(code, count) for code, count in reasons_of_the_rules() if count < parts_in(english, code)]


def parts_in(english: Catalogue, code: str) -> int:
    return len(
        {name for _, name, _, _ in Formatter().parse(english.word("reason", code)) if name is not None}
    )


@pytest.mark.parametrize(
    ("prefix", "union"),
    [("event", e.Event), ("force", of_force.TaskForceEvent), ("event", AnyEvent)],
    ids=["case", "task force", "sponsorship"],
)
def test_each_event_is_said(prefix: str, union: object) -> None:
    codes = {code for context, code in catalogue("en").said if context == "reason"}
    kinds = [kind.__dataclass_fields__["kind"].default for kind in get_args(get_args(union)[0])]

    assert [] == [kind for kind in kinds if not any(code.startswith(f"{prefix}.{kind}") for code in codes)]


@pytest.mark.parametrize("kind", TERMS)
def test_each_code_of_the_rules_has_a_word(kind: type[StrEnum]) -> None:
    """COMM-9: what reasons name in their parts."""
    assert [] == [code for code in kind if not catalogue("en").has(kind.__name__, code)]


def test_reasons_survive_json() -> None:
    parts = (
        reason("due", ClockName.PAUSE),
        Person("sam", "Sam"),
        3,
        "x",
        NOW,
        NOW.date(),
        timedelta(1),
        ("a",),
    )
    whole = reason("as_written", *parts)

    assert whole == TypeAdapter(Reason).validate_json(TypeAdapter(Reason).dump_json(whole))
