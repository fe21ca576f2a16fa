"""Delivery results only move forward, in whatever order they arrive (COMM-12, COMM-13)."""

from datetime import timedelta
from itertools import permutations

import pytest

from escalation.case.deliveries import deliveries, last_deferral_of
from escalation.case.delivery_report import DeliveryReported
from escalation.case.engine import decide
from escalation.kernel.values import from_plain
from escalation.measures.fold import measure_events
from escalation.notifications.delivery_results import (
    DeliveryResult,
    MessageState,
    latest_results,
    select_newer,
)
from escalation.notifications.system_commands import ReportDelivery
from tests.builders import JO, an_escalation, monday, opening

NINE = monday("09:00")


def receipt(state: str, **changes: object) -> DeliveryResult:
    result: dict[str, dict[str, object]] = {
        "deferred": {"deferred_until": NINE + timedelta(hours=9), "why": "quiet hours"},
        "failed": {"why": "550 no such mailbox"},
        "dropped": {"is_dropped": True, "why": "acknowledged meanwhile"},
        "delivered": {"delivered_at": NINE, "channel": "email"},
    }
    known: dict[str, object] = {"key": "k:1", "recipient": JO, "occasion": "case_received"}
    return from_plain(DeliveryResult, known | result[state] | changes)


@pytest.mark.parametrize(
    ("heard", "state"),
    [
        (("deferred",), MessageState.DEFERRED),
        (("deferred", "failed"), MessageState.FAILED),
        (("deferred", "dropped"), MessageState.DROPPED),
        (("deferred", "delivered"), MessageState.DELIVERED),
        (("failed", "delivered"), MessageState.DELIVERED),  # given up by the batch, told by the inbox
        (("failed", "dropped"), MessageState.DROPPED),
        (("dropped", "delivered"), MessageState.DELIVERED),
        (("deferred", "failed", "dropped", "delivered"), MessageState.DELIVERED),
    ],
)
def test_the_order_in_which_it_is_heard_of_changes_nothing(
    heard: tuple[str, ...], state: MessageState
) -> None:
    """
    COMM-12: receipts overtake each other, and each order means the same.
    """
    for order in permutations(heard):
        (found,) = latest_results(map(receipt, order)).values()
        assert state is found.state, order


def test_the_first_delivery_is_the_one_that_counts() -> None:
    """
    COMM-12: a repeat that arrives again was told already.
    """
    again = receipt("delivered", delivered_at=NINE + timedelta(minutes=5))

    assert {"k:1": receipt("delivered")} == latest_results((receipt("delivered"), again))
    assert () == select_newer((receipt("delivered"),), (again, receipt("deferred"), receipt("failed")))


def test_what_waits_longer_is_news() -> None:
    """
    COMM-11: the latest wait is known, and a repeat of an earlier one changes nothing.
    """
    longer = receipt("deferred", deferred_until=NINE + timedelta(hours=20))

    assert (longer,) == select_newer((receipt("deferred"),), (longer,))
    assert () == select_newer((longer,), (receipt("deferred"),))


def _sent(seq: int, *receipts: DeliveryResult) -> DeliveryReported:
    return DeliveryReported(seq=seq, at=NINE + timedelta(minutes=seq), results=receipts)


def test_each_message_is_listed_once_in_its_true_state() -> None:
    """
    COMM-12: told, and then a late word that it was held, and a later one that a repeat failed.
    """
    other = receipt("deferred", key="k:2")
    events = (
        _sent(1, receipt("delivered"), other),
        _sent(2, receipt("deferred")),
        _sent(3, receipt("failed")),
    )

    found = deliveries(events)
    assert [
        ("k:1", MessageState.DELIVERED, NINE),
        ("k:2", MessageState.DEFERRED, NINE + timedelta(minutes=1)),
    ] == [(sent.key, sent.state, sent.at) for sent in found]
    assert other.deferred_until == last_deferral_of(events)
    assert last_deferral_of((*events, _sent(4, receipt("delivered", key="k:2")))) is None


def test_the_record_has_each_message_once_in_its_true_state() -> None:
    """
    RECORD-1: a late failure does not undo a delivery there either.
    """
    opened = opening()
    first = opened.state.sequence
    events = (*opened.events, _sent(first + 1, receipt("delivered")), _sent(first + 2, receipt("failed")))

    assert (receipt("delivered"),) == measure_events(events).results


def test_who_is_reached_later_on_the_same_occasion_has_missed_nothing() -> None:
    """
    COMM-13: the newer update makes up for the one that did not arrive.
    """
    lost = ReportDelivery(results=(receipt("failed", occasion="update"), receipt("failed", key="k:9")))
    found = decide(an_escalation(), lost, monday("09:01")).state

    assert [(JO, "update"), (JO, "case_received")] == [
        (each.recipient, each.occasion) for each in found.undelivered
    ]

    told = ReportDelivery(results=(receipt("delivered", key="k:3", occasion="update"),))
    after = decide(found, told, monday("09:05")).state
    assert ["case_received"] == [each.occasion for each in after.undelivered]
