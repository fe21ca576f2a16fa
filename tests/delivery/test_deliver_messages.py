"""
One batch: everybody is told, once, whatever happens on the way.
"""

import asyncio
import io
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

import pytest
from structlog.testing import capture_logs
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory
from temporalio.testing import ActivityEnvironment

from activities.deliver_messages import DeliverMessages
from channels.console import ConsoleChannel
from channels.protocol import Channel, Delivered, OutboundMessage, RetryLater, SendResult, Session
from delivery.pipeline import Pipeline
from escalation.kernel.values import CustomerText
from escalation.notifications.delivery_results import CONSOLE_CHANNEL, MessageState
from escalation.notifications.notification import Occasion, message_key
from messages.renderer import MessageRenderer
from tests.delivery.builders import (
    ESCALATION,
    Attempt,
    ana,
    batch,
    batch_to_many,
    customer_facts,
    person,
    to_customers,
    to_us,
)
from tests.mailbox import Mailbox


class Answering(Channel):
    """A channel that answers each message in the way that it was made with."""

    name = "answering"

    def __init__(self, answer: Callable[[OutboundMessage], SendResult]) -> None:
        self._answer = answer

    def open(self) -> AbstractAsyncContextManager[Session]:
        return nullcontext(self)

    async def send(self, message: OutboundMessage) -> SendResult:
        return self._answer(message)


async def still_pending(attempt: Attempt, count: int) -> ApplicationError:
    """The error with which *attempt* at a batch to so many ends."""
    with pytest.raises(ApplicationError) as raised:
        await attempt.at(batch_to_many(count))
    assert raised.value.type == "delivery_pending"
    assert not raised.value.non_retryable
    return raised.value


async def test_everybody_is_told_once_under_the_right_key(mailbox: Mailbox) -> None:
    """COMM-12: escalation, event, occasion, recipient and channel; one receipt each, in the order of the batch."""
    ours, theirs = to_us(person(1), person(2)), to_customers(ana())
    began_at = datetime.now(UTC)

    receipts = await Attempt(mailbox).at(batch(ours, theirs))

    assert sorted(mailbox.keys()) == [
        f"{ESCALATION}:1:assigned:person-1:email",
        f"{ESCALATION}:1:assigned:person-2:email",
        f"{ESCALATION}:1:case_received:acme:ana@example.com:email",
    ]
    assert [receipt.key for receipt in receipts] == [
        message_key(notice, recipient) for notice in (ours, theirs) for recipient in notice.to
    ]
    for receipt in receipts:
        assert receipt.channel == "email"
        assert receipt.why == ""
        assert receipt.delivered_at
        assert began_at <= receipt.delivered_at <= datetime.now(UTC)


async def test_each_reads_what_is_theirs(mailbox: Mailbox) -> None:
    """COMM-6: the customer gets the customers' text, our person the internal one, in one thread of mail."""
    ours = to_us(person(1), text="They are angry.")

    await Attempt(mailbox).at(batch(ours, to_customers(ana())))

    (to_person,), (to_customer,) = (
        mailbox.messages("person-1@example.com"),
        mailbox.messages("ana@example.com"),
    )
    assert to_person.subject == "[ACME/4711] P1, it is yours: Orders cannot be paid"
    assert "They are angry." in to_person.text
    assert to_person.message["Importance"] == "high"
    assert to_customer.subject == "[ACME/4711] We have received your request: Orders cannot be paid"
    assert "angry" not in to_customer.raw.decode()
    assert to_customer.message["Importance"] is None
    assert {to_person.thread, to_customer.thread} == {ESCALATION}


