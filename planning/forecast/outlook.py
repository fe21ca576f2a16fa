"""
Outlook: what will happen to a running escalation if nobody acts.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from escalation.case.state import Escalation
from escalation.move_preview import Consequence, consequence_of
from planning.forecast.simulation import AnswerOnCall, simulate_on

MOST_CONSEQUENCES = 200
"""Most that anybody reads; the chase of what is overdue would go on."""


def look_ahead(
    escalation: Escalation, at: datetime, until: datetime | None = None, on_call: AnswerOnCall | None = None
) -> tuple[Consequence, ...]:
    """
    Return what happens from *at* to *until*, or until nothing new would happen, if nobody acts.

    Messages count as delivered; *on_call* says who is, and without it nobody is looked up.
    """
    return tuple(islice(_consequences(escalation, at, until, on_call), MOST_CONSEQUENCES))


def _consequences(
    escalation: Escalation, at: datetime, until: datetime | None, on_call: AnswerOnCall | None
) -> Iterator[Consequence]:
    for step in simulate_on(escalation, at, until, on_call=on_call):
        found = consequence_of(step.escalation, step.events, step.notices, step.at)
        if found.happened or found.notified:
            yield found
