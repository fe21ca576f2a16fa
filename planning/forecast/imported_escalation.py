"""
Imported escalation: an incident of a helpdesk's log, with what the log says and nothing else.

No event of ours is invented: each line of the log is kept with its meaning, and the measures (RECORD-2) come from the
lines. What a log does not say (levels, first notifications, the reason) stays unknown.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby, pairwise

from escalation.case.lifecycle import State
from escalation.kernel.clock_name import ClockName
from escalation.kernel.clocks import Outcome
from escalation.kernel.values import InternalText
from escalation.measures.definitions import (
    AffectedAccount,
    ClockRun,
    EscalationMeasures,
    ImportedEscalation,
    LogLine,
    Ownership,
    PauseTime,
    goes_back_to_work,
    is_resolved,
)
from planning.forecast.export_map import ExportMap, Meaning
from planning.forecast.helpdesk_log import Incident, Update

_STATES = {
    Meaning.NEW: State.STARTED,
    Meaning.WORKING: State.RESOLVING,
    Meaning.WAITING: State.RESOLVING,
    Meaning.RESOLVED: State.CLOSING,
    Meaning.CLOSED: State.CLOSED,
    Meaning.CANCELLED: State.CANCELLED,
}
_ENDED = frozenset({Meaning.CLOSED, Meaning.CANCELLED})
_RESOLVED = frozenset(meaning for meaning, state in _STATES.items() if is_resolved(state))


def import_incident(incident: Incident, by: ExportMap, tenant: str) -> ImportedEscalation:
    """*incident* for the record of *tenant*."""
    ended_at = _last_time_in(incident.updates, _ENDED)
    updates = [update for update in incident.updates if ended_at is None or update.at <= ended_at]
    last, key = updates[-1], _clean_text(f"{tenant}/{incident.key}")
    measured = EscalationMeasures(
        id=f"{key}@imported",
        key=key,
        source=by.name,
        category=_category_of(last, by),
        channel=_latest_value_of(updates, by.channel),
        priority=last.priority,
        state=_STATES[last.state.means],
        opened_at=incident.opened_at,
        ended_at=ended_at,
        recorded_until=last.at,
        acknowledged_at=next((each.at for each in updates if each.state.means is not Meaning.NEW), None),
        declared_at=_last_time_in(updates, _RESOLVED),
        reopened=_count_reopened(updates),
        customers=_customers_of(updates, by),
        holds=tuple(_ownerships_of(updates, by)),
        clocks=tuple(_clocks_of(incident, updates, by)),
        waits=tuple(_pauses_of(updates)),
        causes=tuple(filter(None, (_latest_value_of(updates, by.cause),))),
    )
    return ImportedEscalation(
        measured=measured, lines=tuple(_make_line(update, by) for update in incident.updates)
    )


def _last_time_in(updates: Sequence[Update], meanings: frozenset[Meaning]) -> datetime | None:
    """Return when it came into these states for the last time; None if it is in none of them at the end."""
    runs = [
        (is_in, next(run).at) for is_in, run in groupby(updates, lambda each: each.state.means in meanings)
    ]
    is_in, since = runs[-1]
    return since if is_in else None


def _count_reopened(updates: Sequence[Update]) -> int:
    steps = pairwise(_STATES[update.state.means] for update in updates)
    return sum(goes_back_to_work(before, after) for before, after in steps)


def _latest_value_of(updates: Sequence[Update], column: str | None) -> str | None:
    """Return the last value of the incident in *column*."""
    said = (update.extra.get(column or "") for update in reversed(updates))
    return next((_clean_text(value) for value in said if value), None)


def _customers_of(updates: Sequence[Update], by: ExportMap) -> tuple[AffectedAccount, ...]:
    account = _latest_value_of(updates, by.customer)
    return (AffectedAccount(account=account),) if account else ()


def _category_of(update: Update, by: ExportMap) -> str:
    """Return the playbook's category where the map lists it, else the helpdesk's own, else the one for all."""
    listed = by.category.values.get(update.category_name)
    return listed or _clean_text(update.category_name) or by.category.otherwise


def _ownerships_of(updates: Sequence[Update], by: ExportMap) -> Iterator[Ownership]:
    runs = [(who, next(run).at) for who, run in groupby(updates, lambda update: _owner_of(update, by))]
    ends = [since for _, since in runs[1:]] + [updates[-1].at]
    for ((team, person), since), until in zip(runs, ends, strict=True):
        if team or person:
            yield Ownership(team=team, person=person, since_at=since, until_at=until)


def _owner_of(update: Update, by: ExportMap) -> tuple[str | None, str | None]:
    team = by.team.values.get(update.team, update.team) if by.team else ""
    return _clean_text(team) or None, _clean_text(update.extra.get(by.person or "", "")) or None


def _clocks_of(incident: Incident, updates: Sequence[Update], by: ExportMap) -> Iterator[ClockRun]:
    """Yield the helpdesk's own verdict on its promise, if it gives one; no log says when it was due."""
    said = _latest_value_of(updates, by.sla.column if by.sla else None)
    resolved_at = _last_time_in(updates, _RESOLVED)
    if by.sla is None or said is None:
        return
    is_cancelled = updates[-1].state.means is Meaning.CANCELLED
    ended_at = _last_time_in(updates, _ENDED) if is_cancelled else resolved_at
    kept = Outcome.CANCELLED if is_cancelled else Outcome.MET if resolved_at else None
    yield ClockRun(
        name=ClockName.RESOLUTION,
        started_at=incident.opened_at,
        ended_at=ended_at,
        outcome=Outcome.BREACHED if said in by.sla.breached else kept,
    )


def _pauses_of(updates: Sequence[Update]) -> Iterator[PauseTime]:
    runs = [(because, next(run).at) for because, run in groupby(updates, lambda each: each.state.pause)]
    ends = [since for _, since in runs[1:]] + [updates[-1].at]
    for (because, since), until in zip(runs, ends, strict=True):
        if because:
            yield PauseTime(because=because, since_at=since, until_at=until)


def _make_line(update: Update, by: ExportMap) -> LogLine:
    says = update.extra | {
        "state": update.state_name,
        "means": update.state.means.value,
        "priority": update.priority.value,
        "category": update.category_name,
        "team": update.team,
    }
    by_whom = update.extra.get(by.updated_by or "", "")
    return LogLine(at=update.at, by=_clean_text(by_whom), says=_remove_empty(says.items()))


def _remove_empty(said: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name: _clean_text(value) for name, value in said if value}


def _clean_text(written: str) -> str:
    return str(InternalText.cleaned(written))
