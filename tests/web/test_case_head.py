"""The head of a case, and its row in *All*: what is late stands first, and what is over is not there."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.web.signed_in import where_people_sign_in
from tests.web.test_console import get
from tests.web.web_client import Door, seen

ELENA = "elena.petrova@example.com"
LATE = re.compile(r"ACME/1 .* late .*breached")
AT_ONCE = """
extends: reference.yaml
priorities:
  P1:
    targets: {acknowledge: 1 s}
"""


async def test_what_is_late_and_asked_for_is_due_next(tmp_path: Path) -> None:
    """
    Time first: the acknowledgement that nobody gave, and not the update that is due later.
    """
    async with where_people_sign_in(tmp_path, AT_ONCE) as house, asyncio.timeout(30):
        await house.start("ACME/1", house.bearer(ELENA), priority="P1")
        headers = house.cookie(ELENA)
        while not (await house.door.client.view("ACME/1")).is_breached:  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0.2)
        page = seen(await house.door.http.get("/case/ACME/1", headers=headers))
        while not LATE.search(seen(await house.door.http.get("/all", headers=headers))):  # noqa: ASYNC110 - the same
            await asyncio.sleep(0.2)

    head = page[page.index("Next due") :]
    assert "late" in head[:40], head[:80]


async def test_what_customers_expect_is_over_with_the_case(door: Door) -> None:
    """
    Nobody is still to be told when it will be solved.
    """
    await door.start()
    estimate = datetime.now(UTC) + timedelta(hours=2)
    await door.client.send_update(door.key, by="maya", customer_text="Soon", estimate=estimate)
    still_open = await get(door, f"/case/{door.key}")
    await door.cancel()
    ended = await get(door, f"/case/{door.key}")

    assert "Customers expect it solved by" in seen(still_open)
    assert "Customers expect it solved by" not in seen(ended)
