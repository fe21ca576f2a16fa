"""
Access to the service at ESCALATION_URL: by a machine's key.
"""

import asyncio

from client import CallerView, ServiceClient
from runtime.settings import Settings


def has_shown_who() -> bool:
    """Return whether there is a key by which the service can know who asks."""
    return Settings.load().api_key is not None


async def bearer_of(settings: Settings) -> str:
    """Return the key with which the service is asked; empty, if there is none."""
    return settings.api_key.get_secret_value() if settings.api_key else ""


def who_asks() -> CallerView:
    """Ask the service who asks."""

    async def ask() -> CallerView:
        settings = Settings.load()
        assert settings.url is not None
        async with ServiceClient.at(settings.url, await bearer_of(settings)) as client:
            return await client.caller()

    return asyncio.run(ask())
