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


def shown(*keys: str) -> list[str]:
    """The lines of a listing in a narrow terminal."""
    screen = StringIO()
    narrow = Console(width=80, file=screen, soft_wrap=True)
    narrow.print(showing.listing([listed(key) for key in keys], narrow.width))
    return screen.getvalue().splitlines()


def test_a_key_is_whole_in_a_narrow_terminal() -> None:
    """
    START-4: people copy it; the rest gives way, and stays in its line.
    """
    keys = ["globex-logistics/2026-000123", "ACME/4711"]

    lines = shown(*keys)

    assert keys == [line.split()[0] for line in lines if "/" in line]
    assert 80 >= max(map(len, lines))


def test_a_key_that_is_longer_than_half_a_line_is_folded() -> None:
    """
    START-4: up to 200 characters are allowed; nothing of it is cut, and the rest is still there.
    """
    key = f"{'globex-' * 27}x/2026-0001"
    assert 200 == len(key)

    lines = shown(key)
    rows = lines[next(number for number, line in enumerate(lines, 1) if "──" in line) :]

    assert key == "".join(line[:41].strip() for line in rows)
    assert {"P2", "1"} <= set(rows[0].split())
    assert 80 >= max(map(len, lines))


def test_a_listing_of_nothing_has_its_columns() -> None:
    """
    Whoever asks before there is anything gets no traceback.
    """
    assert ["key", "state", "P", "level", "owner", "next", "due", "customers", "category"] == [
        word for line in shown() for word in line.split() if word.isalpha()
    ]


def test_a_due_time_has_its_year_where_it_is_another_or_matters() -> None:
    """
    SPONSOR-1: a review is a year away, or two.
    """
    year = datetime.now().astimezone().year
    soon, later = (datetime(each, 6, 15, 12).astimezone() for each in (year, year + 1))

    assert f"{soon:%d %b %H:%M}" in showing.due(soon).plain
    assert f"{soon:%d %b %Y %H:%M}" in showing.due(soon, in_year=True).plain
    assert f"{later:%d %b %Y %H:%M}" in showing.due(later).plain


def test_a_list_says_where_something_did_not_arrive() -> None:
    """
    COMM-13: a manager who scans the list sees it, and it is counted.
    """
    rows = [listed("ACME/4711")._replace(undelivered=2), listed("ACME/4712")]
    screen = StringIO()
    Console(width=200, file=screen).print(showing.listing(rows, 200))

    told = [line for line in screen.getvalue().splitlines() if "undelivered" in line]
    assert ["ACME/4711"] == [line.split()[0] for line in told]
    assert "; 1 with undelivered messages" in showing.counts(rows)
