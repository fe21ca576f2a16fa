"""
Watch over what expires: keys of machines, and the certificate that this worker shows to Temporal.

Owns the gauge `escalation_expires_timestamp_seconds`, and warns in the log when little time is left.
"""

import asyncio
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta

import structlog
from cryptography.x509 import load_pem_x509_certificate
from temporalio.client import Client
from temporalio.service import TLSConfig

from identity.api_keys import ApiKeys
from records.store import RecordStore
from workers.watch import meter_of, watch

GAUGE = "escalation_expires_timestamp_seconds"
EVERY = timedelta(minutes=10)
SOON = timedelta(days=14)
"""Time left from which on the log says so."""

log = structlog.get_logger("worker")


def watch_expiries(
    client: Client, store: RecordStore, every: timedelta = EVERY
) -> AbstractAsyncContextManager[None]:
    """Watch while the block runs."""
    return watch("expiries", _Expiries(client, store).look, every)


class _Expiries:
    def __init__(self, client: Client, store: RecordStore) -> None:
        self._tls = client.service_client.config.tls
        self._keys, self._database = ApiKeys(store), store.database
        self._gauge = meter_of(client).create_gauge(
            GAUGE,
            "Unix time at which an API key or the certificate shown to Temporal expires; 0: it is not valid",
        )
        self._known: dict[str, datetime] = {}
        self._warned: set[str] = set()

    async def look(self) -> None:
        now = datetime.now(UTC)
        found = dict([*self._certificate(), *await asyncio.to_thread(self._valid_keys, now)])
        for name in self._known.keys() - found.keys():
            self._gauge.set(0, {"name": name})  # revoked or expired; a gauge cannot be taken back
        self._known = found
        for name, expires_at in found.items():
            self._gauge.set(int(expires_at.timestamp()), {"name": name})
            if expires_at - now < SOON and name not in self._warned:
                self._warned.add(name)
                log.warning("expires_soon", name=name, at=expires_at.isoformat())

    def _certificate(self) -> Iterator[tuple[str, datetime]]:
        if isinstance(self._tls, TLSConfig) and self._tls.client_cert:
            yield "temporal_certificate", load_pem_x509_certificate(self._tls.client_cert).not_valid_after_utc

    def _valid_keys(self, now: datetime) -> list[tuple[str, datetime]]:
        if not self._database.is_there:
            return []
        return [
            (f"api_key_{key.id}", key.expires_at) for key in self._keys.list() if key.state(now) == "valid"
        ]