async def test_mail_carries_text_and_page_in_the_readers_language(mailbox: Mailbox) -> None:
    """COMM-9, COMM-12: multipart, the plain form first; one thread for each escalation; the same letter has the same
    id."""
    notices = [
        to_customers(ana(language="tr"), occasion=each) for each in (Occasion.CASE_RECEIVED, Occasion.CLOSED)
    ]

    for _ in range(2):
        await Attempt(mailbox).at(batch(*notices))

    letters = [letter.message for letter in mailbox.messages("ana@example.com")]
    assert {"multipart/alternative"} == {letter.get_content_type() for letter in letters}
    kinds = [part.get_content_type() for part in letters[0].iter_parts()]
    assert ["text/plain", "text/html"] == kinds
    assert '<html lang="tr" dir="ltr">' in str(mailbox.messages("ana@example.com")[0].html)
    assert {"tr"} == {letter["Content-Language"] for letter in letters}
    assert 4 == len(letters)
    assert 2 == len({letter["Message-ID"] for letter in letters})
    assert 1 == len({(letter["In-Reply-To"], letter["References"]) for letter in letters})


async def test_who_is_named_twice_is_told_once(mailbox: Mailbox) -> None:
    """COMM-12: the same key is the same message."""
    receipts = await Attempt(mailbox).at(batch(to_customers(ana(), ana())))

    assert len(receipts) == len(mailbox.messages()) == 1


async def test_nobody_to_tell_is_done_at_once(mailbox: Mailbox) -> None:
    """An empty batch is no trouble."""
    assert await Attempt(mailbox).at(batch()) == ()
    assert mailbox.connections_made == 0


async def test_another_attempt_skips_who_was_told(mailbox: Mailbox) -> None:
    """COMM-12: after a crash the last heartbeat says who was told; their receipts stay as they were."""
    first = Attempt(mailbox)
    mailbox.says_later(to="person-3@example.com", times=1)
    await still_pending(first, 5)

    receipts = await Attempt(mailbox, after=first.heartbeats[-1]).at(batch_to_many(5))

    assert len(mailbox.keys()) == len(set(mailbox.keys())) == 5
    assert len(mailbox.attempts) == 6
    assert [receipt.recipient for receipt in receipts] == [f"person-{number}" for number in range(5)]
    assert all(receipt.delivered_at for receipt in receipts)
    told_first = [receipt.delivered_at for receipt in receipts if receipt.recipient != "person-3"]
    assert max(filter(None, told_first)) < max(
        receipt.delivered_at for receipt in receipts if receipt.delivered_at
    )


async def test_the_error_says_who_was_told_and_what_stands_in_the_way(mailbox: Mailbox) -> None:
    """COMM-13: when attempts run out, the receipts are not lost; the error is expected, and so no noise in the
    log."""
    mailbox.says_later(to="person-1@example.com")

    error = await still_pending(Attempt(mailbox), 3)

    told, waiting = error.details
    assert [receipt["recipient"] for receipt in told] == ["person-0", "person-2"]
    assert [receipt["recipient"] for receipt in waiting] == ["person-1"]
    assert "delivered_at" not in waiting[0]
    assert waiting[0]["why"] == "email: the mail server said 451 4.3.0 try again later"
    assert error.message == "1 of 3 messages still to be delivered"
    assert error.category is ApplicationErrorCategory.BENIGN


async def test_a_letter_that_may_have_arrived_is_repeated_as_the_same(mailbox: Mailbox) -> None:
    """COMM-12: at least once, with the same key and Message-ID, so that the receiver can drop the repeat."""
    mailbox.drops_after_content()
    first = Attempt(mailbox)
    await still_pending(first, 1)

    await Attempt(mailbox, after=first.heartbeats[-1]).at(batch_to_many(1))

    once, again = mailbox.messages()
    assert once.message_id == again.message_id
    assert once.key == again.key


async def test_a_mail_server_that_is_down_holds_up_nobody_for_good(mailbox: Mailbox) -> None:
    """COMM-13: temporary for all; all are told when it is back."""
    await mailbox.goes_down()
    first = Attempt(mailbox)
    error = await still_pending(first, 20)
    await mailbox.comes_up()

    receipts = await Attempt(mailbox, after=first.heartbeats[-1]).at(batch_to_many(20))

    assert error.details[0] == []
    assert len(error.details[1]) == 20
    assert error.next_retry_delay is None  # the retry policy knows
    assert len(set(mailbox.keys())) == len(mailbox.keys()) == len(receipts) == 20


