"""
E-mail over SMTP, to a real server on loopback.
"""

import asyncio
import logging
import ssl
import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from channels.mime import NAME_LENGTH, SUBJECT_LENGTH
from channels.protocol import Delivered, RefusedForGood, RetryLater
from messages.harmless_text import to_one_line, to_plain_lines
from tests.channels.builders import a_letter, channel_to, letters_to_many, settings_for
from tests.mailbox import Mailbox

CERTIFICATE = Path(__file__).parent / "loopback.pem"
PASSWORD = "correct horse"


def certificate() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


# Delivered


async def test_letter_arrives_with_all_that_it_says(mailbox: Mailbox) -> None:
    """COMM-1, COMM-12: the receipt that a customer gets is exactly the one that was written, and says which it is."""
    letter = a_letter(
        to_name="Özge Şahin",
        subject="ACME/4711: üzerinde çalışıyoruz",
        text="Sayın Özge,\n\n.\n..nokta\nüzerinde çalışıyoruz.\n",
        html="<p>üzerinde çalışıyoruz</p>\n",
        language="tr",
        urgent=True,
    )

    outcome = await channel_to(mailbox).send(letter)

    (received,) = mailbox.messages(to="ana@example.com")
    assert Delivered(reference=received.message_id) == outcome
    assert ("escalations@vendor.example", ("ana@example.com",)) == (received.sender, received.recipients)
    assert ("Özge Şahin", letter.subject) == (received.to_name, received.subject)
    assert (letter.text, letter.html) == (received.text, received.html)
    assert ("ACME/4711:first_notification:ana:email", "ACME/4711") == (received.key, received.thread)
    assert "Vendor Escalations <escalations@vendor.example>" == received.message["From"]
    assert "auto-generated" == received.message["Auto-Submitted"]
    assert ("tr", "high") == (received.message["Content-Language"], received.message["Importance"])
    assert datetime.now(UTC) - parsedate_to_datetime(received.message["Date"]) < timedelta(minutes=1)


async def test_letters_of_an_escalation_arrive_as_one_thread(mailbox: Mailbox) -> None:
    """COMM-12: a mail client shows an escalation as one conversation."""
    channel = channel_to(mailbox)

    for key in ("case_received", "update"):
        await channel.send(a_letter(key=key))

    receipt, update = mailbox.messages()
    assert receipt.message_id != update.message_id
    assert receipt.message["References"] == update.message["References"] == update.message["In-Reply-To"]


async def test_same_letter_sent_again_has_the_same_identifier(mailbox: Mailbox) -> None:
    """COMM-12: a receiver can drop repeats, also those of another worker."""
    for _ in range(2):
        await channel_to(mailbox).send(a_letter())

    first, second = mailbox.messages()
    assert first.message_id == second.message_id
    assert first.key == second.key


@settings(max_examples=25, deadline=None)
@given(*[st.text(st.characters(exclude_categories=["Cs"]), max_size=300)] * 3)
async def test_any_words_travel_unharmed_and_harmless(subject: str, name: str, text: str) -> None:
    """COMM-6, COMM-9: what was written arrives, over a real connection, less what could do harm."""
    async with Mailbox() as mailbox:
        outcome = await channel_to(mailbox).send(a_letter(subject=subject, to_name=name, text=text))

        (received,) = mailbox.messages()
    assert isinstance(outcome, Delivered)
    assert to_one_line(subject, at_most=SUBJECT_LENGTH) == received.subject
    assert to_one_line(name, at_most=NAME_LENGTH) == received.to_name
    assert to_plain_lines(text).rstrip("\n") == received.text.rstrip("\n")
    assert ("ana@example.com",) == received.recipients


# Later


async def test_recipient_refused_for_now_gets_the_same_letter_later(mailbox: Mailbox) -> None:
    """COMM-13: a temporary refusal is no verdict, and the second attempt is the same message."""
    mailbox.says_later(times=1)
    channel = channel_to(mailbox)

    refused, delivered = await channel.send(a_letter()), await channel.send(a_letter())

    assert RetryLater(why="the mail server said 451 4.3.0 try again later") == refused
    assert Delivered(reference=mailbox.messages()[0].message_id) == delivered
    assert 1 == len(mailbox.messages())


async def test_letter_waits_while_the_mail_server_is_down(mailbox: Mailbox) -> None:
    """COMM-13: an unreachable mail server is temporary, and says which server it was."""
    channel = channel_to(mailbox)
    await mailbox.goes_down()

    refused = await channel.send(a_letter())
    await mailbox.comes_up()
    delivered = await channel.send(a_letter())

    assert isinstance(refused, RetryLater)
    assert f"127.0.0.1:{mailbox.port}" in refused.why
    assert isinstance(delivered, Delivered)


