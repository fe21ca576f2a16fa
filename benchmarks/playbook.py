"""
Measure how long a playbook takes, from its file to a forecast: ``python -m benchmarks.playbook``.

The reference playbook, on one core: read for the first time in this process, made into a plan, and run through all
seven levels with nobody answering.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from escalation.case.request import StartRequest
from escalation.kernel.values import from_plain
from planning.forecast.forecast import make_forecast
from planning.plan.compiler import compile_plan
from planning.playbook.loader import load_playbook
from tests.complaint import a_complaint

_REFERENCE = Path(__file__).parents[1] / "playbooks" / "reference.yaml"
_STARTS_AT = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
_ROUNDS = 50


def main() -> None:
    begun = perf_counter()
    playbook = load_playbook(_REFERENCE)
    print(f"{1000 * (perf_counter() - begun):.0f} ms to read and check, cold")
    request = from_plain(StartRequest, a_complaint(priority="P3"))
    print(f"{_milliseconds(lambda: compile_plan(playbook, request, _STARTS_AT)):.1f} ms to make a plan")
    forecast = make_forecast(playbook, request, _STARTS_AT)
    assert forecast.plan.last_level == forecast.last.level
    ladder = _milliseconds(lambda: make_forecast(playbook, request, _STARTS_AT))
    print(f"{ladder:.1f} ms to simulate {len(forecast.entries)} entries on {forecast.plan.last_level} levels")


def _milliseconds(work: Callable[[], object]) -> float:
    """The best of the rounds."""
    return 1000 * min(_timed(work) for _ in range(_ROUNDS))


def _timed(work: Callable[[], object]) -> float:
    begun = perf_counter()
    work()
    return perf_counter() - begun


if __name__ == "__main__":
    main()
