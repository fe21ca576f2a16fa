"""Warnings, apart from faults: the playbook works, but probably not as meant."""

from pathlib import Path

import pytest

from escalation.kernel.refusals import Fault
from planning.playbook.loader import examine_playbook
from tests.planning.builders import PLAYBOOKS, reference_with, utc
from tests.said import said

NOW = utc("2026-11-20 16:30")
SERVICE = "issue_types.customer_service_requests"
OFFICE = "calendars.office"
HOLIDAYS = "    holidays: {country: GB, subdivision: ENG}\n"


def cautions_with(folder: Path, *changes: tuple[str, str]) -> tuple[Fault, ...]:
    """Return the warnings of the reference playbook, with pieces replaced; it must have no faults."""
    path = folder / "reference.yaml"
    path.write_text(reference_with(*changes), encoding="utf-8")
    examined = examine_playbook(path, NOW)
    assert () == examined.faults
    assert examined.playbook
    return examined.warnings


@pytest.mark.parametrize("name", ["reference.yaml", "demo.yaml", "sales.yaml", "on_call.yaml"])
def test_our_own_playbooks_have_no_warnings(name: str) -> None:
    """
    MATRIX-8: what ships is as it is meant.
    """
    assert () == examine_playbook(PLAYBOOKS / name, NOW).warnings


@pytest.mark.parametrize(
    ("old", "new", "path", "odd", "better"),
    [
        # windows that do not grow: shorter, as long, or as long in the end
        ("1 - 2 h", "10 - 20 min", f"{SERVICE}.levels.3.window", "level 3 has at most 20 min", "grows"),
        (
            "30 min - 1 h",
            "15 - 30 min",
            f"{SERVICE}.levels.2.window",
            "not more than level 1 with 30 min",
            "grows",
        ),
        (
            "1 - 2 business days",
            "8 - 24 h",
            f"{SERVICE}.levels.6.window",
            "level 6 has at most 3 business days",
            "grows",
        ),
        # reminded when it is too late
        ("15 - 30 min", "30 - 30 min", f"{SERVICE}.levels.1.window", "at the moment that it rises", "below"),
        # a trigger that says what goes without saying
        (
            "bad_review: a bad review",
            "bad_review: {says: a bad review, to_level: 4}",
            f"{SERVICE}.levels.3.triggers.bad_review.to_level",
            "a trigger to level 4, where it goes anyway",
            "left out",
        ),
        # somebody who is never asked
        (
            "contacts: [daniel]\n        window: 1 - 2 b",
            "contacts: [daniel]\n        fallback: ingrid\n        window: 1 - 2 b",
            f"{SERVICE}.levels.5.fallback",
            "never asked: an unreached level 5 is on stay",
            "unreached: fallback",
        ),
        # days off: a date on which it is closed anyway, dates that end, countries whose data end
        (
            HOLIDAYS,
            f"{HOLIDAYS}    closed_on: 2026-12-27\n",
            f"{OFFICE}.closed_on.0",
            "2026-12-27 is a Sunday, which is closed anyway",
            "meant another",
        ),
        (
            HOLIDAYS,
            "    closed_on: [2026-12-25, 2027-01-01]\n",
            f"{OFFICE}.closed_on",
            "the last own date is 2027-01-01",
            "coming year",
        ),
        (
            HOLIDAYS,
            HOLIDAYS + '    half_days: {2025-12-24: "09:00-12:00"}\n',
            f"{OFFICE}.half_days",
            "the last own date is 2025-12-24",
            "coming year",
        ),
    ],
)
def test_what_is_odd_is_told_with_its_place(  # noqa: PLR0917 - the columns of the table above
    tmp_path: Path, old: str, new: str, path: str, odd: str, better: str
) -> None:
    """
    MATRIX-2, MATRIX-3, MATRIX-5, CLOCK-5: once, where it was written, with what would be better.
    """
    (caution,) = cautions_with(tmp_path, (old, new))

    assert caution.location.startswith("reference.yaml:")
    assert caution.location.endswith(f" {path}")
    assert odd in said(caution.given)
    assert better in said(caution.allowed)


