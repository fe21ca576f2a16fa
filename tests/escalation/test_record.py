"""
The record: events fold to the state, and both survive being stored.
"""

from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest

from escalation.case import events as e
from escalation.case.engine import decide
from escalation.case.lifecycle import NOBODYS, Move, State
from escalation.case.move_index import PERSONS_COMMANDS
from escalation.case.moves.acknowledge import Acknowledge
from escalation.case.moves.close import Close
from escalation.case.moves.raise_level import RaiseLevel
from escalation.case.moves.rebase import Rebase
from escalation.case.moves.reject_resolution import RejectResolution
from escalation.case.moves.send_update import SendUpdate
from escalation.case.start import Opened, fold
from escalation.case.state import Escalation
from escalation.case.state_changes import apply_event
from escalation.kernel.clock_events import ClockStarted
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Clock
from escalation.kernel.timeline_entry import brief, timeline_entry
from escalation.kernel.values import CustomerText, InternalText, from_json, from_plain, to_json, to_plain
from escalation.policy.people import Contact
from tests.builders import (
    DECLARE,
    HOUR,
    VERIFY,
    a_plan,
    an_escalation,
    happened,
    monday,
    one_in,
    opening,
    ready_to_close,
)
from tests.said import said


def test_the_record_folds_to_the_state() -> None:
    """
    ROLE-3: whatever the state needs is in its events.
    """
    decision = opening(priority="P2", linked_tickets=["INC-1"])
    events, now = list(decision.events), decision.state
    for command in (Acknowledge(by="ana"), DECLARE, VERIFY, *ready_to_close(now), Close(by="ed")):
        decision = decide(now, command, monday("09:10"))
        events += decision.events
        now = decision.state

    assert (State.CLOSED, now) == (now.state, fold(events))
    assert list(range(1, len(events) + 1)) == [event.seq for event in events]


NEW_ON_CALL = Contact(id="noor", name="Noor")


def test_a_record_begins_with_the_opening_and_has_no_other() -> None:
    """
    A record without its beginning is no record.
    """
    first, *rest = opening().events
    assert isinstance(first, Opened)

    with pytest.raises(ValueError, match="must begin with opened, not clock_started"):
        fold(rest)
    with pytest.raises(ValueError, match="opened once"):
        apply_event(an_escalation(), first)


@pytest.mark.parametrize("state", State)
def test_every_state_survives_being_stored(state: State) -> None:
    """
    An escalation outlives the process that decided it.
    """
    now = one_in(state, priority="P2", linked_tickets=["INC-1"])

    assert now == from_json(Escalation, to_json(now))


def test_escalations_of_one_kind_share_their_plan() -> None:
    """A worker keeps thousands of escalations, and what they have in common once."""
    stored = to_json(an_escalation())
    one, other = (from_json(Escalation, stored) for _ in range(2))

    assert one.plan is other.plan
    assert one.plan.joined_by((NEW_ON_CALL,)) is other.plan.joined_by((NEW_ON_CALL,))


def test_what_a_newer_version_stored_is_read_by_an_older_one() -> None:
    """
    Names on the wire are API: fields that are not known yet are left out.
    """
    now = an_escalation()
    newer = to_plain(now) | {"mood": "tense"}

    assert now == from_plain(Escalation, newer)


def test_a_copy_with_changes_is_what_pydantic_would_make() -> None:
    """
    ``made`` and ``changed`` check nothing; otherwise they are no different.
    """
    clock = Clock(name=ClockName.CLOSING, started_at=monday("09:00"), after=HOUR)
    later = replace(clock, started_at=monday("10:00"))

    assert clock == Clock(name=ClockName.CLOSING, started_at=monday("09:00"), after=HOUR)
    assert replace(clock, started_at=monday("10:00")) == later
    assert (monday("09:00"), monday("10:00")) == (clock.started_at, later.started_at)
    assert later == from_json(Clock, to_json(later))


def test_texts_lose_what_could_deceive_a_reader() -> None:
    """
    COMM-6: control and direction-changing characters, and space around it.
    """
    update = SendUpdate.model_validate({"by": "ana", "customer_text": " All\u202e good\x00.\n "})

    assert (CustomerText, "All good.") == (type(update.customer_text), update.customer_text)


def test_every_move_of_a_person_has_a_command_of_its_name() -> None:
    """
    Section 11: the wire name is the move's, and none is missing.
    """
    commands = (*PERSONS_COMMANDS, Rebase)
    kinds = {kind.move: kind.model_fields["kind"].default for kind in commands}

    assert {move: move.value for move in Move if move not in NOBODYS} == kinds


def test_every_event_is_told_in_a_sentence() -> None:
    """
    ROLE-3: one line each, with what the person added.
    """
    raised = RaiseLevel.model_validate({"by": "ed", "reason": "other", "note": "hm"})
    kinds = [kind.__dataclass_fields__["kind"].default for kind in get_args(get_args(e.Event)[0])]
    events = decide(
        one_in(State.RESOLVING),
        raised,
        monday("09:10"),
    ).events

    assert len(kinds) == len(set(kinds))
    (line,) = [timeline_entry(event) for event in events if event.kind == "level_raised"]
    assert "rose from level 1 to 2, mia: raised by Ed, before all responses were done" == said(line.what)
    assert ("hm", "ed", monday("09:10")) == (line.note, line.by, line.at)


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=12), "12 s"),
        (timedelta(minutes=5, seconds=3), "5 min 03 s"),
        (timedelta(hours=2, minutes=5), "2 h 05 min"),
        (timedelta(days=3, hours=1), "3 d 1 h"),
        (timedelta(seconds=-5), "0 s"),
    ],
)
def test_a_span_is_told_in_its_two_largest_units(span: timedelta, words: str) -> None:
    """
    For people: enough, and no more.
    """
    assert words == brief(span)


def test_a_note_is_told_once() -> None:
    """
    ROLE-3: the reason of a rejection is what the person added; an update's text for customers is not repeated.
    """
    rejected = decide(
        one_in(State.VERIFYING), RejectResolution(by="ari", why=InternalText("wet")), monday("09:10")
    )

    assert ["resolution_rejected"] == happened(rejected)
    assert [("ari rejected the resolution", "wet")] == [
        (said(event.sentence()), timeline_entry(event).note)
        for event in rejected.events
        if event.kind == "resolution_rejected"
    ]


def test_a_changed_record_works_out_anew_what_it_had_at_hand() -> None:
    """
    Section 11: a person who joins is known, and one who has left is not.
    """
    plan = a_plan()
    assert plan.knows("ana")

    without = replace(plan, contacts=tuple(person for person in plan.contacts if person.id != "ana"))

    assert not without.knows("ana")
    assert plan.knows("ana")


def test_what_is_at_its_default_is_left_out_of_the_record() -> None:
    """
    RECORD-1: there are many events; a reader gives the default back, and what tells kinds apart stays.
    """
    started = next(event for event in opening().events if isinstance(event, ClockStarted))

    plain = to_plain(started)

    assert {"seq", "at", "by", "kind", "clock"} == set(plain)
    assert {"name", "started_at", "after", "calendar", "due_at", "next_at"} == set(plain["clock"])
    assert started == from_json(ClockStarted, to_json(started))
    assert (
        "runs_on_if_reopened"
        in to_plain(replace(started, clock=replace(started.clock, runs_on_if_reopened=True)))["clock"]
    )
