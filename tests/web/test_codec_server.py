"""
The codec server: the Web UI shows what is encrypted to people who signed in and may look at everything.
"""

import json
from base64 import b64decode
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from google.protobuf.json_format import MessageToDict
from temporalio.api.common.v1 import Payload, Payloads

from encryption.key_ring import KeyRing
from encryption.payload_codec import EncryptionCodec, key_of
from escalation.contract import PROOF_HEADER
from tests.encryption.keys import a_ring, as_setting
from tests.web.audit_lines import noted
from tests.web.signed_in import SignedIn, where_people_sign_in

UI = "https://temporal.example.com"
ELENA, MAYA = "elena.petrova@example.com", "maya.okafor@example.com"
KEYS = a_ring()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SignedIn]:
    folder = tmp_path_factory.mktemp("codec")
    async with where_people_sign_in(folder, encryption_keys=as_setting(KEYS), codec_origins=(UI,)) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def started(service: SignedIn) -> list[Payload]:
    """
    Return the payloads that an escalation began with, as the server has them, and last the proof of who began it.
    """
    answer = await service.start("ACME/9001", service.bearer(MAYA))
    assert answer.is_success, answer.text
    history = await service.door.temporal.get_workflow_handle("ACME/9001").fetch_history()
    begun = history.events[0].workflow_execution_started_event_attributes
    return [*begun.input.payloads, begun.header.fields[PROOF_HEADER]]


def as_json(payloads: list[Payload]) -> Any:
    return MessageToDict(Payloads(payloads=payloads))


async def test_people_read_what_is_encrypted(service: SignedIn, started: list[Payload]) -> None:
    """
    The start, and the proof of who made it, which names a person.
    """
    assert {KEYS[0].name} == {key_of(each) for each in started}
    for who in (service.bearer(ELENA), service.cookie(ELENA)):
        answer = await service.door.http.post("/codec/decode", json=as_json(started), headers=who)
        assert 200 == answer.status_code, answer.text
        start, proof = answer.json()["payloads"]
        assert "Second delivery in a row is damaged" in b64decode(start["data"]).decode()
        claims = json.loads(b64decode(proof["data"]))["token"].split(".")[1]
        assert b"maya" in b64decode(claims + "==", altchars=b"-_")


async def test_what_people_type_into_the_web_ui_is_encrypted(service: SignedIn) -> None:
    typed = [Payload(metadata={"encoding": b"json/plain"}, data=b'{"by": "maya"}')]
    elena = service.bearer(ELENA)
    answer = await service.door.http.post("/codec/encode", json=as_json(typed), headers=elena)

    (encrypted,) = answer.json()["payloads"]
    assert b"binary/encrypted" == b64decode(encrypted["metadata"]["encoding"])
    assert b"maya" not in b64decode(encrypted["data"])


async def test_nobody_else_reads_anything(service: SignedIn, started: list[Payload]) -> None:
    """
    Not without a sign-in, nor with a limited sight (IDENTITY-4), nor as a machine, whose key lies about.
    """
    nobody: dict[str, str] = {}
    callers = {
        401: [nobody, {"Authorization": "Bearer nonsense"}],
        403: [service.bearer(MAYA), service.machine()],
    }
    for status, each in callers.items():
        for who in each:
            for path in ("/codec/decode", "/codec/encode"):
                answer = await service.door.http.post(path, json=as_json(started), headers=who)
                assert status == answer.status_code, (who, answer.text)
                assert {"message"} == set(answer.json())


async def test_whoever_reads_payloads_or_may_not_is_on_record(
    service: SignedIn, started: list[Payload]
) -> None:
    """
    IDENTITY-5: who may is named with what they read; a machine with its key.
    """
    elena = service.bearer(ELENA)
    for who in (elena, service.bearer(MAYA), service.machine()):
        await service.door.http.post("/codec/decode", json=as_json(started), headers=who)

    read = await noted(service.door, elena, "POST /codec/decode", "exported")
    refused = await noted(service.door, elena, "POST /codec/decode", "not_allowed")
    machine = await noted(service.door, elena, "by the API key", "not_allowed")
    assert ("elena", "codec") == (read["by"], read["door"])
    assert ("maya", "maya") == (refused["by"], machine["by"])


async def test_what_cannot_be_read_says_why_and_quotes_nothing(service: SignedIn) -> None:
    other = EncryptionCodec(KeyRing([key.written for key in a_ring()]))
    foreign = await other.encode([Payload(metadata={"encoding": b"json/plain"}, data=b"{}")])
    elena = service.bearer(ELENA)

    missing = await service.door.http.post("/codec/decode", json=as_json(foreign), headers=elena)
    assert 400 == missing.status_code
    assert other.ring.keys[0].name in missing.json()["message"]
    nonsense = await service.door.http.post("/codec/decode", json={"payloads": "secret"}, headers=elena)
    assert (400, {"message": "these are no payloads in JSON"}) == (nonsense.status_code, nonsense.json())


async def test_pages_of_the_web_ui_may_ask_and_no_others(service: SignedIn) -> None:
    """
    With the cookie of whoever signed in, so the origin is named exactly.
    """
    asked = {
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,x-namespace",
    }
    ui = await service.door.http.options("/codec/decode", headers={"origin": UI, **asked})
    other = await service.door.http.options("/codec/decode", headers={"origin": f"{UI}.evil", **asked})

    allowed = {name: ui.headers[f"access-control-allow-{name}"] for name in ("origin", "credentials")}
    assert {"origin": UI, "credentials": "true"} == allowed
    assert "access-control-allow-origin" not in other.headers
