"""
A report as plain data, for scripts and other programs.
"""

from typing import Any
from zoneinfo import ZoneInfo

from escalation.measures.definitions import MEASURES
from records.report import Group, Report


def report_as_data(found: Report, zone: ZoneInfo) -> dict[str, Any]:
    """Return *found* as data, with the days of *zone* and the definition of each figure."""
    return {
        "time_zone": zone.key,
        "from": found.period.since,
        "until": found.period.until,
        "as_of": found.as_of,
        "record": found.record,
        "by": found.by,
        "imported": found.imported,
        "figures": _figures_as_data(found.whole),
        "groups": {group.label: _figures_as_data(group) for group in found.groups},
        "volume": {by.value: dict(counts) for by, counts in found.volumes.items()},
        "opened": [each._asdict() for each in found.opened],
        "level_reached": {str(each.level): each.escalations for each in found.reached},
        "held": [each._asdict() for each in found.held],
        "worst": [each._asdict() for each in found.worst],
        "ping_pong": [each._asdict() for each in found.ping_pong],
        "actions_to_do": found.to_do,
        "overdue_actions": [each._asdict() for each in found.overdue],
        "repeated_causes": [each._asdict() for each in found.causes],
        "definitions": {measure.name: measure.definition for measure in MEASURES},
    }


def _figures_as_data(group: Group) -> dict[str, Any]:
    return {name: {"value": figure.value, "of": figure.of} for name, figure in group.figures.items()}
