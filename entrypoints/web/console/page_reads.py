"""
Reads of the pages: what the console asks of the engine, and nothing of how it is drawn.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from client import EscalationClient, EscalationListing
from entrypoints.web.console.list_rows import by_due
from escalation.case.deliveries import Delivery
from escalation.case.lifecycle import Move
from escalation.case.move_permissions import MovePermission, list_permissions
from escalation.case.state import Escalation
from escalation.case.view import View, view
from escalation.case.wanted_moves import WantedMove
from escalation.kernel.refusals import EscalationError
from escalation.kernel.timeline_entry import TimelineEntry
from escalation.policy.people import Contact, Recipient
from runtime.errors import RuntimeFault

MOST_WANTED = 30
"""Rows of *For me* that are looked at in full; the page says how many more there are."""


class WantedRow(NamedTuple):
    """A move that somebody waits for a person to make."""

    key: str
    """The name by which its run is found."""
    view: View
    wanted: WantedMove


class ForMe(NamedTuple):
    """All that waits for one person."""

    rows: Sequence[WantedRow]
    more: int
    """The number of escalations that are not shown."""
    silent: Sequence[str]
    """Keys of escalations that did not answer in time."""


async def wanted_of(client: EscalationClient, person: str) -> ForMe:
    """Return what waits for *person*, the first due first."""
    found = [row async for row in client.list(waits_for=person, limit=10 * MOST_WANTED)]
    nearest = sorted(found, key=by_due)
    views = await asyncio.gather(*(_view_of(client, row) for row in nearest[:MOST_WANTED]))
    rows = [
        WantedRow(row.key, view, wanted)
        for row, view in zip(nearest, views, strict=False)
        if isinstance(view, View)
        for wanted in view.wanted
        if person in wanted.who
    ]
    rows.sort(key=lambda row: (row.wanted.due_at is None, row.wanted.due_at))
    silent = [view for view in views if isinstance(view, str)]
    return ForMe(rows, max(0, len(found) - MOST_WANTED), silent)


async def _view_of(client: EscalationClient, row: EscalationListing) -> View | str:
    """Return the view of a row, or its key where the run does not answer: one that is stalled hides no other."""
    with suppress(EscalationError, RuntimeFault):
        return await client.view(row.key)
    return row.key


@dataclass(frozen=True)
class Case:
    """All that the page of one escalation shows."""

    now: Escalation
    view: View
    timeline: Sequence[TimelineEntry]
    messages: Sequence[Delivery]
    permissions: Sequence[MovePermission]
    """Each move, as the reader may make it now."""

    def wanted_of(self, person: str | None) -> Sequence[Move]:
        """Return the moves that *person* is asked for."""
        return [wanted.move for wanted in self.view.wanted if person in wanted.who]


def names_in(now: Escalation) -> Mapping[str, str]:
    """Return the names of the people, teams and customer contacts that *now* knows, by id."""
    known: Iterable[Contact | Recipient] = (*now.plan.contacts, *now.request.recipients)
    return {each.id: each.name for each in known}


async def read_case(client: EscalationClient, key: str, person: str | None) -> Case:
    """
    Return the escalation of *key* as *person* sees it. All but its story is made of its state, which is read once.

    Raises:
        UnknownEscalation: If there is none of this key.
    """
    now, timeline, messages = await asyncio.gather(
        client.state(key), client.timeline(key), client.messages(key)
    )
    return Case(now, view(now), timeline, messages, permissions_of(now, person))


def permissions_of(now: Escalation, person: str | None) -> Sequence[MovePermission]:
    """Return each move, as *person* may make it; somebody unknown sees what others may do."""
    return list_permissions(now, person if person in names_in(now) else None)
