"""
What the shell must do: compile the plan, tell people, compile open hours further, keep the record.

Facts for customers and facts for our own people are different types, and so are their texts: an internal note has
no way into a customer's message (COMM-6). The core says who is told what; how it reads and how it travels is not
known here.
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
    """Before the first decision: make a plan of the playbook for this request."""

    key: str
    """The subject that the request must name."""
    request: dict[str, Any]
    """As it was written; every fault in it is told at once (START-6)."""


@frozen
class CompiledStart:
    """The answer to ``CompilePlan``."""

    request: StartRequest
    plan: SharedPlan
    priority: Priority


@frozen
class OutageRequest:
    """A subject is part of an outage: join the escalation that runs for it, or open that (START-5)."""

    key: str
    """Of the subject."""
    request: dict[str, Any]
    """As it was written."""
    escalation_workflow: str
    """The type of workflow that is opened."""


@frozen
class MergeRequest:
    """An escalation goes over into another one: find it, and have it taken over (CLOSE-10)."""

    key: Key
    id: str
    into: Key
    """As somebody named it: its key, or that of a subject that joined it."""


@frozen
class MergeQuestion:
    """What one that is to take another over is asked; it asks that one itself what comes over."""

    key: Key
    """Of the one that ends."""
    id: str
    known_as: tuple[str, ...] = ()
    """Keys that mean the one that goes on: added by itself."""


@frozen
class RecompilePlan:
    """Make a plan of the playbook of today for an escalation that is open since *opened_at*."""

    request: StartRequest
    opened_at: Instant
    named: tuple[str, ...] = ()
    """Whom moves have named: those of them whom the playbook has are in the plan as well."""


@frozen
class FindNamed:
    """A move names people whom the plan does not have; the playbook may."""

    named: tuple[str, ...]


@frozen
class FindOnCall:
    """Somebody is to be asked who is known only when needed: whoever is on call (MATRIX-1)."""

    schedule: Name
    """Contact id of the schedule."""
    at: Instant
    notice: InternalNotification | None = None
    """What is to be told; comes back with the answer. Those whom it is to already are told beside it. None: it is only
    to be known."""


@frozen
class OnCallResult:
    """The answer to ``FindOnCall``."""

    schedule: Name
    people: tuple[Contact, ...]
    """Who answers, the first one first; empty: nobody is on call."""
    until: Instant | None = None
    """When that changes; None: not within what can be foreseen."""
    why: Part
    """What says so, in words: the rotation, the override, the calendar's entry."""
    is_known: bool = True
    """False: it could not be found out, for the reason in ``why``; it is asked again at ``until``."""


@frozen
class OpenSuccessor:
    """Start the escalation that continues this one, of the same subject (CLOSE-6, CLOSE-9)."""

    request: StartRequest


@frozen
class ProposeSponsorship:
    """Accounts of an executive escalation are proposed for the sponsorship programme (SPONSOR-2)."""

    accounts: tuple[str, ...]
    escalation: str
    """Id of the escalation: it proposes an account once, however often it is asked."""
    by: str
    why: InternalText


@frozen
class StartTaskForce:
    """Bring a task force to life (RESOLVE-2)."""

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
    """Of the message."""


@frozen
class CheckStart:
    """Check a start against the playbook of today: a repeat, or a subject that joins."""

    key: str
    request: dict[str, Any]
