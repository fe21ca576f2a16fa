"""
Values that the rules make, keep and change are checked field by field: a wrong name and a wrong type are refused.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from mypy import api

ROOT = Path(__file__).parent.parent

# Of each family one class, one of its fields, and what is no value of that.
FAMILIES = (
    ("escalation.case.state", "Escalation", "level", '"3"'),  # state
    ("escalation.case.resolution", "Resolution", "verified_by", "3"),
    ("escalation.case.follow_up_actions", "Action", "due", '"2026-11-20"'),
    ("escalation.case.request", "StartRequest", "customers", '"ACME"'),
    ("escalation.case.moves.acknowledge", "Acknowledged", "level", '"3"'),  # events
    ("escalation.case.start", "Opened", "plan", "None"),
    ("escalation.kernel.clock_events", "ClockBreached", "passed", '"1"'),
    ("escalation.kernel.clocks", "Clock", "due_at", '"now"'),
    ("escalation.kernel.clocks", "Pause", "stops", '"resolution"'),
    ("escalation.policy.plan", "Plan", "levels", "3"),
    ("escalation.policy.plan", "Target", "after", "3"),
    ("escalation.policy.people", "Contact", "roles", "None"),
    ("escalation.notifications.notification", "InternalNotification", "occasion", '"rca"'),
    ("escalation.notifications.notification", "InternalFacts", "level", '"3"'),
    ("escalation.notifications.notification", "CustomerFacts", "text", 'InternalText("ours")'),
    ("escalation.case.effects", "FindOnCall", "at", '"now"'),  # effects
    ("escalation.notifications.delivery_results", "DeliveryResult", "delivered_at", '"now"'),
    ("escalation.task_force.state", "TaskForce", "seats", "3"),
    ("escalation.task_force.moves.add_task", "TaskAdded", "task", '"1"'),
    ("escalation.sponsorship.state", "Sponsorship", "account", "3"),
    ("escalation.measures.definitions", "Ownership", "level", '"3"'),
    ("escalation.contract", "EscalationInput", "carried", "3"),
)
WRONG = {
    "{name}({field}x=0)": "Unexpected keyword argument",
    "{name}({field}={wrong})": "incompatible type",
    "replace(it, {field}x=0)": "Unexpected keyword argument",
    "replace(it, {field}={wrong})": "incompatible type",
}


def wrong_lines() -> Iterator[tuple[str, str]]:
    """Lines of a module, with what the type checker is to say of them; empty: nothing."""
    yield "from dataclasses import replace", ""
    yield "from escalation.kernel.values import InternalText", ""
    for number, (module, name, field, wrong) in enumerate(FAMILIES):
        yield f"from {module} import {name}", ""
        yield f"def wrong_{number}(it: {name}) -> None:", ""
        for line, says in WRONG.items():
            yield f"    {line.format(name=name, field=field, wrong=wrong)}", says


@pytest.fixture(scope="module")
def errors(tmp_path_factory: pytest.TempPathFactory) -> Mapping[int, str]:
    """Return what the type checker says, by the number of the line: one run for all of them."""
    file = tmp_path_factory.mktemp("wrong") / "wrong_lines.py"
    file.write_text("\n".join(line for line, _ in wrong_lines()) + "\n", encoding="utf-8")

    said, failure, _ = api.run(["--config-file", str(ROOT / "pyproject.toml"), str(file)])

    assert not failure
    found: dict[int, str] = {}
    for number, text in re.findall(r"wrong_lines\.py:(\d+): error: (.*)", said):
        found[int(number)] = f"{found.get(int(number), '')}{text}\n"
    return found


def test_a_wrong_name_and_a_wrong_type_are_refused_in_each_family(errors: Mapping[int, str]) -> None:
    """Both where a value is made and where it is changed."""
    lines = enumerate(wrong_lines(), 1)

    missed = [line for number, (line, says) in lines if says and says not in errors.get(number, "")]

    assert [] == missed


def test_only_these_lines_are_refused(errors: Mapping[int, str]) -> None:
    """The others say where the classes are."""
    assert [] == [
        line for number, (line, says) in enumerate(wrong_lines(), 1) if number in errors and not says
    ]
