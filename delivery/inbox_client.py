"""
Way from delivery to workflows: inboxes, which take what waits, and senders, which say what is outdated.

An inbox is one workflow a recipient, there only while something waits for them. A sender is an escalation, its
follow-up, a task force, a sponsorship or a scheduled report. It must not know when something waits, or how it is
delivered.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

import structlog
from temporalio import activity
from temporalio.client import RPCError, WorkflowHandle, WorkflowQueryFailedError, WorkflowQueryRejectedError
from temporalio.service import RPCStatusCode

from delivery.interruptible_client import WorkerStops
from escalation import contract
from escalation.kernel.reasons import Part
from escalation.kernel.values import to_plain
from escalation.measures.report_schedule import Rhythm, report_id
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.inbox import InboxContent
from escalation.notifications.inbox_view import inbox_key
from escalation.notifications.notification import Notification, NotificationBatch, message_key, senders_of

UNKNOWN_SENDER = "no known run sent it"
REPORT_IDS = frozenset(map(report_id, Rhythm))

AT_ONCE = 50
_REPORTS_ASKED = 5
_PATIENCE = timedelta(seconds=10)
_GONE = frozenset({RPCStatusCode.NOT_FOUND})
NO_ANSWER = (RPCError, WorkflowQueryFailedError, WorkflowQueryRejectedError)
_Answer = TypeVar("_Answer")

log = structlog.get_logger(__name__)


async def defer(content: InboxContent) -> None:
    """
    Hand *content*, all of one recipient, to their inbox, which begins with it if there is none.

    Raises:
        RPCError: If Temporal cannot take it now.
    """
    await activity.client().start_workflow(
        contract.INBOX,
        InboxContent(),
        id=inbox_key(content.held[0].recipient.id),
        task_queue=contract.ESCALATION_QUEUE,
        start_signal=contract.DEFER,
        start_signal_args=[content],
        rpc_timeout=_PATIENCE,
    )


async def has_message(key: str, recipient: str) -> bool:
    """
    Return whether the inbox of *recipient* has, or let leave, the message of this *key*. An ended one still knows.

    Raises:
        RPCError, WorkflowQueryFailedError, WorkflowQueryRejectedError: If it cannot say now.
    """
    inbox = activity.client().get_workflow_handle(inbox_key(recipient))
    try:
        known: bool = await inbox.query(contract.HAS_MESSAGE, key, result_type=bool, rpc_timeout=_PATIENCE)
    except RPCError as fault:
        if fault.status in _GONE:
            return False
        raise
    return known


async def find_outdated(batch: NotificationBatch) -> dict[str, Part]:
    """
    Return the messages of *batch*, by key, that should not leave any more, and why. Whoever a message is said to be
    from must know it; an escalation that cannot say now is believed.

    Raises:
        WorkerStops: If the worker stops before all have answered.
    """
    by_escalation: dict[str, list[Notification]] = {}
    for notice in batch.notices:
        by_escalation.setdefault(notice.escalation, []).append(notice)
    at_once = asyncio.Semaphore(AT_ONCE)

    async def ask(id_: str, notices: list[Notification]) -> dict[str, Part]:
        batch, is_report = NotificationBatch(notices=tuple(notices)), id_ in REPORT_IDS
        async with at_once:
            try:
                return await (_ask_reports if is_report else _ask_sender)(id_, batch)
            except WorkerStops:  # the next worker can ask
                raise
            except NO_ANSWER as fault:
                log.warning("outdated_messages_not_known", escalation=id_, fault=type(fault).__name__)
                is_unknown = not is_report and isinstance(fault, RPCError) and fault.status in _GONE
                return dict.fromkeys(_keys_of(batch), UNKNOWN_SENDER) if is_unknown else {}

    answers = await asyncio.gather(*(ask(*each) for each in by_escalation.items()))
    return {key: why for answer in answers for key, why in answer.items()}


async def _ask_sender(id_: str, batch: NotificationBatch) -> dict[str, Part]:
    return await _reach(id_, partial(_outdated_by, batch=batch))


async def _ask_reports(id_: str, batch: NotificationBatch) -> dict[str, Part]:
    """A report is mailed by a run for each period; what none of the latest knows is from nobody."""
    query = f"WorkflowType = 'Report' AND WorkflowId STARTS_WITH '{id_}'"
    reasons: dict[str, Part] = dict.fromkeys(_keys_of(batch), UNKNOWN_SENDER)
    async for run in activity.client().list_workflows(query, limit=_REPORTS_ASKED):
        with suppress(WorkflowQueryFailedError):
            said = await _outdated_by(activity.client().get_workflow_handle(run.id, run_id=run.run_id), batch)
            reasons = {key: why for key, why in reasons.items() if key in said}
    return reasons


async def _outdated_by(run: WorkflowHandle[Any, Any], batch: NotificationBatch) -> dict[str, Part]:
    outdated: dict[str, Part] = await run.query(
        contract.OUTDATED_MESSAGES, batch, result_type=dict[str, Part], rpc_timeout=_PATIENCE
    )
    return outdated


def _keys_of(batch: NotificationBatch) -> Iterator[str]:
    return (message_key(notice, to) for notice in batch.notices for to in notice.to)


async def _reach(id_: str, ask: Callable[[WorkflowHandle[Any, Any]], Awaitable[_Answer]]) -> _Answer:
    """
    *ask* whoever runs for the escalation or task force *id_*: of an escalation its follow-up, or else what has its key,
    which knows whether it is meant. It may close in between, so its id is tried once more.

    Raises:
        RPCError: If none is there.
    """
    # An escalation that closes goes on as its follow-up under another name. Between the two tries it may have closed.
    client = activity.client()
    for name in senders_of(id_):
        try:
            return await ask(client.get_workflow_handle(name))
        except RPCError as fault:
            if fault.status not in _GONE:
                raise
    return await ask(client.get_workflow_handle(id_))


async def report(id_: str, results: tuple[DeliveryResult, ...]) -> None:
    """
    Report to the sender *id_* what became of its messages.

    Raises:
        RPCError: If it has ended, or Temporal cannot take it now.
    """
    command = {"results": [to_plain(result) for result in results]}
    await _reach(id_, lambda run: run.signal(contract.REPORT_DELIVERY, command, rpc_timeout=_PATIENCE))
