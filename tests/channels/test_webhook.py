"""
Signed webhooks, verified by the specification and by the receiver that `examples/` shows.
"""

import base64
import hashlib
import hmac
import json
import time
from datetime import UTC, datetime

import pytest

from channels.protocol import Delivered
from channels.webhook import webhook_id
from examples.receive_webhook import is_genuine
from tests.channels.builders import KEYS, a_letter, webhook_to
from tests.receiver import Receiver, Request

OLD_KEY = b"the key that is being replaced!!"


def signed_by(key: bytes, request: Request) -> str:
    """The signature as the specification has it, independently of ours."""
    id_, at = request.headers["webhook-id"], request.headers["webhook-timestamp"]
    mac = hmac.new(key, f"{id_}.{at}.".encode() + request.body, hashlib.sha256)
    return "v1," + base64.b64encode(mac.digest()).decode()


async def test_letter_arrives_signed_with_all_that_it_says(receiver: Receiver) -> None:
    """COMM-11, COMM-12: exactly these headers and this body."""
    letter = a_letter(
        to_address="crm",
        to_name="Özge Şahin",
        html="<p>we are on it</p>",
        urgent=True,
        reference="ACME/4711",
        occasion="first_notification",
        written_at=datetime(2026, 11, 20, 9, 0, tzinfo=UTC),
        link="https://desk.example/a/1",
        link_label="Acknowledge",
    )

    outcome = await webhook_to(receiver.url("/hook?x=1")).send(letter)

    (request,) = receiver.requests
    at = request.headers["webhook-timestamp"]
    assert Delivered(reference=letter.key) == outcome
    assert "POST /hook?x=1 HTTP/1.1" == request.line
    assert {
        "host": f"127.0.0.1:{receiver.port}",
        "content-type": "application/json",
        "user-agent": "escalation-engine",
        "content-length": str(len(request.body)),
        "webhook-id": "ACME/4711:first_notification:ana:email",
        "webhook-timestamp": at,
        "webhook-signature": signed_by(KEYS[0], request),
        "idempotency-key": "ACME/4711:first_notification:ana:email",
    } == request.headers
    assert abs(time.time() - int(at)) < 60
    assert {
        "type": "escalation.first_notification",
        "timestamp": "2026-11-20T09:00:00+00:00",
        "data": {
            "key": "ACME/4711:first_notification:ana:email",
            "escalation": "ACME/4711",
            "thread": "ACME/4711",
            "occasion": "first_notification",
            "urgent": True,
            "language": "en",
            "recipient": {"name": "Özge Şahin", "endpoint": "crm"},
            "subject": "ACME/4711: we are on it",
            "text": "Dear Ana,\n\nwe are on it.",
            "html": "<p>we are on it</p>",
            "link": {"url": "https://desk.example/a/1", "label": "Acknowledge"},
        },
    } == request.json
    assert "Özge Şahin".encode() in request.body


async def test_two_keys_give_two_signatures(receiver: Receiver) -> None:
    """COMM-11: while a secret is replaced, whoever knows either takes the letter."""
    await webhook_to(receiver.url(), keys=(*KEYS, OLD_KEY)).send(a_letter(to_address="crm"))

    (request,) = receiver.requests
    expected = f"{signed_by(KEYS[0], request)} {signed_by(OLD_KEY, request)}"
    assert expected == request.headers["webhook-signature"]


@pytest.mark.parametrize(
    ("key", "id_"),
    [
        ("ACME/4711@2026-11-20T09:00:00Z:1:case_received:rita:webhook",) * 2,
        (
            "ACME/1:1:case_received:acme:ana@example.com:webhook",
            "ACME/1:1:case_received:acme:ana@example%2Ecom:webhook",
        ),
        ("MÜL/1:çağrı", "M%C3%9CL/1:%C3%A7a%C4%9Fr%C4%B1"),
    ],
)
def test_id_is_the_key_in_ascii_without_a_full_stop(key: str, id_: str) -> None:
    """COMM-12: what is signed is parted by full stops, and headers are in ASCII."""
    assert id_ == webhook_id(key)


async def test_customer_text_is_data(receiver: Receiver) -> None:
    """COMM-6: line ends, controls, bidi and markup come out as text of one field."""
    letter = a_letter(
        to_address="crm",
        subject='x"}\r\nEvil: yes\u202e',
        text="a\r\nb\x00\x1b[2J {{ 7*7 }}\u2066",
        to_name="E\nve",
    )

    await webhook_to(receiver.url()).send(letter)

    data = receiver.requests[0].json["data"]
    assert 'x"} Evil: yes' == data["subject"]
    assert "a\nb[2J {{ 7*7 }}" == data["text"]
    assert "E ve" == data["recipient"]["name"]
    assert "evil" not in receiver.requests[0].headers


async def test_example_receiver_takes_what_is_genuine_and_nothing_else(receiver: Receiver) -> None:
    """docs/how-to/add-a-channel.md: the receiver that people copy."""
    secret = "whsec_" + base64.b64encode(KEYS[0]).decode()
    await webhook_to(receiver.url(), keys=(OLD_KEY, *KEYS)).send(a_letter(to_address="crm"))
    (request,) = receiver.requests
    now = time.time()

    assert is_genuine(secret, request.headers, request.body, now)
    assert not is_genuine(secret, request.headers, request.body + b" ", now)
    assert not is_genuine(secret, request.headers, request.body, now + 600)
    assert not is_genuine(secret, {**request.headers, "webhook-id": "another"}, request.body, now)
    assert not is_genuine(
        "whsec_" + base64.b64encode(b"no" * 16).decode(), request.headers, request.body, now
    )
    assert not is_genuine(secret, {}, json.dumps({}).encode(), now)
