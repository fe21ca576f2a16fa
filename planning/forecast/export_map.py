"""Map of a helpdesk's export, in a small YAML file: the columns, and the meaning of their values."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, ValidationError, model_validator

from escalation.kernel.reasons import reason
from escalation.kernel.refusals import BadRequest, findings_of
from escalation.kernel.values import Input, Name
from escalation.policy.classification import Priority
from planning.calendars.calendar_spec import TimeZone
from planning.playbook.yaml_tree import Unreadable, place_fault, read_yaml, to_plain
from planning.spec import ShortSpec

Column = Annotated[str, Field(min_length=1, max_length=200)]


class Meaning(StrEnum):
    """Meaning of a state of the helpdesk."""

    NEW = "new"
    WORKING = "working"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class StateMap(ShortSpec):
    """A state: its meaning alone, or ``{means: waiting, pause: waiting_for_customer, tells_customer: true}``."""

    short_field = "means"

    means: Meaning
    pause: Name | None = None
    """The playbook's reason to pause; only of a waiting state, and left out if the clocks run on."""
    tells_customer: bool = False
    """To come into this state, the customer was written to: counts as an update."""

    @model_validator(mode="after")
    def _only_waiting_pauses(self) -> "StateMap":
        if self.pause and self.means is not Meaning.WAITING:
            raise ValueError("pause only with means: waiting")
        return self


class TimeMap(Input):
    format: Annotated[str, Field(min_length=2, max_length=100)]
    """As in ``%d-%m-%Y %H:%M``."""
    time_zone: TimeZone = "UTC"


class PriorityMap(Input):
    column: Column
    values: Annotated[dict[str, Priority], Field(min_length=1)]


class CategoryMap(Input):
    """The category of the playbook: by a column's values, or one for all."""

    column: Column | None = None
    values: dict[str, Name] = {}
    otherwise: Name
    """For every other value; ``issue_type/category`` where several issue types have it."""


class TeamMap(Input):
    """Column of the owning team. A change is a reassignment, and a transfer if the playbook knows the team."""

    column: Column
    values: dict[str, Name] = {}


class SlaMap(Input):
    """Column with the helpdesk's own verdict on its promise to resolve. The last value of an incident counts."""

    column: Column
    met: Annotated[tuple[str, ...], Field(min_length=1)]
    breached: Annotated[tuple[str, ...], Field(min_length=1)]


class ExportMap(Input):
    """Map of an export. Only the record keeps the fields from ``person`` on; a backtest does not need them."""

    name: Name
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    """None: by the header."""
    encoding: Annotated[str, Field(max_length=40)] | None = None
    """None: by the file's bytes: UTF-8, UTF-16, or else Windows-1252."""
    missing: tuple[str, ...] = ("",)
    """Values that mean nothing."""
    time: TimeMap
    key: Column
    opened_at: Column
    updated_at: Column
    order: Column | None = None
    """A number that rises with each update: settles the order of updates at one time."""
    state: Column
    states: Annotated[dict[str, StateMap], Field(min_length=1)]
    priority: PriorityMap
    category: CategoryMap
    team: TeamMap | None = None
    person: Column | None = None
    """Column of the owner within the team."""
    updated_by: Column | None = None
    customer: Column | None = None
    channel: Column | None = None
    cause: Column | None = None
    """Column of the cause, such as a problem record."""
    sla: SlaMap | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        wanted = (self.key, self.opened_at, self.updated_at, self.order, self.state, self.priority.column)
        more = (self.category.column, self.team.column if self.team else None)
        return tuple(dict.fromkeys(column for column in (*wanted, *more) if column))

    @property
    def extra_columns(self) -> tuple[str, ...]:
        """Columns that only the record keeps; an export may lack them."""
        extra = (self.person, self.updated_by, self.customer, self.channel, self.cause)
        return tuple(column for column in (*extra, self.sla.column if self.sla else None) if column)


def read_map(data: bytes, source: str) -> ExportMap:
    """
    Raises:
        BadRequest: With every fault, each with its line and column.
    """
    try:
        tree, faults = read_yaml(data, source)
    except Unreadable as unreadable:
        raise BadRequest.because(reason("of.map"), (unreadable.fault,)) from None
    try:
        found = ExportMap.model_validate(to_plain(tree))
    except ValidationError as error:
        shown = (place_fault(fault, found, tree) for fault, found in findings_of(error))
        raise BadRequest.because(reason("of.map"), (*faults, *shown)) from None
    if faults:
        raise BadRequest.because(reason("of.map"), faults)
    return found
