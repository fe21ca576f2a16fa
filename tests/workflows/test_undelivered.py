"""
Undelivered messages: who is notified, where it is seen, and that late results do not undo what is known.
"""

from datetime import UTC, datetime
from typing import Any

import pytest

from escalation.kernel.refusals import BadRequest
from escalation.notifications.delivery_results import MessageState
from tests.escalations import Desk
from tests.said import said
from workflows import search_attributes as sa

ELENA, JO, CALL_CENTRE = "elena.petrova@example.com", "jo@acme.example", "call-centre@example.com"
GONE = "550 5.1.1 no such mailbox"


async def test_a_late_word_does_not_undo_what_is_known(desk: Desk) -> None:
    """
    COMM-12: a repeat that failed, and a wait that is over, come after the delivery; nobody is alarmed.
    """
    await desk.start()
    await desk.at_rest()
    before = await desk.client.messages(desk.key)
    assert {MessageState.DELIVERED} == {sent.state for sent in before}
    late: list[dict[str, Any]] = [
        {"why": "not delivered within 24 hours"},
        {"why": "quiet hours", "deferred_until": datetime.now(UTC).isoformat()},
    ]
    for word in late:
        receipts = [
            {"key": sent.key, "recipient": sent.recipient, "occasion": sent.occasion} | word
            for sent in before
        ]
        await desk.run().signal("record_delivery", {"results": receipts})
    await desk.at_rest()

    assert before == await desk.client.messages(desk.key)
    assert () == (await desk.view()).undelivered
    assert not [told for told in desk.told() if told.startswith("undeliverable")]


async def test_the_next_in_line_hears_when_the_escalation_manager_bounces_too(desk: Desk) -> None:
    """
    COMM-13: neither the customer nor the escalation manager can be reached; nobody is left in silence.
    """
    for address in (ELENA, JO):
        desk.mailbox.says_never(address, GONE, times=1)
    await desk.start(
        priority="P3", customers=[{"account": "ACME", "contacts": [{"name": "Jo", "email": JO}]}]
    )
    await desk.at_rest()

    (letter,) = [found for found in desk.messages() if ":undeliverable:" in found.key]
    assert ELENA not in letter.recipients
    for missed in (f"ACME:{JO}", "elena"):
        assert missed in letter.text, missed
    assert {"elena", f"ACME:{JO}"} == {each.recipient for each in (await desk.view()).undelivered}
    assert 2 == (await desk.attributes())[sa.UNDELIVERED]
    assert "**Not delivered**" in (await desk.metadata()).current_details
    assert [2] == [row.undelivered async for row in desk.client.list() if row.key == desk.key]


async def test_a_corrected_contact_is_told_and_nothing_is_chased_any_more(desk: Desk) -> None:
    """
    COMM-13: from the bounce to the letter that arrives; the list and the details say that nothing is missing.
    """
    desk.mailbox.says_never("jo@acme.exampel", GONE, times=1)
    await desk.start(
        priority="P3",
        customers=[{"account": "ACME", "contacts": [{"name": "Jo", "email": "jo@acme.exampel"}]}],
    )
    await desk.at_rest()
    assert 1 == (await desk.attributes())[sa.UNDELIVERED]

    answer = await desk.client.correct_contact(desk.key, by="maya", contact="JO@acme.exampel", email=JO)
    assert [f"contact Jo corrected: email {JO}"] == list(map(said, answer.happened))
    await desk.at_rest()

    assert f"case_received {JO}" in desk.told()
    assert () == (await desk.view()).undelivered
    assert (await desk.attributes()).get(sa.UNDELIVERED) is None
    assert "met" == next(
        clock.outcome for clock in (await desk.view()).clocks if clock.name == "first_notification"
    )


@pytest.mark.parametrize("zone", ["Mars/Base", "../../etc/passwd", "localtime"])
async def test_a_contact_is_not_corrected_to_a_place_without_a_time(desk: Desk, zone: str) -> None:
    """
    START-6: refused when it is said, also over the wire; or letters would tell other times, and no reopening be taken.
    """
    await desk.start()

    with pytest.raises(BadRequest, match="time_zone: given"):
        await desk.client.correct_contact(desk.key, by="elena", contact="jo@acme.example", time_zone=zone)
    await desk.client.correct_contact(
        desk.key, by="elena", contact="jo@acme.example", time_zone="Asia/Jakarta"
    )

    assert not await desk.timeline("move_refused")
