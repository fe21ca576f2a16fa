"""
Helpdesk exports for tests, and the map that reads them.
"""

from planning.forecast.export_map import ExportMap, read_map
from planning.forecast.helpdesk_log import Log, read_log
from tests.planning.builders import PLAYBOOKS

SERVICENOW = PLAYBOOKS / "maps" / "servicenow.yaml"
HEADER = "number,incident_state,opened_at,sys_updated_at,sys_mod_count,category,priority,assignment_group"


def the_map(**changes: object) -> ExportMap:
    """
    The one that ships, with parts replaced.
    """
    shipped = read_map(SERVICENOW.read_bytes(), SERVICENOW.name)
    return ExportMap.model_validate({**shipped.model_dump(), **changes})


class AnExport:
    """
    An export in the making: each update takes over what the one before it said.
    """

    def __init__(self) -> None:
        self._lines = [HEADER]
        self._modified = 0

    def incident(self, number: str, opened_at: str, priority: str = "3 - Moderate") -> "AnExport":
        self._number, self._opened_at, self._priority = number, opened_at, priority
        self._modified = 0
        return self

    def update(
        self, at: str, state: str, *, priority: str | None = None, group: str = "?", category: str = "?"
    ) -> "AnExport":
        self._priority = priority or self._priority
        cells = (self._number, state, self._opened_at, at, self._modified, category, self._priority, group)
        self._lines.append(",".join(map(str, cells)))
        self._modified += 1
        return self

    def line(self, text: str) -> "AnExport":
        self._lines.append(text)
        return self

    @property
    def data(self) -> bytes:
        return "\n".join(self._lines).encode()

    def log(self, by: ExportMap | None = None) -> Log:
        return read_log(self.data, "log.csv", by or the_map())
