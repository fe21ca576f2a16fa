"""
Rows of *For me*: the moves that wait for one person, whatever waits for them: escalations, closed ones that go on in a
follow-up, task forces, and sponsorships.

Must not know markup or rules.
"""

import asyncio
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, TypeVar

from client import EscalationClient
from entrypoints.web.console.list_rows import by_due
from entrypoints.web.console.page_service import force_path
from entrypoints.web.console.reader import Reader
from entrypoints.web.console.sponsorship_pages import sponsorship_path
from escalation.case.lifecycle import Move
from escalation.case.view import View
from escalation.case.wanted_moves import WantedMove
from escalation.contract import SponsorshipListing
from escalation.kernel.reasons import Part, sentences
from escalation.kernel.refusals import EscalationError, UnknownEscalation
from escalation.sponsorship.clock_table import REMINDED_BEFORE
from escalation.sponsorship.lifecycle import SponsorshipMove, SponsorshipState
from escalation.task_force.lifecycle import TaskForceMove
from escalation.task_force.view import TaskForceView
from escalation.task_force.wanted_moves import WantedInTaskForce
from runtime.errors import RuntimeFault
from runtime.signed_links import case_path

MOST = 30
"""Escalations, and task forces, that are looked at in full; the page says how many more there are."""
_TROUBLES = (EscalationError, RuntimeFault)
_Asked = TypeVar("_Asked")


class WantedRow(NamedTuple):
    """A move that somebody waits for a person to make."""

    name: str
    """Key of the escalation, or what else it is of."""
    path: str
    """Address of its page."""
    form: str
    """Address of the form of the move."""
    subject: str
    about: str
    """Accounts of the customers, or the task force."""
    priority: str
    move: StrEnum
    due_at: datetime | None
    why: Part | None = None
    """The reason, where the move does not say it."""


class ForMe(NamedTuple):
    """All that waits for one person."""

    rows: Sequence[WantedRow]
    more: int = 0
    """The number of escalations and task forces that are not shown."""
    silent: Sequence[str] = ()
    """Keys of those that did not answer in time."""


async def wanted_of(reader: Reader, person: str, managers: frozenset[str]) -> ForMe:
    """Return what waits for *person*, the first due first. *managers*: who decides on sponsorships."""
    client = reader.client
    parts = await asyncio.gather(
        _in_escalations(client, person),
        _in_task_forces(client, person),
        _in_sponsorships(reader, person, is_manager=person in managers),
    )
    rows = sorted((row for part in parts for row in part.rows), key=_by_due)
    silent = [name for part in parts for name in part.silent]
    return ForMe(rows, sum(part.more for part in parts), silent)


def _by_due(row: WantedRow) -> tuple[bool, datetime | None]:
    return row.due_at is None, row.due_at


async def _in_escalations(client: EscalationClient, person: str) -> ForMe:
    found = [row async for row in client.list(waits_for=person, limit=10 * MOST)]
    keys = [row.key for row in sorted(found, key=by_due)]
    views, silent = await _answers({key: client.view(key) for key in keys[:MOST]})
    rows = [
        _case_row(key, view, wanted)
        for key, view in views.items()
        for wanted in _seen_at_once([wanted for wanted in view.wanted if person in wanted.who])
    ]
    return ForMe(rows, len(keys[MOST:]), silent)


def _seen_at_once(wanted: Sequence[WantedMove]) -> Sequence[WantedMove]:
    """Return *wanted* with all that one look does as one: it is marked as seen at once."""
    unseen = [each for each in wanted if each.move is Move.MARK_SEEN]
    if len(unseen) < 2:
        return wanted
    why = sentences(each.why for each in unseen if each.why is not None)
    return [each for each in wanted if each not in unseen] + [replace(unseen[0], why=why)]


def _case_row(key: str, view: View, wanted: WantedMove) -> WantedRow:
    """*key*: the name by which its run is found."""
    path, customers = case_path(key), ", ".join(view.customers)
    form = f"{path}/{wanted.move}"
    about = view.key, path, form, view.subject, customers, view.priority
    return WantedRow(*about, wanted.move, wanted.due_at, wanted.why)


async def _in_task_forces(client: EscalationClient, person: str) -> ForMe:
    found = [each async for each in client.task_forces_waiting_for(person)]
    views, silent = await _answers({", ".join(each): client.task_force(*each) for each in found[:MOST]})
    rows = [
        _force_row(view, wanted) for view in views.values() for wanted in view.wanted if wanted.who == person
    ]
    return ForMe(rows, len(found[MOST:]), silent)


def _force_row(view: TaskForceView, wanted: WantedInTaskForce) -> WantedRow:
    path = force_path(view.key, view.name)
    which = f"?task={wanted.number}" if wanted.move is TaskForceMove.FINISH_TASK else ""
    form = f"{path}/{wanted.move}{which}"
    return WantedRow(view.key, path, form, str(view.mission), view.name, "", wanted.move, wanted.due_at)


async def _in_sponsorships(reader: Reader, person: str, *, is_manager: bool) -> ForMe:
    found = [row async for row in reader.client.sponsorships()]
    return ForMe(
        [
            _sponsorship_row(reader, row.account, move, due_at)
            for row in found
            for move, due_at in _wanted_in(row, person, reader.now, is_manager=is_manager)
        ]
    )


def _wanted_in(
    row: SponsorshipListing, person: str, now: datetime, *, is_manager: bool
) -> Iterator[tuple[SponsorshipMove, datetime | None]]:
    """Yield what a sponsor is reminded of by now, and a proposal for those who decide on it."""
    if is_manager and row.standing == SponsorshipState.PROPOSED:
        yield SponsorshipMove.ENROL, None
    if row.sponsor == person:
        dues = (
            (SponsorshipMove.LOG_TOUCH_POINT, row.touch_due_at),
            (SponsorshipMove.REVIEW, row.review_due_at),
        )
        yield from ((move, due_at) for move, due_at in dues if due_at and due_at - REMINDED_BEFORE <= now)


def _sponsorship_row(
    reader: Reader, account: str, move: SponsorshipMove, due_at: datetime | None
) -> WantedRow:
    path = sponsorship_path(account)
    subject = reader.text("sponsorship.title", account)
    return WantedRow(account, path, f"{path}/{move}", subject, "", "", move, due_at)


async def _answers(
    asked: Mapping[str, Awaitable[_Asked]],
) -> tuple[Mapping[str, _Asked], Sequence[str]]:
    """Return each answer by its name, and the names that gave none: one that is stalled hides no other."""
    found = await asyncio.gather(*map(_answer_or_trouble, asked.values()))
    said = dict(zip(asked, found, strict=True))
    answers = {name: answer for name, answer in said.items() if not isinstance(answer, _TROUBLES)}
    gone = {name for name, answer in said.items() if isinstance(answer, UnknownEscalation)}
    return answers, [name for name in said if name not in answers.keys() | gone]


async def _answer_or_trouble(asked: Awaitable[_Asked]) -> _Asked | EscalationError | RuntimeFault:
    try:
        return await asked
    except _TROUBLES as trouble:
        return trouble
