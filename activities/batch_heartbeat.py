"""
Knowledge of the server about an attempt at a batch: heartbeats, and the error that asks for another attempt.

A heartbeat holds the results so far, undelivered results of the messages that wait, and the decisions, as plain JSON.
The workflow reads the same from the error when no further attempt comes (`workflows.delivery_outbox`).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, TypeVar

import structlog
from pydantic import TypeAdapter, ValidationError
from temporalio import activity
from temporalio.client import AsyncActivityCancelledError, RPCError
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from delivery.batch_progress import Attempt, Deferral, Progress
from escalation.kernel.counted_nouns import number_of
from escalation.notifications.delivery_results import DeliveryResult

DELIVERY_PENDING = "delivery_pending"
"""The type of the error that asks for another attempt; its details are those of the heartbeats."""

_AT_LEAST_EVERY = timedelta(seconds=5)
_AT_MOST_EVERY = timedelta(seconds=0.1)
_PATIENCE = timedelta(seconds=10)
_Detail = TypeVar("_Detail")
_RESULTS = TypeAdapter(tuple[DeliveryResult, ...])
_DECISIONS = TypeAdapter(dict[str, Deferral | None])

log = structlog.get_logger(__name__)


def current_attempt(*, is_repeat: bool = False) -> Attempt:
    info = activity.info()
    return Attempt(
        number=info.attempt,
        scheduled_at=info.scheduled_time,
        started_at=info.started_time,
        is_repeat=is_repeat,
        is_stopping=lambda: activity.is_worker_shutdown() or activity.is_cancelled(),
        save=_save,
    )


def earlier_results() -> dict[str, DeliveryResult]:
    """Return those of the last heartbeat before this attempt. If it cannot be read, everybody is notified again rather
    than nobody."""
    results = _from_heartbeat(0, _RESULTS) or ()
    return {result.key: result for result in results}


def earlier_decisions() -> dict[str, Deferral | None]:
    return _from_heartbeat(2, _DECISIONS) or {}


def _from_heartbeat(place: int, adapter: TypeAdapter[_Detail]) -> _Detail | None:
    details = activity.info().heartbeat_details
    try:
        return adapter.validate_python(details[place]) if len(details) > place else None
    except ValidationError:
        return None


def error_of(progress: Progress) -> ApplicationError:
    return ApplicationError(
        f"{progress.pending_count} of {number_of(progress.count, 'message')} still to be delivered",
        *_details_of(progress),
        type=DELIVERY_PENDING,
        next_retry_delay=progress.retry_after,
        category=ApplicationErrorCategory.BENIGN,
    )


@asynccontextmanager
async def heartbeats(progress: Progress) -> AsyncIterator[None]:
    """Report all *progress* soon, and being alive in between; for the last time when it does not end well."""
    # From the last heartbeat the next attempt knows who was notified. Only what left since then is repeated after a
    # crash, under the same key.
    beating = asyncio.create_task(_beat(progress))
    try:
        yield
    except BaseException:
        activity.heartbeat(*_details_of(progress))
        raise
    finally:
        beating.cancel()


async def _beat(progress: Progress) -> None:
    while True:
        try:
            async with asyncio.timeout(_AT_LEAST_EVERY.total_seconds()):
                await progress.changed.wait()
        except TimeoutError:
            pass
        # Waits before it speaks: a small batch is over by then, and needs none.
        await asyncio.sleep(_AT_MOST_EVERY.total_seconds())
        progress.changed.clear()
        activity.heartbeat(*_details_of(progress))


async def _save(progress: Progress) -> bool:
    """
    Have the server keep *progress* now: other heartbeats are gathered for a while, and a crash loses them.

    False, if it cannot, or if nobody waits for this activity any more.
    """
    ours = activity.client().get_async_activity_handle(task_token=activity.info().task_token)
    try:
        await ours.heartbeat(*_details_of(progress), rpc_timeout=_PATIENCE)
    except (RPCError, AsyncActivityCancelledError) as fault:
        log.warning("decision_not_recorded", fault=type(fault).__name__)
        return False
    return True


def _details_of(progress: Progress) -> tuple[Any, ...]:
    results = (
        _RESULTS.dump_python(progress.results, mode="json"),
        _RESULTS.dump_python(progress.obstacles, mode="json"),
    )
    decisions = progress.decisions
    return (*results, _DECISIONS.dump_python(decisions, mode="json")) if decisions else results
