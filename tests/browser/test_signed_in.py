"""A service where people sign in, in real browsers: one escalation from its start to its close, by nothing else."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from runtime.embedded import find_binary
from runtime.ports import free_port
from tests.web.signed_in import SignedIn, where_people_sign_in

KEY = "ACME/4711"
EVERYBODY_SEES_ALL = "extends: reference.yaml\n"
DAY = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()


@dataclass
class Somebody:
    """One of our people, in a browser of their own."""

    page: Page

    @classmethod
    async def signed_in(cls, context: BrowserContext, email: str) -> Self:
        """Sign in by keyboard, as the first page asks."""
        page = await context.new_page()
        await page.goto("/")
        await expect(page.get_by_role("heading", name="Sign in to the provider")).to_be_visible()
        await page.keyboard.type(email)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="For me")).to_be_visible()
        return cls(page)

    def row(self, key: str) -> Locator:
        return self.page.get_by_role("row").filter(has_text=key)

    async def opens(self, key: str) -> None:
        await self.page.get_by_role("link", name="All", exact=True).click()
        await self.row(key).get_by_role("link", name=key).click(timeout=15_000)
        await expect(self.page.get_by_role("heading", level=1)).to_contain_text(key)

    async def takes(self, key: str, move: str) -> None:
        """Take up what waits for them."""
        await self.page.get_by_role("link", name="For me", exact=True).click()
        await self.row(key).get_by_role("link", name=move, exact=True).click(timeout=15_000)

    async def chooses(self, move: str) -> None:
        """Open the form of a move from the page of the escalation."""
        link = self.page.get_by_role("link", name=move, exact=True).first
        if not await link.is_visible():
            await self.page.get_by_text("More", exact=True).click()
        await link.click()

    async def previews(self) -> None:
        await self.page.get_by_role("button", name="Preview").last.click()
        await expect(self.page.get_by_role("region", name="What will happen")).to_be_visible()

    async def makes(self, move: str) -> None:
        await self.page.get_by_role("button", name=move, exact=True).click()
        await expect(self.page.get_by_role("status").filter(has_text="Done")).to_be_visible()

    async def signs_out(self) -> None:
        """Sign out, and be told so; only who asks for it is sent to sign in again."""
        await self.page.get_by_role("button", name="Sign out").click()
        await expect(self.page.get_by_role("heading", name="You are signed out")).to_be_visible()
        await self.page.get_by_role("link", name="Sign in again").click()
        await expect(self.page.get_by_role("heading", name="Sign in to the provider")).to_be_visible()


Enter = Callable[[str], Awaitable[Somebody]]
"""Opens a browser for whoever has this name at the provider."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SignedIn]:
    port = free_port()
    async with where_people_sign_in(
        tmp_path_factory.mktemp("signed_in"),
        EVERYBODY_SEES_ALL,
        gateway_port=port,
        gateway_url=f"http://127.0.0.1:{port}",
    ) as opened:
        opened.provider.asks = True
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def enter(service: SignedIn, browser: Browser) -> AsyncIterator[Enter]:
    contexts: list[BrowserContext] = []

    async def come_in(name: str) -> Somebody:
        contexts.append(await browser.new_context(base_url=str(service.door.http.base_url), locale="en-GB"))
        return await Somebody.signed_in(contexts[-1], f"{name}@example.com")

    yield come_in
    for context in contexts:
        await context.close()


async def test_a_life_in_the_browser_alone(service: SignedIn, enter: Enter) -> None:
    """
    From the form of a start to the close with a shared RCA, each by whoever may; Elena's browser follows by itself.
    """
    elena, maya = await enter("elena.petrova"), await enter("maya.okafor")
    await elena.page.get_by_role("link", name="All", exact=True).click()
    await _start(maya)
    await elena.row(KEY).get_by_role("link", name=KEY).click(timeout=15_000)
    owner = elena.page.get_by_text("(not acknowledged)")
    await expect(owner).to_be_visible()

    await maya.takes(KEY, "Acknowledge")
    await maya.previews()
    await maya.makes("Acknowledge")
    await expect(owner).to_have_count(0, timeout=15_000)
    await maya.chooses("Send update")
    await maya.page.get_by_label("Text for customers").fill("New pallets leave today")
    await maya.previews()
    await maya.makes("Send update")
    await expect(elena.page.get_by_text("New pallets leave today").first).to_be_visible(timeout=15_000)
    await maya.chooses("Declare resolved")
    await maya.page.get_by_label("Resolution").select_option("fix")
    await maya.page.get_by_label("What was done").fill("Replaced the roof")
    await maya.makes("Declare resolved")

    await _verify(enter)
    await _analyse(enter, elena)
    await elena.chooses("Close")
    await elena.makes("Close")

    await expect(maya.page.get_by_text("Closed", exact=True)).to_be_visible(timeout=15_000)
    view, timeline = await service.door.client.view(KEY), await service.door.client.timeline(KEY)
    assert ("closed", "shared") == (view.state, view.rca)
    assert {"console"} == {entry.door.name for entry in timeline if entry.door}


