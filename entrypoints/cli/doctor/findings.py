"""
Findings: stalled runs, runs that can never begin, holes in the record, deliveries that are not on record.

It looks, and changes nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from client import OURS, RECORDED, RunExamination, RunStalled
from entrypoints.cli.doctor.repairs import (
    RecordMissingEvents,
    Repair,
    RepairTools,
    ReplayDeliveryResults,
    Reset,
    Terminate,
    outdated_events,
)
from escalation.case.delivery_report import DeliveryReported
from escalation.case.events import Event
from escalation.case.record_batch import RecordBatch
from escalation.case.task_forces import TaskForceReported
from escalation.kernel.counted_nouns import number_of
from escalation.kernel.ids import key_of
from escalation.kernel.refusals import UnknownEscalation
from escalation.kernel.timeline_entry import minute
from escalation.notifications.delivery_results import ARRIVED, DeliveryResult, select_newer
from records.errors import RecordStoreFault
from runtime.stalls import Stall
from workers.replays import Replays

_WAITS = "workers whose code fits it; it goes on by itself then"
_FITS = "workers that run this program, which can follow it; it goes on by itself then, within ten minutes"
"""The server's longest wait between two tries."""
_UNREADABLE = "Failed decoding arguments"
"""The SDK's words for a run whose input cannot be read."""


class FindingKind(StrEnum):
    STALLED = "stalled"
    """Workers fail its next step again and again."""
    NEVER_BEGUN = "never_begun"
    """Started by hand with what cannot be read, or where nobody works."""
    UNANSWERED = "unanswered"
    """A run that cannot be asked what happened in it."""
    HOLE = "hole"
    """Events are missing from the record."""
    OUTDATED = "outdated"
    """The record has events that its run, which was reset, does not have."""
    RECORD_UNUSABLE = "record_unusable"
    """The record cannot be read, or not what it has of one escalation."""
    DELIVERED_UNRECORDED = "delivered_unrecorded"
    """Messages were delivered, and their run does not know it."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong."""

    kind: FindingKind
    key: str
    """The workflow's id: of an escalation, its key."""
    what: str
    needs: str = ""
    """The remedy, if no repair of ours is one."""
    repair: Repair | None = None

    @property
    def remedy(self) -> str:
        return self.repair.words if self.repair else self.needs

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind.value,
            "key": self.key,
            "what": self.what,
            "remedy": self.remedy,
            "is_repairable": self.repair is not None,
        }


@dataclass
class _Seen:
    """Findings and facts of all runs, until the last one was asked."""

    stalls: dict[str, "Stall"] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    running: set[str] = field(default_factory=set)
    """Ids of escalations of which a run goes on: what it has not put on record, it will."""
    tails: dict[str, tuple["RunExamination", list[int]]] = field(default_factory=dict)
    """Of an escalation, the last events that its latest run has and the record has not."""
    with_holes: set[str] = field(default_factory=set)
    on_their_way: frozenset[str] = frozenset()
    """Ids of escalations of which events are just being put on record."""

    @property
    def silent(self) -> set[str]:
        """Keys that stalled runs have: what they know is put on record when they go on."""
        return {key_of(stall.key) for stall in self.stalls.values()}


async def examine(
    hands: RepairTools, replays: "Replays", key: str | None, advance: Callable[[], None]
) -> list[Finding]:
    """
    Find everything that is wrong, or all that is wrong with one key.

    Raises:
        NoServer, StoreUnreachable: If nobody can be asked.
    """
    client, seen = hands.client, _Seen()
    try:
        await _look_at_all(hands, key, advance, seen)
    except RecordStoreFault as fault:  # what it says of runs is worth the more
        needs = "a record store that can be used"
        seen.findings.append(Finding(FindingKind.RECORD_UNUSABLE, "record", str(fault), needs=needs))
    for stall in await (client.stalled_of(key) if key else client.stalled()):
        seen.stalls[stall.run_id] = stall
    return [
        *[await _of_stall(hands, replays, stall) for stall in seen.stalls.values()],
        *[_lost(each.key, each.run_id, each.task_queue) for each in await client.lost(key)],
        *seen.findings,
    ]


async def _look_at_all(hands: RepairTools, key: str | None, advance: Callable[[], None], seen: _Seen) -> None:
    seen.on_their_way = await hands.client.being_recorded()
    async for run in hands.client.examined(key):
        advance()
        await _look_at(hands, run, seen)
    seen.findings += _tails(hands, seen)
    seen.findings += _beyond_repair(hands, key, seen)


# Stalled runs, and those that never begin.


async def _of_stall(hands: RepairTools, replays: "Replays", stall: "Stall") -> Finding:
    what = f"stalled since {minute(stall.since)}: {stall.why}"
    key, run_id = stall.key, stall.run_id
    while run_id:
        try:
            history = await hands.client.history(key, run_id)
        except UnknownEscalation:  # the run before is not kept any more
            break
        started = history.events[0].workflow_execution_started_event_attributes
        is_by_hand = not started.HasField("parent_workflow_execution")
        if is_by_hand and _can_never_begin(stall):
            what = f"cannot begin with what it was started with: {stall.why}"
            return Finding(FindingKind.NEVER_BEGUN, key, what, repair=Terminate(key, run_id))
        if run_id == stall.run_id and await replays.follows_all(history):
            return Finding(FindingKind.STALLED, key, what, needs=_FITS)
        if point := await replays.reset_point(history):
            return Finding(
                FindingKind.STALLED, key, what, repair=Reset(key, run_id, point, stall.kind in RECORDED)
            )
        run_id = started.continued_execution_run_id
    return Finding(FindingKind.STALLED, key, what, needs=_WAITS)


