"""
Instants and days that somebody gives are of our time: no reckoning with them leaves what a calendar can say.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, get_args

import pytest
from pydantic import AwareDatetime, ValidationError

from escalation.case import commands, post_mortem, request
from escalation.kernel.values import Input, described_fields, from_plain
from escalation.sponsorship import move_index as sponsorships
from escalation.task_force import commands as task_forces

_READ = (commands, post_mortem, request, sponsorships, task_forces)
"""Modules with what people ask: reading them makes their classes known."""


def asked_for() -> Iterator[tuple[type, str]]:
    """
    Every field with a day or an instant, of everything that a person can send.
    """
    for kind in (request.StartRequest, request.Evidence, *inputs()):
        for name, field in described_fields(kind).items():
            if {date, AwareDatetime} & set(kinds_in(field.annotation)):
                yield kind, name


def inputs(kind: type[Input] = Input) -> Iterator[type[Input]]:
    for child in kind.__subclasses__():
        yield from (child, *inputs(child))


def kinds_in(annotation: Any) -> Iterator[Any]:
    yield annotation
    for part in get_args(annotation):
        yield from kinds_in(part)


def faults_of(kind: type, name: str, given: str) -> list[str]:
    """Return the fault of that field, whatever else is missing."""
    try:
        from_plain(kind, {name: given})
    except ValidationError as error:
        return [each["msg"] for each in error.errors() if each["loc"] == (name,)]
    return []


FIELDS = {
    f"{kind.__name__}.{name}": (kind, name)
    for kind, name in asked_for()
    if kind.__module__.startswith("escalation.")  # what playbooks are made of is tested with them
}


def test_there_are_such_fields() -> None:
    """
    The due times of steps and tasks, the days of evidence, actions and reviews, the instants of an RCA.
    """
    assert {"Step.due_at", "AddTask.due_at", "Evidence.on", "Review.next_review_on"} <= FIELDS.keys()
    assert {"CorrectiveAction.due", "ActionItem.due", "RcaTimelineEntry.at"} <= FIELDS.keys()


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("year", ["0001", "1969", "2201", "9999"])
def test_what_a_person_gives_is_of_our_time(field: str, year: str) -> None:
    """
    START-6: refused where it is said, with what is allowed.
    """
    kind, name = FIELDS[field]
    is_day = date in kinds_in(described_fields(kind)[name].annotation)
    time = "" if is_day else "T23:59:59Z"

    for day in ("01-01", "12-31"):
        (fault,) = faults_of(kind, name, f"{year}-{day}{time}")
        assert "a year from 1970 to 2200" in fault
    assert [] == faults_of(kind, name, f"2200-12-31{time}")
