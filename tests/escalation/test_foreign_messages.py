"""
Messages and delivery results that are none of a run's own.
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from escalation.kernel.refusals import BadRequest
from escalation.notifications.delivery_results import DeliveryResult
from escalation.notifications.foreign_messages import (
    NOT_OURS,
    SENT_ALREADY,
    find_foreign_messages,
    select_own_results,
)
from escalation.notifications.inbox import InboxContent
from escalation.notifications.inbox_view import inbox_key, require_fit_for
from escalation.notifications.notification import NotificationBatch
from escalation.policy.preferences import CountedMessage
from tests.escalation.test_waiting import NINE, held

MESSAGE = held(seq=7)
OWN = f"{MESSAGE.notice.escalation}:"
BATCH = NotificationBatch(notices=(MESSAGE.notice,))
WAITS = DeliveryResult(key=MESSAGE.key, recipient="ed", occasion="first_notification", deferred_until=NINE)
SENT = replace(WAITS, deferred_until=None, delivered_at=NINE)
DAY = timedelta(days=1)


def test_a_message_leaves_if_its_sender_knows_it() -> None:
    """
    COMM-6, COMM-12: it waits, or is under way; what cannot be remembered is not denied.
    """
    assert {} == find_foreign_messages(BATCH, OWN, [WAITS], ())
    assert {} == find_foreign_messages(BATCH, OWN, [], [BATCH])
    assert {} == find_foreign_messages(BATCH, OWN, [], (), since=8)
    assert {MESSAGE.key: NOT_OURS} == find_foreign_messages(BATCH, OWN, [], (), since=7)
    assert {MESSAGE.key: NOT_OURS} == find_foreign_messages(BATCH, "ACME/1@2:", [WAITS], [BATCH])
    assert {MESSAGE.key: NOT_OURS} == find_foreign_messages(
        BATCH, OWN, [replace(WAITS, recipient="mallory")], ()
    )
    assert {MESSAGE.key: SENT_ALREADY} == find_foreign_messages(BATCH, OWN, [WAITS, SENT], ())


def test_a_result_counts_if_its_message_is_known() -> None:
    """
    COMM-13: to the same recipient, on the same occasion.
    """
    assert (SENT,) == select_own_results([SENT], OWN, [WAITS], ())
    assert (SENT,) == select_own_results([SENT], OWN, [], [BATCH])
    assert (SENT,) == select_own_results([SENT], OWN, [], (), forgotten_until=NINE)
    assert () == select_own_results([SENT], OWN, [], (), forgotten_until=NINE - DAY)
    assert () == select_own_results([SENT], OWN, [], ())
    for other in (
        replace(SENT, key=f"{OWN}9:x:ed"),
        replace(SENT, key=f"{OWN}{NINE:%Y%m%dT%H%M%S}:x:ed"),
        replace(SENT, recipient="x"),
        replace(SENT, occasion="x"),
    ):
        assert () == select_own_results([other], OWN, [WAITS], [BATCH], forgotten_until=NINE - DAY)


def test_an_inbox_keeps_what_is_for_its_recipient_alone() -> None:
    """
    COMM-11: and what left elsewhere counts from now at the latest, or it would hold back all the rest.
    """
    later = InboxContent(held=(MESSAGE,), sent=(CountedMessage(at=NINE + DAY, channel="email"),))
    several = replace(MESSAGE, notice=replace(MESSAGE.notice, to=MESSAGE.notice.to * 2))
    nobody = replace(MESSAGE, notice=replace(MESSAGE.notice, to=()))

    assert [NINE] == [each.at for each in require_fit_for(inbox_key("ed"), later, NINE).sent]
    for inbox, message in (("maya", MESSAGE), ("ed", several), ("ed", nobody)):
        with pytest.raises(BadRequest, match="the one of inbox"):
            require_fit_for(inbox_key(inbox), InboxContent(held=(message,)), NINE)
