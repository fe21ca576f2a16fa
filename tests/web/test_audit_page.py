"""The audit log in the console: for those who look at all, filtered, by pages, and verified (IDENTITY-5)."""

import asyncio
import re
from contextlib import closing
from datetime import UTC, datetime

import httpx

from entrypoints.web.console.audit_page import LINES
from records.audit_log import AuditEntry, AuditKind, Counted, keep_entries
from tests.web.signed_in import SignedIn
from tests.web.test_audit import store_of
from tests.web.web_client import Door, seen

MAYA, ELENA = "maya.okafor@example.com", "elena.petrova@example.com"
AT = "/settings/audit-log"


async def page(signed_in: SignedIn, path: str = AT, who: str = ELENA) -> httpx.Response:
    return await signed_in.door.http.get(path, headers=signed_in.cookie(who))


def keep(door: Door, *entries: AuditEntry) -> None:
    with closing(store_of(door)) as store:
        store.require_usable()
        with store.database.writing() as db:
            keep_entries(db, [Counted(each, datetime.now(UTC)) for each in entries])


async def test_the_log_is_shown_to_those_who_look_at_all(signed_in: SignedIn) -> None:
    """IDENTITY-4: it names people and escalations; whoever else asks finds nothing there."""
    keep(signed_in.door, AuditEntry(AuditKind.EXPORTED, by="petra", about="the <b>record</b>"))
    shown, hidden = await page(signed_in, f"{AT}?by=petra"), await page(signed_in, who=MAYA)

    assert (200, 404) == (shown.status_code, hidden.status_code)
    assert "Given out</th>" in shown.text
    assert "the &lt;b&gt;record&lt;/b&gt;" in shown.text


async def test_entries_are_found_by_person_kind_and_day_and_go_on_by_pages(signed_in: SignedIn) -> None:
    """The latest first; an address leads to the earlier ones, and keeps the filter."""
    door, many = signed_in.door, LINES + 1
    keep(door, *(AuditEntry(AuditKind.KEY_CREATED, by="quinn", about=f"key {n}.") for n in range(many)))
    keep(door, AuditEntry(AuditKind.KEY_REVOKED, by="quinn", about="key 1."))
    first = await page(signed_in, f"{AT}?by=quinn&kind=key_created")
    earlier = first.text.partition(f'href="{AT}?')[2]
    rest = await page(signed_in, f"{AT}?by=quinn&kind=key_created&before={_number_in(first)}")
    of_the_past = await page(signed_in, f"{AT}?by=quinn&from=2001-01-01&to=2001-12-31")

    assert earlier
    assert (LINES, 1) == tuple(each.text.count("Key created</th>") for each in (first, rest))
    assert ("key 100." in first.text, "key 0." in rest.text) == (True, True)
    assert "key 0." not in seen(first)
    assert "quinn</td>" not in of_the_past.text


def _number_in(answer: httpx.Response) -> str:
    return answer.text.rpartition("before=")[2].partition('"')[0].partition("&")[0]


async def test_the_chain_is_verified_when_somebody_asks(signed_in: SignedIn) -> None:
    """As `escalate records verify` says it."""
    keep(signed_in.door, AuditEntry(AuditKind.SIGNED_OUT, by="rita"))
    asked = await page(signed_in, f"{AT}?verify=1")
    plain = await page(signed_in)

    assert "Nothing was changed, removed or added" in seen(asked)
    assert "Verify that nothing was changed" in seen(plain)


async def test_links_that_lead_nowhere_are_counted(signed_in: SignedIn) -> None:
    """However many are tried: neither the link nor the address is kept."""
    await asyncio.gather(*(signed_in.door.http.get(f"/answer/made-up-{n}") for n in range(20)))
    async with asyncio.timeout(20):
        while True:
            found = await page(signed_in, f"{AT}?kind=link_refused")
            counts = re.findall(r"(?:× (\d+)</span>)?</th><td>", found.text)
            if sum(int(count or 1) for count in counts) == 20:
                break
            await asyncio.sleep(0.1)

    assert "made-up" not in found.text