def _can_never_begin(stall: "Stall") -> bool:
    return not stall.has_begun and (stall.kind not in OURS or _UNREADABLE in stall.why)


def _lost(key: str, run_id: str, task_queue: str) -> Finding:
    what = f"cannot begin, because no worker works on the task queue {task_queue!r}, where it was started"
    return Finding(FindingKind.NEVER_BEGUN, key, what, repair=Terminate(key, run_id))


# The record of one run.


async def _look_at(hands: RepairTools, run: "RunExamination", seen: _Seen) -> None:
    if isinstance(run.record, RunStalled):
        seen.stalls[run.run_id] = run.record.stall
    elif isinstance(run.record, Exception):
        why = " ".join(str(run.record).split())
        seen.findings.append(
            Finding(FindingKind.UNANSWERED, run.key, f"cannot answer: {why}", needs="a worker that can")
        )
    else:
        await _compare(hands, run, run.record, seen)


async def _compare(hands: RepairTools, run: "RunExamination", batch: RecordBatch, seen: _Seen) -> None:
    try:
        known = hands.store.read_events(batch.escalation)
    except ValueError:
        needs = "a program as new as the one that wrote it"
        what = "what is on record of it cannot be read"
        seen.findings.append(Finding(FindingKind.RECORD_UNUSABLE, run.key, what, needs=needs))
        return
    if run.is_running:
        seen.running.add(batch.escalation)
        if outdated_events(batch, known):  # perhaps only because it went on since
            batch = await hands.client.record_of(run.key, run.run_id)
            if gone := outdated_events(batch, known):
                seen.findings.append(_outdated(run, gone))
                seen.with_holes.add(batch.escalation)  # filled by the same repair
    last = max(known, default=0)
    missing = [event.seq for event in batch.events if event.seq not in known]
    if holes := [seq for seq in missing if seq < last and batch.escalation not in seen.on_their_way]:
        if batch.escalation not in seen.with_holes:
            seen.findings.append(_hole(hands, run, holes))
        seen.with_holes.add(batch.escalation)
    seen.tails[batch.escalation] = run, [seq for seq in missing if seq > last]
    if unheard := _unheard(batch, known, run.delivered):
        seen.findings.append(_unrecorded(run, unheard))


def _unheard(
    batch: RecordBatch, known: Mapping[int, Event], delivered: Iterable[DeliveryResult]
) -> tuple[DeliveryResult, ...]:
    own = [result for result in delivered if result.key.startswith(f"{batch.escalation}:")]
    heard = _results((*known.values(), *batch.events))
    return tuple(each for each in select_newer(heard, own) if each.state in ARRIVED)


def _results(events: Iterable[Event]) -> Iterator[DeliveryResult]:
    return (
        result
        for event in events
        if isinstance(event, DeliveryReported | TaskForceReported)
        for result in event.results
    )


def _hole(hands: RepairTools, run: "RunExamination", missing: list[int]) -> Finding:
    what = f"{_events(missing)} missing from the record {hands.store.database.where}"
    return Finding(FindingKind.HOLE, run.key, what, repair=RecordMissingEvents(run.key, run.run_id))


def _outdated(run: "RunExamination", gone: Iterable[int]) -> Finding:
    what = f"{_events(sorted(gone))} on record otherwise than in its run, which was reset"
    return Finding(FindingKind.OUTDATED, run.key, what, repair=RecordMissingEvents(run.key, run.run_id))


def _unrecorded(run: "RunExamination", results: tuple[DeliveryResult, ...]) -> Finding:
    count = len(results)
    what = f"{number_of(count, 'message was', 'messages were')} delivered, and its run does not know it"
    if not run.is_running:
        needs = "nothing that can be done: its run has ended; the messages themselves are not lost"
        return Finding(FindingKind.DELIVERED_UNRECORDED, run.key, what, needs=needs)
    return Finding(
        FindingKind.DELIVERED_UNRECORDED,
        run.key,
        what,
        repair=ReplayDeliveryResults(run.key, run.run_id, results),
    )


def _events(numbers: list[int]) -> str:
    if len(numbers) == 1:
        return f"event {numbers[0]} is"
    return f"{len(numbers)} events, from {numbers[0]} to {numbers[-1]}, are"


# What is only known when all were asked.


def _tails(hands: RepairTools, seen: _Seen) -> Iterator[Finding]:
    for escalation, (run, missing) in seen.tails.items():
        is_silent = key_of(escalation) in seen.silent
        if missing and not is_silent and escalation not in seen.running | seen.with_holes | seen.on_their_way:
            yield _hole(hands, run, missing)
            seen.with_holes.add(escalation)


def _beyond_repair(hands: RepairTools, key: str | None, seen: _Seen) -> Iterator[Finding]:
    for escalation, missing in hands.store.find_gaps().items():
        its_key = key_of(escalation)
        is_asked_for = key in {None, escalation, its_key}
        if (
            is_asked_for
            and its_key not in seen.silent
            and escalation not in seen.with_holes | seen.on_their_way
        ):
            count = number_of(missing, "event is", "events are")
            what = f"{count} missing from the record {hands.store.database.where}"
            needs = "a run that knows them, and Temporal keeps none any more"
            yield Finding(FindingKind.HOLE, escalation, what, needs=needs)
