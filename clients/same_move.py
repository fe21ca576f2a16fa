"""
The same move, made by somebody else meanwhile: what the one who came second is told.

It must not know why the second was refused.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from clients.escalation_runs import EscalationRuns
from clients.temporal_connection import read_pages
from escalation import contract
from escalation.case.lifecycle import Move
from escalation.case.move_index import EVENTS_OF
from escalation.kernel.list_page import ListPage
from escalation.kernel.reasons import Part, Person, Reason, reason
from escalation.kernel.refusals import EscalationError
from escalation.kernel.timeline_entry import TimelineEntry
from escalation.kernel.values import ENGINE
from runtime.errors import NoServer

_LOOKED_AT = timedelta(minutes=10)
"""The time in which two people look at the same state, and both act; where it is not known when one looked."""
_JUST_NOW = timedelta(minutes=1)


async def name_same_move(
    refusal: EscalationError,
    runs: EscalationRuns,
    key: str,
    move: Move,
    *,
    by: str,
    read_at: datetime | None = None,
) -> EscalationError:
    """
    Return *refusal* of a *move*, with who made the same move and when, if somebody other than *by* did since *by* had
    read the state.
    """
    now = datetime.now(UTC)
    other = await _find_same_move(runs, key, move, by, read_at or now - _LOOKED_AT)
    if other is None:
        return refusal
    obstacle = made_before(other, refusal.refusal.obstacle, now)
    return EscalationError.of_refusal(replace(refusal.refusal, obstacle=obstacle))


def made_before(other: TimelineEntry, obstacle: Part, now: datetime) -> Reason:
    """Return *obstacle* with who made the same move, as *other* has it, and when: "just" is less than a minute ago."""
    code = "made_just_now" if now - other.at < _JUST_NOW else "made_meanwhile"
    return reason(code, obstacle, Person(other.by, other.by_name), other.at)


async def _find_same_move(
    runs: EscalationRuns, key: str, move: Move, by: str, since: datetime
) -> TimelineEntry | None:
    ask = partial(runs.query, key, contract.TIMELINE, ListPage[TimelineEntry])
    with suppress(EscalationError, NoServer):  # then the refusal is told without it
        entries = await read_pages(ask, lambda entry: entry.seq)
        for entry in reversed(entries):
            if entry.at < since:
                return None
            if entry.kind in EVENTS_OF.get(move, ()):  # a rebase is no command of a person
                return entry if entry.by not in {by, ENGINE} else None
    return None
