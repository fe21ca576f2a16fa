"""
Time zones that are valid and probably not meant: signs the other way round, no summer time. Warnings, as in
``playbook_warnings.py``.
"""

from collections.abc import Iterator

from planning.calendars.time_zone_names import describe_odd_zone
from planning.playbook.faults import Path, UnplacedFault
from planning.playbook.schema import Playbook


def time_zone_warnings(playbook: Playbook) -> Iterator[UnplacedFault]:
    """Every place of *playbook* whose zone is odd."""
    for path, name in _zones(playbook):
        odd, better = describe_odd_zone(name)
        if odd:
            yield UnplacedFault((*path, "time_zone"), odd, better)


def _zones(playbook: Playbook) -> Iterator[tuple[Path, str]]:
    for id_, calendar in playbook.calendars.items():
        yield ("calendars", id_), calendar.time_zone
    for id_, person in playbook.people.items():
        yield ("people", id_), person.time_zone
    for id_, team in playbook.teams.items():
        yield ("teams", id_), team.time_zone
    for id_, rota in playbook.rotas.items():
        yield ("rotas", id_), rota.time_zone
        for number, rotation in enumerate(rota.rotations):
            if rotation.time_zone:
                yield ("rotas", id_, "rotations", number), rotation.time_zone
