"""
Rotas with mistakes in them: each is found with its place; what is only odd is a warning.
"""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.kernel.refusals import BadRequest
from planning.playbook.loader import examine_playbook, load_playbook, parse_playbook
from tests.planning.builders import PLAYBOOKS, REFERENCE, faults_of_text, utc
from tests.planning.rotas import FEED, WEEKS, a_calendar_file, a_rotation, an_event, text_of
from tests.said import said

NOW = utc("2026-11-20 16:30")
OVERRIDE = {"from": "2026-12-24T09:00", "to": "2026-12-26T09:00", "person": "elena"}
ROTATION = "rotas.desk.rotations.0"


@pytest.mark.parametrize(
    ("changes", "path", "given", "allowed", "suggestion"),
    [
        # people: unknown, a team, none, without an address
        (
            {"rotations": WEEKS | {"people": ["prya"]}},
            f"{ROTATION}.people.0",
            "'prya'",
            "a person: maya",
            "priya",
        ),
        ({"rotations": WEEKS | {"people": ["finance"]}}, f"{ROTATION}.people.0", "'finance'", "a person", ""),
        ({"rotations": WEEKS | {"people": []}}, f"{ROTATION}.people", "nothing", "at least 1", ""),
        # nobody ever
        ({"rotations": []}, "rotas.desk", "nobody who is ever on call", "rotations, a calendar", ""),
        (
            {"rotations": a_rotation(restrict_to={"mon-fri": []})},
            f"{ROTATION}.restrict_to",
            "no hours at all",
            "some hours",
            "",
        ),
        (
            {"rotations": a_rotation(restrict_to={"mon-fri": "09:00-17:00", "fri": "18:00-20:00"})},
            f"{ROTATION}.restrict_to",
            "a day more than once",
            "each day once",
            "",
        ),
        # forms: how often, when, from which day, where
        ({"rotations": a_rotation(every="fortnightly")}, f"{ROTATION}.every", "'fortnightly'", "2 weeks", ""),
        ({"rotations": a_rotation(hand_over="9 am")}, f"{ROTATION}.hand_over", "'9 am'", "mon 09:00", ""),
        (
            {"rotations": a_rotation(every="3 days", hand_over="mon 09:00")},
            f"{ROTATION}.hand_over",
            "'mon 09:00' for turns of 3 days",
            "whole weeks",
            "",
        ),
        ({"rotations": a_rotation(since="2026-02-30")}, f"{ROTATION}.since", "'2026-02-30'", "date", ""),
        ({"rotations": a_rotation(since="0001-01-01")}, f"{ROTATION}.since", "0001", "from 1970 to 2200", ""),
        (
            {"rotations": a_rotation(time_zone="Europe/Londn")},
            f"{ROTATION}.time_zone",
            "Londn",
            "Europe/",
            "Europe/London",
        ),
        ({"rotations": a_rotation(peple=[])}, f"{ROTATION}.peple", "'peple'", "people", "people"),
        ({"time_zone": "Asia"}, "rotas.desk.time_zone", "'Asia'", "a time zone such as", ""),
        # overrides: of nobody, ending before they begin, at a time that does not exist, misspelt
        (
            {"overrides": OVERRIDE | {"person": "elna"}},
            "rotas.desk.overrides.0.person",
            "'elna'",
            "a person",
            "elena",
        ),
        (
            {"overrides": OVERRIDE | {"to": "2026-12-24T09:00"}},
            "rotas.desk.overrides.0.to",
            "not after 2026-12-24T09:00",
            "a time after from",
            "",
        ),
        (
            {"overrides": OVERRIDE | {"from": "2026-03-29T01:30"}},
            "rotas.desk.overrides.0.from",
            "01:30",
            "clocks of Europe/London skip",
            "",
        ),
        (
            {"overrides": OVERRIDE | {"from": "soon"}},
            "rotas.desk.overrides.0.from",
            "'soon'",
            "such as",
            "",
        ),
        (
            {"overrides": OVERRIDE | {"frm": "x"}},
            "rotas.desk.overrides.0.frm",
            "'frm'",
            "from, to",
            "from",
        ),
        # calendars: none, two at once, not there, in another folder, of another kind
        ({"calendar": {}}, "rotas.desk.calendar", "no calendar", "one of file, url, url_from", ""),
        (
            {"calendar": FEED | {"file": "a.ics"}},
            "rotas.desk.calendar",
            "file, url_from",
            "one of file, url, url_from",
            "",
        ),
        ({"calendar": "a.ics"}, "rotas.desk.calendar", "'a.ics': it is no file", "in the playbook's", ""),
        (
            {"calendar": {"url_from": "lower case"}},
            "rotas.desk.calendar.url_from",
            "'lower case'",
            "pattern",
            "",
        ),
        (
            {"calendar": FEED | {"people": ["elna"]}},
            "rotas.desk.calendar.people.0",
            "'elna'",
            "a person",
            "elena",
        ),
        ({"calendar": FEED | {"fle": "x"}}, "rotas.desk.calendar.fle", "'fle'", "file, url", "file"),
    ],
)
def test_a_fault_of_a_rota_is_told_with_its_place(
    changes: dict[str, Any], path: str, given: str, allowed: str, suggestion: str
) -> None:
    """
    MATRIX-1: what was given, what is allowed, and what was probably meant.
    """
    faults = faults_of_text(text_of(**changes))

    fault = next(fault for fault in faults if fault.location.endswith(f" {path}"))
    assert given in said(fault.given)
    assert allowed in said(fault.allowed)
    assert suggestion == fault.suggestion


