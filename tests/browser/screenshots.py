"""
Pictures of every page, with a case of every kind: ``python -m tests.browser.screenshots FOLDER [PART ...]``.

A file is named after page, width and colour: ``case-360-dark.png``. With parts of names, only pictures whose name has
them all are taken. Look at each of them after a change of markup or style. The pictures in ``docs/images`` are taken
again by ``python -m tests.browser.screenshots --docs``.
"""

import asyncio
import sys
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import BrowserContext, Page, async_playwright

from identity.caller import AS_COOKIE
from runtime.settings import ROOT
from tests.browser.addresses import PAGES, pages_by_link
from tests.browser.cases import open_cases
from tests.browser.conftest import find_browser, open_house
from tests.browser.looks import COLOURS, WIDTHS, Look, opened
from tests.web.web_client import Door

LOOKS = [Look(width, colour) for width, colour in product(WIDTHS, COLOURS)]
DOCS = ROOT / "docs" / "images"
READERS = {"for-me": "maya"}
"""Readers of pages, where it is not Elena, the escalation manager."""


async def take(folder: Path, parts: list[str]) -> None:
    """Write the pictures whose names have all of *parts* into *folder*."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as state:
        async with open_house(Path(state)) as house, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
            await open_cases(house)
            if folder == DOCS:
                await _take_for_docs(await opened(browser, house, Look(1040, "light")), house)
                return
            pages = PAGES | await pages_by_link(house)
            for look in LOOKS:
                context = await opened(browser, house, look)
                for name, path in pages.items():
                    file = f"{name}-{look}.png"
                    if all(part in file for part in parts):
                        await _take_one(context, house, path, folder / file, READERS.get(name, "elena"))
                await context.close()
            await browser.close()


async def _take_for_docs(context: BrowserContext, house: Door) -> None:
    for name, path, reader, height in (
        ("for-me", "/", "maya", 400),
        ("case", PAGES["case"], "jonas", 820),
        ("preview", PAGES["move-for-customers"], "jonas", 780),
    ):
        page = await _page_of(context, house, reader)
        await page.set_viewport_size({"width": 1040, "height": height})
        await page.goto(path)
        if name == "preview":
            await page.get_by_label("Text for customers").fill(
                "New goods leave our warehouse this afternoon."
            )
            await page.get_by_role("button", name="Preview").last.click()
            await page.get_by_role("region", name="What will happen").wait_for()
        await page.screenshot(path=DOCS / f"console-{name}.png")
        await page.close()


async def _take_one(context: BrowserContext, house: Door, path: str, file: Path, reader: str) -> None:
    page = await _page_of(context, house, reader)
    await page.goto(path)
    await page.screenshot(path=file, full_page=True)
    await page.close()


async def _page_of(context: BrowserContext, house: Door, reader: str) -> Page:
    await context.add_cookies([{"name": AS_COOKIE, "value": reader, "url": str(house.http.base_url)}])
    return await context.new_page()


if __name__ == "__main__":
    if not sys.argv[1:] or (sys.argv[1].startswith("-") and sys.argv[1] != "--docs"):
        sys.exit(__doc__)
    where = DOCS if sys.argv[1] == "--docs" else Path(sys.argv[1])
    asyncio.run(take(where, sys.argv[2:]))
