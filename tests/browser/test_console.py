"""The console in a real browser: by mouse alone, and live."""

from playwright.async_api import Browser, Page, expect

from tests.web.web_client import Door


async def come_in(page: Page, name: str) -> None:
    """Choose who one is, as in open mode."""
    await page.goto("/?who=1")
    await page.get_by_label("Your name").select_option(label=name)
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_role("heading", name="For me")).to_be_visible()


async def make_move(page: Page, move: str, **fields: str) -> None:
    """Open the form of *move* from the page of an escalation, fill it in and send it."""
    link = page.get_by_role("link", name=move, exact=True)
    if not await link.first.is_visible():
        await page.get_by_text("More", exact=True).click()
    await link.first.click()
    for label, text in fields.items():
        await page.get_by_label(label.replace("_", " ").capitalize()).fill(text)
    await page.get_by_role("button", name=move, exact=True).click()
    await expect(page.get_by_role("status").filter(has_text="Done")).to_be_visible()


async def test_a_life_by_mouse_alone(door: Door, page: Page) -> None:
    """
    From what waits for Maya to a resolution that the architect verified.
    """
    await door.start()
    await come_in(page, "Maya Okafor")
    row = page.get_by_role("row").filter(has_text=door.key)
    await row.get_by_role("link", name="Acknowledge").click(timeout=15_000)
    await page.get_by_role("button", name="Acknowledge").click()
    await expect(page.get_by_text("Maya Okafor").first).to_be_visible()
    await make_move(page, "Send update", Text_for_customers="New pallets leave today")
    await page.get_by_role("link", name="Declare resolved").click()
    await page.get_by_label("Resolution").select_option("fix")
    await page.get_by_label("What was done").fill("Replaced the roof")
    await page.get_by_role("button", name="Declare resolved").click()
    await expect(page.get_by_text("Verifying").first).to_be_visible()

    await come_in(page, "Aisha Rahman")
    await (
        page.get_by_role("row")
        .filter(has_text=door.key)
        .get_by_role("link", name="Verify resolution")
        .click(timeout=15_000)
    )
    await page.get_by_role("button", name="Verify resolution").click()
    await expect(page.get_by_text("Missing to close")).to_be_visible()

    assert "closing" == (await door.client.view(door.key)).state


async def test_a_second_browser_follows_by_itself(door: Door, page: Page, browser: Browser) -> None:
    """
    A move of one person shows on the page of another, who presses nothing.
    """
    await door.start()
    await come_in(page, "Elena Petrova")
    await page.goto(f"/case/{door.key}")
    await expect(page.get_by_text("(not acknowledged)")).to_be_visible()

    await door.client.acknowledge(door.key, by="maya")

    await expect(page.get_by_text("(not acknowledged)")).to_have_count(0, timeout=15_000)


async def test_an_rca_goes_from_its_draft_to_customers_by_mouse(door: Door, page: Page) -> None:
    """
    CLOSE-3 to CLOSE-5: the draft has the record's timeline, a group is added, and each step shows on the page.
    """
    await door.start()
    await door.resolve()
    await door.client.request_rca(door.key, by="elena")
    await come_in(page, "Kemal Aydın")
    await page.goto(f"/case/{door.key}/file_rca")
    await expect(page.locator("[name='rca.timeline.0.what']")).not_to_be_empty()
    await page.get_by_label("Root causes").fill("A worn seal")
    for number, what in enumerate(("Replace all seals", "Keep spares")):
        if number:
            await page.get_by_role("button", name="Add another: Corrective actions").click()
        action = page.locator(f"[id='rca.corrective_actions.{number}']")
        await action.get_by_label("What").fill(what)
        await action.get_by_label("Owner").select_option("jonas")
        await action.get_by_label("Due day").fill("2030-01-31")
    await page.get_by_label("Summary for customers").fill("Rain came in.")
    await page.get_by_role("button", name="File RCA").click()
    await expect(page.get_by_text("Drafted ✓")).to_be_visible()
    for who, move in (
        ("Dewi Lestari", "Derive RCA"),
        ("Elena Petrova", "Approve RCA"),
        ("Dewi Lestari", "Share RCA"),
    ):
        await come_in(page, who)
        await page.goto(f"/case/{door.key}")
        await page.get_by_role("link", name=move, exact=True).first.click()
        await page.get_by_role("button", name="Preview").last.click()
        await expect(page.get_by_text("What will happen").first).to_be_visible()
        await page.get_by_role("button", name=move, exact=True).click()
        await expect(page.get_by_role("status").filter(has_text="Done")).to_be_visible()

    assert "shared" == (await door.client.view(door.key)).rca
