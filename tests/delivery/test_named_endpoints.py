"""
A batch by channels whose targets have names: what reaches people, and what stays in the record.
"""

import json

from temporalio.exceptions import ApplicationError

from channels.endpoints import Endpoints
from channels.slack import SlackChannel
from tests.channels.builders import a_network, webhook_to
from tests.delivery.builders import Attempt, batch, on_the_wire, person, to_us
from tests.mailbox import Mailbox
from tests.receiver import Receiver

SECRET = "sekret-7f3a"


async def test_target_that_is_not_set_up_falls_through_to_the_next_channel(mailbox: Mailbox) -> None:
    """COMM-13: nobody goes unnotified for want of a variable, which is named all the same."""
    channel = SlackChannel(Endpoints({}, "ESCALATION_SLACK_{}".format), a_network())
    rita = person(1, addresses=("slack:support", "email:person-1@example.com"))

    (receipt,) = await Attempt(mailbox, channels={"slack": channel}).at(batch(to_us(rita)))

    assert "email" == receipt.channel
    assert "slack: support is not set up: set ESCALATION_SLACK_support" == receipt.why
    assert 1 == len(mailbox.messages(to="person-1@example.com"))


async def test_nobody_told_says_which_variable_is_missing(mailbox: Mailbox) -> None:
    """COMM-13: the record tells the escalation manager what to mend."""
    channel = SlackChannel(Endpoints({}, "ESCALATION_SLACK_{}".format), a_network())
    rita = person(1, addresses=("slack:support",))

    (receipt,) = await Attempt(mailbox, channels={"slack": channel}).at(batch(to_us(rita)))

    assert "slack: support is not set up: set ESCALATION_SLACK_support" == receipt.why


async def test_webhook_says_what_it_is_about_and_keeps_its_key(mailbox: Mailbox) -> None:
    """COMM-12: escalation, occasion and time are those of the message, the same on every attempt; no secret is
    recorded."""
    async with Receiver() as receiver:
        receiver.answers("503 Busy", times=1)
        attempt = Attempt(mailbox, channels={"webhook": webhook_to(receiver.url(f"/{SECRET}"))})
        message = batch(to_us(person(1, addresses=("webhook:crm",))))
        recorded: list[object] = []
        try:
            await attempt.at(message)
        except ApplicationError as pending:
            recorded += [str(pending), on_the_wire(pending.details)]
        recorded += await attempt.at(message)

        first, second = receiver.requests
        assert first.body == second.body
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
        assert "escalation.assigned" == first.json["type"]
        assert "ACME/4711" == first.json["data"]["escalation"]
        assert first.json["timestamp"] is not None
        assert SECRET not in json.dumps(recorded, default=repr)
        assert 3 == len(recorded)