async def test_connection_lost_after_the_content_leaves_the_question_open(mailbox: Mailbox) -> None:
    """COMM-12: at least once. The letter may have arrived, so the repeat carries the same identifier."""
    mailbox.drops_after_content(times=1)
    channel = channel_to(mailbox)

    unsure, delivered = await channel.send(a_letter()), await channel.send(a_letter())

    first, second = mailbox.messages()
    assert isinstance(unsure, RetryLater)
    assert "it may have arrived" in unsure.why
    assert Delivered(reference=first.message_id) == delivered
    assert first.message_id == second.message_id


async def test_slow_mail_server_is_not_waited_for_longer_than_allowed(mailbox: Mailbox) -> None:
    """COMM-13: no answer in time is temporary."""
    mailbox.turns_slow(60)

    outcome = await channel_to(mailbox, timeout=0.2).send(a_letter())

    assert isinstance(outcome, RetryLater)
    assert "it may have arrived" in outcome.why


async def test_whole_batch_waits_once_for_a_silent_mail_server(mailbox: Mailbox) -> None:
    """COMM-13: a server that takes connections and says nothing holds up a batch once, not once for each letter."""
    mailbox.falls_silent()
    began = time.monotonic()

    async with channel_to(mailbox, timeout=0.5, connections=2).open() as session:
        outcomes = await asyncio.gather(*(session.send(letter) for letter in letters_to_many(50)))

    assert all(isinstance(outcome, RetryLater) for outcome in outcomes)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "reply",
    [
        "530 5.7.0 authentication required",
        "550 5.7.1 sender rejected",
        "553 5.1.8 no such domain",
        "451 4.7.1 not now",
    ],
)
async def test_refusal_of_our_sender_is_ours_to_mend(mailbox: Mailbox, reply: str) -> None:
    """COMM-13: what is wrong with us says nothing of the recipient's address."""
    mailbox.refuses_sender(reply)

    outcome = await channel_to(mailbox).send(a_letter())

    assert isinstance(outcome, RetryLater)
    assert reply in outcome.why


async def test_mail_server_whose_name_cannot_be_one_is_ours_to_mend(mailbox: Mailbox) -> None:
    """COMM-13: a slip of the operator's pen is told, and costs no recipient."""
    outcome = await channel_to(mailbox, host="mail..example.com").send(a_letter())

    assert isinstance(outcome, RetryLater)
    assert "mail..example.com" in outcome.why


@pytest.mark.parametrize("reply", ["452 4.3.1 disk full", "421 4.3.2 shutting down"])
async def test_content_refused_for_now_goes_later(mailbox: Mailbox, reply: str) -> None:
    """COMM-13: also after the content, 4xx is temporary."""
    mailbox.refuses_content(reply, times=1)

    outcome = await channel_to(mailbox).send(a_letter())

    assert RetryLater(why=f"the mail server said {reply}") == outcome


# Never


async def test_recipient_refused_for_good_is_told_apart(mailbox: Mailbox) -> None:
    """COMM-13: a permanent refusal moves on to the next channel. The others of the batch are not held up by it."""
    mailbox.says_never("person-1@example.com")

    async with channel_to(mailbox, connections=1).open() as session:
        outcomes = [await session.send(letter) for letter in letters_to_many(3)]

    assert [Delivered, RefusedForGood, Delivered] == [type(outcome) for outcome in outcomes]
    assert RefusedForGood(why="the mail server said 550 5.1.1 no such mailbox here") == outcomes[1]
    assert ["person-0@example.com", "person-2@example.com"] == [
        letter.recipients[0] for letter in mailbox.messages()
    ]
    assert 1 == mailbox.connections_made


async def test_content_refused_for_good_is_not_tried_again(mailbox: Mailbox) -> None:
    """COMM-13: a message that the server will not have is permanent."""
    mailbox.refuses_content("554 5.6.0 not this")

    assert RefusedForGood(why="the mail server said 554 5.6.0 not this") == await channel_to(mailbox).send(
        a_letter()
    )


async def test_letter_that_is_too_large_is_not_even_begun() -> None:
    """COMM-13: the server says beforehand what it takes."""
    async with Mailbox(largest=2_000) as mailbox:
        outcome = await channel_to(mailbox).send(a_letter(text="long\n" * 1_000))

    assert isinstance(outcome, RefusedForGood)
    assert "552" in outcome.why
    assert [] == mailbox.attempts