def test_the_key_of_other_programs_is_answered_with_ours() -> None:
    """
    MATRIX-1: the fault of the key `schedules` names `rotas`.
    """
    faults = faults_of_text(text_of().replace("\nrotas:", "\nschedules:"))

    assert ["rotas"] == [fault.suggestion for fault in faults if "the field 'schedules'" in said(fault.given)]


@pytest.mark.parametrize(
    "address", ["http://calendar.example/private-0123", "ftp://private-0123", "https:///private-0123"]
)
def test_an_address_that_is_refused_is_not_shown(address: str) -> None:
    """
    START-6: a calendar's address can be all that keeps it from others.
    """
    with pytest.raises(BadRequest) as refused:
        parse_playbook(text_of(calendar=address))

    assert "an address of another kind (not shown); allowed: an https address" in str(refused.value)
    assert "private" not in str(refused.value)


@pytest.mark.parametrize(
    "calendar",
    [
        ["https://calendar.example/private-0123"],
        {"url": ["https://calendar.example/private-0123"]},
        {"url": "https://calendar.example/private-0123" + "x" * 2000},
        {"url": "https://calendar.example/private-0123", "file": "a.ics"},
        {"file": "https://calendar.example/private-0123"},
        {"url_from": "https://calendar.example/private-0123"},
        {"ulr": "https://calendar.example/private-0123"},
    ],
)
def test_an_address_in_the_wrong_place_is_not_shown(calendar: Any) -> None:
    """
    START-6: whatever else is wrong with it.
    """
    with pytest.raises(BadRequest) as refused:
        parse_playbook(text_of(calendar=calendar))

    assert "private" not in str(refused.value)


def test_the_example_in_the_reference_is_right() -> None:
    """
    MATRIX-1: the lines that are commented out there can be put in as they stand.
    """
    lines = REFERENCE.read_text(encoding="utf-8").splitlines()
    start = lines.index("#   rotas:")
    end = next(number for number in range(start, len(lines)) if not lines[number].startswith("#"))
    lines[start:end] = [line.removeprefix("#   ") for line in lines[start:end]]

    assert ("priya", "lukas") == parse_playbook("\n".join(lines)).members_of("support_desk")


@pytest.mark.parametrize(
    ("old", "new", "path", "given"),
    [
        # ids that mean two things: with people, teams and roles
        ('"desk":', '"priya":', "rotas.priya", "which is a person's id too"),
        ('"desk":', '"finance":', "rotas.finance", "which is a team's id too"),
        ("roles: [csm]", "roles: [desk]", "people.chloe.roles.0", "which is an id too"),
        # on call, and no way to be told
        (
            ", addresses: [email:lukas.novak@example.com]",
            "",
            f"{ROTATION}.people.1",
            "'lukas', who has no address",
        ),
        # a slip of a rota's id
        (
            "contacts: [priya]",
            "contacts: [dsk]",
            "issue_types.customer_service_requests.levels.2.contacts.0",
            "'dsk'",
        ),
    ],
)
def test_a_rota_fits_the_rest(old: str, new: str, path: str, given: str) -> None:
    """
    ROLE-1, MATRIX-1: an id means one thing, and whoever is on call can be told.
    """
    text = text_of()
    assert old in text

    faults = faults_of_text(text.replace(old, new, 1))

    fault = next(fault for fault in faults if fault.location.endswith(f" {path}"))
    assert given in said(fault.given)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("contacts: [priya]", "contacts: [desk, priya]"),
        ("managers: [escalation_manager] ", "managers: [desk] "),
        ("unreached: stay", "fallback: desk\n  unreached: fallback"),
        ("stakeholders: [escalation_manager, csm]", "stakeholders: [desk, csm]"),
        ("escalation_managers: [escalation_manager]", "escalation_managers: [desk]"),
    ],
)
def test_a_rota_stands_wherever_a_person_could(old: str, new: str) -> None:
    """
    MATRIX-1: contact, manager, fallback, stakeholder, duty.
    """
    text = text_of()
    assert old in text

    assert parse_playbook(text.replace(old, new, 1)).rotas


