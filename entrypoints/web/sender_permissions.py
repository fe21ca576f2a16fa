"""
Bounds of a sender: whether a start that it signed is one that it may make.

Whether the start is good otherwise is the playbook's to say; who signed it, ``signatures`` has found out.
"""

from collections.abc import Iterator

from escalation.case.request import StartRequest
from escalation.kernel.ids import tenant_of
from escalation.kernel.refusals import Fault, quote_input
from runtime.named_settings import Sender


def find_permission_faults(sender: Sender, request: StartRequest) -> tuple[Fault, ...]:
    """Everything in *request* that *sender* may not ask for."""
    asked = (
        ("key", tenant_of(request.key), sender.tenants, "a subject of {}"),
        ("submitted_by", request.submitted_by, sender.submitters, "{}"),
        ("priority", request.priority, sender.priorities, "{}"),
        ("category", request.category, sender.categories, "{}"),
    )
    found = (
        Fault(
            where=where,
            given=quote_input(_written(request, where)),
            allowed=form.format(" or ".join(allowed)),
        )
        for where, value, allowed, form in asked
        if allowed and value not in allowed
    )
    return (*found, *_of_predecessor(sender, request), *_of_accounts(sender, request))


def _written(request: StartRequest, field: str) -> str:
    value = getattr(request, field)
    return str(value) if value else "nothing"


def _of_predecessor(sender: Sender, request: StartRequest) -> Iterator[Fault]:
    before = request.predecessor
    if before and sender.tenants and tenant_of(before) not in sender.tenants:
        allowed = f"an escalation of {' or '.join(sender.tenants)}"
        yield Fault(where="predecessor", given=quote_input(before), allowed=allowed)


def _of_accounts(sender: Sender, request: StartRequest) -> Iterator[Fault]:
    for number, customer in enumerate(request.customers):
        if sender.accounts and customer.account not in sender.accounts:
            allowed = " or ".join(sender.accounts)
            yield Fault(
                where=f"customers.{number}.account", given=quote_input(customer.account), allowed=allowed
            )