@pytest.mark.parametrize(
    ("holidays", "now", "odd", "better"),
    [
        # the data of the package end with the century
        (
            "[{country: TR}, {country: GB}]",
            "2100-06-01",
            "the holidays of GB in 2101 are not known",
            "newer version",
        ),
        # what goes by the moon is estimated so far ahead: Eid al-Fitr
        (
            "[{country: TR}, {country: ID}]",
            "2050-05-01",
            "of ID on estimated dates: 2050-06-04",
            "as decreed",
        ),
    ],
)
def test_holidays_that_are_not_known_are_told(
    tmp_path: Path, holidays: str, now: str, odd: str, better: str
) -> None:
    """
    CLOCK-5: a calendar whose holidays are not known would be open on them.
    """
    path = tmp_path / "reference.yaml"
    path.write_text(reference_with(("{country: GB, subdivision: ENG}\n", f"{holidays}\n")), encoding="utf-8")

    found = examine_playbook(path, utc(f"{now} 12:00")).warnings

    (caution,) = (each for each in found if each.location.endswith(f" {OFFICE}.holidays.1"))
    assert odd in said(caution.given)
    assert better in said(caution.allowed)


def test_a_calendar_without_an_open_day_ahead_is_a_fault(tmp_path: Path) -> None:
    """
    CLOCK-5: an empty calendar is refused, not looped over; here the days off leave none until the end of February.
    """
    fridays = ",".join(str(utc("2026-11-13").date().replace(day=day)) for day in (13, 20, 27))
    rest = (
        "2026-12-04,2026-12-11,2026-12-18,2027-01-08,2027-01-15,2027-01-22,2027-01-29,2027-02-05,2027-02-12"
    )
    more = "2027-02-19"
    path = tmp_path / "reference.yaml"
    changes = (
        ("mon-fri:", "fri:"),
        (HOLIDAYS, f"{HOLIDAYS}    closed_on: [{fridays},{rest},{more}]\n"),
    )
    path.write_text(reference_with(*changes), encoding="utf-8")

    (fault,) = examine_playbook(path, NOW).faults

    assert fault.location.endswith(" calendars.office")
    assert "never open from 2026-11-13 to 2027-02-19" in said(fault.given)


def test_faults_go_before_warnings(tmp_path: Path) -> None:
    """Faults are fixed first; a file that cannot be read has one fault, and no warning."""
    path = tmp_path / "reference.yaml"
    path.write_text(reference_with(("1 - 2 h", "10 - 20 min"), ("[jonas]", "[jnas]")), encoding="utf-8")
    faulty = examine_playbook(path, NOW)
    path.write_text("name: [", encoding="utf-8")

    assert (None, 1, ()) == (faulty.playbook, len(faulty.faults), faulty.warnings)
    assert (None, 1, ()) == (
        examine_playbook(path, NOW).playbook,
        len(examine_playbook(path, NOW).faults),
        examine_playbook(path, NOW).warnings,
    )
    assert "No such file" in said(examine_playbook(tmp_path / "nowhere.yaml", NOW).faults[0].allowed)


