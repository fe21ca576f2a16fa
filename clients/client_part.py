"""Base class of the client's parts: each asks through the same connection, by the same runs."""

from copy import copy
from datetime import timedelta
from typing import Self

from temporalio.client import Client
from temporalio.service import RPCError

from clients.escalation_runs import EscalationRuns
from clients.run_errors import RunHidden
from clients.temporal_connection import PATIENCE, TemporalConnection
from encryption.encryption_setup import encryption_of
from escalation import contract
from escalation.policy.sight import UNLIMITED, Sight
from identity.proof_ring import ProofRing
from runtime.connection import connect
from runtime.search_attribute_setup import RegistrationResult, ensure_search_attributes
from runtime.settings import Settings
from workflows import search_attributes as sa
from workflows.plugin import escalation_plugin


class ClientPart:
    """A part of the client."""

    def __init__(
        self,
        client: Client,
        *,
        task_queue: str = contract.ESCALATION_QUEUE,
        patience: float = PATIENCE,
        sight: Sight = UNLIMITED,
    ) -> None:
        self._temporal = TemporalConnection(client, task_queue, patience, sight)
        self._runs = EscalationRuns(self._temporal)

    def seen_by(self, sight: Sight) -> Self:
        """Return this client as somebody sees through it: what *sight* does not cover is not there (IDENTITY-4)."""
        if sight.is_unlimited:
            return self
        seen = copy(self)
        seen._temporal = self._temporal.seen_by(sight)
        seen._runs = EscalationRuns(seen._temporal)
        return seen

    @classmethod
    async def connect(cls, settings: Settings | None = None, *, patience: float = PATIENCE) -> Self:
        """
        Connect to the cluster that is configured, or to the embedded server of ``escalate serve``.

        Raises:
            RuntimeFault: If there is no server, or the settings are wrong.
        """
        settings = settings or Settings.load()
        proofs = ProofRing.of(settings.written_proof_keys, is_required=settings.is_signed_in)
        client = await connect(settings, plugins=[escalation_plugin(proofs, encryption_of(settings))])
        return cls(client, patience=patience)

    async def prepare(self) -> RegistrationResult:
        """
        Make the cluster ready: register the search attributes. Can be repeated.

        Raises:
            RuntimeFault: If the cluster does not let us.
        """
        return await ensure_search_attributes(self._temporal.client, sa.ALL)

    async def require_sight(self, key: str) -> None:
        """
        Raises:
            UnknownEscalation: If the escalation of *key* is there, and may not be looked at.
        """
        if not await self._temporal.may_look_at(key):
            raise await self._runs.unknown(key) from RunHidden(key)

    async def ping(self) -> None:
        """
        See whether the server is there; no worker is asked.

        Raises:
            NoServer: If it is not.
        """
        try:
            await self._temporal.client.service_client.check_health(
                timeout=timedelta(seconds=self._temporal.patience)
            )
        except RPCError as error:
            raise self._temporal.no_server(error) from error
        self._temporal.outage.end()
