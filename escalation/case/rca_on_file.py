"""
Internal RCAs as they are worked on: a timeline proposed from the record, versions on file, several made one (CLOSE-3).

Puts together what others wrote; writes no sentence of its own, and decides nothing of the course of the RCA.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from escalation.case.events import CLOCKWORK, Event
from escalation.case.moves.file_rca import RcaFiled
from escalation.case.rca_content import InternalRca, RcaTimelineEntry
from escalation.case.state import Escalation
from escalation.kernel.budgets import DRAFT, last_of
from escalation.kernel.characters import clip
from escalation.kernel.reasons import Listed, Reason
from escalation.kernel.timeline_entry import TimelineEntry
from escalation.kernel.values import CustomerText, Instant, InternalText, frozen

_One = TypeVar("_One")
_NOT_OF_THE_STORY = CLOCKWORK | {"delivery_reported", "move_refused", "open_hours_extended", "clock_chased"}
_ON_RECORD_TWICE = frozenset(
    {"force.delivery_reported", "force.deployed", "force.stood_down", "force.stood_down.open"}
)
"""Reports of a task force on its messages, and on what the escalation records itself."""
_LONGEST_MOMENT = 2_000
_MOST_MOMENTS = 500
_LISTS = ("root_causes", "five_whys", "contributing_factors", "went_well", "went_badly", "corrective_actions")


@frozen
class RcaVersion:
    number: int
    by: str
    at: Instant


@frozen
class RcaOnFile:
    """One version of the internal RCA, and which others there are."""

    versions: tuple[RcaVersion, ...] = ()
    version: RcaVersion | None = None
    """Version that was asked for; None: it is not on file."""
    rca: InternalRca | None = None
    problem_records: tuple[str, ...] = ()
    """Problem records of the start, for the first draft."""


def on_file(now: Escalation, events: Iterable[Event], number: int | None = None) -> RcaOnFile:
    """Return version *number* of the internal RCA, else the latest."""
    filed = {event.version: event for event in events if isinstance(event, RcaFiled)}
    versions = tuple(RcaVersion(number=event.version, by=event.by, at=event.at) for event in filed.values())
    wanted = filed.get(max(filed, default=0) if number is None else number)
    return RcaOnFile(
        versions=versions,
        version=next((each for each in versions if wanted and each.number == wanted.version), None),
        rca=wanted.rca if wanted else None,
        problem_records=now.request.problem_records,
    )


def proposed_timeline(
    entries: Iterable[TimelineEntry], say: Callable[[Reason], str]
) -> tuple[RcaTimelineEntry, ...]:
    """
    Return what happened, without the workings of clocks, messages and task forces; of a long story the end.

    *say*: how the writer of the RCA has it said, with names for ids.
    """
    told = tuple(
        RcaTimelineEntry(
            at=entry.at.replace(microsecond=0), what=InternalText(clip(say(entry.what), _LONGEST_MOMENT))
        )
        for entry in entries
        if entry.kind not in _NOT_OF_THE_STORY and not _is_told_twice(entry.what)
    )
    return last_of(told[-_MOST_MOMENTS:], DRAFT)


def _is_told_twice(what: Reason) -> bool:
    match what.parts:
        case (_, Listed((Reason("force.stood_down", (Reason("ended_by_operator"),)), *_))):
            return False
        case (_, Listed((Reason(code), *_))):
            return code in _ON_RECORD_TWICE
        case _:
            return False


def merge_rcas(rcas: Sequence[InternalRca]) -> InternalRca:
    """
    Several as one: texts one after the other, lists in the order of the files, each thing once, the timeline by time.
    """
    lists: dict[str, Any] = {name: _each_once(getattr(rca, name) for rca in rcas) for name in _LISTS}
    moments = _each_once(rca.timeline for rca in rcas)
    return InternalRca(
        **lists,
        summary=InternalText(_one_after_the_other(rca.summary for rca in rcas)),
        timeline=tuple(sorted(moments, key=lambda moment: moment.at)),
        problem_records=_each_once(rca.problem_records for rca in rcas),
        links=_each_once(rca.links for rca in rcas),
        summary_for_customers=_for_customers(rcas),
    )


def _for_customers(rcas: Sequence[InternalRca]) -> CustomerText | None:
    text = _one_after_the_other(rca.summary_for_customers or "" for rca in rcas)
    return CustomerText(text) if text else None


def _one_after_the_other(texts: Iterable[str]) -> str:
    return "\n\n".join(_each_once([[str(text) for text in texts if text]]))


def _each_once(lists: Iterable[Iterable[_One]]) -> tuple[_One, ...]:
    found: list[_One] = []
    for each in lists:
        found += [one for one in each if one not in found]
    return tuple(found)
