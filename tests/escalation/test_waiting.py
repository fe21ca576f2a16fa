"""Departure of messages that wait for somebody: when, and which together (COMM-11, COMM-12)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from escalation.kernel.budgets import LARGEST_BATCH
from escalation.kernel.cause import cause_of_command
from escalation.kernel.values import InternalText, to_json
from escalation.notifications.inbox import (
    GATHERED_FOR,
    DeferredMessage,
    forgotten_at,
    leaves_at,
    next_at,
    take_due_messages,
)
from escalation.notifications.notification import InternalFacts, Occasion
from escalation.notifications.system_commands import ReportDelivery
from escalation.policy.people import Recipient
from escalation.policy.preferences import CountedMessage, Limit, Preferences, free_at
from tests.builders import internal, monday, opening

TEN_MINUTES = timedelta(minutes=10)
TWICE = Limit(at_most=2, within=TEN_MINUTES)
NINE = monday("09:00")


def held(
    seq: int = 1, until: datetime = NINE, limits: tuple[Limit, ...] = (), **changes: Any
) -> DeferredMessage:
    """
    Something told to Ed, that waits since nine.
    """
    notice = internal(opening(), "first_notification")
    ed = Recipient(
        id="ed", name="Ed", addresses=("email:ed@example.com",), preferences=Preferences(limits=limits)
    )
    return DeferredMessage(
        notice=replace(
            notice, seq=seq, cause=cause_of_command(ReportDelivery.kind, NINE, seq), to=(ed,), **changes
        ),
        channel="email",
        since=NINE,
        until=until,
    )


def sent(*times: str) -> tuple[CountedMessage, ...]:
    return tuple(CountedMessage(at=monday(time), channel="email") for time in times)


def test_a_limit_counts_back_over_its_time() -> None:
    """
    COMM-12: free when the oldest letter that counts has left the window; other channels are counted apart.
    """
    by_chat = Limit(at_most=1, within=TEN_MINUTES, channel="slack")

    assert NINE == free_at((TWICE,), sent("08:55"), "email", NINE)
    assert monday("09:05") == free_at((TWICE,), sent("08:55", "08:57"), "email", NINE)
    assert NINE == free_at((TWICE,), sent("08:40", "08:57"), "email", NINE)
    assert NINE == free_at((by_chat,), sent("08:59"), "slack", NINE)
    assert monday("09:09") == free_at(
        (TWICE, by_chat), (CountedMessage(at=monday("08:59"), channel="slack"),), "slack", NINE
    )


def test_what_waits_leaves_when_quiet_hours_end_and_the_limit_allows() -> None:
    """
    COMM-11, COMM-12: whichever is later.
    """
    quiet = held(until=monday("10:00"), limits=(TWICE,))

    assert monday("10:00") == leaves_at(quiet, sent("09:30"), NINE)
    assert monday("10:06") == leaves_at(quiet, sent("09:56", "09:58"), monday("09:59"))


def test_what_is_urgent_waits_a_minute_at_most() -> None:
    """
    COMM-11: long enough to be one letter with all that comes with it.
    """
    breach = held(limits=(TWICE,), occasion=Occasion.BREACH)

    assert NINE + GATHERED_FOR == leaves_at(breach, sent("08:59", "09:00"), NINE)


def test_what_may_leave_takes_along_all_whose_quiet_hours_are_over() -> None:
    """
    COMM-12: one letter instead of many; who is not to be disturbed for it is not.
    """
    limited = [held(seq, limits=(TWICE,)) for seq in (1, 2)]
    quiet = held(3, until=monday("10:00"))
    full = sent("08:55", "08:57")

    assert monday("09:05") == next_at([*limited, quiet], full, NINE)
    assert take_due_messages([*limited, quiet], full, NINE) is None
    bundle = take_due_messages([*limited, quiet], full, monday("09:05"))
    assert bundle
    assert tuple(each.notice for each in limited) == bundle.notices
    assert not bundle.at_any_hour


def test_too_much_to_keep_leaves_at_once_and_in_parts() -> None:
    """
    COMM-12: never lost, whatever the hour; Temporal takes no more than 2 MiB at a time.
    """
    facts = held().notice.facts
    assert isinstance(facts, InternalFacts)
    facts = replace(facts, text=InternalText("wet " * 4_000))
    many = [held(seq, until=monday("23:00"), facts=facts) for seq in range(100)]

    bundle = take_due_messages(many, (), NINE)

    assert NINE == next_at(many, (), NINE)
    assert bundle
    assert bundle.at_any_hour
    assert 1 < len(bundle.notices) < 100
    assert LARGEST_BATCH + 1_000 > len(to_json(bundle))


def test_an_inbox_is_kept_as_long_as_what_left_counts() -> None:
    """
    COMM-12: the next burst is counted with this one.
    """
    assert monday("09:10") == forgotten_at(sent("08:50", "09:00"), (TWICE,))
    assert forgotten_at(sent("09:00"), ()) is None
    assert next_at([], sent("09:00"), NINE) is None


def test_what_may_have_left_in_one_letter_joins_no_other() -> None:
    """
    COMM-12: it leaves again under the key of that letter, and what else waits leaves in a bundle of its own.
    """
    letters_of = ("", "k:2", "", "bundle:a", "bundle:a")
    waits = (replace(held(seq), digest_key=letter) for seq, letter in enumerate(letters_of, 1))
    left, letters = list(waits), []
    while bundle := take_due_messages(left, (), NINE):
        letters.append((bundle.digest_key, [notice.seq for notice in bundle.notices]))
        left = [each for each in left if each.notice not in bundle.notices]

    assert [("", [1, 3]), ("k:2", [2]), ("bundle:a", [4, 5])] == letters
