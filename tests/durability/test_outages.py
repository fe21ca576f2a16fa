"""
kill -9 at any moment, of the worker, the server, or both: nothing is forgotten, late or told under another name.
"""

from dataclasses import replace

import pytest

from escalation.case.lifecycle import State
from escalation.case.view import View
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clock_view import ClockView
from tests.durability.outage import BATCH, CONTACTS, JUST_STARTED, LATE, STATES, TO_OURS, TOLD_BEFORE, Outage
from tests.said import said

KEYS = tuple(f"ACME/{state}" for state in STATES)


def clock(view: View, name: ClockName) -> ClockView:
    return next(found for found in view.clocks if found.name is name)


@pytest.mark.parametrize("state", STATES)
def test_every_escalation_is_where_it_was(after: Outage, state: State) -> None:
    """
    State, owner, level, plan: as if nothing had been; and its story goes on where it was.
    """
    key = f"ACME/{state}"
    before, now = after.before[key], after.after[key]

    assert (state, state) == (before.state, now.state)
    same = replace(
        now,
        clocks=before.clocks,
        responses_done=before.responses_done,
        responses_left=before.responses_left,
        allowed_moves=before.allowed_moves,
    )
    assert before == same
    told = len(after.story_before[key])
    assert after.story_before[key] == after.story_after[key][:told]


@pytest.mark.parametrize("state", STATES)
def test_every_clock_is_due_when_it_was_due(after: Outage, state: State) -> None:
    """
    CLOCK-3: due times are derived from the record; an outage adds nothing and takes nothing.
    """
    key = f"ACME/{state}"

    assert after.before[key].clocks == after.after[key].clocks


def test_what_came_due_meanwhile_is_breached_as_of_its_due_time(after: Outage) -> None:
    """
    CLOCK-6: the acknowledgement was missed while everything was down; it is known as missed then, and acted on now.
    """
    due_at = clock(after.before[LATE], ClockName.ACKNOWLEDGE).due_at
    window_due_at = clock(after.before[LATE], ClockName.LEVEL_WINDOW).due_at
    assert due_at is not None
    assert window_due_at is not None
    assert after.died_at < due_at < window_due_at < after.back_at, "it came due during the outage"

    (breached, *_) = after.events(LATE, "clock_breached")
    assert f"was due {due_at:%Y-%m-%d %H:%M} UTC" in said(breached.what)
    (rise,) = after.events(LATE, "level_raised")
    assert (2, "priya") == (after.after[LATE].level, after.after[LATE].owner)
    assert rise.at > window_due_at
    for address in ("call.centre@example.com", "elena.petrova@example.com"):
        told = [found for found in after.letters_of(LATE) if found.recipients == (address,)]
        assert any(":breach:" in found.key for found in told)


def test_what_was_only_just_started_is_opened(after: Outage) -> None:
    """
    The start was taken, no worker had seen it: it waits, and begins when there is one.
    """
    now = after.after[JUST_STARTED]

    assert State.COMMUNICATING == now.state
    assert 1 + TO_OURS == len({found.key for found in after.letters_of(JUST_STARTED)})


def test_everybody_in_the_batch_is_told(after: Outage) -> None:
    """
    COMM-12: at least once, nobody missed, in the middle of which the worker or the server died.
    """
    assert TOLD_BEFORE <= after.told_before < CONTACTS + TO_OURS, "it died in the middle"
    told = {found.recipients for found in after.letters_of(BATCH)}

    assert CONTACTS + TO_OURS == len(told)
    receipts = after.events(BATCH, "delivery_reported")
    assert not [entry for entry in receipts if "could not be notified" in said(entry.what)]


def test_whoever_is_told_again_is_told_under_the_same_key(after: Outage) -> None:
    """
    COMM-12: a receiver can drop repeats; message and key belong together, whichever attempt it was.
    """
    for key in (*KEYS, BATCH, LATE, JUST_STARTED):
        of_key = {
            (found.key, found.recipients, found.subject, found.message_id) for found in after.letters_of(key)
        }
        assert len({found.key for found in after.letters_of(key)}) == len(of_key)
    assert CONTACTS + TO_OURS == len({found.key for found in after.letters_of(BATCH)}), "one key each"


def test_whoever_was_told_a_while_before_is_not_told_again(after: Outage) -> None:
    """
    The batch's progress is in its heartbeats: a retry skips who was told before the last one.
    """
    keys = [found.key for found in after.letters_of(BATCH)]

    assert [1] * 5 == [keys.count(key) for key in keys[:5]]


def test_quiet_ones_are_told_nothing_again(after: Outage) -> None:
    """A message that was delivered and recorded before the outage is not sent a second time."""
    for key in KEYS:
        keys = [found.key for found in after.letters_of(key)]
        assert len(set(keys)) == len(keys)


def test_no_task_of_any_run_failed(after: Outage) -> None:
    """
    Each run was taken up again from its history without a difference.
    """
    assert [] == after.failed_tasks


def test_what_was_sent_to_it_meanwhile_is_followed(outages: dict[str, Outage | BaseException]) -> None:
    """
    A signal needs a server only: without any worker it waits, and is followed when one is back.
    """
    found = outages["worker"]
    assert isinstance(found, Outage)

    (ticked,) = found.events("ACME/communicating", "response_ticked")
    assert "priya" == ticked.by
