"""
Count the due times that are computed in a second, on one core: ``python -m benchmarks.due_times``.

Over five months of the reference playbook's business hours, from starts at any time of them, for spans of minutes to
days: what a clock costs when it is set.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from time import perf_counter

from escalation.kernel.business_time import OpenHours, add
from planning.calendars.open_hours import compile_hours, horizon_of
from planning.playbook.loader import load_playbook

_REFERENCE = Path(__file__).parents[1] / "playbooks" / "reference.yaml"
_STARTED_AT = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
_SPANS = tuple(timedelta(minutes=minutes) for minutes in (15, 30, 60, 240, 480, 1440, 4800))
_ROUND = 10_000
"""Due times between two looks at the watch."""


def due_times_per_second(seconds: float = 2.0) -> float:
    """Due times a second; the best of the rounds that *seconds* have room for."""
    hours, chance = _office_hours(), Random(1)
    starts = [_STARTED_AT + timedelta(seconds=chance.randrange(60 * 86_400)) for _ in range(_ROUND)]
    asked = [(start, chance.choice(_SPANS)) for start in starts]
    return _ROUND / min(_timed_rounds(hours, asked, seconds))


def _office_hours() -> OpenHours:
    calendar = next(iter(load_playbook(_REFERENCE).calendars.values()))
    return compile_hours(calendar, *horizon_of(_STARTED_AT))


def _timed_rounds(
    hours: OpenHours, asked: list[tuple[datetime, timedelta]], seconds: float
) -> Iterator[float]:
    until = perf_counter() + seconds
    while True:
        begun = perf_counter()
        for start, span in asked:
            add(hours, start, span)
        ended = perf_counter()
        yield ended - begun
        if ended >= until:
            return


if __name__ == "__main__":
    print(f"{due_times_per_second():,.0f} due times/s")
