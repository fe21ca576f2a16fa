"""Ports: whether Temporal answers there."""

from runtime.ports import is_temporal
from tests.runtime.refusing_server import refusing_server

NOT_FOUND = 5


async def test_a_server_that_does_not_know_its_services_yet_is_not_there_yet() -> None:
    """A server that starts says which system it is, and for a moment knows no service."""
    async with refusing_server(NOT_FOUND, "unknown service", after=1) as address:
        assert not await is_temporal(address)