@pytest.mark.parametrize(
    ("old", "new", "path", "odd"),
    [
        # longer than the level holds
        (
            "window: 15 - 30 min",
            "window: 15 - 30 min\n        ack_within: 1 h",
            "ack_within",
            "risen at 30 min",
        ),
        # a higher priority that promises less
        ("resolution: 8 h", "resolution: 99 h", "targets.resolution", "P2 has 99 h"),
        # asked in vain, and then asked again
        (
            "[jonas]",
            "[jonas]\n        unreached: fallback\n        fallback: jonas",
            "fallback",
            "the only contact",
        ),
        # hours that were probably others
        ('mon-fri: ["09:00-17:00"]', 'mon-fri: ["09:00-13:00", "12:00-17:00"]', "weekly.mon-fri", "overlap"),
        (
            'mon-fri: ["09:00-17:00"]',
            'mon-fri: ["22:00-06:00", "05:00-10:00"]',
            "weekly",
            "mon that end at 06:00, after those of tue have begun at 05:00",
        ),
        # nobody could be told when that is due
        (
            "resolution: 3 business days",
            "resolution: 3000 business days",
            "targets.resolution",
            "takes 12 years",
        ),
        # more holding updates than anybody bears, nearer together than anybody bears
        ("{at_most: 3, every: 4 h}", "{at_most: 48, every: 30 min}", "holding", "up to 48 automatic updates"),
        ("{at_most: 3, every: 4 h}", "{every: 10 min}", "holding", "10 min apart"),
        # a pause of a clock that never runs
        (
            "waiting_for_vendor: [level_window]",
            "waiting_for_vendor: [level_window, customer_text]",
            "pause_reasons.waiting_for_vendor.stops",
            "customer_text, which never runs: no text waits for approval",
        ),
        # dates of long ago
        (
            HOLIDAYS,
            f"{HOLIDAYS}    closed_on: [2024-12-27]\n",
            "closed_on",
            "by more than a year: 2024-12-27",
        ),
    ],
)
def test_what_probably_was_meant_otherwise_is_warned_of(
    tmp_path: Path, old: str, new: str, path: str, odd: str
) -> None:
    """
    MATRIX-2, MATRIX-5, KIND-3, CLOCK-5: it works, and is odd.
    """
    found = cautions_with(tmp_path, (old, new))

    assert any(path in caution.location and odd in said(caution.given) for caution in found), found


def test_a_rota_that_stands_nowhere_is_warned_of(tmp_path: Path) -> None:
    """
    MATRIX-1: nobody is told for being on call in it.
    """
    weeks = "{name: Weeks, people: [priya], since: 2026-11-02}"
    desk = f"rotas: {{desk: {{name: Desk, time_zone: UTC, rotations: [{weeks}]}}}}"

    found = cautions_with(tmp_path, ("chase_every: 24 h", f"chase_every: 24 h\n{desk}"))

    assert ["a rota that nothing uses"] == [said(caution.given) for caution in found]


def test_an_empty_holding_update_is_warned_of(tmp_path: Path) -> None:
    """
    COMM-3: nothing is sent for it.
    """
    (tmp_path / "reference.yaml").write_text(reference_with(), encoding="utf-8")
    (tmp_path / "ours.yaml").write_text("extends: reference.yaml\nholding_update: ''\n", encoding="utf-8")

    found = examine_playbook(tmp_path / "ours.yaml", NOW).warnings

    assert ["an empty text, so that nothing is said"] == [said(caution.given) for caution in found]


@pytest.mark.parametrize(
    ("written", "odd"),
    [
        ("We are still at it.", "one text, put as it is into messages in every language"),
        ("{en: 'x', id: ''}", "an empty text, so that nothing is said"),
    ],
)
def test_a_holding_update_that_speaks_one_language_to_all_is_warned_of(
    tmp_path: Path, written: str, odd: str
) -> None:
    """
    COMM-9: an Indonesian letter has no English paragraph in it.
    """
    (tmp_path / "reference.yaml").write_text(reference_with(), encoding="utf-8")
    (tmp_path / "ours.yaml").write_text(
        f"extends: reference.yaml\nholding_update: {written}\n", encoding="utf-8"
    )

    found = examine_playbook(tmp_path / "ours.yaml", NOW).warnings

    assert [odd] == [said(caution.given) for caution in found]


def test_a_language_of_ours_without_a_holding_update_is_warned_of(tmp_path: Path) -> None:
    """
    COMM-9: whoever speaks English here has customers who read it.
    """
    (tmp_path / "reference.yaml").write_text(
        reference_with(("\n  en: >-\n    We promised", "\n  de: >-\n    We promised")), encoding="utf-8"
    )

    found = examine_playbook(tmp_path / "reference.yaml", NOW).warnings

    assert ["no text in en, so that messages in it say what their template says"] == [
        said(caution.given) for caution in found
    ]