async def test_a_permanent_failure_moves_on_to_the_next_address(mailbox: Mailbox) -> None:
    """COMM-13: the receipt says by which channel it went in the end."""
    mailbox.says_never("ana@example.com")
    screen = io.StringIO()
    notice = to_customers(ana(addresses=("email:ana@example.com", "console:Ana")))

    (receipt,) = await Attempt(mailbox, channels={"console": ConsoleChannel(screen)}).at(batch(notice))

    assert receipt.delivered_at
    assert receipt.channel == "console"
    assert "We have received your request" in screen.getvalue()
    assert mailbox.messages() == ()


async def test_what_is_only_printed_is_on_record_as_printed(mailbox: Mailbox) -> None:
    """COMM-13: without a mail server, messages to e-mail addresses are printed; nobody is said to have got one."""
    screen = io.StringIO()
    notice = to_customers(ana(addresses=("email:ana@example.com",)))

    (receipt,) = await Attempt(mailbox, channels={"email": ConsoleChannel(screen)}).at(batch(notice))

    assert (MessageState.PRINTED, CONSOLE_CHANNEL) == (receipt.state, receipt.channel)
    assert "We have received your request" in screen.getvalue()


async def test_who_cannot_be_reached_is_on_record_with_every_reason(mailbox: Mailbox) -> None:
    """COMM-13: after the last address, so that the escalation manager can be told; it does not stop the others."""
    mailbox.says_never("ana@example.com")
    unreachable = ana(addresses=("email:ana@example.com", "pigeon:ana", "email:nonsense"))

    lost, told = await Attempt(mailbox).at(batch(to_customers(unreachable, person(1))))

    assert told.delivered_at
    assert lost.delivered_at is None
    assert lost.why == (
        "email: the mail server said 550 5.1.1 no such mailbox here; "
        "'pigeon:ana' names the unknown channel 'pigeon'; known: email; "
        "email: 'nonsense' is not an e-mail address, name@host"
    )


async def test_a_permanent_failure_is_not_tried_again(mailbox: Mailbox) -> None:
    """COMM-13: only who may still be reached is in the next attempt."""
    mailbox.says_never("person-0@example.com")
    mailbox.says_later(to="person-1@example.com", times=1)
    first = Attempt(mailbox)
    await still_pending(first, 2)

    lost, told = await Attempt(mailbox, after=first.heartbeats[-1]).at(batch_to_many(2))

    assert lost.why
    assert told.delivered_at
    assert mailbox.attempts.count("person-0@example.com") == 1


async def test_who_has_no_address_is_on_record(mailbox: Mailbox) -> None:
    """COMM-13: never silence."""
    (receipt,) = await Attempt(mailbox).at(batch(to_us(person(1, addresses=()))))

    assert receipt.delivered_at is None
    assert receipt.why == "no address is known"


async def test_who_is_to_be_told_is_told_though_an_own_template_does_not_work(
    mailbox: Mailbox, written: Callable[[str, str], Path]
) -> None:
    """COMM-2: a mistake in an own text keeps nobody from hearing; the shipped one goes out, and a log line says
    so."""
    folder = written("en/internal/assigned.txt", "Subject\n\n{{ customer_phone }}")

    with capture_logs() as lines:
        ours, theirs = await Attempt(mailbox, templates=folder).at(batch(to_us(), to_customers()))

    assert ours.delivered_at
    assert theirs.delivered_at
    assert ["assigned"] == [line["occasion"] for line in lines if line["event"] == "own_text_broken"]
    assert any("it is yours" in letter.subject for letter in mailbox.messages())


@pytest.mark.parametrize(
    ("asked", "waited"),
    [
        (timedelta(minutes=7), timedelta(minutes=7)),
        (timedelta(0), timedelta(seconds=5)),  # nobody is hammered
        (timedelta(days=3), timedelta(hours=1)),  # nobody holds us off for days
        (None, None),  # the retry policy knows
    ],
)
async def test_a_medium_that_says_when_is_heard(
    mailbox: Mailbox, asked: timedelta | None, waited: timedelta | None
) -> None:
    """COMM-13: back-off, or what the medium asks for, within bounds."""
    busy = Answering(lambda _: RetryLater(why="busy", after=asked))
    notice = to_us(person(1, addresses=("answering:1",)), person(2))

    with pytest.raises(ApplicationError) as raised:
        await Attempt(mailbox, channels={"answering": busy}).at(batch(notice))

    assert raised.value.next_retry_delay == waited
    assert len(mailbox.messages()) == 1


