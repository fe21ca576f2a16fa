"""
The end of an outage: the keys of the subjects that joined it are free again (START-5, START-4).

Knows the signal that frees one, and not what holds it.
"""

import asyncio
from collections.abc import Iterable
from itertools import islice

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from escalation import contract
from escalation.kernel.budgets import AT_ONCE


async def release_joined_cases(tickets: Iterable[str]) -> None:
    """
    The outage is over: the keys of *tickets* are free again, some at a time. One that is gone already needs no telling.
    """
    left = iter(tickets)
    while some := tuple(islice(left, AT_ONCE)):
        await asyncio.gather(*(_release(ticket) for ticket in some))


async def _release(ticket: str) -> None:
    try:
        await workflow.get_external_workflow_handle(ticket).signal(contract.OUTAGE_ENDED)
    except ApplicationError:
        workflow.logger.info("ticket_was_gone")
