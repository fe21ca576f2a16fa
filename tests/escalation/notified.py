"""
Stories for tests of the record: every event of an escalation, from its opening through steps.
"""

from datetime import datetime

from escalation.case import commands as c
from escalation.case import events as e
from escalation.case.engine import Decision, decide


def events_of(opening: Decision, *steps: c.Command | datetime) -> tuple[e.Event, ...]:
    """All events of *opening* and *steps*: commands, each at the instant named last before it."""
    escalation, events = opening.state, list(opening.events)
    now = escalation.opened_at
    for step in steps:
        if isinstance(step, datetime):
            now = step
        else:
            decision = decide(escalation, step, now)
            escalation = decision.state
            events += decision.events
    return tuple(events)
