"""A customer's page in a browser that runs no script, on a telephone: open the link, answer, tell us something."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.async_api import Browser, expect

from escalation.notifications.links import PageLink, reader_of
from escalation.policy.people import Recipient
from tests.web.web_client import Door

JO = Recipient(id="ACME:jo@acme.example", name="Jo Buyer", addresses=())
_AXE = Path(__file__).parent / "axe.min.js"


async def page_of_jo(door: Door) -> str:
    """Start a case, ask Jo something, and return the path of Jo's page."""
    started = await door.start()
    due_at = datetime.now(UTC) + timedelta(hours=5)
    words = {"text": "How many pallets are wet?", "what_for": "We send as many."}
    await door.client.ask_customer(door.key, by="elena", account="ACME", due_at=due_at, **words)
    link = PageLink(escalation=started.id, reader=reader_of(started.id, JO))
    return door.links.address(link, base_url=str(door.http.base_url))


async def test_a_customer_answers_and_tells_us_something_without_scripts(
    browser: Browser, door: Door
) -> None:
    """
    TALK-3, TALK-4, TALK-5: what was said is on the page at once, and nothing is left to answer.
    """
    address = await page_of_jo(door)
    context = await browser.new_context(
        java_script_enabled=False, viewport={"width": 360, "height": 740}, locale="en-GB"
    )
    page = await context.new_page()
    await page.goto(address)

    asked = page.get_by_role("region", name="Please answer")
    await expect(asked).to_contain_text("How many pallets are wet?")
    await asked.get_by_label("Your answer").fill("Nine of them")
    await asked.get_by_role("button", name="Send answer").click()
    await expect(page.get_by_role("status")).to_contain_text("Thank you")
    await expect(asked).to_have_count(0)

    await page.get_by_label("What should we know?").fill("The shop is empty")
    await page.get_by_role("button", name="Send").click()
    said = page.get_by_role("region", name="What was said")
    for text in ("Nine of them", "The shop is empty"):
        await expect(said).to_contain_text(text)
    await context.close()

    assert [1, 1] == [
        await door.happened(kind) for kind in ("question_answered", "customer_message_recorded")
    ]


async def test_the_page_is_accessible_in_both_colour_schemes_and_fits_a_telephone(
    browser: Browser, door: Door
) -> None:
    """
    By axe, WCAG 2.2 AA; nothing is wider than the screen.
    """
    address = await page_of_jo(door)
    for scheme in ("light", "dark"):
        context = await browser.new_context(
            viewport={"width": 320, "height": 740}, color_scheme=scheme, bypass_csp=True
        )
        page = await context.new_page()
        await page.goto(address)
        await page.add_script_tag(path=_AXE)
        found = await page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
        width = await page.evaluate("document.documentElement.scrollWidth")
        await context.close()

        assert [] == [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]]
        assert 320 >= width
