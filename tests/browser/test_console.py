"""The console in a real browser: by mouse alone, where nobody signs in."""

from playwright.async_api import Page, expect

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
