"""
Rotations that work otherwise than they look, and playbooks that leave open who may do what: warnings.
"""

from pathlib import Path
from typing import Any

import pytest

from escalation.kernel.refusals import Fault
from planning.playbook.loader import examine_playbook
from tests.planning.builders import reference_with, utc
from tests.planning.rotas import WEEKS, a_rotation, text_of
from tests.said import said

NOW = utc("2026-11-20 16:30")
SEVEN = ["priya", "lukas", "omar", "stefan", "grace", "elena", "hannah"]
OFFICE = {"mon-fri": "09:00-17:00"}
EVERYBODY = a_rotation(name="Rest", people=["elena"])


def warned(folder: Path, text: str) -> dict[str, Fault]:
    """
    Each warning by its place; there must be no faults.
    """
    path = folder / "reference.yaml"
    path.write_text(text, encoding="utf-8")
    examined = examine_playbook(path, NOW)
    assert () == examined.faults
    return {caution.location.rpartition(" ")[2]: caution for caution in examined.warnings}


def of_rota(folder: Path, *rotations: dict[str, Any], **changes: Any) -> dict[str, Fault]:
    return warned(folder, text_of(rotations=list(rotations), **changes))


PEOPLE = "rotas.desk.rotations.0.people"


def test_people_whose_turns_are_always_on_weekends_are_named(tmp_path: Path) -> None:
    """
    MATRIX-1: seven people, a day each, Monday to Friday: the turns never move through the week.
    """
    found = of_rota(tmp_path, a_rotation(people=SEVEN, restrict_to=OFFICE), EVERYBODY)

    assert "elena, hannah never on call: all of their turns are in hours" in said(found[PEOPLE].given)
    assert "turns of another length" in said(found[PEOPLE].allowed)


@pytest.mark.parametrize(
    "rotation",
    [
        a_rotation(people=SEVEN[:5], restrict_to=OFFICE),  # five days against seven: all come round
        a_rotation(people=SEVEN),  # day and night
        a_rotation(people=SEVEN, every="weekly", hand_over="mon 09:00", restrict_to=OFFICE),
        a_rotation(people=SEVEN, every="3 days", restrict_to=OFFICE),
        a_rotation(people=SEVEN[:5], every="12 h", restrict_to=OFFICE),
    ],
)
def test_people_who_all_come_round_are_no_warning(tmp_path: Path, rotation: dict[str, Any]) -> None:
    """
    MATRIX-1.
    """
    assert PEOPLE not in of_rota(tmp_path, rotation, EVERYBODY)


def test_people_whose_turns_another_rotation_always_takes_are_named(tmp_path: Path) -> None:
    """
    MATRIX-1: what is left for the second one is the weekend, which is always the same two people's.
    """
    working_days = a_rotation(name="Days", people=["omar"], restrict_to={"mon-fri": "00:00-24:00"})
    found = of_rota(tmp_path, working_days, a_rotation(people=SEVEN, hand_over="00:00"))

    odd = said(found["rotas.desk.rotations.1.people"].given)
    assert "priya, lukas, omar, stefan, grace never on call" in odd
    assert "another rotation goes before it" in odd


@pytest.mark.parametrize(
    "first",
    [
        a_rotation(name="Always", people=["omar"]),
        a_rotation(name="Office", people=["omar"], restrict_to={"mon-sun": "00:00-24:00"}),
    ],
)
def test_a_rotation_behind_one_that_always_answers_is_named(tmp_path: Path, first: dict[str, Any]) -> None:
    """
    MATRIX-1: the first in the list that has somebody answers.
    """
    found = of_rota(tmp_path, first, a_rotation(name="Nights", restrict_to={"mon-sun": "22:00-06:00"}))

    assert "Nights never answers" in said(found["rotas.desk.rotations.1"].given)


def test_a_rotation_that_answers_until_another_one_begins_is_not_hidden(tmp_path: Path) -> None:
    """
    MATRIX-1: handing a desk over to a new rotation is ordinary.
    """
    later = a_rotation(name="New", people=["omar"], since="2027-03-01")

    assert "rotas.desk.rotations.1" not in of_rota(tmp_path, later, a_rotation(name="Old"))


def test_a_rota_that_holds_nothing_has_nothing_to_hand_over(tmp_path: Path) -> None:
    """
    MATRIX-1: `hands_over` of one that only gets letters does nothing.
    """
    duty = ("  escalation_managers: [", "  bring_in: [desk]\n  escalation_managers: [")
    text = text_of(hands_over="open", rotations=[EVERYBODY]).replace("  duty: desk\n", "")
    lines = [line for line in text.splitlines() if not line.startswith("  bring_in")]

    found = warned(tmp_path, "\n".join(lines).replace(*duty))

    assert "never holds an escalation" in said(found["rotas.desk.hands_over"].given)
    assert "rotas.desk.hands_over" not in of_rota(tmp_path, EVERYBODY, hands_over="open")


def test_a_playbook_without_permissions_is_warned_of(tmp_path: Path) -> None:
    """
    ROLE-1: everybody may make every move, which nobody says aloud.
    """
    text = reference_with()
    start = text.index("\npermissions:")
    end = text.index("\n\n", start)

    found = warned(tmp_path, text[:start] + text[end:])

    assert "everybody in the playbook may make every move" in said(found["permissions"].given)


def test_verifying_that_is_open_to_everybody_is_warned_of(tmp_path: Path) -> None:
    """
    RESOLVE-5.
    """
    found = warned(tmp_path, reference_with(("  verify_resolution: [de_escalation_architect]\n", "")))

    assert "everybody may verify their own resolution" in said(found["permissions"].given)


@pytest.mark.parametrize("verifier", ["priya", "support_manager"])
def test_somebody_who_verifies_what_they_solve_is_warned_of(tmp_path: Path, verifier: str) -> None:
    """
    RESOLVE-5: by id or by role.
    """
    found = warned(
        tmp_path, reference_with(("architects: [de_escalation_architect]", f"architects: [{verifier}]"))
    )

    odd = said(found["duties.architects"].given)
    assert "priya, who verifies resolutions and is a contact of level 2 of customer_service_requests" in odd


def test_somebody_on_the_rota_of_a_level_who_verifies_is_warned_of(tmp_path: Path) -> None:
    """
    RESOLVE-5: a level's contact through a rota is one too.
    """
    text = text_of(rotations=[WEEKS | {"people": ["aisha"]}, EVERYBODY])
    found = warned(tmp_path, text.replace("        contacts: [priya]", "        contacts: [desk]", 1))

    assert "aisha, who verifies resolutions" in said(found["duties.architects"].given)
