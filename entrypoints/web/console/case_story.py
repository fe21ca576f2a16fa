"""
Story of an escalation as people read it: which lines are for whom, and which only keep time.

Colour never speaks alone: a line that a customer read or said says so in words. Must not know markup.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from escalation.case.events import CLOCKWORK
from escalation.case.lifecycle import Move, RcaState
from escalation.case.rca_content import CustomerRca
from escalation.kernel.reasons import Listed, Reason
from escalation.kernel.timeline_entry import TimelineEntry

REFUSED = "move_refused"
_SAID = frozenset({"customer_message_recorded", "question_answered", "impact_stated"})
"""Kinds of events whose text is a customer's own."""
_ASKED = frozenset({"customer_asked"})
_SHARED = "rca_shared"
_TALK = _SAID | _ASKED | {"comment_added", "evidence_added", _SHARED}
# What is left out of the story is true and seldom worth a line; "Everything" shows it, and refusals stand apart.
_NOISE = CLOCKWORK | {REFUSED, "delivery_reported", "open_hours_extended", "clock_chased"}
_OF_THE_RCA = frozenset({"rca_derived", _SHARED})
_DELIVERED = "force.delivery_reported"
_EXPLAINED = frozenset({"on_call_found"})
"""Kinds of events whose sentence says its reason already."""
MOST_LINES = 50
"""Lines of a story, or messages, that a page shows before somebody asks for all."""


class Shown(StrEnum):
    """Part of the story that a reader asks for, as the address of the page says."""

    STORY = "story"
    TALK = "talk"
    ALL = "all"


class StoryLine(NamedTuple):
    """A line of the story."""

    entry: TimelineEntry
    told: str
    """Text that customers read."""
    said: str
    """Text that a customer wrote or said."""
    note: object
    """Text of our own people, for our own people."""
    items: Sequence[str] = ()
    """Lines below the text that customers read."""


def story_of(
    timeline: Sequence[TimelineEntry], shown: Shown, rca: CustomerRca | None = None
) -> Sequence[StoryLine]:
    """Return the lines that are *shown*, the latest first; *rca*: the one for customers, as it is now."""
    shared = _seq_of_shared(timeline)
    lines = [
        _with_rca(_line(entry), rca) if rca and entry.seq == shared else _line(entry)
        for entry in timeline
        if _is_shown(entry, shown)
    ]
    return lines[::-1] if shown is Shown.ALL else lines[: -MOST_LINES - 1 : -1]


def _is_shown(entry: TimelineEntry, shown: Shown) -> bool:
    match shown:
        case Shown.TALK:
            return entry.kind in _TALK or entry.told is not None
        case Shown.STORY:
            return entry.kind not in _NOISE and not _is_of_deliveries(entry)
        case Shown.ALL:
            return True


def _is_of_deliveries(entry: TimelineEntry) -> bool:
    """Return whether a task force reported nothing but that its messages arrived."""
    if entry.kind != "task_force_reported" or not isinstance(entry.what, Reason):
        return False
    happened = entry.what.parts[-1]
    parts = happened.parts if isinstance(happened, Listed) else (happened,)
    return all(isinstance(part, Reason) and part.code == _DELIVERED for part in parts)


def _line(entry: TimelineEntry) -> StoryLine:
    note = entry.note
    if entry.kind in _SAID:
        return StoryLine(entry, "", str(note), "")
    if entry.kind in _ASKED:
        return StoryLine(entry, str(note), "", "")
    return StoryLine(entry, str(entry.told or ""), "", "" if entry.kind in _EXPLAINED else note)


def _with_rca(line: StoryLine, rca: CustomerRca) -> StoryLine:
    return line._replace(told=str(rca.summary), items=tuple(map(str, rca.actions)))


def is_rca_shared(timeline: Iterable[TimelineEntry]) -> bool:
    """Return whether customers got the RCA that was derived last."""
    return _seq_of_shared(timeline) is not None


def _seq_of_shared(timeline: Iterable[TimelineEntry]) -> int | None:
    """Return the entry with which customers got the RCA that was derived last; None, if they did not."""
    latest = [entry for entry in timeline if entry.kind in _OF_THE_RCA][-1:]
    return latest[0].seq if latest and latest[0].kind == _SHARED else None


RCA_STEPS: Sequence[tuple[RcaState, Move]] = (
    (RcaState.REQUESTED, Move.REQUEST_RCA),
    (RcaState.DRAFTED, Move.FILE_RCA),
    (RcaState.DERIVED, Move.DERIVE_RCA),
    (RcaState.APPROVED, Move.APPROVE_RCA),
    (RcaState.SHARED, Move.SHARE_RCA),
)
"""Steps of an RCA, each with the move that takes it."""


def rca_steps_of(state: RcaState) -> Sequence[tuple[RcaState, Move, bool]]:
    """Return each step, and whether it is behind us; of an RCA that was waived, none is."""
    order = [step for step, _ in RCA_STEPS]
    reached = order.index(state) if state in order else -1
    return [(step, move, number <= reached) for number, (step, move) in enumerate(RCA_STEPS)]