async def test_a_channel_that_breaks_its_word_waits_for_its_correction(mailbox: Mailbox) -> None:
    """A mistake of ours is not the recipient's fault: the message is tried again, and the others are told."""

    def broken(_: OutboundMessage) -> Delivered:
        raise RuntimeError("customer text")

    notice = to_us(person(1, addresses=("answering:1",)), person(2))

    with pytest.raises(ApplicationError) as raised:
        await Attempt(mailbox, channels={"answering": Answering(broken)}).at(batch(notice))

    told, waiting = raised.value.details
    assert [receipt["recipient"] for receipt in told] == ["person-2"]
    assert [receipt["why"] for receipt in waiting] == ["answering: unexpected RuntimeError"]


async def test_media_with_buttons_get_the_link_of_a_message(mailbox: Mailbox) -> None:
    """
    COMM-11: one link is a button; of several none is, since the text says which one is for what.
    """
    left: list[OutboundMessage] = []

    def kept(message: OutboundMessage) -> Delivered:
        left.append(message)
        return Delivered(reference=message.key)

    pipeline = Pipeline(
        {"answering": Answering(kept)}, MessageRenderer(), lambda _: "https://desk.example/a/1"
    )
    deliver = DeliverMessages(pipeline)
    to = person(1, addresses=("answering:1",))
    environment = ActivityEnvironment()

    await environment.run(deliver.deliver_messages, batch(to_us(to)))

    assert [("https://desk.example/a/1", "Acknowledge")] == [(each.link, each.link_label) for each in left]
    assert "Acknowledge: https://desk.example/a/1" in left[0].text


async def test_a_batch_of_500_shares_its_connections(
    mailbox: Mailbox, record_property: Callable[[str, object], None]
) -> None:
    """COMM-2: many are told in one go; progress is told along the way."""
    attempt = Attempt(mailbox)
    began = monotonic()

    receipts = await attempt.at(batch_to_many(500))

    record_property("seconds", round(monotonic() - began, 2))
    assert len(receipts) == len(mailbox.messages()) == len(set(mailbox.keys())) == 500
    assert mailbox.connections_made <= 8
    assert attempt.heartbeats


async def test_a_small_quick_batch_needs_no_heartbeat(mailbox: Mailbox) -> None:
    """Each heartbeat is a call to the server."""
    attempt = Attempt(mailbox)

    await attempt.at(batch_to_many(1))

    assert attempt.heartbeats == []


async def test_heartbeats_keep_up_with_a_slow_server(mailbox: Mailbox) -> None:
    """COMM-12: a worker that is killed in the middle has told almost all of its progress."""
    mailbox.turns_slow(0.05)
    attempt = Attempt(mailbox)
    running = asyncio.create_task(attempt.at(batch_to_many(100)))

    await mailbox.arrived(60)

    assert len(attempt.heartbeats[-1][0]) >= 20
    await running


async def test_a_worker_that_stops_leaves_the_rest_to_another(mailbox: Mailbox) -> None:
    """COMM-12: letters under way end in order, no further one begins, and nobody is told twice."""
    mailbox.turns_slow(0.05)
    first = Attempt(mailbox)
    running = asyncio.create_task(still_pending(first, 200))
    await mailbox.arrived(10)
    first.environment.worker_shutdown()
    error = await running
    told_by_the_first = len(mailbox.messages())

    mailbox.turns_slow(0)
    receipts = await Attempt(mailbox, after=first.heartbeats[-1]).at(batch_to_many(200))

    assert 10 <= told_by_the_first < 150
    assert error.next_retry_delay == timedelta(seconds=1)
    assert len(error.details[0]) == told_by_the_first
    assert len(mailbox.keys()) == len(set(mailbox.keys())) == len(receipts) == 200


