"""
Values that an option or argument can have: completed in the shell, and listed by `--help`.

Those of the rules are known here. Those of the playbook are read from the configured one, and only when somebody asks;
where it cannot be read, there are none.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Any

from typer.core import TyperGroup

from escalation.kernel.refusals import BadRequest

if TYPE_CHECKING:
    from planning.playbook.loader import Playbook

Values = Callable[[], Iterable[str]]
_MOST_LISTED = 40


def complete_from(values: Values) -> Callable[[str], list[str]]:
    """Return what a shell asks for the values that begin with what was typed."""

    def complete(incomplete: str) -> list[str]:
        return [value for value in values() if value.startswith(incomplete)]

    return complete


def complete_enum(kind: type[StrEnum]) -> Callable[[str], list[str]]:
    return complete_from(lambda: kind)


def list_choices(what: str, kind: Iterable[str]) -> str:
    """Return a help text with the values: ``How it came in: phone, email or chat.``"""
    *first, last = kind
    return f"{what}: {', '.join(first)} or {last}."


# Of the playbook


def _read() -> "Playbook | None":
    from planning.playbook.loader import load_playbook
    from runtime.errors import RuntimeFault
    from runtime.settings import Settings

    try:
        return load_playbook(Settings.load().playbook)
    except (BadRequest, RuntimeFault):
        return None


def _of_playbook(names: "Callable[[Playbook], Iterable[str]]") -> Values:
    def values() -> list[str]:
        playbook = _read()
        return list(dict.fromkeys(map(str, names(playbook)))) if playbook else []

    return values


def _triggers(playbook: "Playbook") -> Iterator[str]:
    kinds = playbook.issue_types.values()
    scopes = (playbook, *kinds, *(each for kind in kinds for each in kind.categories.values()))
    for scope in scopes:
        for level in (scope.each_level, *scope.levels.values()):
            yield from level.triggers


categories = _of_playbook(
    lambda found: (name for kind in found.issue_types.values() for name in kind.categories)
)
issue_types = _of_playbook(lambda found: found.issue_types)
pause_reasons = _of_playbook(lambda found: found.pause_reasons)
triggers = _of_playbook(_triggers)
skills = _of_playbook(lambda found: found.skills)
people = _of_playbook(lambda found: found.people)
tiers = _of_playbook(lambda found: found.tiers)

OF_THE_PLAYBOOK: Mapping[str, Values] = {
    "--category": categories,
    "--issue-type": issue_types,
    "--skill": skills,
    "--tier": tiers,
    "because": pause_reasons,
    "fact": triggers,
}
"""By the option, or the argument's name."""
_METAVARS = frozenset({"ID", "[ACCOUNT=]ID", "REASON", "TRIGGER"})
"""Of those that take what the playbook has; a new playbook's categories are no such thing."""


def is_of_the_playbook(parameter: Any) -> bool:
    return parameter.metavar in _METAVARS and not OF_THE_PLAYBOOK.keys().isdisjoint(parameter.opts)


def list_values(group: TyperGroup) -> None:
    """Add to the help of each parameter of *group* and all below what the configured playbook knows for it."""
    for command in group.commands.values():
        if isinstance(command, TyperGroup):
            list_values(command)
        for parameter in command.params:
            _list_values(parameter)


def _list_values(parameter: Any) -> None:
    if not is_of_the_playbook(parameter):
        return
    known = list(OF_THE_PLAYBOOK[parameter.opts[0]]())
    more = f" and {len(known) - _MOST_LISTED} more" if len(known) > _MOST_LISTED else ""
    if known:
        listed = ", ".join(islice(known, _MOST_LISTED))
        parameter.help = f"{parameter.help or ''} In the configured playbook: {listed}{more}.".lstrip()
