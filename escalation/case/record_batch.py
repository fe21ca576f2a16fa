"""Events on their way to the record."""

from escalation.case.events import Event
from escalation.kernel.ids import Key
from escalation.kernel.values import frozen
from escalation.policy.plan import PlaybookRef


@frozen
class RecordBatch:
    """Events to keep past Temporal's own retention; those of one escalation, in their order (RECORD-1)."""

    escalation: str
    """The escalation's id."""
    key: Key
    playbook: PlaybookRef
    """The one in force after these."""
    events: tuple[Event, ...]


@frozen
class RecordResult:
    """The answer to ``RecordBatch``."""

    added: int
    """Of the batch; the others were on record already."""
    through: int
    """The last event of the unbroken record."""
