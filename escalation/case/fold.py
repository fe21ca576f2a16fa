"""
The fold: the state that events make, one after the other. The only way in which an escalation changes.

Folding the same events again gives the same state. What an event does to the state is said by the event itself.
"""

from collections.abc import Iterable
from functools import reduce

from escalation.case.events import Event
from escalation.case.start import Opened, open_state
from escalation.case.state import Escalation
from escalation.case.state_changes import apply_event


def fold(events: Iterable[Event]) -> Escalation:
    """
    Return the escalation that *events*, beginning with ``Opened``, made.

    Raises:
        ValueError: If the first is not ``Opened``.
    """
    first, *rest = events
    if not isinstance(first, Opened):
        raise ValueError(f"the record must begin with opened, not {first.kind}")
    return reduce(apply_event, rest, open_state(first))
