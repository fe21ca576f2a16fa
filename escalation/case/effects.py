"""
Effects: what the shell must do, such as to notify people or to look up who is on call.

Facts for customers and facts for our own people are different types, and so are their texts: an internal note has
no way into a customer's message (COMM-6). The rules say who is notified of what; how it reads and how it travels is
not known here.
"""

from typing import Any

from escalation.case.request import StartRequest
from escalation.kernel.ids import Key
from escalation.kernel.reasons import Part
from escalation.kernel.values import Instant, InternalText, Name, frozen
from escalation.notifications.notification import CustomerNotification, InternalNotification
from escalation.policy.classification import Priority
from escalation.policy.open_hours_horizon import CompileOpenHours
from escalation.policy.people import Contact, Recipient
from escalation.policy.plan import SharedPlan
from escalation.task_force.moves.keep_informed import KeepInformed
from escalation.task_force.moves.stand_down import StandDown
from escalation.task_force.state import Charter

__all__ = [
    "CheckStart",
    "CompilePlan",
    "CompiledStart",
    "Effect",
    "FindOnCall",
    "ForTaskForces",
    "OnCallResult",
    "OpenSuccessor",
    "OutageRequest",
    "ProposeSponsorship",
    "Recipient",
    "RecompilePlan",
    "SenderCheck",
    "StartTaskForce",
]


@frozen
class CompilePlan:
    """Make a plan of the playbook for this request, before the first decision."""

    key: str
    """Subject that the request must name."""
    request: dict[str, Any]
    """Request as it was written; all its faults are found at once (START-6)."""


@frozen
class CompiledStart:
    """The answer to ``CompilePlan``."""

    request: StartRequest
    plan: SharedPlan
    priority: Priority


@frozen
class OutageRequest:
    """Join the escalation that runs for an outage, or open that (START-5)."""

    key: str
    """Key of the subject."""
    request: dict[str, Any]
    """Request as it was written."""
    escalation_workflow: str
    """Type of the workflow that is opened."""


@frozen
class MergeRequest:
    """Find the escalation that another one goes over into, and have that one taken over (CLOSE-10)."""

    key: Key
    id: str
    into: Key
    """Key as somebody named it: its own, or that of a subject that joined it."""


@frozen
class MergeQuestion:
    """Ask an escalation to take another one over; it asks the other one itself what it gets."""

    key: Key
    """Key of the one that ends."""
    id: str
    known_as: tuple[str, ...] = ()
    """Keys that mean the one that goes on; it adds them itself."""


@frozen
class RecompilePlan:
    """Make a plan of the playbook of today for an escalation that is open since *opened_at*."""

    request: StartRequest
    opened_at: Instant
    named: tuple[str, ...] = ()
    """People whom moves have named; those in the playbook are in the plan as well."""


@frozen
class FindNamed:
    """Look up people whom a move names and the plan does not have; the playbook may."""

    named: tuple[str, ...]


@frozen
class FindOnCall:
    """Look up who is on call, because somebody must be asked (MATRIX-1)."""

    rota: Name
    """Contact id of the rota."""
    at: Instant
    notice: InternalNotification | None = None
    """Notification for them; comes back with the answer. Its own recipients get it anyway. None: the look-up alone."""


@frozen
class OnCallResult:
    """The answer to ``FindOnCall``."""

    rota: Name
    people: tuple[Contact, ...]
    """People who are on call, the first one first; empty: nobody is."""
    until: Instant | None = None
    """Time at which that changes; None: not as far as is known."""
    why: Part
    """Source of the answer in words: the rotation, the override, the calendar's entry."""
    is_known: bool = True
    """False if the look-up failed, for the reason in ``why``; it is repeated at ``until``."""


@frozen
class OpenSuccessor:
    """Start the escalation that continues this one, of the same subject (CLOSE-6, CLOSE-9)."""

    request: StartRequest


@frozen
class ProposeSponsorship:
    """Propose the accounts of an executive escalation for sponsorship (SPONSOR-2)."""

    accounts: tuple[str, ...]
    escalation: str
    """Id of the escalation: it proposes an account once, however often it is asked."""
    by: str
    why: InternalText


@frozen
class StartTaskForce:
    """Start a task force (RESOLVE-2)."""

    charter: Charter


ForTaskForces = StartTaskForce | StandDown | KeepInformed
Effect = (
    InternalNotification
    | CustomerNotification
    | CompileOpenHours
    | FindOnCall
    | ForTaskForces
    | ProposeSponsorship
    | OpenSuccessor
)


@frozen
class SenderCheck:
    """Ask a run whether it sent a message."""

    id: str
    digest: str
    """Digest of the message."""


@frozen
class CheckStart:
    """Check a start against the playbook of today: a repeat, or a subject that joins."""

    key: str
    request: dict[str, Any]
