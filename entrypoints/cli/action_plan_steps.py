"""Steps of an action plan as they are typed, and the version that is meant."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from entrypoints.cli.option_values import bad_option, parse_time
from escalation.case.action_plan import ActionPlan, Step
from escalation.kernel.refusals import quote_input
from escalation.kernel.values import Input

STEP_NOT_READ = {"owner": "-", "what": "-"}
"""Stands in for a step that is refused already, so that the others keep their numbers."""


class StepsFile(Input):
    steps: tuple[Step, ...]


_DUE = re.compile(r";\s*due\s+(?P<due>[^;]+)$", re.IGNORECASE)


_A_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


_END_OF_A_DAY = "T23:59"


def parse_step(number: int, text: str, there: ZoneInfo) -> dict[str, Any]:
    """``ben: Call the customer; due 2030-01-31``"""
    said = _DUE.search(text)
    owner, _, what = (part.strip() for part in text[: said.start() if said else None].partition(":"))
    if not (owner and what):
        allowed = "OWNER: WHAT, such as 'ben: Call the customer; due 2030-01-31T12:00'"
        raise bad_option(f"--step {number}", quote_input(text), allowed)
    return {
        "owner": owner,
        "what": what,
        "due_at": _due(number, said["due"].strip(), there) if said else None,
    }


def _due(number: int, text: str, there: ZoneInfo) -> datetime | None:
    day_ends = _END_OF_A_DAY if _A_DAY.fullmatch(text) else ""
    return parse_time(text + day_ends, there, f"--step {number}, due")


def find_version(plans: Sequence[ActionPlan], version: int | None) -> ActionPlan:
    """
    Raises:
        BadRequest: If there is no such version.
    """
    known = ", ".join(str(plan.version) for plan in plans) or "none: there is no plan yet"
    wanted = version if version is not None else (plans[-1].version if plans else 0)
    found = next((plan for plan in plans if plan.version == wanted), None)
    if found is None:
        raise bad_option("--version", "nothing" if version is None else str(version), known)
    return found
