"""
Letters of a limited channel that have no turn: they come back, and nobody waits for ever.
"""

from datetime import timedelta

import pytest
from temporalio.exceptions import ApplicationError

from channels.email import EmailChannel
from delivery.limited_channel import LimitedChannel
from escalation.policy.preferences import Limit
from tests.channels.builders import settings_for
from tests.delivery.builders import Attempt, batch, batch_to_many, person, to_customers
from tests.mailbox import Mailbox

ONE_A_MINUTE = Limit(at_most=1, within=timedelta(minutes=1))


def paced(mailbox: Mailbox) -> LimitedChannel:
    return LimitedChannel("email", EmailChannel(settings_for(mailbox)), ONE_A_MINUTE)


async def pending(attempt: Attempt, count: int = 1) -> ApplicationError:
    with pytest.raises(ApplicationError, match="still to be delivered") as raised:
        await attempt.at(batch_to_many(count))
    return raised.value


async def test_whoever_gets_no_answer_comes_back(mailbox: Mailbox) -> None:
    """COMM-12: with nobody to ask for a turn nothing leaves, and nothing is lost; other channels do not notice."""
    attempt = Attempt(
        mailbox, channels={"email": paced(mailbox), "free": EmailChannel(settings_for(mailbox))}
    )
    elsewhere = person(9, addresses=("free:person-9@example.com",))

    with pytest.raises(ApplicationError) as raised:
        await attempt.at(batch(to_customers(*(person(number) for number in range(3)), elsewhere)))

    assert [("person-9@example.com",)] == [letter.recipients for letter in mailbox.messages()]
    told, waiting = raised.value.details
    assert ["person-9"] == [receipt["recipient"] for receipt in told]
    assert ["email: the channel may send no more now"] * 3 == [receipt["why"] for receipt in waiting]


async def test_batches_come_back_one_after_the_other(mailbox: Mailbox) -> None:
    """COMM-12: a thousand batches must not all come back for one turn; how many letters a batch has does not matter."""
    channel = paced(mailbox)

    delays = [
        (await pending(Attempt(mailbox, channels={"email": channel}), count)).next_retry_delay
        for count in (20, 1, 1)
    ]

    first, second, third = (round(delay.total_seconds(), -1) for delay in delays if delay)
    assert (0, 60, 120) == (first, second, third)
