"""
How it looks in a terminal: what must be whole in a narrow one, and days that would be unclear without their year.
"""

from datetime import UTC, datetime, timedelta
from io import StringIO

from rich.console import Console

from client import Listed
from entrypoints import showing
from escalation.lifecycle import State
from escalation.plan import Priority


def listed(key: str) -> Listed:
    now = datetime.now(UTC)
    due_at = now + timedelta(hours=12, minutes=30)
    customers = ("GLOBEX-LOGISTICS", "INITECH")
    return Listed(
        key, State.COMMUNICATING, 1, Priority.P2, "complaint", customers, "call_centre", due_at, True, now
    )


def test_a_key_is_whole_in_a_narrow_terminal() -> None:
    """
    START-4: people copy it; the rest gives way, and stays in its line.
    """
    shown = StringIO()
    narrow = Console(width=80, file=shown, soft_wrap=True)
    keys = ["globex-logistics/2026-000123", "ACME/4711"]

    narrow.print(showing.listing([listed(key) for key in keys]))

    lines = shown.getvalue().splitlines()
    assert keys == [line.split()[0] for line in lines if "/" in line]
    assert 80 >= max(map(len, lines))


def test_a_due_time_has_its_year_where_it_is_another_or_matters() -> None:
    """
    SPONSOR-1: a review is a year away, or two.
    """
    year = datetime.now().astimezone().year
    soon, later = (datetime(each, 6, 15, 12).astimezone() for each in (year, year + 1))

    assert f"{soon:%d %b %H:%M}" in showing.due(soon).plain
    assert f"{soon:%d %b %Y %H:%M}" in showing.due(soon, in_year=True).plain
    assert f"{later:%d %b %Y %H:%M}" in showing.due(later).plain
