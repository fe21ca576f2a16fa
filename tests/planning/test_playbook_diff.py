"""Changes between two playbooks: in words, and as times."""

import pytest

from escalation.policy.classification import Priority
from planning.forecast.playbook_diff import Change, find_changes
from planning.forecast.time_changes import LevelChange, find_time_changes
from planning.playbook.loader import Playbook, parse_playbook
from tests.planning.builders import reference_with, the_reference, utc

FRIDAY = utc("2026-11-20 09:30")
SOME = (Priority.P3, Priority.P4)
EVERY_REQUEST = ("every category of customer service requests",)
JONAS = "contacts: [jonas]\n        window: 1 - 2 h"


@pytest.fixture(scope="module")
def reference() -> Playbook:
    return the_reference()


def changed(*pieces: tuple[str, str]) -> Playbook:
    return parse_playbook(reference_with(*pieces))


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        (
            "window: 30 min - 1 h",
            "window: 20 min - 45 min",
            Change(
                "levels",
                EVERY_REQUEST,
                "level 2 (Call centre support manager): window 20 min to 45 min instead of 30 min to 1 h",
            ),
        ),
        (
            JONAS,
            JONAS.replace("[jonas]", "[priya, jonas]"),
            Change("levels", EVERY_REQUEST, "level 3 (Account manager): contacts: priya joins"),
        ),
        (
            "          - hear the customer out\n",
            "          - listen\n",
            Change(
                "levels",
                EVERY_REQUEST,
                "level 1 (Call centre representative): responses: listen joins; hear the customer out leaves",
            ),
        ),
        (
            "      complaint: {name: Complaint about product quality or earlier service}",
            "      complaint: {name: A complaint, levels: {4: {unreached: skip}}}",
            Change(
                "levels",
                ("customer_service_requests/complaint",),
                "level 4 (Sales manager): when nobody acknowledges skip instead of stay",
            ),
        ),
        (
            "resolution: 3 business days",
            "resolution: 2 business days",
            Change("priorities", ("P3",), "resolution: 2 business days instead of 3 business days"),
        ),
        (
            "remind_at: [50, 75, 90]",
            "remind_at: [50]",
            Change(
                "priorities", ("P1", "P2", "P3", "P4"), "acknowledgement: reminders, percent: 75, 90 leaves"
            ),
        ),
        (
            "stakeholders: [escalation_manager, csm]\n",
            "stakeholders: [escalation_manager, csm, executive]\n",
            Change("priorities", ("P3",), "stakeholders: executive joins"),
        ),
        (
            "close: [escalation_manager]",
            "close: [escalation_manager, owner]",
            Change("permissions", ("close",), "owner joins"),
        ),
        (
            "  cancel: [escalation_manager]\n",
            "",
            Change("permissions", ("cancel",), "no longer there (was: escalation_manager)"),
        ),
        (
            "{name: Sofia Marino,",
            "{name: Sofia Rossi,",
            Change("people", ("sofia",), "name Sofia Rossi instead of Sofia Marino"),
        ),
        ("chase_every: 24 h", "chase_every: 12 h", Change("chase every", (), "12 h instead of 24 h")),
        (
            "      training_request: {name: Training request}\n",
            "",
            Change("categories", ("customer_service_requests/training_request",), "no longer there"),
        ),
    ],
)
def test_a_change_is_said_in_words(reference: Playbook, old: str, new: str, change: Change) -> None:
    """A change says what, for whom, and what it was: where it is valid, not where it is written."""
    found = find_changes(reference, changed((old, new)))

    assert change in found


def test_nothing_changes_from_a_playbook_to_itself(reference: Playbook) -> None:
    """
    A name, a version or a comment alone is no change either.
    """
    again = changed(('version: "1.0"', 'version: "1.1" # a comment'))

    assert () == find_changes(reference, again)
    assert () == find_time_changes(reference, again, FRIDAY)


def test_a_new_category_is_told_with_its_levels(reference: Playbook) -> None:
    """Nothing else changes."""
    line = "      training_request: {name: Training request}\n"
    found = find_changes(reference, changed((line, f"{line}      refund: {{name: Refund}}\n")))

    assert [("categories", ("customer_service_requests/refund",))] == [(x.part, x.concerns) for x in found]
    assert found[0].what.startswith("new: 1. Call centre representative, 2. ")


def test_the_same_start_shows_what_moves(reference: Playbook) -> None:
    """
    MATRIX-2: level 3 and what comes after it, a quarter of an hour earlier; what does not move is not told.
    """
    earlier = changed(("window: 30 min - 1 h", "window: 30 - 45 min"))
    times = {moved.priority: moved for moved in find_time_changes(reference, earlier, FRIDAY, SOME)}

    assert EVERY_REQUEST == times[Priority.P3].categories
    assert (
        LevelChange(3, utc("2026-11-20 11:00"), utc("2026-11-20 10:45")),
        LevelChange(4, utc("2026-11-20 13:00"), utc("2026-11-20 12:45")),
        LevelChange(5, utc("2026-11-23 10:00"), utc("2026-11-23 09:45")),
        LevelChange(6, utc("2026-11-25 10:00"), utc("2026-11-25 09:45")),
        LevelChange(7, utc("2026-11-30 10:00"), utc("2026-11-30 09:45")),
    ) == times[Priority.P3].rises


def test_a_level_that_is_new_was_not_reached_before(reference: Playbook) -> None:
    """
    KIND-3: P4 begins at level 2 now, so level 1 is not reached at all.
    """
    higher = changed(
        ("  P4:\n    basis: business\n", "  P4:\n    basis: business\n    entry_level: 2\n"),
    )
    moved = find_time_changes(reference, higher, FRIDAY, SOME)

    assert {Priority.P4} == {times.priority for times in moved}
    assert LevelChange(1, FRIDAY, None) in moved[0].rises
    assert LevelChange(2, utc("2026-11-20 10:00"), FRIDAY) in moved[0].rises
