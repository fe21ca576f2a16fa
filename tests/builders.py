"""
Escalations, plans and requests for tests, with what a test does not care about filled in.

Everything that another test may need is imported from here; the plan itself is in ``tests/escalation/plans.py``, what
can be read off a decision in ``tests/escalation/outcome.py``.
"""

from datetime import datetime
from typing import Any

from escalation.case import commands as c
from escalation.case.engine import Decision, decide
from escalation.case.lifecycle import State
from escalation.case.moves.acknowledge import Acknowledge
from escalation.case.moves.approve_rca import ApproveRca
from escalation.case.moves.begin_resolution import BeginResolution
from escalation.case.moves.cancel import Cancel
from escalation.case.moves.close import Close
from escalation.case.moves.confirm_access import ConfirmAccess
from escalation.case.moves.declare_resolved import DeclareResolved
from escalation.case.moves.derive_rca import DeriveRca
from escalation.case.moves.file_rca import FileRca
from escalation.case.moves.settle_ticket import SettleTicket
from escalation.case.moves.share_rca import ShareRca
from escalation.case.moves.verify_resolution import VerifyResolution
from escalation.case.rca_content import CorrectiveAction, InternalRca
from escalation.case.request import AffectedCustomer, StartRequest
from escalation.case.resolution import AccessAnswer, ResolutionKind
from escalation.case.start import Open, open_escalation
from escalation.case.state import Escalation
from escalation.kernel.values import CustomerText, InternalText, from_plain
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.system_commands import ReportDelivery
from escalation.policy.classification import CancelCause
from escalation.policy.plan import Plan
from tests.escalation.outcome import clock, happened, internal, notices, the, to_customers, told
from tests.escalation.plans import (
    BUSINESS_DAY,
    DAY,
    HOUR,
    MINUTE,
    PEOPLE,
    PRIORITIES,
    THE_MONDAY,
    a_level,
    a_plan,
    a_window,
    at,
    friday,
    levels_with,
    monday,
    priorities_with,
    tuesday,
    weekdays,
)

__all__ = [
    "BUSINESS_DAY",
    "DAY",
    "DECLARE",
    "HOUR",
    "JO",
    "MINUTE",
    "PEOPLE",
    "PRIORITIES",
    "RCA_COURSE",
    "THE_MONDAY",
    "VERIFY",
    "a_customer",
    "a_level",
    "a_plan",
    "a_request",
    "a_window",
    "after",
    "all_delivered",
    "an_acknowledged",
    "an_escalation",
    "an_rca",
    "at",
    "clock",
    "friday",
    "happened",
    "internal",
    "levels_with",
    "monday",
    "notices",
    "one_in",
    "opening",
    "priorities_with",
    "ready_to_close",
    "the",
    "to_customers",
    "told",
    "tuesday",
    "weekdays",
]

JO = "ACME:jo@acme.example"
"""The one customer contact of ``a_request``."""


def a_customer(account: str = "ACME", *emails: str, **changes: Any) -> AffectedCustomer:
    contacts = [
        {"name": email.partition("@")[0].title(), "email": email}
        for email in emails or (f"jo@{account.lower()}.example",)
    ]
    return from_plain(AffectedCustomer, {"account": account, "contacts": contacts, **changes})


def a_request(**changes: Any) -> StartRequest:
    """A complaint by telephone, that Ana hands in with evidence."""
    return from_plain(
        StartRequest,
        {
            "key": "ACME/4711",
            "subject": "Second delivery in a row is damaged",
            "description": "The pallets arrive wet.",
            "issue_type": "customer_service_requests",
            "category": "complaint",
            "priority": "P3",
            "reason": "dissatisfied_customer",
            "channel": "phone",
            "submitted_by": "ana",
            "customers": (a_customer(),),
            "evidence": [{"kind": "call", "what": "Called twice about it"}],
        }
        | changes,
    )


