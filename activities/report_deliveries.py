"""Report to escalations and task forces what became of their messages that waited in an inbox."""

import asyncio

import structlog
from temporalio import activity
from temporalio.client import RPCError
from temporalio.service import RPCStatusCode

from delivery.inbox_client import AT_ONCE, report
from escalation import contract
from escalation.notifications.delivery_results import DeliveryResult

log = structlog.get_logger(__name__)


@activity.defn(name=contract.REPORT_DELIVERIES)
async def report_deliveries(results: dict[str, tuple[DeliveryResult, ...]]) -> None:
    """
    Report *results* by the id of the sender. One that has ended needs no answer.

    Raises:
        RPCError: If Temporal cannot take it now; reporting again does no harm.
    """
    at_once = asyncio.Semaphore(AT_ONCE)

    async def report_to(id_: str, results: tuple[DeliveryResult, ...]) -> None:
        async with at_once:
            try:
                await report(id_, results)
            except RPCError as fault:
                if fault.status is not RPCStatusCode.NOT_FOUND:
                    raise
                log.info("delivery_of_ended_escalation", escalation=id_)

    async with asyncio.TaskGroup() as tasks:
        for id_, became in results.items():
            tasks.create_task(report_to(id_, became))