async def _start(maya: Somebody) -> None:
    page = maya.page
    await page.get_by_role("link", name="Start an escalation").click()
    await page.get_by_label("Key").fill(KEY)
    await page.get_by_label("Subject").fill("Second delivery in a row is damaged")
    await page.get_by_label("Category").select_option(
        label="Customer service requests: Complaint about product quality or earlier service"
    )
    await page.get_by_label("Reason").first.select_option("dissatisfied_customer")
    await page.get_by_label("Priority").select_option("P3")
    await page.get_by_label("Customer", exact=True).fill("ACME")
    await page.get_by_label("Name").fill("Jo Buyer")
    await page.get_by_label("E-mail address").fill("jo@acme.example")
    await maya.previews()
    await maya.makes("Start")


async def _verify(enter: Enter) -> None:
    aisha, dewi = await enter("aisha.rahman"), await enter("dewi.lestari")
    await aisha.takes(KEY, "Verify resolution")
    await aisha.previews()
    await aisha.makes("Verify resolution")
    await dewi.takes(KEY, "Confirm access")
    await dewi.page.get_by_label("Customer", exact=True).select_option("ACME")
    await dewi.page.get_by_label("Answer", exact=True).select_option("yes")
    await dewi.makes("Confirm access")


async def _analyse(enter: Enter, elena: Somebody) -> None:
    kemal, dewi = await enter("kemal.aydin"), await enter("dewi.lestari")
    await elena.chooses("Request RCA")
    await elena.makes("Request RCA")
    await kemal.takes(KEY, "File RCA")
    await expect(kemal.page.locator("[name='rca.timeline.0.what']")).not_to_be_empty()
    await kemal.page.get_by_label("Root causes").fill("A worn seal")
    for number, what in enumerate(("Replace all seals", "Keep spares")):
        if number:
            await kemal.page.get_by_role("button", name="Add another: Corrective actions").click()
        action = kemal.page.locator(f"[id='rca.corrective_actions.{number}']")
        await action.get_by_label("What").fill(what)
        await action.get_by_label("Owner").select_option("jonas")
        await action.get_by_label("Due day").fill(DAY)
    await kemal.page.get_by_label("Summary for customers").fill("Rain came in.")
    await kemal.makes("File RCA")
    await kemal.takes(KEY, "Write customer RCA")
    await kemal.makes("Write customer RCA")
    await elena.takes(KEY, "Approve RCA")
    await elena.makes("Approve RCA")
    await dewi.takes(KEY, "Share RCA")
    await dewi.previews()
    await dewi.makes("Share RCA")


async def test_who_signs_out_is_asked_to_sign_in_again(service: SignedIn, enter: Enter) -> None:
    """IDENTITY-2: and a page that was open shows nothing more."""
    await service.start("ACME/4712", service.bearer("maya.okafor@example.com"), priority="P3")
    maya = await enter("maya.okafor")
    await maya.takes("ACME/4712", "Acknowledge")
    await maya.makes("Acknowledge")
    before = maya.page.url
    await maya.signs_out()
    await maya.page.goto(before)

    await expect(maya.page.get_by_role("heading", name="Sign in to the provider")).to_be_visible()


async def test_whoever_reaches_the_server_itself_cannot_act_as_somebody(
    service: SignedIn, enter: Enter
) -> None:
    """IDENTITY-3: Temporal's own program may look; an update with a forged `by` is refused, and the page says so."""
    await service.start("ACME/4713", service.bearer("maya.okafor@example.com"), priority="P3")
    elena = await enter("elena.petrova")
    await elena.opens("ACME/4713")
    address = service.door.temporal.service_client.config.target_host
    command = (
        "workflow", "update", "execute", "--address", address, "--workflow-id", "ACME/4713",
        "--name", "acknowledge", "--input", json.dumps({"by": "elena"}),
    )  # fmt: skip

    forged = await asyncio.create_subprocess_exec(
        find_binary(), *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said = (await forged.communicate())[0].decode()

    assert forged.returncode, said
    assert "not_proven" in said
    await elena.page.reload()
    await expect(elena.page.get_by_text("(not acknowledged)")).to_be_visible()
