"""
Three outages, each made once, side by side: most of their time is waiting for what Temporal notices late.
"""

import asyncio

import pytest

from tests.durability.outage import Outage, outage

KINDS = {
    "worker": {"worker_dies": True, "server_dies": False},
    "server": {"worker_dies": False, "server_dies": True},
    "both": {"worker_dies": True, "server_dies": True},
}


@pytest.fixture(scope="package")
def outages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outage | BaseException]:
    async def all_of_them() -> list[Outage | BaseException]:
        return await asyncio.gather(
            *(outage(tmp_path_factory.mktemp(name), **dies) for name, dies in KINDS.items()),
            return_exceptions=True,
        )

    return dict(zip(KINDS, asyncio.run(all_of_them()), strict=True))


@pytest.fixture(params=KINDS)
def after(request: pytest.FixtureRequest, outages: dict[str, Outage | BaseException]) -> Outage:
    """The result of an outage of the worker, of the server, of both."""
    found = outages[request.param]
    if isinstance(found, BaseException):
        raise found
    return found
