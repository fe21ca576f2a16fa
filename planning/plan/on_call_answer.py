"""Answer to the question of an escalation: who is on call at a rota now, until when, and why (MATRIX-1)."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import reduce
from itertools import pairwise

from escalation.case.effects import FindOnCall, OnCallResult
from escalation.kernel.reasons import Part, reason
from escalation.kernel.refusals import quote_input
from planning.on_call.feed_sources import FeedReader, FilesAlone
from planning.on_call.roster import OnCallPeriod, OnCallRoster, roster_of
from planning.plan.contacts import contact_of
from planning.playbook.schema import Playbook

_LOOK_AHEAD = timedelta(days=60)
"""Longest time ahead in which the end of an answer is looked for."""


def find_on_call(playbook: Playbook, rota: str, at: datetime, feeds: FeedReader) -> OnCallResult:
    """Return who is on call; a rota that the playbook does not have has nobody."""
    if rota not in playbook.rotas:
        why = reason("no_rota", quote_input(rota))
        return OnCallResult(rota=rota, people=(), why=why)
    found = roster_of(playbook, rota, at, at + _LOOK_AHEAD, feeds)
    now = next((period for period in found.periods if period.start <= at < period.end), None)
    return OnCallResult(
        rota=rota,
        people=tuple(contact_of(playbook, id_) for id_ in now.who) if now else (),
        until=_end_of_answer(found.periods, at),
        why=reduce(lambda said, also: reason("and_also", said, also), _reasons_of(now, found, at)),
    )


def answer_from_playbook(playbook: Playbook) -> Callable[[FindOnCall], OnCallResult]:
    """Return the answers for a forecast: by what is written alone; no address is asked."""
    return lambda asked: find_on_call(playbook, asked.rota, asked.at, FilesAlone())


def _end_of_answer(periods: tuple[OnCallPeriod, ...], at: datetime) -> datetime | None:
    """Return when other people answer than at *at*, or nobody does."""
    coming = [period for period in periods if period.end > at]
    if not coming or coming[0].start > at:
        return coming[0].start if coming else None
    for period, following in pairwise(coming):
        if following.start > period.end or following.who != period.who:
            return period.end
    return coming[-1].end if coming[-1].end < at + _LOOK_AHEAD else None


def _reasons_of(now: OnCallPeriod | None, found: OnCallRoster, at: datetime) -> Iterator[Part]:
    yield now.why if now else reason("no_shift")
    for stray in found.strays:
        if stray.start <= at < stray.end:
            yield reason("stray_entry", stray.why)
    if found.note:
        yield found.note
