"""
Faulty parts of a playbook, left out so that one typing error does not hide the faults of the rest.

Parts that others refer to by name cannot just be left out: for calendars and rotas a part without faults stands in.
Without people, teams and duties nobody can know what the rest means, so the check ends there.
"""

from collections.abc import Iterable
from copy import deepcopy
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from planning.playbook.checks import check_playbook
from planning.playbook.faults import Finding, Path
from planning.playbook.schema import Playbook

KEY = "[key]"
_MOST_SETTING_ASIDE = 4
_STAND_INS: dict[str | int, Any] = {
    "calendars": {"time_zone": "UTC", "weekly": {"mon-sun": "00:00-24:00"}},
    "rotas": {"name": "a rota with faults", "time_zone": "UTC"},
}
_REFERRED_TO = ("people", "teams", "rotas", "calendars", "duties")


def check_without_faulty(
    data: Any, error: ValidationError, folder: FilePath | None
) -> tuple[Finding, ...] | None:
    """Return the findings of the checks without the faulty parts; None if others refer to those parts."""
    rest, stood_in_for = deepcopy(data), set[Path]()
    # Without one part, another may have a fault that was hidden so far; a few rounds are enough in practice.
    for _ in range(_MOST_SETTING_ASIDE):
        for details in error.errors(include_url=False):
            path = path_of(details["loc"])
            if _has_stand_in(path, details):
                rest[path[0]][path[1]] = _STAND_INS[path[0]]
                stood_in_for.add(path[:2])
                continue
            lost = path[:-1] if details["type"] == "missing" else path
            if not lost or lost[0] in _REFERRED_TO:
                return None
            _remove(rest, lost)
        try:
            found = check_playbook(Playbook.model_validate(rest), folder)
        except ValidationError as next_error:
            error = next_error
        else:
            return tuple(each for each in found if each.path[:2] not in stood_in_for)
    return None


def _has_stand_in(path: Path, details: ErrorDetails) -> bool:
    """Tell whether a part without faults can stand in, so that the parts that refer to it are checked, too."""
    is_of_id = details["loc"][-1:] == (KEY,) and len(path) == 2
    return len(path) >= 2 and path[0] in _STAND_INS and not is_of_id


def _remove(data: Any, path: Path) -> None:
    """Remove the part at *path*, or the text or list around it."""
    for depth, step in enumerate(path, 1):
        if step not in data:
            return
        inner = data[step]
        if depth == len(path) or not isinstance(inner, dict):
            data.pop(step, None)
            return
        data = inner


def path_of(loc: Iterable[str | int]) -> Path:
    """Return the path of a finding of pydantic."""
    return tuple(step for step in loc if step != KEY)
