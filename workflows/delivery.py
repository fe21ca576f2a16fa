"""
How a workflow has messages delivered: on which queue, how long, and what is known when it did not end well.

Owns the terms of the activity `deliver_messages` and the reading of its failures. It must not know channels or texts,
nor import the activity: the name on the wire is all that binds them.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from pydantic import TypeAdapter, ValidationError
from temporalio import exceptions, workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError, FailureError

from escalation.case.effects import NotificationBatch, message_key
from escalation.kernel.budgets import LONGEST_WHY
from escalation.kernel.characters import clip
from escalation.notifications.delivery_results import DeliveryResult
from workflows import web_ui

DELIVER_MESSAGES = "deliver_messages"
"""The activity's name: takes a `Wave`, gives `tuple[Receipt, ...]`."""
MESSAGE_TASK_QUEUE = "escalation-messages"
"""A queue of its own, so that a slow mail server cannot starve the moves."""
DELIVER_DIGEST = "deliver_bundle"
"""The same for what waited for one recipient: it leaves as one message."""
REPORT_DELIVERIES = "report_deliveries"
"""Tells escalations what became of their messages: takes receipts by the escalations' keys."""
GIVEN_UP_AFTER = timedelta(hours=24)

_RECEIPTS = TypeAdapter(tuple[DeliveryResult, ...])


def delivery_options(wave: NotificationBatch) -> workflow.ActivityConfig:
    """
    The terms on which *wave* is delivered: a crash is noticed by the missing heartbeat, a temporary failure is tried
    again with back-off (COMM-13).
    """
    people = sum(len(notice.to) for notice in wave.notices)
    return workflow.ActivityConfig(
        task_queue=MESSAGE_TASK_QUEUE,
        schedule_to_close_timeout=GIVEN_UP_AFTER,
        start_to_close_timeout=timedelta(minutes=15),
        heartbeat_timeout=timedelta(seconds=30),
        retry_policy=RetryPolicy(
            initial_interval=timedelta(seconds=5),
            backoff_coefficient=2.0,
            maximum_interval=timedelta(minutes=5),
        ),
        summary=web_ui.summary(f"tell {people}: {wave.says}"),
    )


def receipts_after(error: ActivityError, wave: NotificationBatch) -> tuple[DeliveryResult, ...]:
    """
    What became of each message of *wave* when its delivery ended in *error*, in the order of the wave.

    Whoever is not known to be told counts as not told, with what stood in the way as far as that is known.
    """
    told: dict[str, DeliveryResult] = {}
    waiting: dict[str, DeliveryResult] = {}
    for reported in _details_of(error):
        told |= _read(reported[:1])
        waiting |= _read(reported[1:2])
    why = _why(error)
    blank = {
        key: DeliveryResult(key=key, recipient=recipient.id, occasion=notice.occasion.value, why=why)
        for notice in wave.notices
        for recipient in notice.to
        for key in (message_key(notice, recipient),)
    }
    return tuple(told.get(key) or waiting.get(key) or receipt for key, receipt in blank.items())


def _causes(error: BaseException) -> Iterator[BaseException]:
    """
    The error that Temporal wrapped, outermost first.
    """
    cause = error.__cause__
    while cause is not None:
        yield cause
        cause = cause.__cause__


def _details_of(error: ActivityError) -> Iterator[Sequence[Any]]:
    """
    What attempts told of themselves: in their error, or in the last heartbeat before they fell silent.
    """
    for cause in _causes(error):
        match cause:
            case ApplicationError(details=details) | CancelledError(details=details):
                yield details
            case exceptions.TimeoutError(last_heartbeat_details=details):
                yield details
            case _:
                pass


def _read(details: Sequence[Any]) -> dict[str, DeliveryResult]:
    """
    The receipts in one detail by key; none, if it is anything else.
    """
    try:
        receipts = _RECEIPTS.validate_python(details[0]) if details else ()
    except ValidationError:
        receipts = ()
    return {receipt.key: receipt for receipt in receipts}


def _why(error: ActivityError) -> str:
    match error.cause:
        case exceptions.TimeoutError():
            return f"not delivered within {GIVEN_UP_AFTER.total_seconds() / 3600:.0f} hours"
        case CancelledError():
            return "the delivery was cancelled"
        case FailureError(message=message):
            return clip(f"not delivered: {message}", LONGEST_WHY)
        case _:
            return "not delivered"
