"""
Names that the configured playbook has: for completion in a shell, and for `--help`.

They are kept in a file of the user's cache, so that neither waits for a playbook to be read and checked. The cache goes
by the playbook's folder: a playbook can extend another one there. Where it cannot be read, there are no names.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planning.playbook.loader import Playbook

_ROOT = Path(__file__).parents[2]
_CACHE = "names-in-playbook.json"
_MOST_LISTED = 40
IN_PLAYBOOK = {
    "--category": "categories",
    "--issue-type": "issue_types",
    "--skill": "skills",
    "--tier": "tiers",
    "because": "pause_reasons",
    "trigger": "triggers",
}
"""The kind of names that an option or argument takes."""
_METAVARS = frozenset({"ID", "[ACCOUNT=]ID", "REASON", "TRIGGER"})
"""Of those that take what the playbook has; a new playbook's categories are no such thing."""


def complete_names(kind: str) -> Callable[[str], list[str]]:
    """Return what a shell asks for the names of a *kind* that begin with what was typed."""
    return lambda incomplete: [name for name in names_of(kind) if name.startswith(incomplete)]


def names_of(kind: str) -> list[str]:
    """Return the names of a *kind*, such as categories, triggers or people."""
    # The variable is read here as `runtime.settings` reads it, without importing all settings.
    playbook = Path(os.environ.get("ESCALATION_PLAYBOOK") or _ROOT / "playbooks" / "reference.yaml")
    return _names(playbook.expanduser().absolute()).get(kind, [])


def is_of_playbook(parameter: Any) -> bool:
    return parameter.metavar in _METAVARS and parameter.opts[0] in IN_PLAYBOOK


def describe_values(parameter: Any) -> None:
    """Add to the help of a *parameter* what the configured playbook has for it."""
    if not is_of_playbook(parameter) or not (known := names_of(IN_PLAYBOOK[parameter.opts[0]])):
        return
    more = f" and {len(known) - _MOST_LISTED} more" if len(known) > _MOST_LISTED else ""
    listed = ", ".join(known[:_MOST_LISTED])
    parameter.help = f"{parameter.help or ''} In the configured playbook: {listed}{more}.".lstrip()


@cache
def _names(playbook: Path) -> dict[str, list[str]]:
    from platformdirs import user_cache_path

    kept = user_cache_path("escalation-engine") / _CACHE
    with suppress(OSError, ValueError):
        stamp = _stamp(playbook)
        with suppress(OSError, ValueError):
            found = json.loads(kept.read_text(encoding="utf-8"))
            if found.get("stamp") == stamp:
                return dict(found["names"])
        names = _read(playbook)
        with suppress(OSError):
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(json.dumps({"stamp": stamp, "names": names}), encoding="utf-8")
        return names
    return {}


def _stamp(playbook: Path) -> list[Any]:
    """Return what changes whenever the playbook, or one that it can extend, does."""
    files = sorted({playbook, *playbook.parent.glob("*.yaml")})
    return [str(playbook), *([str(file), file.stat().st_mtime_ns, file.stat().st_size] for file in files)]


def _read(path: Path) -> dict[str, list[str]]:
    from escalation.kernel.refusals import BadRequest
    from planning.playbook.loader import load_playbook

    try:
        playbook = load_playbook(path)
    except BadRequest:
        return {}
    kinds = playbook.issue_types.values()
    names = {
        "categories": (name for kind in kinds for name in kind.categories),
        "issue_types": playbook.issue_types,
        "pause_reasons": playbook.pause_reasons,
        "triggers": _triggers(playbook),
        "skills": playbook.skills,
        "people": playbook.people,
        "teams": playbook.teams,
        "rotas": playbook.rotas,
        "tiers": playbook.tiers,
    }
    return {kind: list(dict.fromkeys(map(str, found))) for kind, found in names.items()}


def _triggers(playbook: "Playbook") -> Iterator[str]:
    kinds = playbook.issue_types.values()
    for scope in (playbook, *kinds, *(each for kind in kinds for each in kind.categories.values())):
        for level in (scope.each_level, *scope.levels.values()):
            yield from level.triggers
