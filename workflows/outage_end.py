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


async def release_joined_cases(cases: Iterable[str]) -> None:
    """The outage is over: the keys of *cases* are free again, some at a time. One that has ended needs no signal."""
    left = iter(cases)
    while some := tuple(islice(left, AT_ONCE)):
        await asyncio.gather(*(_release(case) for case in some))


async def _release(case: str) -> None:
    try:
        await workflow.get_external_workflow_handle(case).signal(contract.OUTAGE_ENDED)
    except ApplicationError:
        workflow.logger.info("joined_case_had_ended")