@pytest.mark.parametrize("address", ["ana", "ana@example.com\r\nRCPT TO:<eve@example.com>", "ana@"])
async def test_bad_address_is_refused_before_the_server_is_asked(mailbox: Mailbox, address: str) -> None:
    """COMM-13: a bad address is permanent, and cannot smuggle a command to the server."""
    outcome = await channel_to(mailbox).send(a_letter(to_address=address))

    assert isinstance(outcome, RefusedForGood)
    assert "is not an e-mail address, name@host" in outcome.why
    assert outcome.why.isprintable()
    assert 0 == mailbox.connections_made


async def test_address_in_another_script_is_used_where_the_server_takes_it(mailbox: Mailbox) -> None:
    """COMM-9: people whose address is not in ASCII are reached too."""
    outcome = await channel_to(mailbox).send(a_letter(to_address="özge@münchen.example", to_name="Özge"))

    (received,) = mailbox.messages(to="özge@xn--mnchen-3ya.example")
    assert isinstance(outcome, Delivered)
    assert "Özge" == received.to_name


async def test_address_in_another_script_is_never_reached_where_the_server_does_not_take_it() -> None:
    """COMM-13: then the next channel is tried, and the reason is told. The connection serves the others on."""
    async with Mailbox(takes_utf8_addresses=False) as mailbox, channel_to(mailbox).open() as session:
        refused = await session.send(a_letter(to_address="özge@example.com"))
        delivered = await session.send(a_letter())

    assert (
        RefusedForGood(
            why="özge@example.com is not in ASCII, and the mail server does not take such addresses"
        )
        == refused
    )
    assert isinstance(delivered, Delivered)
    assert 1 == mailbox.connections_made


# Batches


async def test_batch_shares_few_connections(mailbox: Mailbox) -> None:
    """COMM-12: a hundred letters, each once, over no more connections than allowed, and none left open."""
    letters = letters_to_many(100)

    async with channel_to(mailbox, connections=4).open() as session:
        outcomes = await asyncio.gather(*(session.send(letter) for letter in letters))

    assert all(isinstance(outcome, Delivered) for outcome in outcomes)
    assert sorted(letter.key for letter in letters) == sorted(mailbox.keys())
    assert mailbox.connections_made <= 4


async def test_open_channel_connects_only_when_there_is_something_to_send(mailbox: Mailbox) -> None:
    """COMM-12: a batch in which nobody is left to tell does not bother the mail server."""
    async with channel_to(mailbox).open():
        pass

    assert 0 == mailbox.connections_made


async def test_batch_goes_on_after_the_server_hung_up(mailbox: Mailbox) -> None:
    """COMM-12: a connection that was closed between two letters is replaced, and nobody waits for a retry."""
    async with channel_to(mailbox, connections=1).open() as session:
        first = await session.send(a_letter(key="first"))
        await mailbox.hang_up()
        second = await session.send(a_letter(key="second"))

    assert isinstance(first, Delivered)
    assert isinstance(second, Delivered)
    assert ("first", "second") == mailbox.keys()


async def test_batch_goes_on_after_the_server_was_restarted(mailbox: Mailbox) -> None:
    """COMM-13: a session outlives a restart of the mail server."""
    async with channel_to(mailbox).open() as session:
        await session.send(a_letter(key="before"))
        await mailbox.goes_down()
        meanwhile = await session.send(a_letter(key="meanwhile"))
        await mailbox.comes_up()
        after = await session.send(a_letter(key="after"))

    assert isinstance(meanwhile, RetryLater)
    assert isinstance(after, Delivered)
    assert ("before", "after") == mailbox.keys()


async def test_server_that_allows_few_letters_per_connection_gets_more_connections(mailbox: Mailbox) -> None:
    """COMM-12: a server's limits slow a batch down, and lose nothing of it."""
    mailbox.allows_letters_per_connection(3)

    async with channel_to(mailbox, connections=2).open() as session:
        outcomes = await asyncio.gather(*(session.send(letter) for letter in letters_to_many(20)))

    assert all(isinstance(outcome, Delivered) for outcome in outcomes)
    assert 20 == len(set(mailbox.keys())) == len(mailbox.keys())


async def test_server_that_allows_few_connections_is_served_by_few(mailbox: Mailbox) -> None:
    """COMM-12: turned away at the door, a letter waits for a connection that is open already."""
    mailbox.allows_connections(2)
    mailbox.turns_slow(0.01)

    async with channel_to(mailbox, connections=8).open() as session:
        await session.send(a_letter(key="opens the door"))
        outcomes = await asyncio.gather(*(session.send(letter) for letter in letters_to_many(40)))

    assert all(isinstance(outcome, Delivered) for outcome in outcomes)
    assert 41 == len(set(mailbox.keys())) == len(mailbox.keys())