def opening(
    opened_at: datetime = THE_MONDAY + 9 * HOUR, plan: Plan | None = None, **request: Any
) -> Decision:
    """The decision that opens one; what is not the plan or the time is of the request."""
    asked = a_request(**request)
    assert asked.priority
    open_it = Open(id=f"{asked.key}@1", request=asked, plan=plan or a_plan(), priority=asked.priority)
    return open_escalation(open_it, opened_at)


def an_escalation(level: int | None = None, **changes: Any) -> Escalation:
    """An open one, on Monday at 09:00, with P3 at level 1 unless said otherwise; nobody has done anything yet."""
    return opening(entry_level=level, **changes).state


def an_acknowledged(**changes: Any) -> Escalation:
    """Acknowledged by Ana; everybody was told of the start."""
    escalation = an_escalation(**changes)
    now = escalation.opened_at
    return after(escalation, now, all_delivered(escalation, now), Acknowledge(by=escalation.owner))


DECLARE = DeclareResolved(by="ana", resolution=ResolutionKind.FIX, done=InternalText("new pallets were sent"))
VERIFY = VerifyResolution(by="ari")


def one_in(state: State, **changes: Any) -> Escalation:
    """An acknowledged one that came to *state* without any time passing."""
    begun = an_acknowledged(**changes)
    ways: dict[State, tuple[c.Command, ...]] = {
        State.COMMUNICATING: (),
        State.RESOLVING: (BeginResolution(by="ana"),),
        State.VERIFYING: (DECLARE,),
        State.CLOSING: (DECLARE, VERIFY),
        State.CLOSED: (DECLARE, VERIFY, *ready_to_close(begun), Close(by="ed")),
        State.CANCELLED: (
            Cancel(by="ed", cause=CancelCause.WITHDRAWN, why=InternalText("the customer withdrew")),
        ),
    }
    if state is State.STARTED:
        return an_escalation(**changes)
    return after(begun, begun.opened_at, *ways[state])


def ready_to_close(escalation: Escalation) -> tuple[c.Command, ...]:
    """Do all that the close gate asks for: access, related records, and the RCA if one is required."""
    accounts = [customer.account for customer in escalation.request.customers]
    access = (ConfirmAccess(by="eva", account=account, answer=AccessAnswer.YES) for account in accounts)
    settled = (SettleTicket(by="ed", record=record) for record in escalation.request.linked_tickets)
    return (*access, *settled, *(RCA_COURSE if escalation.rules.rca_required else ()))


def an_rca(**changes: Any) -> InternalRca:
    return InternalRca(
        **{
            "root_causes": (InternalText("the roof of the depot leaks"),),
            "corrective_actions": (
                CorrectiveAction(
                    what=InternalText("repair the roof"),
                    owner="max",
                    due=THE_MONDAY.date() + 14 * DAY,
                    for_customers=CustomerText("We repair our depot."),
                ),
            ),
            "summary_for_customers": CustomerText("Rain came into our depot."),
        }
        | changes
    )


RCA_COURSE: tuple[c.Command, ...] = (
    FileRca(by="cora", rca=an_rca()),
    DeriveRca(by="cora"),
    ApproveRca(by="pia"),
    ShareRca(by="eva"),
)


def after(escalation: Escalation, *steps: c.Command | datetime) -> Escalation:
    """*escalation* after *steps*: commands, each at the instant named last before it (at first, its start)."""
    now = escalation.opened_at
    for step in steps:
        if isinstance(step, datetime):
            now = step
        else:
            escalation = decide(escalation, step, now).state
    return escalation


def all_delivered(escalation: Escalation, delivered_at: datetime) -> ReportDelivery:
    """Everybody whom the first notification is to reach was reached."""
    return ReportDelivery(
        results=tuple(
            DeliveryResult(
                key=f"{escalation.id}:1:first_notification:{who}",
                recipient=who,
                occasion="first_notification",
                channel="email",
                delivered_at=delivered_at,
            )
            for who in escalation.unnotified
        )
    )
