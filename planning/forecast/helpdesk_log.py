"""
Log of a helpdesk: an export in CSV with one row for each update of an incident, read by its map (``export_map.py``).

A row that cannot be understood is named (line, column, given, allowed) and left out; the rest counts. A file that is no
table is refused as a whole.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from escalation.kernel.counted_nouns import number_of
from escalation.kernel.reasons import InvalidValue, Part, reason
from escalation.kernel.refusals import BadRequest, EscalationError, Fault, nearest, quote_input
from escalation.kernel.values import LONGEST_TEXT, InternalText
from escalation.policy.classification import Priority
from planning.calendars.instants import to_utc
from planning.forecast.csv_table import CsvTable
from planning.forecast.export_map import ExportMap, StateMap
from planning.playbook.faults import list_names

LONGEST_KEY = 200


class RowFault(NamedTuple):
    """Reason to leave out a row."""

    row: int
    """The line of the file that the row begins in, counted from 1; the header is the first."""
    column: str
    given: str
    allowed: Part


@dataclass(frozen=True, slots=True)
class Update:
    """Content of one row."""

    row: int
    at: datetime
    order: int
    state: StateMap
    state_name: str
    priority: Priority
    category: str
    team: str
    category_name: str = ""
    extra: dict[str, str] = field(default_factory=dict)
    """Column to value, of those that only the record keeps; without those that are missing."""


@dataclass(slots=True)
class Incident:
    key: str
    opened_at: datetime
    updates: list[Update] = field(default_factory=list)


@dataclass(slots=True)
class Log:
    """An export, read."""

    incidents: tuple[Incident, ...]
    rows: int
    faults: tuple[RowFault, ...]
    out_of_order: int
    """Rows that are earlier than the one before them of the same incident."""
    ends_at: datetime
    absent: tuple[str, ...] = ()
    """Columns that the map names for the record, and the export does not have."""
    emptied: tuple[str, ...] = ()
    """Incidents of which no row could be understood."""
    source: str = ""
    """The file, as it was named."""
    encoding: str = "utf-8"
    """As it was read; found out where the map does not say."""
    time_zone: str = "UTC"
    """Zone of its local times; empty: each time has an offset of its own."""


def read_log(data: bytes, source: str, by: ExportMap) -> Log:
    """
    Return the export in *data*, with the rows that could not be understood.

    Raises:
        BadRequest: If it is no table, lacks columns that the map names, or holds not one good row.
    """
    table = table_of(data, source, by)
    _require_columns(table, by)
    header = table.columns
    parser = _RowParser(by, header)
    incidents: dict[str, Incident] = {}
    rows = 0
    for line, cells in table.rows():
        rows += 1
        parser.take(line, cells, incidents)
    if not incidents:
        first = f"; the first: {_describe_fault(parser.faults[0])}" if parser.faults else ""
        raise _refusal_of(
            source, f"{number_of(rows, 'row')}, none that can be used{first}", "rows that the map can read"
        )
    log = _make_log(incidents, rows, parser.faults)
    log.absent = tuple(column for column in by.extra_columns if column not in header)
    log.emptied = tuple(sorted(parser.named - incidents.keys()))
    log.source, log.encoding = table.source, table.encoding
    log.time_zone = "" if "%z" in by.time.format else by.time.time_zone
    return log


def table_of(data: bytes, source: str, by: ExportMap) -> CsvTable:
    """
    Return the table in *data*, read by the map.

    Raises:
        BadRequest: If it is no text.
    """
    return CsvTable.of(data, source, encoding=by.encoding, delimiter=by.delimiter, wanted=by.columns)


def fits_map(data: bytes, by: ExportMap) -> bool:
    """Tell whether the table in *data* has the columns that the map names."""
    try:
        return set(by.columns) <= set(table_of(data, "", by).columns)
    except BadRequest:
        return False


def _make_log(incidents: dict[str, Incident], rows: int, faults: Iterable[RowFault]) -> Log:
    out_of_order = 0
    for incident in incidents.values():
        updates = incident.updates
        out_of_order += sum(later.at < earlier.at for earlier, later in pairwise(updates))
        updates.sort(key=lambda update: (update.at, update.order))
        incident.opened_at = min(incident.opened_at, updates[0].at)
    ends_at = max(incident.updates[-1].at for incident in incidents.values())
    return Log(tuple(incidents.values()), rows, tuple(faults), out_of_order, ends_at)


def _require_columns(table: CsvTable, by: ExportMap) -> None:
    faults = [
        Fault(
            where=table.source,
            given=f"no column {quote_input(column)}",
            allowed=f"the columns that the map names; there are: {list_names(table.columns)}",
            suggestion=nearest(column, table.columns),
        )
        for column in by.columns
        if column not in table.columns
    ]
    faults += [
        Fault(
            where=table.source,
            given=f"the column {quote_input(column)} {number_of(times, 'time')}",
            allowed="once",
        )
        for column, times in Counter(table.columns).items()
        if times > 1 and column in (*by.columns, *by.extra_columns)
    ]
    if faults:
        raise BadRequest.because(reason("of.log"), faults)


class _Faulty(Exception):
    def __init__(self, column: str, given: str, allowed: Part) -> None:
        super().__init__(column)
        self.fault = column, given, allowed


class _RowParser:
    def __init__(self, by: ExportMap, header: tuple[str, ...]) -> None:
        self.faults: list[RowFault] = []
        self.named: set[str] = set()
        """Incidents, understood or not."""
        self._by = by
        self._width = len(header)
        self._place = {
            column: header.index(column) for column in (*by.columns, *by.extra_columns) if column in header
        }
        self._extra = [column for column in by.extra_columns if column in self._place]
        self._zone = ZoneInfo(by.time.time_zone)
        self._instants: dict[str, datetime] = {}
        self._order = 0

    def take(self, row: int, cells: list[str], incidents: dict[str, Incident]) -> None:
        self._order += 1
        try:
            if len(cells) != self._width:
                raise _Faulty(
                    "(row)", f"{number_of(len(cells), 'cell')}", f"{self._width}, as the header has"
                )
            key = self._key(cells)
            if len(key) > LONGEST_KEY:
                raise _Faulty(self._by.key, quote_input(key), f"at most {LONGEST_KEY} characters")
            self.named.add(key)
            update = self._update(row, cells)
            known = incidents.get(key)
            if known is None:
                known = incidents[key] = Incident(key, self._instant(cells, self._by.opened_at))
            known.updates.append(update)
        except _Faulty as faulty:
            self.faults.append(RowFault(row, *faulty.fault))

    def _update(self, row: int, cells: list[str]) -> Update:
        by = self._by
        state_name = self._required(cells, by.state)
        state = by.states.get(state_name)
        if state is None:
            raise _Faulty(by.state, quote_input(state_name), list_names(by.states))
        written = self._required(cells, by.priority.column)
        priority = by.priority.values.get(written)
        if priority is None:
            raise _Faulty(by.priority.column, quote_input(written), list_names(by.priority.values))
        category = self._optional(cells, by.category.column)
        extra = {column: cell for column in self._extra if (cell := self._optional(cells, column))}
        self._check_sla(extra)
        return Update(
            row=row,
            at=self._instant(cells, by.updated_at),
            order=self._order_of(cells),
            state=state,
            state_name=state_name,
            priority=priority,
            category=by.category.values.get(category, by.category.otherwise),
            team=self._optional(cells, by.team.column if by.team else None),
            category_name=category,
            extra=extra,
        )

    def _check_sla(self, extra: dict[str, str]) -> None:
        sla = self._by.sla
        said = extra.get(sla.column) if sla else None
        if sla and said and said not in (*sla.met, *sla.breached):
            raise _Faulty(sla.column, quote_input(said), list_names((*sla.met, *sla.breached)))

    def _order_of(self, cells: list[str]) -> int:
        if self._by.order is None:
            return self._order
        written = self._required(cells, self._by.order)
        if not (written.isascii() and written.isdigit()):
            raise _Faulty(self._by.order, quote_input(written), "a whole number")
        return int(written)

    def _instant(self, cells: list[str], column: str) -> datetime:
        written = self._required(cells, column)
        known = self._instants.get(written)
        if known is None:
            try:
                naive = datetime.strptime(written, self._by.time.format)  # noqa: DTZ007 - its zone is the map's, below
                known = self._instants[written] = to_utc(naive, self._zone)
            except InvalidValue as error:
                raise _Faulty(column, quote_input(written), error.allowed) from None
            except ValueError:
                raise _Faulty(column, quote_input(written), f"a time as {self._by.time.format}") from None
        return known

    def _key(self, cells: list[str]) -> str:
        """Return the incident's key without invisible characters: keys that look alike mean one incident."""
        written = self._required(cells, self._by.key)
        key = str(InternalText.cleaned(written)).strip()
        if key in self._by.missing:
            raise _Faulty(self._by.key, quote_input(written), "a value: this column may not be missing")
        return key

    def _required(self, cells: list[str], column: str) -> str:
        cell = self._cell(cells, column)
        if cell in self._by.missing:
            raise _Faulty(column, quote_input(cell), "a value: this column may not be missing")
        return cell

    def _optional(self, cells: list[str], column: str | None) -> str:
        cell = self._cell(cells, column) if column else ""
        return "" if cell in self._by.missing else cell

    def _cell(self, cells: list[str], column: str) -> str:
        cell = cells[self._place[column]].strip()
        if len(cell) > LONGEST_TEXT:
            raise _Faulty(column, f"{len(cell):,} characters", f"at most {LONGEST_TEXT:,} characters")
        return cell


def _describe_fault(fault: RowFault) -> str:
    return f"line {fault.row}, {fault.column}: given {fault.given}; allowed: {EscalationError.say(fault.allowed)}"


def _refusal_of(where: str, given: str, allowed: Part) -> BadRequest:
    return BadRequest.because(reason("of.log"), (Fault(where=where, given=given, allowed=allowed),))
