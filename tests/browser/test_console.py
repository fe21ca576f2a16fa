"""The console in a real browser: by mouse alone, where nobody signs in."""

from playwright.async_api import Browser, Page, expect

from tests.web.web_client import Door


async def come_in(page: Page, name: str) -> None:
    """Choose who one is, as in open mode."""
    await page.goto("/?who=1")
    option = page.get_by_label("Your name").get_by_role("option").filter(has_text=f"{name} (")
    await page.get_by_label("Your name").select_option(await option.get_attribute("value"))
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


async def test_a_preview_is_in_sight_and_has_the_focus_without_a_script(door: Door, browser: Browser) -> None:
    """
    Of a short form, and of one that is much longer than a window: what was asked for is what is read next.
    """
    await door.start()
    context = await browser.new_context(
        base_url=str(door.http.base_url), java_script_enabled=False, viewport={"width": 1040, "height": 700}
    )
    page = await context.new_page()
    await come_in(page, "Maya Okafor")
    start = {
        "key": f"{door.key}b",
        "subject": "Second delivery in a row arrived damaged",
        "customers.0.account": "ACME",
        "customers.0.contacts.0.name": "Jo Buyer",
        "customers.0.contacts.0.email": "jo@acme.example",
    }
    chosen = {
        "category": "customer_service_requests/complaint",
        "reason": "dissatisfied_customer",
        "priority": "P3",
    }
    for path, written, picked in (
        (f"/case/{door.key}/send_update", {"customer_text": "New pallets leave today"}, {}),
        ("/start", start, chosen),
    ):
        await page.goto(path)
        for name, text in written.items():
            await page.locator(f"[name='{name}']").fill(text)
        for name, value in picked.items():
            await page.locator(f"[name='{name}']").select_option(value)
        await page.get_by_role("button", name="Preview").last.click()
        preview = page.get_by_role("region", name="What will happen")
        await expect(preview).to_be_focused()
        place = await preview.bounding_box()
        assert place
        assert 0 <= place["y"] < 350
    await context.close()
