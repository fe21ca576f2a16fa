"""
Readiness of a process that was just started, by what it answers.
"""

import asyncio

from httpx import AsyncClient, HTTPError


async def until_answered(service: AsyncClient, path: str) -> None:
    """
    Wait until *path* is answered with success; at most a minute.
    """
    async with asyncio.timeout(60):
        while True:
            try:
                if (await service.get(path)).is_success:
                    return
            except HTTPError:
                pass
            await asyncio.sleep(0.1)
