"""
Reads of the pages: what the console asks of the engine, and nothing of how it is drawn.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from client import EscalationClient
from escalation.case.deliveries import Delivery
from escalation.case.lifecycle import Move
from escalation.case.move_permissions import MovePermission, list_permissions
from escalation.case.state import Escalation
from escalation.case.view import View, view
from escalation.kernel.timeline_entry import TimelineEntry
from escalation.policy.people import Contact, Recipient


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
        """Return the moves that *person* is asked for, each once."""
        return list(dict.fromkeys(wanted.move for wanted in self.view.wanted if person in wanted.who))


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
