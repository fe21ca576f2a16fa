"""
Time zones that are valid and probably not meant: signs the other way round, no summer time. Warnings, as in
``cautions.py``.
"""

from collections.abc import Iterator

from planning.faults import Found, Path
from planning.schema import Playbook
from planning.zone_names import odd_zone


def zone_cautions(playbook: Playbook) -> Iterator[Found]:
    """Every place of *playbook* whose zone is odd."""
    for path, name in _zones(playbook):
        odd, better = odd_zone(name)
        if odd:
            yield Found((*path, "time_zone"), odd, better)


def _zones(playbook: Playbook) -> Iterator[tuple[Path, str]]:
    for id_, calendar in playbook.calendars.items():
        yield ("calendars", id_), calendar.time_zone
    for id_, person in playbook.people.items():
        yield ("people", id_), person.time_zone
    for id_, team in playbook.teams.items():
        yield ("teams", id_), team.time_zone
    for id_, schedule in playbook.schedules.items():
        yield ("schedules", id_), schedule.time_zone
        for number, rotation in enumerate(schedule.rotations):
            if rotation.time_zone:
                yield ("schedules", id_, "rotations", number), rotation.time_zone
