"""
Escalations in a terminal: whole keys in a narrow one, and days that would be unclear without their year.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import StringIO

from rich.console import Console

from client import EscalationListing, ToDo
from entrypoints.cli.render import escalation, escalation_list
from escalation.case.follow_up_actions import Action, Origin
from escalation.case.lifecycle import State
from escalation.kernel.proof import Door
from escalation.kernel.reasons import Person, Reason, as_written, reason
from escalation.kernel.timeline_entry import TimelineEntry
from escalation.kernel.values import InternalText
from escalation.policy.classification import Priority

SUBJECT = "Second delivery in a row arrived damaged"


def listed(key: str) -> EscalationListing:
    """As long as a row gets: two customers, a late one."""
    now = datetime.now(UTC)
    due_at = now + timedelta(hours=12, minutes=30)
    customers = ("GLOBEX-LOGISTICS", "INITECH")
    return EscalationListing(
        key=key,
        state=State.COMMUNICATING,
        level=1,
        priority=Priority.P2,
        category="complaint",
        customers=customers,
        owner="call_centre",
        next_due_at=due_at,
        is_breached=True,
        opened_at=now,
        subject=SUBJECT,
    )


def shown(*keys: str) -> list[str]:
    """The lines of a listing in a narrow terminal."""
    screen = StringIO()
    narrow = Console(width=80, file=screen, soft_wrap=True)
    narrow.print(escalation_list.render_escalations([listed(key) for key in keys], narrow.width))
    return screen.getvalue().splitlines()


def test_a_key_is_whole_in_a_narrow_terminal() -> None:
    """
    START-4: people copy it; the rest gives way, and stays in its line.
    """
    keys = ["globex-logistics/2026-000123", "ACME/4711"]

    lines = shown(*keys)

    assert keys == [line.split()[0] for line in lines if "/" in line]
    assert 80 >= max(map(len, lines))


def test_columns_can_be_read_in_a_narrow_terminal() -> None:
    """
    START-4: in 80 columns a row says what it is about, who has it and until when, and no word is cut but the subject.
    """
    row = next(line for line in shown("ACME/4711") if "ACME" in line)

    assert ["ACME/4711", "communicating", "P2", "1", "call_centre"] == row.split()[:5]
    assert "in 12 h" in row
    assert SUBJECT[:14] in row


def test_a_wide_terminal_shows_customers_and_category_too() -> None:
    """
    START-4: whatever there is room for, the subject in full.
    """
    screen = StringIO()
    Console(width=200, file=screen).print(escalation_list.render_escalations([listed("ACME/4711")], 200))

    for text in (SUBJECT, "GLOBEX-LOGISTICS, INITECH", "complaint"):
        assert text in screen.getvalue()


def test_a_key_that_is_longer_than_half_a_line_has_a_line_of_its_own() -> None:
    """
    START-4: up to 200 characters are allowed; none of it is cut or wrapped, so that it can be copied.
    """
    key = f"{'globex-' * 27}x/2026-0001"
    assert 200 == len(key)

    lines = shown(key, "ACME/4711")

    assert [key, "ACME/4711"] == lines[::2]
    assert lines[1].startswith("  communicating breached · P2 · 1 · call_centre · in 12 h")
    assert SUBJECT[:14] in lines[1]
    assert 80 >= len(lines[1])


def test_actions_to_be_done_have_whole_keys_too() -> None:
    """
    CLOSE-7: also those of closed escalations, which are called by their ids.
    """
    action = Action(
        number=1,
        what=InternalText("Repair the roof of bay 3"),
        owner="hannah",
        due=date(2030, 1, 31),
        origin=Origin.RCA,
    )
    key = "globex-logistics/2026-000123@20260115T093000"
    screen = StringIO()
    Console(width=80, file=screen).print(
        escalation_list.render_actions([ToDo(key, SUBJECT, action)], datetime(2030, 2, 1, tzinfo=UTC), 80)
    )

    assert [key, "  1 · 2030-01-31 overdue · hannah · Repair the roof of bay 3"] == [
        line.rstrip() for line in screen.getvalue().splitlines()
    ]


def test_a_listing_of_nothing_has_its_columns() -> None:
    """
    Whoever asks before there is anything gets no traceback.
    """
    assert ["key", "state", "P", "level", "owner", "next", "due", "subject"] == [
        word for line in shown() for word in line.split() if word.isalpha()
    ]


def an_entry(seq: int, kind: str, what: Reason, by: str) -> TimelineEntry:
    return TimelineEntry(seq=seq, at=datetime(2030, 1, 1, 9, tzinfo=UTC), by=by, kind=kind, what=what)


TIMELINE = (
    an_entry(1, "opened", as_written("opened at level 1 with P2 for call_centre"), "maya"),
    an_entry(2, "clock_started", as_written("level window clock started"), "engine"),
    an_entry(3, "acknowledged", reason("event.acknowledged", Person("maya"), 1), "maya"),
    an_entry(4, "clock_ended", as_written("level window clock met"), "maya"),
    an_entry(5, "clock_breached", as_written("resolution breached"), "engine"),
)


def told(
    timeline: Sequence[TimelineEntry] = TIMELINE, *, clocks: bool = False, latest: int | None = None
) -> list[str]:
    screen = StringIO()
    Console(width=200, file=screen).print(escalation.render_timeline(timeline, clocks=clocks, latest=latest))
    return [line.split(":00:00  ")[-1].strip() for line in screen.getvalue().splitlines()]


def test_each_line_of_a_timeline_says_who_and_clocks_are_folded() -> None:
    """
    ROLE-3: a person or the engine. What only keeps time is counted, and shown when it is asked for.
    """
    assert [
        "maya    opened at level 1 with P2 for call_centre",
        "maya    acknowledged at level 1",
        "engine  resolution breached",
        "2 lines of clocks not shown; --clocks shows them",
    ] == told()
    assert [
        "maya    opened at level 1 with P2 for call_centre",
        "engine  level window clock started",
        "maya    acknowledged at level 1",
        "maya    level window clock met",
        "engine  resolution breached",
    ] == told(clocks=True)
    assert ["maya    acknowledged at level 1", "engine  resolution breached"] == told(latest=2)[:2]


def test_a_timeline_says_by_which_door_a_move_came_in() -> None:
    """
    IDENTITY-3: beside who made it, where it is known.
    """
    maya, buyer = (
        replace(TIMELINE[2], door=Door(name="console")),
        an_entry(6, "access_answered", reason("event.access_answered.yes", "ACME"), "ACME:jo@acme.example"),
    )
    moved = (maya, replace(buyer, by_name="Jo Buyer", door=Door(name="link")), TIMELINE[4])

    assert [
        "maya      in the console  acknowledged at level 1",
        "Jo Buyer  by a link       ACME has access again",
        "engine                    resolution breached",
    ] == told(moved)


def test_a_due_time_has_its_year_where_it_is_another_or_matters() -> None:
    """
    SPONSOR-1: a review is a year away, or two.
    """
    year = datetime.now().astimezone().year
    soon, later = (datetime(each, 6, 15, 12).astimezone() for each in (year, year + 1))

    assert f"{soon:%d %b %H:%M}" in escalation.format_due(soon).plain
    assert f"{soon:%d %b %Y %H:%M}" in escalation.format_due(soon, in_year=True).plain
    assert f"{later:%d %b %Y %H:%M}" in escalation.format_due(later).plain


def test_a_list_says_where_something_did_not_arrive() -> None:
    """
    COMM-13: a manager who scans the list sees it, and it is counted.
    """
    rows = [replace(listed("ACME/4711"), undelivered=2), listed("ACME/4712")]
    screen = StringIO()
    Console(width=200, file=screen).print(escalation_list.render_escalations(rows, 200))

    told = [line for line in screen.getvalue().splitlines() if "undelivered" in line]
    assert ["ACME/4711"] == [line.split()[0] for line in told]
    assert "; 1 with undelivered messages" in escalation_list.count_by_state(rows)


def test_a_list_says_what_cannot_be_read() -> None:
    """
    START-4: one that lacks its key hides none of the others.
    """
    rows = [listed("ACME/1"), replace(listed("ACME/2"), subject="", unreadable="encrypted by the key 'old'")]

    said = escalation_list.count_by_state(rows)

    assert said.startswith("2 escalations")
    assert said.endswith("\nACME/2: encrypted by the key 'old'")
