"""
A playbook with mistakes in it: each is found, with its place, what was given and what is allowed.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from escalation.kernel.refusals import BadRequest, Fault
from planning.playbook.faults import MOST_SHOWN
from planning.playbook.loader import Playbook, load_playbook, parse_playbook
from planning.playbook.yaml_tree import LARGEST_FILE, read_yaml, to_plain
from tests.planning.builders import (
    PLAYBOOKS,
    REFERENCE,
    faults_of_text,
    faults_with,
    reference_with,
    the_reference,
)
from tests.said import said

SERVICE = "issue_types.customer_service_requests"
OFFICE = "calendars.office"


def line_of(piece: str, text: str) -> int:
    return text[: text.index(piece)].count("\n") + 1


@pytest.mark.parametrize("name", ["reference.yaml", "demo.yaml", "sales.yaml", "on_call.yaml"])
def test_our_own_playbooks_have_no_faults(name: str) -> None:
    """
    MATRIX-8: what ships is right.
    """
    assert load_playbook(PLAYBOOKS / name).name


@pytest.mark.parametrize(
    ("old", "new", "path", "given", "allowed", "suggestion"),
    [
        # an unknown field
        ("unreached: stay", "unreched: stay", "each_level.unreched", "'unreched'", "unreached", "unreached"),
        # a wrong type
        (
            "window_percent: 50",
            "window_percent: half",
            "priorities.P1.window_percent",
            "'half'",
            "a whole number",
            "",
        ),
        # an unknown value
        ("basis: 24x7", "basis: 24x6", "priorities.P1.basis", "'24x6'", "24x7, business", "24x7"),
        # an unknown contact
        ("[jonas]", "[jnas]", f"{SERVICE}.levels.3.contacts.0", "'jnas'", "jonas", "jonas"),
        # an unknown role
        (
            "file_rca: [problem_coordinator]",
            "file_rca: [problem_cordinator]",
            "permissions.file_rca.0",
            "'problem_cordinator'",
            "role that somebody has",
            "problem_coordinator",
        ),
        (
            "sponsorship_deciders: [escalation_manager,",
            "sponsorship_deciders: [owner,",
            "sponsorship_deciders.0",
            "'owner'",
            "role that somebody has",
            "",
        ),
        # an unknown move
        (
            "verify_resolution:",
            "verify_resolutoin:",
            "permissions.verify_resolutoin",
            "verify_resolutoin",
            "verify_resolution",
            "verify_resolution",
        ),
        # a move that happens by itself
        (
            "  close:",
            "  begin_communication:",
            "permissions.begin_communication",
            "begin_comm",
            "by itself",
            "",
        ),
        # a move that nobody may make
        ("close: [escalation_manager]", "close: []", "permissions.close", "nobody", "escalation_manager", ""),
        # an unknown clock
        (
            "waiting_for_vendor: [level_window]",
            "waiting_for_vendor: [level_windw]",
            "pause_reasons.waiting_for_vendor.stops.0",
            "'level_windw'",
            "level_window",
            "level_window",
        ),
        # a day that is not of our time
        (
            "    #   closed_on: [2026-12-29, 2026-12-30]",
            "    closed_on: [9999-12-31]",
            "calendars.office.closed_on.0",
            "9999-12-31",
            "a year from 1970 to 2200",
            "",
        ),
        # a pause of a clock that runs only after the work, when nothing can be paused
        (
            "waiting_for_vendor: [level_window]",
            "waiting_for_vendor: [level_window, internal_rca]",
            "pause_reasons.waiting_for_vendor.stops.1",
            "'internal_rca'",
            "runs while the problem is worked on",
            "",
        ),
        # a target for the clock that each level has its own window for
        ("closing: 5 business days", "level_window: 5 h", "targets.level_window", "", "each level", ""),
        # an empty window, one that ends before it begins, one in two kinds of units
        ("15 - 30 min", "", f"{SERVICE}.levels.1.window", "nothing", "minimum to maximum", ""),
        ("15 - 30 min", "30 - 15 min", f"{SERVICE}.levels.1.window", "30 - 15 min", "the minimum first", ""),
        ("2 - 5 h", "2 h - 5 business days", f"{SERVICE}.levels.4.window", "2 h", "one kind of unit", ""),
        ("15 - 30 min", "0 - 0 min", f"{SERVICE}.levels.1.window", "0 - 0 min", "not empty", ""),
        # a level in the middle without a window, the last with one
        ("2 - 5 h", "until resolution", f"{SERVICE}.levels.4.window", "level 4", "only the last", ""),
        (
            "window: until resolution",
            "window: 1 - 2 h",
            f"{SERVICE}.levels.7.window",
            "level 7",
            "until res",
            "",
        ),
        # triggers to a level that is none, or not above
        (
            "bad_review: a bad review",
            "bad_review: {says: a bad review, to_level: 9}",
            f"{SERVICE}.levels.3.triggers.bad_review.to_level",
            "9",
            "4 to 7",
            "",
        ),
        (
            "formal_complaint: a formal complaint",
            "formal_complaint: {says: a formal complaint, to_level: 4}",
            f"{SERVICE}.levels.4.triggers.formal_complaint.to_level",
            "4",
            "5 to 7",
            "",
        ),
        # people who are to be told, and have no address
        (
            ", addresses: [email:jonas.weber@example.com]",
            "",
            f"{SERVICE}.levels.3.contacts.0",
            "'jonas', who has no address",
            "give jonas addresses",
            "",
        ),
        (
            ", addresses: [email:chloe.martin@example.com]",
            "",
            "priorities.P1.stakeholders.1",
            "'csm', which is 'chloe'",
            "give chloe addresses",
            "",
        ),
        # addresses that lead nowhere
        ("email:maya", "emial:maya", "people.maya.addresses.0", "emial:maya", "email, console", ""),
        ("email:tom.lindqvist@example.com", "email:tom", "people.tom.addresses.0", "email:tom", "e-mail", ""),
        # nobody to fall back on
        ("unreached: stay", "unreached: fallback", "each_level.unreached", "fallback", "somebody", ""),
        # calendars: never open, an unknown zone, a day twice, none of that name
        (
            'weekly:\n      mon-fri: ["09:00-17:00"]',
            "weekly: {}",
            "calendars.office.weekly",
            "never open",
            "some hours",
            "",
        ),
        (
            "Europe/London",
            "Europe/Londn",
            "calendars.office.time_zone",
            "Europe/Londn",
            "a time zone",
            "Europe/London",
        ),
        (
            'weekly:\n      mon-fri: ["09:00-17:00"]',
            'weekly: {mon-fri: ["09:00-17:00"], fri: ["09:00-15:00"]}',
            "calendars.office.weekly",
            "fri more than once",
            "each day once",
            "",
        ),
        ("calendar: office", "calendar: ofice", "calendar", "'ofice'", "office", "office"),
        (
            "holidays: {",
            "closed_on: [2026-12-29, 2027-02-30]\n    holidays: {",
            f"{OFFICE}.closed_on.1",
            "2027-02-30",
            "date",
            "",
        ),
        # days off: an unknown country, one by another name, an unknown part of one, a field that holidays do not have
        ("{country: GB,", "{country: GX,", f"{OFFICE}.holidays.0.country", "'GX'", "two letters", ""),
        ("{country: GB,", "{country: UK,", f"{OFFICE}.holidays.0.country", "'UK'", "two letters", "GB"),
        (
            "{country: GB,",
            "{country: Germany,",
            f"{OFFICE}.holidays.0.country",
            "Germany",
            "two letters",
            "DE",
        ),
        ("ENG}", "England}", f"{OFFICE}.holidays.0.subdivision", "'England'", "of GB: ENG, NIR", "ENG"),
        ("{country: GB,", "{contry: GB,", f"{OFFICE}.holidays.0.contry", "'contry'", "country", "country"),
        # a day that is closed and half open at once; hours that are none
        (
            "holidays: {",
            'closed_on: 2026-12-24\n    half_days: {2026-12-24: "09:00-12:00"}\n    holidays: {',
            f"{OFFICE}.closed_on.0",
            "2026-12-24, which is a half day too",
            "one of both",
            "",
        ),
        (
            "holidays: {",
            'half_days: {2026-12-24: "9 to 12"}\n    holidays: {',
            f"{OFFICE}.half_days.2026-12-24.0",
            "'9 to 12'",
            "hours such as",
            "",
        ),
        # a first notification that comes too late for anyone but P4
        (
            "first_notification: 60 min",
            "first_notification: 2 h",
            "priorities.P3.targets.first_notification",
            "2 h",
            "1 h",
            "",
        ),
        (
            "first_notification: 15 min",
            "first_notification: 1 business day",
            "priorities.P1.targets.first_notification",
            "1 business day",
            "at most 1 h",
            "",
        ),
        # days, where business hours count
        (
            "internal_rca: 5 business days",
            "internal_rca: 5 days",
            "targets.internal_rca",
            "5 days",
            "P2, P3, P4",
            "",
        ),
        # something missing
        ("  P4:", "  P3x:", "priorities.P3x", "'P3x'", "P1, P2, P3, P4", "P3"),
        ("low: P3}", "}", "priority_from.high", "urgency low", "high, medium, low", ""),
        ('version: "1.0"', "", "version", "nothing", "required", ""),
        # what is said of levels that do not exist
        ("executive_level: 5", "executive_level: 9", "executive_level", "9", "1 to 7", ""),
        ("entry_level: 2", "entry_level: 8", "priorities.P1.entry_level", "8", "1 to 5", ""),
        ("      7:\n", "      9:\n", f"{SERVICE}.levels", "levels 1, 2, 3, 4, 5, 6, 9", "without a gap", ""),
        # roles and ids that mean two things
        ("[csm]", "[finance]", "people.chloe.roles.0", "'finance'", "team's or rota's id", ""),
        ("[csm]", "[owner]", "people.chloe.roles.0", "'owner'", "a role of your own", ""),
        # the pause that the engine makes itself
        ("waiting_for_vendor:", "verifying:", "pause_reasons.verifying", "verifying", "another name", ""),
    ],
)
def test_a_fault_is_told_with_its_place(  # noqa: PLR0917 - the columns of the table above
    old: str, new: str, path: str, given: str, allowed: str, suggestion: str
) -> None:
    """A fault says what was given, what is allowed, and what was probably meant."""
    faults = faults_with((old, new))

    fault = next(fault for fault in faults if fault.location.endswith(f" {path}"))
    assert given in said(fault.given)
    assert allowed in said(fault.allowed)
    assert suggestion == fault.suggestion


def test_every_fault_is_told_at_once_in_the_order_of_the_file() -> None:
    """
    Form and meaning together: one typing error does not hide the others.
    """
    changes = (
        ("basis: 24x7", "basis: 24x6"),
        ("unreached: stay", "unreched: stay"),
        ("15 - 30 min", "30 - 15 min"),
        ("[jonas]", "[jnas]"),
    )
    text = reference_with(*changes)

    assert [
        (f"reference.yaml:{line_of(new, text)}", suggestion)
        for (_, new), suggestion in zip(changes, ("24x7", "unreached", "", "jonas"), strict=True)
    ] == [(":".join(fault.location.split(":")[:2]), fault.suggestion) for fault in faults_of_text(text)]


def test_a_fault_that_many_categories_inherit_is_told_once() -> None:
    """
    MATRIX-1: it is one mistake, at the place where it was written.
    """
    faults = faults_with(("[jonas]", "[jnas]"))

    assert 1 == len(faults)


def test_a_level_that_no_escalation_reaches_is_refused() -> None:
    """
    MATRIX-1: escalations rise and never fall back, so a level below every entry is never reached.
    """
    faults = faults_with(
        *(
            (f"  {each}:\n    basis", f"  {each}:\n    entry_level: 3\n    basis")
            for each in ("P2", "P3", "P4")
        )
    )

    (fault,) = faults
    assert "reference.yaml" == fault.location.partition(":")[0]
    assert fault.location.endswith(" priorities.P1.entry_level")
    assert "2 or higher for every priority, so that nothing reaches level 1" == fault.given


def test_people_need_an_address_only_to_be_told() -> None:
    """
    A person who is named nowhere may have none.
    """
    nobody = "people:\n  gateway: {name: Helpdesk gateway}\n"

    assert parse_playbook(reference_with(("people:\n", nobody))).people["gateway"].addresses == ()


def test_a_category_without_levels_is_refused() -> None:
    """
    MATRIX-1: a category that inherits none and has none would fall through.
    """
    empty = "issue_types:\n  it_projects: {name: IT project issues, categories: {delay: {name: Delay}}}\n"

    (fault,) = faults_with(("issue_types:\n", empty))

    assert fault.location.endswith("issue_types.it_projects.categories.delay")
    assert "no levels" == fault.given


@pytest.mark.parametrize(
    ("text", "where", "given"),
    [
        # malformed: the place where it went wrong
        ("name: [a, b\nversion: 1\n", "reference.yaml:2:8", "expected ',' or ']'"),
        ("name: a\n\tversion: 1\n", "reference.yaml:2:1", "a tab"),
        ("name: a: b\n", "reference.yaml:1:8", "mapping values are not allowed"),
        ("name: @a\n", "reference.yaml:1:7", "'@'"),
        ('name: "\\U7fffffff"\n', "reference.yaml:1:1", "malformed"),
        ("name: a\x07b\n", "reference.yaml:1:8", r"'\x07'"),
        # nothing, or too much
        ("", "reference.yaml", "empty"),
        ("# only a comment\n", "reference.yaml", "empty"),
        ("name: a\n---\nname: b\n", "reference.yaml:2:1", "second document"),
        ("x: " + "y" * LARGEST_FILE, "reference.yaml", "bytes"),
        # depth and repetition
        ("[" * 1000, "reference.yaml:1:34", "nesting"),
        (
            "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
            + "".join(
                f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n"
                for old, new in zip("abcdefgh", "bcdefghi", strict=True)
            ),
            "reference.yaml",
            "each use of an alias",
        ),
        ("a: &a [*a]\n", "reference.yaml:1:8", "*a"),
        ("a: *nobody\n", "reference.yaml:1:4", "*nobody"),
        ("!" * 5000 + " a\n", "reference.yaml:1:1", "very long tag"),
        # code
        ("a: !!python/object/apply:os.system [ls]\n", "reference.yaml:1:4", "python"),
        # keys
        ("? [a, b]\n: c\n", "reference.yaml:1:3", "no text"),
        ("~: c\n", "reference.yaml:1:1", "no text"),
        ("name: a\nname: b\n", "reference.yaml:2:1", "'name' again"),
        # no mapping at all
        ("- a\n- b\n", "reference.yaml:1:1", "['a', 'b']"),
        ("just a sentence\n", "reference.yaml:1:1", "just a sentence"),
        # in no folder
        ("extends: other.yaml\n", "reference.yaml:1:10", "other.yaml"),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else None,
)
def test_what_is_no_safe_yaml_is_refused(text: str, where: str, given: str) -> None:
    """
    Malformed, huge, recursive or executable files: one clear fault with its place, quickly.
    """
    faults = faults_of_text(text)

    assert any(fault.location.startswith(where) and given in said(fault.given) for fault in faults), faults


def test_a_file_of_ten_megabytes_is_refused_unread(tmp_path: Path) -> None:
    """
    Only the first megabyte is looked at, and that only to say so.
    """
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(10 * 1024 * 1024)

    with pytest.raises(BadRequest, match=r"a playbook that can be read \(more than 1,048,576 bytes\)"):
        load_playbook(path)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            reference_with(("[jonas]", f"[{','.join(f'jnas{n}' for n in range(3_000))}]")), id="names"
        ),
        pytest.param(
            reference_with(
                (
                    "    categories:\n",
                    "    categories:\n" + "".join(f"      c{n}: {{nme: C}}\n" for n in range(2000)),
                )
            ),
            id="categories",
        ),
        pytest.param(
            reference_with(("    categories:\n", "    categories:\n" + "      twice: {name: C}\n" * 2000)),
            id="twice",
        ),
        pytest.param("x: " + "'" + "''" * 200_000, id="quotes"),
    ],
)
def test_very_many_faults_are_told_in_part(text: str) -> None:
    """
    Nobody reads three thousand faults, nor waits for each to be worded.
    """
    faults = faults_of_text(text)

    assert 1 <= len(faults) <= 2 * MOST_SHOWN


def test_duplicate_keys_are_told_together() -> None:
    """
    YAML: a key that is given twice would silently lose its first value.
    """
    faults = faults_with(("  P2:\n", "  P1:\n"), ('version: "1.0"\n', 'version: "1.0"\nversion: "1.1"\n'))

    again = [fault.given for fault in faults if "again" in said(fault.given)]
    assert ["'version' again", "'P1' again"] == again


def test_other_encodings_are_refused(tmp_path: Path) -> None:
    """
    UTF-8 only: the byte and its place are told.
    """
    path = tmp_path / "latin.yaml"
    path.write_bytes("name: Reference\nversion: Aydın é\n".encode("iso-8859-9"))

    with pytest.raises(BadRequest, match=r"latin\.yaml:2:13: given the byte 0xfd; allowed: a file in UTF-8"):
        load_playbook(path)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """
    No traceback: the path and why.
    """
    with pytest.raises(BadRequest, match=r"given .*nowhere\.yaml.; allowed: .* \(No such file"):
        load_playbook(tmp_path / "nowhere.yaml")


def test_scalars_are_what_was_written() -> None:
    """
    YAML's own surprises do not happen: a version 1.10 stays one, and no is a language.
    """
    playbook = parse_playbook(
        reference_with(('version: "1.0"', "version: 1.10"), ("roles: [csm]", "roles: [csm], language: no"))
    )

    assert "1.10" == playbook.version
    assert "no" == playbook.people["chloe"].language


def test_a_file_may_say_only_what_differs_from_another(tmp_path: Path) -> None:
    """
    `extends`: mappings are merged key by key, everything else is replaced; the digest is of both files.
    """
    (tmp_path / "base.yaml").write_bytes(REFERENCE.read_bytes())
    own = tmp_path / "own.yaml"
    own.write_text("extends: base.yaml\nname: Ours\nremind_at: [80]\npriorities: {P1: {entry_level: 3}}\n")

    playbook, reference = load_playbook(own), the_reference()

    assert "Ours" == playbook.name
    assert (80,) == playbook.remind_at
    assert 3 == playbook.priorities["P1"].entry_level  # type: ignore[index]
    assert reference.priorities["P1"].targets == playbook.priorities["P1"].targets  # type: ignore[index]
    digest = playbook.sha256
    (tmp_path / "base.yaml").write_text(reference_with(("15 - 30 min", "15 - 29 min")), encoding="utf-8")
    assert digest != load_playbook(own).sha256


def test_faults_are_told_in_the_file_that_they_are_in(tmp_path: Path) -> None:
    """
    `extends`: each fault names its own file.
    """
    (tmp_path / "base.yaml").write_text(reference_with(("[jonas]", "[jnas]")), encoding="utf-8")
    own = tmp_path / "own.yaml"
    own.write_text("extends: base.yaml\nchase_evry: 1 h\n")

    with pytest.raises(BadRequest) as refused:
        load_playbook(own)

    assert ["base.yaml", "own.yaml"] == [fault.location.partition(":")[0] for fault in refused.value.faults]


@pytest.mark.parametrize(
    ("extends", "given"),
    [
        ("own.yaml", "'own.yaml', by way of own.yaml"),  # itself
        ("other.yaml", "'own.yaml', by way of own.yaml, other.yaml"),  # in a circle
        ("base.yml", "'base.yml', which does not exist"),
        ("../secret.yaml", "'../secret.yaml'"),
        ("[a]", "['a']"),
    ],
)
def test_what_cannot_be_extended_is_refused(tmp_path: Path, extends: str, given: str) -> None:
    """
    `extends`: a file in the same folder, and no circles.
    """
    (tmp_path / "other.yaml").write_text("extends: own.yaml\n")
    own = tmp_path / "own.yaml"
    own.write_text(f"extends: {extends}\n")

    with pytest.raises(BadRequest) as refused:
        load_playbook(own)

    (fault,) = refused.value.faults
    assert given == fault.given


def loaded_or_refused(text: str) -> Playbook | tuple[Fault, ...]:
    try:
        return parse_playbook(text, "any.yaml")
    except BadRequest as refused:
        return tuple(fault for fault in refused.faults if fault.location and fault.allowed)


LINES = REFERENCE.read_text(encoding="utf-8").splitlines(keepends=True)
PIECES = (
    "",
    "x",
    "~",
    "[]",
    "{}",
    "-",
    ":",
    "0",
    "-1",
    "1e999",
    "P5",
    "&a",
    "*a",
    "!!x",
    "'",
    '"',
    "\t",
    "1 - 2 h",
    "\ud800",
)


@given(st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_a_mutated_playbook_is_read_or_refused(data: st.DataObject) -> None:
    """
    Never anything but a playbook or a list of faults, each with a place and what is allowed.
    """
    lines = list(LINES)
    for _ in range(data.draw(st.integers(1, 3))):
        number = data.draw(st.integers(0, len(lines) - 1))
        line = lines[number]
        at = data.draw(st.integers(0, len(line)))
        until = data.draw(st.integers(at, len(line)))
        lines[number] = line[:at] + data.draw(st.sampled_from(PIECES) | st.text(max_size=5)) + line[until:]

    assert loaded_or_refused("".join(lines))


@given(st.text(max_size=200) | st.text("[]{}:,-&*!?|>'\"#%@\n \tab1", max_size=60))
@settings(max_examples=300)
def test_any_text_is_read_or_refused(text: str) -> None:
    """
    Nothing that stands in a file can do worse than be refused.
    """
    assert loaded_or_refused(text)


def keys_of(tree: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """
    Every key in a playbook, by the way to it.
    """
    if isinstance(tree, dict):
        for key, inner in tree.items():
            yield (*path, key)
            yield from keys_of(inner, (*path, key))


def with_key_renamed(tree: Any, path: tuple[str, ...], name: str) -> Any:
    """
    The same tree, with one key called otherwise, in its old place.
    """
    first, *rest = path
    return {
        (name if key == first and not rest else key): (
            with_key_renamed(inner, tuple(rest), name) if key == first and rest else inner
        )
        for key, inner in tree.items()
    }


# Of the reference playbook, cut to one issue type: the parser, not what is tested here, is what takes time.
WHOLE = to_plain(read_yaml(REFERENCE.read_bytes(), "reference.yaml")[0])
TREE = {**WHOLE, "issue_types": {"sla_breaches": WHOLE["issue_types"]["sla_breaches"]}}
READ = parse_playbook(json.dumps(TREE))


@given(st.sampled_from(sorted(keys_of(TREE))), st.sampled_from(["{}x", "x", "{}.", "_{}", "9"]))
@settings(max_examples=40)
def test_no_key_is_ignored_in_silence(path: tuple[str, ...], new: str) -> None:
    """
    A key that is called otherwise is refused, or means something else: never neither.
    """
    name = new.format(path[-1])
    answer = loaded_or_refused(json.dumps(with_key_renamed(TREE, path, name)))

    assert isinstance(answer, tuple) or answer.model_dump() != READ.model_dump()


@given(
    st.recursive(
        st.text(max_size=8) | st.integers() | st.booleans() | st.none(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=8,
    ),
    st.sampled_from(sorted(keys_of(TREE))),
)
@settings(max_examples=40)
def test_any_value_anywhere_is_read_or_refused(value: Any, path: tuple[str, ...]) -> None:
    """
    Whatever stands in the place of something else: a playbook or faults, each with its place.
    """
    assert loaded_or_refused(json.dumps(with_value(TREE, path, value)))


def with_value(tree: Any, path: tuple[str, ...], value: Any) -> Any:
    first, *rest = path
    return {
        key: (with_value(inner, tuple(rest), value) if rest else value) if key == first else inner
        for key, inner in tree.items()
    }


def keys_alike(draw_from: st.SearchStrategy[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(draw_from, min_size=1, max_size=4, unique=True)


LEVEL_KEYS = keys_alike(
    st.sampled_from(["1", "01", "+1", "1.0", " 1", "1_", "2", "02", "1e0", "0x1", "\u0661"])
)
DATE_KEYS = keys_alike(
    st.sampled_from(
        [
            "2026-12-23",
            "2026-12-23T00:00:00",
            "20261223",
            "1797984000",
            "2026-12-24",
            " 2026-12-24",
            "2026-W52-3",
        ]
    )
)


def written_as(keys: list[str], value: str) -> str:
    return "{" + ", ".join(f'"{key}": {value}' for key in keys) + "}"


def read_or_refused(text: str) -> Playbook | None:
    try:
        return parse_playbook(text)
    except BadRequest:
        return None


@given(LEVEL_KEYS, DATE_KEYS)
@settings(deadline=None, max_examples=30)
def test_each_key_is_an_entry_of_its_own(levels: list[str], dates: list[str]) -> None:
    """
    MATRIX-8: of two keys that mean the same, one would silently go before the other; so each has one form.
    """
    text = reference_with(
        ("remind_at: [50", f"levels: {written_as(levels, '{}')}\nremind_at: [50"),
        ("    holidays: {", f"    half_days: {written_as(dates, '09:00-12:00')}\n    holidays: {{"),
    )
    playbook = read_or_refused(text)

    assert playbook is None or (len(levels), len(dates)) == (
        len(playbook.levels),
        len(playbook.calendars["office"].half_days),
    )


@pytest.mark.parametrize(
    ("old", "new", "given", "allowed"),
    [
        ("      1:\n", '      "01":\n', "'01'", "a whole number from 1 to 50, such as 3"),
        (
            "    holidays: {",
            "    closed_on: 1766448000\n    holidays: {",
            "'1766448000'",
            "a date such as 2026-12-24",
        ),
        (
            "    holidays: {",
            "    closed_on: 2026-02-30\n    holidays: {",
            "'2026-02-30'",
            "a date such as 2026-12-24",
        ),
    ],
)
def test_numbers_and_dates_have_one_form(old: str, new: str, given: str, allowed: str) -> None:
    """
    MATRIX-8: what reads like something else is refused.
    """
    fault = faults_with((old, new))[0]

    assert (given, allowed) == (fault.given, fault.allowed)


BANK_HOLIDAYS = "    holidays: {country: GB, subdivision: ENG}\n"


@pytest.mark.parametrize(
    ("old", "new", "allowed", "suggestion"),
    [
        (BANK_HOLIDAYS, "    holidays: GB\n", "a mapping, such as {country: US}", ""),
        ("duties:\n", "duties: none\nother:\n", "a mapping, such as name: value", ""),
        ("teams:\n", "teams: none\nother:\n", "a mapping, such as name: value", ""),
        (
            "      billing:",
            "      billing questions:",
            "letters, digits, . _ and -, beginning with a letter",
            "",
        ),
        ("targets:\n", "\ttargets:\n", "spaces instead of the tab", ""),
        ("window: 15 - 30 min", "window: 8 business h", "both ends: 8 - 8 business h", ""),
        ("closing: 5 business days", "closing: 999999999 business days", "at most 3,660 days", ""),
        ("time_zone: Europe/London", "time_zone: New York", "a time zone", "America/New_York"),
        ("time_zone: Europe/London", "time_zone: America/NewYork", "a time zone", "America/New_York"),
        ("time_zone: Europe/London", "time_zone: Jakarta", "a time zone", "Asia/Jakarta"),
        ("basis: 24x7", "<<: &any {basis: 24x7}", "not merged with <<", ""),
        ("chase_every: 24 h", "chase_every: 1 s", "at least 10 min", ""),
    ],
)
def test_faults_are_in_the_words_of_managers(old: str, new: str, allowed: str, suggestion: str) -> None:
    """
    MATRIX-8: what is allowed is said without the words of programmers.
    """
    faults = faults_with((old, new))

    assert any(allowed in said(fault.allowed) and suggestion == fault.suggestion for fault in faults)


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("time_zone: Europe/London", "time_zone: London, England", "calendars.office.time_zone"),
        ("    weekly:", "    weakly:", "calendars.office.weakly"),
        (
            "chase_every: 24 h",
            "chase_every: 24 h\nrotas: {desk: {name: Desk}}",
            "rotas.desk.time_zone",
        ),
    ],
)
def test_a_faulty_calendar_or_rota_hides_no_other_fault(old: str, new: str, path: str) -> None:
    """
    MATRIX-8: what refers to it is right, as far as anybody can tell.
    """
    places = [fault.location.partition(" ")[2] for fault in faults_with((old, new), ("[jonas]", "[jnas]"))]

    assert path in places
    assert f"{SERVICE}.levels.3.contacts.0" in places
    assert all(place.startswith(path.rpartition(".")[0]) for place in places if "contacts" not in place)
