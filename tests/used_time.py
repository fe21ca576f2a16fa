"""The time that a clock has used, counted forward, to compare with the due times that are computed."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from escalation.kernel.business_time import OpenHours, between
from escalation.kernel.clocks import Clock, Pause


def used_time_of(clock: Clock, hours: OpenHours | None, pauses: Iterable[Pause], now: datetime) -> timedelta:
    """Return how much of its span the clock has used by *now*, or by its end: open time less its pauses."""
    end = min(now, clock.ended_at) if clock.ended_at else now
    used = between(hours, clock.started_at, end)
    for pause in pauses:
        if clock.name not in pause.stops or (pause.ended_at and pause.ended_at <= clock.started_at):
            continue
        used -= between(hours, max(pause.started_at, clock.started_at), min(pause.ended_at or end, end))
    return used
