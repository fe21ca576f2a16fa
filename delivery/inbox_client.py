"""
What must wait, kept by Temporal: one workflow a recipient, there only while something waits for them.

Owns the names by which activities reach workflows: inboxes, which take what waits, and escalations, which say what
is no longer true and hear what became of it. It must not know when something waits, or how it is told.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import activity
from temporalio.client import RPCError, WorkflowHandle, WorkflowQueryFailedError, WorkflowQueryRejectedError
from temporalio.service import RPCStatusCode

from escalation.effects import Notification, NotificationBatch, message_key, senders_of
from escalation.inbox import inbox_key
from escalation.receipts import DeliveryResult
from escalation.reporting import Rhythm, report_id
from escalation.waiting import DeferredMessage, InboxContent

INBOX = "Inbox"
"""The workflow's name on the wire; it starts with a `InboxContent`."""
HOLD = "hold"
"""Its signal, with a `InboxContent`."""
KNOWN = "known"
"""Its query: whether it has a message of this key, or let it leave lately."""
INBOX_QUEUE = "escalations"
NO_LONGER_TRUE = "no_longer_true"
"""The query of an escalation: takes a `Wave`, gives reasons by message key."""
RECORD_DELIVERY = "record_delivery"
"""The signal to an escalation: `ReportDelivery`."""
REPORT_DELIVERIES = "report_deliveries"

UNKNOWN_SENDER = "nobody is known who told it"
REPORT_IDS = frozenset(map(report_id, Rhythm))

AT_ONCE = 50
_REPORTS_ASKED = 5
_PATIENCE = timedelta(seconds=10)
_GONE = frozenset({RPCStatusCode.NOT_FOUND})
_Answer = TypeVar("_Answer")


async def hold(held: Iterable[DeferredMessage], waiting: InboxContent) -> None:
    """
    Hand *held*, all of one recipient, to their inbox, with what else it should know; it is there if it was not.

    Raises:
        RPCError: If Temporal cannot take it now.
    """
    held = tuple(held)
    await activity.client().start_workflow(
        INBOX,
        InboxContent(),
        id=inbox_key(held[0].recipient.id),
        task_queue=INBOX_QUEUE,
        start_signal=HOLD,
        start_signal_args=[waiting.changed(held=held)],
        rpc_timeout=_PATIENCE,
    )


async def is_known(message: str, recipient: str) -> bool:
    """
    Whether the inbox of *recipient* has, or let leave, the *message* of this key. One that has ended still knows.

    Raises:
        RPCError, WorkflowQueryFailedError, WorkflowQueryRejectedError: If it cannot say now.
    """
    inbox = activity.client().get_workflow_handle(inbox_key(recipient))
    try:
        known: bool = await inbox.query(KNOWN, message, result_type=bool, rpc_timeout=_PATIENCE)
    except RPCError as fault:
        if fault.status in _GONE:
            return False
        raise
    return known


async def no_longer_true(wave: NotificationBatch) -> dict[str, str]:
    """
    The messages of *wave*, by key, that should not leave any more, and why. Whoever it is said to be from must know it;
    an escalation that cannot say now is believed.
    """
    by_escalation: dict[str, list[Notification]] = {}
    for notice in wave.notices:
        by_escalation.setdefault(notice.escalation, []).append(notice)
    at_once = asyncio.Semaphore(AT_ONCE)

    async def asked(id_: str, notices: list[Notification]) -> dict[str, str]:
        async with at_once:
            ask = _ask_reports if id_ in REPORT_IDS else _ask
            return await ask(id_, NotificationBatch(notices=tuple(notices)))

    answers = await asyncio.gather(*(asked(*each) for each in by_escalation.items()))
    return {key: why for answer in answers for key, why in answer.items()}


async def _ask(id_: str, wave: NotificationBatch) -> dict[str, str]:
    try:
        return await _reach(
            id_,
            lambda run: run.query(NO_LONGER_TRUE, wave, result_type=dict[str, str], rpc_timeout=_PATIENCE),
        )
    except (RPCError, WorkflowQueryFailedError, WorkflowQueryRejectedError) as fault:
        activity.logger.warning(
            "not_known_whether_still_true", extra={"escalation": id_, "fault": type(fault).__name__}
        )
        is_unknown = isinstance(fault, RPCError) and fault.status in _GONE
        return dict.fromkeys(_keys_of(wave), UNKNOWN_SENDER) if is_unknown else {}


async def _ask_reports(id_: str, wave: NotificationBatch) -> dict[str, str]:
    """A report is mailed by a run for each period; what none of the latest knows is from nobody."""
    query = f"WorkflowType = 'Report' AND WorkflowId STARTS_WITH '{id_}'"
    whys = dict.fromkeys(_keys_of(wave), UNKNOWN_SENDER)
    try:
        async for run in activity.client().list_workflows(query, limit=_REPORTS_ASKED):
            handle = activity.client().get_workflow_handle(run.id, run_id=run.run_id)
            with suppress(WorkflowQueryFailedError):
                said = await handle.query(
                    NO_LONGER_TRUE, wave, result_type=dict[str, str], rpc_timeout=_PATIENCE
                )
                whys = {key: why for key, why in whys.items() if key in said}
    except RPCError as fault:
        activity.logger.warning(
            "not_known_whether_still_true", extra={"escalation": id_, "fault": type(fault).__name__}
        )
        return {}
    return whys


def _keys_of(wave: NotificationBatch) -> Iterator[str]:
    return (message_key(notice, to) for notice in wave.notices for to in notice.to)


async def _reach(id_: str, ask: Callable[[WorkflowHandle[Any, Any]], Awaitable[_Answer]]) -> _Answer:
    """
    *ask* whoever runs for the escalation or task force *id_*: of an escalation its follow-up, or else what has its key,
    which knows whether it is meant. It may close in between, so its id is tried once more.

    Raises:
        RPCError: If none is there.
    """
    client = activity.client()
    for name in senders_of(id_):
        try:
            return await ask(client.get_workflow_handle(name))
        except RPCError as fault:
            if fault.status not in _GONE:
                raise
    return await ask(client.get_workflow_handle(id_))


@activity.defn(name=REPORT_DELIVERIES)
async def report_deliveries(became: dict[str, tuple[DeliveryResult, ...]]) -> None:
    """
    Tell each escalation, by its id, what became of its messages. One that has ended needs no answer.

    Raises:
        RPCError: If Temporal cannot take it now; telling again does no harm.
    """
    at_once = asyncio.Semaphore(AT_ONCE)

    async def report(id_: str, receipts: tuple[DeliveryResult, ...]) -> None:
        async with at_once:
            await _report(id_, receipts)

    async with asyncio.TaskGroup() as hands:
        for id_, receipts in became.items():
            hands.create_task(report(id_, receipts))


async def _report(id_: str, receipts: tuple[DeliveryResult, ...]) -> None:
    receipted = {"receipts": [receipt.model_dump(mode="json") for receipt in receipts]}
    try:
        await _reach(id_, lambda run: run.signal(RECORD_DELIVERY, receipted, rpc_timeout=_PATIENCE))
    except RPCError as fault:
        if fault.status not in _GONE:
            raise
        activity.logger.info("delivery_of_ended_escalation", extra={"escalation": id_})
