"""
The JSON Schema for editors: it takes what the loader takes, and finds the usual slips.
"""

import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from escalation.policy.spans import SpanFault, parse_span
from planning.playbook.json_schema import make_json_schema
from planning.playbook.value_types import SPAN_PATTERN
from tests.planning.builders import PLAYBOOKS, reference_with

EDITOR = Draft202012Validator(make_json_schema())


def as_an_editor_reads(text: str) -> Any:
    """
    YAML as JSON: keys are texts, and so are dates.
    """

    def plain(value: Any) -> Any:
        match value:
            case dict():
                return {str(key): plain(each) for key, each in value.items()}
            case list():
                return [plain(each) for each in value]
            case str() | bool() | int() | float() | None:
                return value
            case _:
                return str(value)

    return plain(YAML(typ="safe", pure=True).load(text))


def complaints(text: str) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in EDITOR.iter_errors(as_an_editor_reads(text))]


def test_the_schema_is_one() -> None:
    """
    Editors refuse a schema that is none, silently.
    """
    Draft202012Validator.check_schema(make_json_schema())


@pytest.mark.parametrize("path", sorted(PLAYBOOKS.glob("*.yaml")), ids=lambda path: path.name)
def test_editors_find_nothing_in_our_own_playbooks(path: Any) -> None:
    """Valid playbooks are not underlined; each names the schema that stands beside it."""
    text = path.read_text(encoding="utf-8")

    assert text.startswith("# yaml-language-server: $schema=playbook.schema.json\n")
    assert [] == complaints(text)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("unreached: stay", "unreched: stay"),
        ("basis: 24x7", "basis: 24x6"),
        ("15 - 30 min", "15 to 30 min"),
        ("closing: 5 business days", "closing: 5 busines days"),
        ("email:maya", "emial:maya"),
        ("verify_resolution:", "verify_resolutoin:"),
        ("  close:", "  begin_communication:"),
        ("  P4:", "  P5:"),
        ("      7:\n", "      seven:\n"),
        ("country: GB, ", ""),
        ("calendar: office ", "# "),
        ("rca_required: true", "rca_required: perhaps"),
        ("remind_at: [50, 75, 90]", "remind_at: [50, 75, 100]"),
        ("waiting_for_vendor: [level_window]", "waiting_for_vendor: [level_windw]"),
    ],
)
def test_editors_find_the_usual_slips(old: str, new: str) -> None:
    """
    Names, words, spans and numbers that the loader refuses too.
    """
    assert complaints(reference_with((old, new)))


def test_a_file_that_extends_another_may_leave_out_the_rest() -> None:
    """
    `extends`: nothing is missing, but a slip is still one.
    """
    assert [] == complaints("extends: reference.yaml\npriorities: {P1: {entry_level: 3}}\n")
    assert complaints("extends: reference.yaml\npriorities: {P1: {entry_levl: 3}}\n")
    assert complaints("extends: ../reference.yaml\n")
    assert complaints("name: Alone\n")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("every: weekly", "every: fortnightly"),
        ("hand_over: mon 08:00", "hand_over: monday 08:00"),
        ("since: 2026-11-02", "since: last monday"),
        ("restrict_to:", "restrict:"),
        ("person: elena", "people: [elena]"),
        ("calendar: on_call.ics", "calendar: {fle: on_call.ics}"),
        ("calendar: on_call.ics", "calendar: {url_from: a variable}"),
    ],
)
def test_editors_find_the_slips_of_rotas_too(old: str, new: str) -> None:
    """
    MATRIX-1: names and forms that the loader refuses.
    """
    text = (PLAYBOOKS / "on_call.yaml").read_text(encoding="utf-8")
    assert old in text

    assert complaints(text.replace(old, new, 1))


AMOUNTS = st.sampled_from(["1", "15", "1.5", "0", "007", "1.2345", "999999", "1234567", ""])
UNITS = st.sampled_from(["min", "mins", "h", "hours", "hrs", "s", "sec", "day", "days", "d", "weeks", ""])
SPANS = st.tuples(
    AMOUNTS,
    st.sampled_from([" ", ""]),
    st.sampled_from(["", "business "]),
    UNITS,
    st.sampled_from(["", " 24x7"]),
).map("".join)


@example("1   min")
@example("1 business   h  24x7")
@given(SPANS | st.tuples(SPANS, SPANS).map(" ".join))
def test_spans_that_an_editor_refuses_are_refused(text: str) -> None:
    """
    The pattern is never stricter than the loader: whatever this reads in lower case, that takes.
    """
    if not re.search(SPAN_PATTERN, text.strip()):
        with pytest.raises(SpanFault):
            parse_span(text)
