"""A workflow's knowledge of a batch whose delivery did not end well."""

from collections.abc import Sequence
from typing import Any

import pytest
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    CancelledError,
    RetryState,
    ServerError,
    TimeoutError,  # noqa: A004 -- Temporal's own
    TimeoutType,
)

from escalation.kernel.values import from_plain
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.notification import NotificationBatch, Occasion
from tests.delivery.builders import Attempt, ana, batch, batch_to_many, person, to_customers, to_us
from tests.mailbox import Mailbox
from workflows.delivery_outbox import delivery_options, results_after


def failed(*causes: BaseException) -> ActivityError:
    """The errors that the workflow catches: each is the cause of the one before."""
    error = ActivityError(
        "Activity task failed",
        scheduled_event_id=1,
        started_event_id=2,
        identity="worker",
        activity_type="deliver_messages",
        activity_id="1",
        retry_state=RetryState.TIMEOUT,
    )
    outer: BaseException = error
    for cause in causes:
        outer.__cause__ = cause
        outer = cause
    return error


def timed_out(details: Sequence[Any] = ()) -> TimeoutError:
    return TimeoutError(
        "activity timeout", type=TimeoutType.SCHEDULE_TO_CLOSE, last_heartbeat_details=details
    )


def on_record(number: int, **result: Any) -> dict[str, Any]:
    """The receipt of one of many, as it is on the wire."""
    key = f"ACME/4711@2026-11-20T09:00:00Z:1:case_received:person-{number}"
    return {"key": key, "recipient": f"person-{number}", "occasion": "case_received"} | result


TOLD = on_record(0, channel="email", delivered_at="2026-11-20T09:00:01Z")
WAITING = on_record(1, channel="email", why="email: the mail server said 451 later")


@pytest.mark.parametrize(
    ("causes", "why"),
    [
        # the last attempt told all itself
        ((ApplicationError("1 of 2", [TOLD], [WAITING], type="delivery_pending"),), WAITING["why"]),
        # it fell silent: its last heartbeat told
        ((timed_out([[TOLD], [WAITING]]),), WAITING["why"]),
        # the time was over between two attempts: the error before is the cause
        ((timed_out(), ApplicationError("1 of 2", [TOLD], [WAITING])), WAITING["why"]),
        # the server cuts the details of a large error off, and keeps the heartbeat
        ((timed_out([[TOLD], []]), ApplicationError("cut")), "not delivered within 24 hours"),
        ((timed_out([[TOLD]]),), "not delivered within 24 hours"),
        ((CancelledError("Cancelled", [TOLD], []),), "the delivery was cancelled"),
    ],
)
def test_who_was_told_stays_told(causes: tuple[BaseException, ...], why: str) -> None:
    """COMM-12, COMM-13: those are not told again; the others are raised to a person, with what stood in the way."""
    told, lost = results_after(failed(*causes), batch_to_many(2))

    assert told == from_plain(DeliveryResult, TOLD)
    assert lost.delivered_at is None
    assert lost.recipient == "person-1"
    assert lost.why == why


@pytest.mark.parametrize(
    ("causes", "why"),
    [
        ((), "not delivered"),
        ((ServerError("lost its way"),), "not delivered: lost its way"),
        ((ApplicationError("Failed decoding arguments"),), "not delivered: Failed decoding arguments"),
        ((ApplicationError("odd", "nonsense", 7),), "not delivered: odd"),
        ((ApplicationError("odd", [{"no": "receipt"}], None),), "not delivered: odd"),
        ((timed_out(["nonsense"]),), "not delivered within 24 hours"),
        ((timed_out([[on_record(7)]]),), "not delivered within 24 hours"),  # nobody of this batch
    ],
)
def test_who_is_not_known_to_be_told_counts_as_not_told(causes: tuple[BaseException, ...], why: str) -> None:
    """COMM-13: never silence, whatever the error."""
    receipts = results_after(failed(*causes), batch_to_many(2))

    assert [receipt.recipient for receipt in receipts] == ["person-0", "person-1"]
    assert [(receipt.delivered_at, receipt.why) for receipt in receipts] == [(None, why)] * 2


def test_each_message_has_one_receipt_in_the_order_of_the_batch() -> None:
    """COMM-12: who is named twice is one message."""
    notices = batch(to_us(person(2), person(1)), to_customers(ana(), ana()))

    receipts = results_after(failed(), notices)

    assert [(receipt.recipient, receipt.occasion) for receipt in receipts] == [
        ("person-2", "assigned"),
        ("person-1", "assigned"),
        ("acme:ana@example.com", "case_received"),
    ]


async def test_the_activitys_own_error_can_be_read(mailbox: Mailbox) -> None:
    """COMM-13: both sides agree on the details."""
    mailbox.says_later(to="person-1@example.com")
    attempt = Attempt(mailbox)
    with pytest.raises(ApplicationError) as raised:
        await attempt.at(batch_to_many(2))

    by_error = results_after(failed(raised.value), batch_to_many(2))
    by_heartbeat = results_after(failed(timed_out(attempt.heartbeats[-1])), batch_to_many(2))

    assert by_error == by_heartbeat
    assert [bool(receipt.delivered_at) for receipt in by_error] == [True, False]
    assert by_error[1].why == "email: the mail server said 451 4.3.0 try again later"


def test_the_summary_says_how_many_are_told_of_what() -> None:
    """The Web UI shows it beside the activity, where there is room for 120 characters."""
    everything = NotificationBatch(notices=tuple(to_us(occasion=occasion) for occasion in Occasion))

    assert delivery_options(batch(to_us(), to_customers()))["summary"] == "notify 2: assigned, case received"
    assert len(delivery_options(everything)["summary"] or "") == 120
