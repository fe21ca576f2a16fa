"""
The same move, made by somebody else a moment before: what the one who came second is told.

It must not know why the second was refused.
"""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial

from clients.escalation_runs import EscalationRuns
from clients.temporal_connection import read_pages
from escalation import contract
from escalation.case.lifecycle import Move
from escalation.case.move_index import EVENTS_OF
from escalation.kernel.list_page import ListPage
from escalation.kernel.refusals import EscalationError
from escalation.kernel.timeline_entry import TimelineEntry
from escalation.kernel.values import ENGINE
from runtime.errors import NoServer

_JUST_NOW = timedelta(minutes=10)
"""The time in which two people look at the same state, and both act."""


async def find_same_move(runs: EscalationRuns, key: str, move: Move, by: str) -> TimelineEntry | None:
    """Return the entry of the same *move*, if somebody other than *by* has just made it."""
    ask = partial(runs.query, key, contract.TIMELINE, ListPage[TimelineEntry])
    with suppress(EscalationError, NoServer):  # then the refusal is told without it
        entries = await read_pages(ask, lambda entry: entry.seq)
        for entry in reversed(entries):
            if datetime.now(UTC) - entry.at > _JUST_NOW:
                return None
            if entry.kind in EVENTS_OF.get(move, ()):  # a rebase is no command of a person
                return entry if entry.by not in {by, ENGINE} else None
    return None
