"""Time left of keys and certificates, as operators see it before it is over."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from httpx import AsyncClient
from structlog.testing import capture_logs
from temporalio.client import Client
from temporalio.service import TLSConfig

from identity.api_keys import ApiKeys
from records.store import RecordStore
from runtime.log_setup import logging_runtime
from runtime.ports import LOOPBACK, free_port
from workers.expiry_watch import GAUGE, watch_expiries

NOW = datetime.now(UTC).replace(microsecond=0)


async def test_what_expires_is_in_a_metric_and_the_log_says_it_once(store: RecordStore) -> None:
    """
    A key that is revoked counts no longer.
    """
    keys = ApiKeys(store)
    soon, _ = keys.create("monitor", "maya", now=NOW, expires_at=NOW + timedelta(days=3))
    late, _ = keys.create("crm", "maya", now=NOW, expires_at=NOW + timedelta(days=300))
    certificate_ends = NOW + timedelta(days=20)
    address = f"{LOOPBACK}:{free_port()}"
    temporal = await Client.connect(
        f"{LOOPBACK}:1", lazy=True, runtime=logging_runtime(address), tls=certificate_until(certificate_ends)
    )

    with capture_logs() as lines:
        async with watch_expiries(temporal, store, timedelta(seconds=0.05)), asyncio.timeout(20):
            expected = {
                "temporal_certificate": certificate_ends,
                f"api_key_{soon.id}": soon.expires_at,
                f"api_key_{late.id}": late.expires_at,
            }
            while expected != await expiries(address):  # noqa: ASYNC110 - scraped
                await asyncio.sleep(0.05)
            keys.revoke(late.id, NOW)
            expected[f"api_key_{late.id}"] = datetime.fromtimestamp(0, UTC)
            while expected != await expiries(address):  # noqa: ASYNC110 - scraped
                await asyncio.sleep(0.05)
    assert [f"api_key_{soon.id}"] == [line["name"] for line in lines if line["event"] == "expires_soon"]


def certificate_until(ends: datetime) -> TLSConfig:
    key = Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "worker")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(ends)
        .sign(key, None)
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return TLSConfig(client_cert=made.public_bytes(Encoding.PEM), client_private_key=private)


async def expiries(address: str) -> dict[str, datetime]:
    async with AsyncClient() as http:
        text = (await http.get(f"http://{address}/metrics")).text
    found = re.findall(rf'^{GAUGE}\{{.*name="(\w+)".*\}} (\d+)', text, re.MULTILINE)
    return {name: datetime.fromtimestamp(int(at), UTC) for name, at in found}