async def test_cancelled_letter_leaves_the_session_in_order(mailbox: Mailbox) -> None:
    """COMM-12: a worker that is told to stop in the middle of a letter does not mix it up with the next."""
    mailbox.turns_slow(60)

    async with channel_to(mailbox, connections=1).open() as session:
        cancelled = asyncio.create_task(session.send(a_letter(key="cancelled")))
        await mailbox.has_read_one()
        cancelled.cancel()
        await asyncio.wait([cancelled])
        mailbox.turns_slow(0)
        outcome = await session.send(a_letter(key="next"))

    assert cancelled.cancelled()
    assert isinstance(outcome, Delivered)
    assert ("next",) == mailbox.keys()


async def test_five_hundred_are_told_in_seconds(mailbox: Mailbox) -> None:
    """COMM-2: everyone affected by an outage is told in one go."""
    letters = letters_to_many(500)
    began = time.monotonic()

    async with channel_to(mailbox).open() as session:
        outcomes = await asyncio.gather(*(session.send(letter) for letter in letters))

    assert all(isinstance(outcome, Delivered) for outcome in outcomes)
    assert time.monotonic() - began < 5


# Secrets


async def test_letter_leaves_after_login() -> None:
    """COMM-11: a mail server may ask who we are."""
    async with Mailbox(login=("robot", PASSWORD)) as mailbox:
        outcome = await channel_to(mailbox, username="robot", password=SecretStr(PASSWORD)).send(a_letter())

    assert isinstance(outcome, Delivered)
    assert 1 == len(mailbox.messages())


async def test_refused_login_is_ours_to_mend_and_tells_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    """COMM-13: with a wrong password of ours, no recipient is given up. It appears nowhere."""
    caplog.set_level(logging.DEBUG, "asyncio")
    async with Mailbox(login=("robot", "another")) as mailbox:
        configured = settings_for(mailbox, username="robot", password=SecretStr(PASSWORD))
        outcome = await channel_to(mailbox, username="robot", password=SecretStr(PASSWORD)).send(a_letter())

    assert (
        RetryLater(
            why=f"the mail server 127.0.0.1:{mailbox.port} refused our login (535): check username and password"
        )
        == outcome
    )
    assert PASSWORD not in f"{outcome} {configured!r} {caplog.text}"


async def test_missing_login_is_ours_to_mend() -> None:
    """COMM-13: a server that wants a login which nobody configured loses no recipient."""
    async with Mailbox(login=("robot", PASSWORD)) as mailbox:
        outcome = await channel_to(mailbox).send(a_letter())

    assert RetryLater(why="the mail server said 530 5.7.0 authentication required") == outcome


@pytest.mark.parametrize("mode", ["starttls", "tls"])
async def test_letter_and_password_travel_encrypted(mode: str) -> None:
    """COMM-11: with a certificate that we trust, the conversation is encrypted before the login."""
    encryption: dict[str, Any] = {mode: certificate()}
    async with Mailbox(login=("robot", PASSWORD), **encryption) as mailbox:
        channel = channel_to(
            mailbox, tls=mode, ca_file=CERTIFICATE, username="robot", password=SecretStr(PASSWORD)
        )
        outcome = await channel.send(a_letter())

    assert isinstance(outcome, Delivered)
    assert 1 == len(mailbox.messages())


@pytest.mark.parametrize("mode", ["starttls", "tls"])
async def test_server_with_an_unknown_certificate_gets_neither_letter_nor_password(mode: str) -> None:
    """COMM-13: nobody vouches for that server, so nothing is sent; the operator reads why."""
    encryption: dict[str, Any] = {mode: certificate()}
    async with Mailbox(login=("robot", PASSWORD), **encryption) as mailbox:
        outcome = await channel_to(mailbox, tls=mode, username="robot", password=SecretStr(PASSWORD)).send(
            a_letter()
        )

    assert isinstance(outcome, RetryLater)
    assert "certificate verify failed" in outcome.why
    assert () == mailbox.messages()


async def test_server_without_encryption_gets_nothing_where_encryption_is_asked_for(mailbox: Mailbox) -> None:
    """COMM-13: there is no silent fall-back to plain text."""
    outcome = await channel_to(mailbox, tls="starttls").send(a_letter())

    assert isinstance(outcome, RetryLater)
    assert "STARTTLS" in outcome.why
    assert [] == mailbox.attempts
