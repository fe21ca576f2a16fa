"""
Playbooks, calendars and requests, with what a test does not care about filled in.
"""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from escalation.case.request import StartRequest
from escalation.kernel.business_time import OpenHours
from escalation.kernel.refusals import BadRequest, Fault
from escalation.kernel.values import from_plain
from planning.calendars.calendar_spec import CalendarSpec
from planning.calendars.open_hours import compile_hours
from planning.playbook.loader import Playbook, load_playbook, parse_playbook

PLAYBOOKS = Path(__file__).parents[2] / "playbooks"
REFERENCE = PLAYBOOKS / "reference.yaml"
WEEKDAYS_9_TO_17 = {"mon-fri": ["09:00-17:00"]}


def utc(written: str) -> datetime:
    """
    Read `2026-11-20 16:30` as UTC.
    """
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


def naive(written: str) -> datetime:
    """
    Read `2026-11-20 16:30` as what some clock shows.
    """
    return datetime.fromisoformat(written)


def a_calendar(
    weekly: dict[str, list[str]] | None = None,
    time_zone: str = "UTC",
    closed_on: tuple[date, ...] = (),
    half_days: dict[date, list[str]] | None = None,
    holidays: Any = (),
) -> CalendarSpec:
    """
    Nine to five on weekdays.
    """
    return CalendarSpec.model_validate(
        {
            "time_zone": time_zone,
            "weekly": WEEKDAYS_9_TO_17 if weekly is None else weekly,
            "closed_on": closed_on,
            "half_days": half_days or {},
            "holidays": holidays,
        }
    )


def hours_of(calendar: CalendarSpec, around: datetime, days: int = 30) -> OpenHours:
    """
    The open hours of so many days before and after *around*.
    """
    return compile_hours(calendar, around - timedelta(days=days), around + timedelta(days=days))


def a_request(**changes: Any) -> StartRequest:
    """
    A complaint of one customer, submitted by an agent.
    """
    return from_plain(
        StartRequest,
        {
            "key": "ACME/4711",
            "subject": "Export fails",
            "issue_type": "customer_service_requests",
            "category": "complaint",
            "priority": "P3",
            "reason": "dissatisfied_customer",
            "submitted_by": "maya",
            "customers": [
                {"account": "acme", "contacts": [{"name": "Ana Lima", "email": "ana@acme.example"}]}
            ],
        }
        | changes,
    )


def the_reference() -> Playbook:
    return shipped(REFERENCE.name)


@cache
def shipped(name: str) -> Playbook:
    """
    A playbook that ships, read once for all tests.
    """
    return load_playbook(PLAYBOOKS / name)


@cache
def playbook_of(text: str) -> Playbook:
    return parse_playbook(text)


def reference_with(*changes: tuple[str, str]) -> str:
    """
    The reference playbook's text with pieces replaced; each piece must be there.
    """
    text = REFERENCE.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def faults_of_text(text: str) -> tuple[Fault, ...]:
    """Return the faults of a playbook."""
    with pytest.raises(BadRequest) as refused:
        parse_playbook(text, "reference.yaml")
    return refused.value.faults


def faults_with(*changes: tuple[str, str]) -> tuple[Fault, ...]:
    """Return the faults of the reference playbook, with pieces replaced."""
    return faults_of_text(reference_with(*changes))