def test_a_calendar_lies_beside_the_playbook(tmp_path: Path) -> None:
    """
    START-6: one that is missing or broken is a fault at once, not when somebody is needed.
    """
    path = tmp_path / "ours.yaml"
    path.write_text(text_of(calendar="desk.ics"), encoding="utf-8")

    (missing,) = examine_playbook(path, NOW).faults
    (tmp_path / "desk.ics").write_bytes(b"BEGIN:VCALENDAR")
    (broken,) = examine_playbook(path, NOW).faults
    (tmp_path / "desk.ics").write_text(a_calendar_file(), encoding="utf-8")
    whole = load_playbook(path)

    assert missing.location.startswith("ours.yaml:")
    assert "'desk.ics': No such file or directory" == missing.given
    assert "'desk.ics': it breaks off in the middle" == broken.given
    assert tmp_path == whole.folder


@pytest.mark.parametrize(
    ("changes", "path", "odd"),
    [
        # nobody at night and at weekends; nobody yet
        (
            {"rotations": a_rotation(restrict_to={"mon-fri": "09:00-17:00"})},
            "rotas.desk",
            "nobody on call from Fri 2026-11-20 17:00 to Mon 2026-11-23 09:00, ",
        ),
        (
            {"rotations": a_rotation(since="2027-02-01")},
            "rotas.desk",
            "nobody on call from Fri 2026-11-20 16:30 to Fri 2027-01-15 16:30 within 56 days",
        ),
        # two who stand in at one time
        (
            {"overrides": [OVERRIDE, OVERRIDE | {"from": "2026-12-25T09:00", "person": "omar"}]},
            "rotas.desk.overrides.1",
            "overrides 1 and 2 hold at one time",
        ),
        # a secret for all to read
        (
            {"calendar": "https://calendar.google.com/calendar/ical/x/private-0123/basic.ics"},
            "rotas.desk.calendar",
            "an address that looks like a secret",
        ),
    ],
)
def test_what_is_odd_about_a_rota_is_told(
    tmp_path: Path, changes: dict[str, Any], path: str, odd: str
) -> None:
    """
    MATRIX-5: it works, but at times there is nobody, or not who was meant.
    """
    file = tmp_path / "ours.yaml"
    file.write_text(text_of(**changes), encoding="utf-8")

    examined = examine_playbook(file, NOW)

    assert () == examined.faults
    (caution,) = examined.warnings
    assert caution.location.endswith(f" {path}")
    assert odd in said(caution.given)
    assert "private-0123" not in str(caution)


def test_an_entry_that_names_nobody_is_shown(tmp_path: Path) -> None:
    """
    MATRIX-1: reported, never silently dropped.
    """
    (tmp_path / "ours.yaml").write_text(text_of(calendar="desk.ics"), encoding="utf-8")
    text = a_calendar_file(an_event(":20261201T090000Z", ":20261202T090000Z", "SUMMARY:Somebody"))
    (tmp_path / "desk.ics").write_text(text, encoding="utf-8")

    (caution,) = examine_playbook(tmp_path / "ours.yaml", NOW).warnings

    assert "the calendar entry 'Somebody' of 2026-12-01, which names nobody of the playbook" == said(
        caution.given
    )


def test_an_override_of_the_past_is_fine(tmp_path: Path) -> None:
    """
    MATRIX-1: it is how people remember.
    """
    file = tmp_path / "ours.yaml"
    file.write_text(
        text_of(overrides=OVERRIDE | {"from": "2025-12-24T09:00", "to": "2025-12-26T09:00"}), encoding="utf-8"
    )

    assert ((), ()) == examine_playbook(file, NOW)[1:3]


ANYTHING = st.recursive(
    st.one_of(
        st.text(max_size=12), st.integers(), st.sampled_from(["", "priya", "daily", "2026-11-02", "09:00"])
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
FIELDS = st.sampled_from(["name", "time_zone", "rotations", "overrides", "calendar", "other"])
IN_ROTATION = st.sampled_from(["people", "every", "hand_over", "since", "restrict_to", "time_zone", "other"])


@settings(max_examples=60)
@given(
    st.one_of(
        st.dictionaries(FIELDS, ANYTHING, min_size=1, max_size=2),
        st.dictionaries(IN_ROTATION, ANYTHING, min_size=1, max_size=2).map(
            lambda changes: {"rotations": [a_rotation(**changes)]}
        ),
    )
)
def test_any_rota_is_read_or_refused(changes: dict[str, Any]) -> None:
    """
    START-6: never a traceback.
    """
    try:
        assert parse_playbook(text_of(**changes)).rotas
    except BadRequest as refused:
        assert refused.faults  # noqa: PT017 - either is right


def test_the_example_has_somebody_at_all_times() -> None:
    """
    MATRIX-5: and its calendar is read.
    """
    assert ((), ()) == examine_playbook(PLAYBOOKS / "on_call.yaml", NOW)[1:3]
