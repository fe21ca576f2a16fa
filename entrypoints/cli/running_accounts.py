"""Accounts of what runs in Temporal, whether or not anything of theirs is on record."""

import asyncio
from collections.abc import AsyncIterator

from client import EscalationClient, Unanswered
from entrypoints.open_escalations import PATIENCE
from runtime.errors import RuntimeFault


def find_running_accounts() -> tuple[set[str], list[str]]:
    """Return accounts of open escalations and of sponsorships, and what could not be read."""
    return asyncio.run(_find())


async def _find() -> tuple[set[str], list[str]]:
    accounts, unanswered = set[str](), list[Unanswered]()
    try:
        client = await EscalationClient.connect(patience=PATIENCE)
        async for account in _accounts(client, unanswered):
            accounts.add(account)
    except RuntimeFault as fault:
        return accounts, [f"Temporal could not be asked: {fault}"]
    return accounts, [f"{each.key} could not be read: {each.why}" for each in unanswered]


async def _accounts(client: EscalationClient, unanswered: list[Unanswered]) -> AsyncIterator[str]:
    async for row in client.list(ended=False):
        for account in row.customers:
            yield account
    async for line in client.sponsorships(unanswered):
        yield line.account
