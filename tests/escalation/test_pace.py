"""
The pace of a channel: turns that keep a provider's limit, whoever asks for how many and when.
"""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from escalation.kernel.values import from_json, from_plain, to_json
from escalation.notifications.channel_limit import (
    LEEWAY,
    MOST_SLOTS,
    ChannelLimit,
    ReserveSlots,
    reserve_slots,
)

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def two_a_minute(count: int, reach: float = 0) -> ReserveSlots:
    return ReserveSlots(at_most=2, within=60 * SECOND, count=count, reach=reach * SECOND)


def seconds(*spans: timedelta) -> list[float]:
    return [span.total_seconds() for span in spans]


@given(
    at_most=st.integers(1, 5),
    within=st.integers(0, 30),
    asks=st.lists(
        st.tuples(st.floats(0, 20), st.integers(1, MOST_SLOTS), st.sampled_from([0, 10, 20])), max_size=20
    ),
)
def test_no_window_has_more_turns_than_the_limit(
    at_most: int, within: int, asks: list[tuple[float, int, int]]
) -> None:
    """
    COMM-12: wherever the window begins, whoever asked; and every turn has its leeway.
    """
    now, pace, given_at = NOW, ChannelLimit(), list[datetime]()
    for later, count, reach in asks:
        now += later * SECOND
        asked = ReserveSlots(at_most=at_most, within=within * SECOND, count=count, reach=reach * SECOND)
        pace, turns = reserve_slots(asked, pace, now)
        given_at += [now + after for after in turns.after]
        assert count >= len(turns.after)
        assert all(timedelta() <= after <= reach * SECOND for after in turns.after)

    assert sorted(given_at) == given_at
    spans = [last - first for first, last in zip(given_at, given_at[at_most:], strict=False)]
    assert all(within * SECOND + LEEWAY <= span for span in spans)
    assert pace == from_json(ChannelLimit, to_json(pace))


def test_turns_out_of_reach_are_not_given_and_not_lost() -> None:
    """
    COMM-12: it says when to ask again; whoever asks then, first, has them.
    """
    pace, turns = reserve_slots(two_a_minute(count=5, reach=10), ChannelLimit(), NOW)
    later, none = reserve_slots(two_a_minute(count=1, reach=10), pace, NOW + 50 * SECOND)
    _, again = reserve_slots(two_a_minute(count=3, reach=0), later, NOW + 61 * SECOND)

    assert ([0, 0], 61) == (seconds(*turns.after), *seconds(turns.next_after))
    assert ([], 11) == (seconds(*none.after), *seconds(none.next_after))
    assert pace.taken == later.taken
    assert [0, 0] == seconds(*again.after)


def test_whoever_reaches_further_goes_first() -> None:
    """
    COMM-12: what is urgent finds turns that nobody else could take.
    """
    pace, _ = reserve_slots(two_a_minute(count=2), ChannelLimit(), NOW)
    pace, calm = reserve_slots(two_a_minute(count=50, reach=10), pace, NOW + 45 * SECOND)
    _, urgent = reserve_slots(two_a_minute(count=1, reach=20), pace, NOW + 45 * SECOND)

    assert ((), [16]) == (calm.after, seconds(*urgent.after))


def test_a_pace_is_forgotten_when_its_last_turn_counts_no_more() -> None:
    """
    Nothing is kept of a channel that nobody writes by.
    """
    pace, _ = reserve_slots(two_a_minute(count=3, reach=100), ChannelLimit(), NOW)

    assert NOW + 61 * SECOND + 61 * SECOND == pace.counts_until


@pytest.mark.parametrize("wrong", [{"at_most": 0}, {"count": 0}, {"count": 51}, {"within": -SECOND}])
def test_what_gives_no_turn_is_refused(wrong: dict[str, object]) -> None:
    """A request by hand must not stall the run."""
    with pytest.raises(ValidationError):
        from_plain(ReserveSlots, {"at_most": 1, "within": SECOND, "count": 1, "reach": SECOND} | wrong)