async def test_a_cancelled_batch_tells_how_far_it_came(mailbox: Mailbox) -> None:
    """COMM-12: what was done stays known when the activity is stopped."""
    mailbox.turns_slow(0.05)
    attempt = Attempt(mailbox)
    running = asyncio.create_task(attempt.at(batch_to_many(200)))
    await mailbox.arrived(20)

    attempt.environment.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert len(attempt.heartbeats[-1][0]) >= 12  # up to eight were under way
    assert len(mailbox.messages()) < 60


@pytest.mark.parametrize("details", [["nonsense"], [[{"no": "receipt"}]], [None], [[], []], []])
async def test_progress_that_cannot_be_read_tells_all_again(mailbox: Mailbox, details: list[object]) -> None:
    """COMM-12: at least once; a repeat under the same key is better than silence."""
    await Attempt(mailbox, after=details).at(batch_to_many(2))

    assert len(mailbox.messages()) == 2


async def test_a_key_that_no_medium_would_take_has_a_stable_stand_in(mailbox: Mailbox) -> None:
    """COMM-12: a very long account, or one with a newline, does not keep a message from leaving."""
    notice = to_customers(ana(id="x" * 500), replace(person(1), id="a\nb"))

    receipts = await Attempt(mailbox).at(batch(notice))
    await Attempt(mailbox).at(batch(notice))

    first, second, *again = mailbox.keys()
    assert first != second
    assert sorted(again) == sorted((first, second))
    assert all(len(key) < 100 and key.endswith(":email") for key in (first, second))
    assert [receipt.key for receipt in receipts] == [message_key(notice, to) for to in notice.to]


async def test_hostile_text_arrives_as_harmless_text(mailbox: Mailbox) -> None:
    """COMM-6: newlines, template syntax and characters that turn text around, in all that customers write."""
    hostile = "{{ owner }}\r\nBcc: all@example.com\r\n\r\n{% raw %}\u202egnp.exe\x1b[2J\x00"
    facts = replace(
        customer_facts(), subject=CustomerText(hostile), text=CustomerText(hostile), owner=hostile
    )
    to = ana(name=f"Ana\r\n{hostile}")
    notice = replace(to_customers(to, occasion=Occasion.UPDATE), facts=facts)

    (receipt,) = await Attempt(mailbox).at(batch(notice))

    (letter,) = mailbox.messages()
    assert receipt.delivered_at
    assert letter.recipients == ("ana@example.com",)
    assert letter.message["Bcc"] is None
    assert letter.subject.endswith(": {{ owner }} Bcc: all@example.com {% raw %}gnp.exe[2J")
    assert "\n{{ owner }}\nBcc: all@example.com\n\n{% raw %}gnp.exe[2J\n" in letter.text
    assert not {"\u202e", "\x1b", "\x00", "\r"} & set(letter.text + letter.subject + letter.to_name)


async def test_log_lines_name_no_customer_and_no_text(mailbox: Mailbox) -> None:
    """Key, occasion and channel are logged; what customers wrote and where they are reached is not."""
    mailbox.says_never("bob@example.com", reply="550 no bob@example.com here")
    bob = ana(id="acme:bob@example.com", name="Bob", addresses=("email:bob@example.com", "pigeon:bob"))
    with capture_logs() as lines:
        await Attempt(mailbox).at(
            batch(to_customers(ana(), bob, ana(id="acme:eve@x", addresses=())), to_us())
        )

    *messages, summary = lines
    assert ("batch_delivered", "info") == (summary["event"], summary["log_level"])
    assert (2, 2, 0) == tuple(summary[figure] for figure in ("delivered", "undelivered", "waiting"))
    assert {(line["event"], line["key"], line["channel"]) for line in messages} == {
        ("message_delivered", f"{ESCALATION}:1:case_received", "email"),
        ("message_delivered", f"{ESCALATION}:1:assigned:person-1", "email"),
        ("message_failed", f"{ESCALATION}:1:case_received", "email"),
        ("message_failed", f"{ESCALATION}:1:case_received", ""),
    }
    assert {"debug", "warning"} == {line["log_level"] for line in messages}
    assert {line["occasion"] for line in messages} == {"case_received", "assigned"}
    everything = str(lines)
    assert "@example.com" not in everything
    assert "Orders cannot be paid" not in everything
    assert "Ana" not in everything
