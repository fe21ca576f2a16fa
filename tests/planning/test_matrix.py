"""
The playbooks that ship, category by category: what the process asks for, and that each can be used.
"""

from pathlib import Path

import pytest

from escalation.kernel.clock_name import ClockName
from escalation.kernel.refusals import BadRequest
from planning.plan.compiler import compile_plan
from planning.playbook.loader import load_playbook
from planning.playbook.matrix import CategoryTable, category_tables_of, priority_rows_of
from tests.planning.builders import a_request, reference_with, shipped, the_reference, utc

NOW = utc("2026-11-20 16:30")
SERVICE = "customer_service_requests"

LADDER = (
    ("Call centre representative", "15 – 30 min", 1, 2),
    ("Call centre support manager", "30 min – 1 h", 3, 2),
    ("Account manager", "1 – 2 h", 5, 4),
    ("Sales manager", "2 – 5 h", 3, 4),
    ("Director of sales and operations", "1 – 2 business days", 2, 3),
    ("Stakeholders", "1 – 3 business days", 4, 1),
    ("Senior management", "until resolution", 4, 0),
)
"""MATRIX-8: contact, window, how many responses and triggers."""

CATEGORIES = {
    "complaint": "Complaint about product quality or earlier service",
    "product_question": "Product or service question",
    "order_status": "Order status",
    "billing": "Billing or payment",
    "account_access": "Account management and access",
    "follow_up_call": "Follow-up call",
    "it_request": "IT request",
    "training_request": "Training request",
}


def shape(table: CategoryTable) -> tuple[tuple[str, str, int, int], ...]:
    return tuple(
        (level.name, level.window, len(level.responses), len(level.triggers)) for level in table.levels
    )


def test_all_eight_categories_have_the_seven_levels_of_the_matrix() -> None:
    """
    MATRIX-8: by inheritance, so that each has the responses and triggers of the complaint.
    """
    found = category_tables_of(the_reference(), SERVICE)

    assert CATEGORIES == {table.category: table.name for table in found}
    assert [LADDER] * 8 == [shape(table) for table in found]
    assert 1 == len({table.levels for table in found})


def test_the_complaint_is_as_the_process_has_it() -> None:
    """
    MATRIX-8: word by word, where the table has words.
    """
    (complaint,) = category_tables_of(the_reference(), category="complaint")

    assert ("hear the customer out",) == complaint.levels[0].responses
    assert ("cannot_solve", "asks_for_manager") == tuple(each.name for each in complaint.levels[0].triggers)
    assert (
        "Call centre",
        "Priya Nair",
        "Jonas Weber",
        "Sofia Marino",
        "Daniel Asante",
        "Stakeholders",
    ) == tuple(name for level in complaint.levels[:6] for name in level.contacts)
    assert [
        ("still_unsolved", 5),
        ("privacy_at_risk", 5),
        ("formal_complaint", 5),
        ("asks_for_director", 5),
    ] == [(each.name, each.to_level) for each in complaint.levels[3].triggers]
    assert 5 == complaint.executive_level


def test_a_trigger_that_is_an_executive_threat_is_shown_to_lead_there(tmp_path: Path) -> None:
    """
    KIND-5, MATRIX-3: where it goes, whatever level it names.
    """
    asks = "says: the customer asks for a manager, reason: supervisor_requested"
    threat = "says: the customer sues us, reason: executive_threat"
    path = tmp_path / "threat.yaml"
    path.write_text(reference_with((asks, threat)), encoding="utf-8")

    (complaint,) = category_tables_of(load_playbook(path), category="complaint")

    assert [2, 5] == [trigger.to_level for trigger in complaint.levels[0].triggers]


def test_the_four_issue_types_are_there() -> None:
    """
    MATRIX-8: each with categories of its own, and levels of its own.
    """
    found = category_tables_of(the_reference())

    assert [SERVICE, "sla_breaches", "it_project_issues", "logistics_and_operations"] == list(
        dict.fromkeys(table.issue_type for table in found)
    )
    assert 21 == len({table.category for table in found})


CASES = [
    (name, table.issue_type, table.category)
    for name in ("reference.yaml", "demo.yaml", "sales.yaml")
    for table in category_tables_of(shipped(name))
]


@pytest.mark.parametrize(("name", "issue_type", "category"), CASES)
def test_every_category_becomes_a_plan(name: str, issue_type: str, category: str) -> None:
    """
    MATRIX-1: whoever holds a level is known to the plan, and what the matrix shows is what is pinned.
    """
    playbook = shipped(name)
    submitter = next(iter(playbook.people))
    request = a_request(issue_type=issue_type, category=category, submitted_by=submitter)

    plan, _ = compile_plan(playbook, request, NOW)

    (table,) = category_tables_of(playbook, issue_type, category)
    assert [level.number for level in table.levels] == [level.number for level in plan.levels]
    assert [level.contacts for level in table.levels] == [
        tuple(plan.contact(each).name for each in level.contacts) for level in plan.levels
    ]
    assert table.executive_level == plan.executive_level


def test_a_sales_organisation_has_its_own_ladder() -> None:
    """
    MATRIX-1: nothing is tied to call centres: a manager with authority investigates, decides, or brings in a team.
    """
    playbook = shipped("sales.yaml")

    (price,) = category_tables_of(playbook, category="special_price")
    (terms,) = category_tables_of(playbook, category="contract_terms")

    assert ["Sales manager", "Regional director", "Head of sales"] == [level.name for level in price.levels]
    assert ("Mira Patel",) == price.levels[0].contacts
    assert ("Mira Patel", "Legal") == terms.levels[0].contacts
    assert price.levels[1:] == terms.levels[1:]
    assert {"legal", "finance", "delivery"} == set(playbook.teams)


def test_priorities_are_shown_in_words() -> None:
    """
    KIND-3, CLOCK-8: what each changes, with the targets that hold for it.
    """
    first, *_, last = priority_rows_of(the_reference())

    assert ("P1", "24x7", "office", 2, 50, True) == first[:6]
    assert ("Elena Petrova", "Chloe Martin", "Ben Carter", "Ingrid Solberg") == first.stakeholders
    assert ("4 h", "10 business days") == (
        first.targets[ClockName.RESOLUTION],
        last.targets[ClockName.RESOLUTION],
    )


@pytest.mark.parametrize(
    ("issue_type", "category", "message"),
    [
        (None, "complaints", "--category: given 'complaints'; .*did you mean complaint"),
        ("sla_breach", None, "--issue-type: given 'sla_breach'; .*did you mean sla_breaches"),
        ("sla_breaches", "complaint", "--category: given 'complaint'; allowed: response_missed, "),
    ],
)
def test_what_is_not_there_cannot_be_shown(
    issue_type: str | None, category: str | None, message: str
) -> None:
    """
    START-6: refused with what is there.
    """
    with pytest.raises(BadRequest, match=message):
        category_tables_of(the_reference(), issue_type, category)
