"""
What travels between client, workflow and activities. Names and fields here are API: running escalations hold them.

Renaming one breaks what is running; a new field needs a default.
"""

from pydantic import JsonValue

from escalation.base import Asked, Frozen
from escalation.effects import Notice
from escalation.events import Event
from escalation.model import Escalation
from escalation.request import StartRequest

WORKFLOW = "Escalation"
ESCALATION_QUEUE = "escalations"

START = "start"
"""The update that a start comes with; it answers with the receipt, or with every fault."""
VIEW = "view"
TIMELINE = "timeline"
ALLOWED_MOVES = "allowed_moves"
DIAGRAM = "diagram"

COMPILE_PLAN = "compile_plan"
EXTEND_OPEN_HOURS = "extend_open_hours"


class Carried(Frozen):
    """Everything that a continued run needs of the run before it."""

    escalation: Escalation
    events: tuple[Event, ...]
    """The end of the timeline, bounded."""
    notices: tuple[Notice, ...] = ()
    """Messages that are still to go out, or whose outcome is not known."""
    answered: tuple[str, ...] = ()
    """Ids of the updates that were followed: a repeat is answered, not followed again."""


class EscalationInput(Asked):
    """
    What the workflow starts with: ``{"request": {...}}``.

    The request stays as it was written: every fault in it is found at once, against the playbook, and told.
    """

    request: dict[str, JsonValue] = {}
    carried: Carried | None = None
    continue_after: int | None = None
    """Continue as new after this many history events; None: when the server suggests it."""


class Ended(Frozen):
    """The result of an ended escalation: enough to open its successor (CLOSE-9)."""

    id: str
    state: str
    level: int
    request: StartRequest
