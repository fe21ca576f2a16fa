"""Every page in a real browser, with cases of every kind: for assistive technology, in each width, and its weight."""

import asyncio
from pathlib import Path

from playwright.async_api import Browser, Page
from starlette.routing import Match

from entrypoints.web.access import access_of, audit_of
from entrypoints.web.console.console_routes import console_routes
from entrypoints.web.page_texts import Languages
from entrypoints.web.service_parts import ServiceParts
from entrypoints.web.temporal_client import TemporalClientSource
from escalation.notifications.links import Question
from identity.caller import AS_COOKIE
from tests.browser.addresses import PAGES, pages_by_link
from tests.browser.looks import WIDTHS, Look, opened
from tests.web.web_client import Door

AXE = (Path(__file__).parent / "axe.min.js").read_text(encoding="utf-8")
NO_PAGES = {
    "/live": "a stream of events",
    "/case/{tenant}/{ticket}/live": "a stream of events",
    "/static/{name}": "style and scripts",
    "/playbook/simulation.svg": "a picture of the page of simulations",
}
MOST_BYTES = 150_000
Fault = tuple[str, str, str]


async def test_every_page_is_looked_at(cases: Door) -> None:
    """
    A new page is added to the list of addresses, or it is said why it is none.
    """
    settings, languages = cases.settings, Languages(cases.settings.templates)
    reach = TemporalClientSource(settings, cases.client)
    audit = audit_of(settings)
    callers = access_of(settings, languages, audit).callers
    routes = console_routes(ServiceParts.of(settings, reach, languages, callers, audit))
    asked = [{"type": "http", "method": "GET", "path": each.partition("?")[0]} for each in PAGES.values()]
    firsts = [next(route for route in routes if route.matches(scope)[0] is Match.FULL) for scope in asked]
    pages = {route.path for route in routes if "GET" in (route.methods or ())} - NO_PAGES.keys()

    assert set() == pages - {route.path for route in firsts}
    assert set() == {f"answer-{question}" for question in Question} - set(await pages_by_link(cases))


async def test_no_page_has_a_serious_fault(cases: Door, browser: Browser) -> None:
    """
    WCAG 2.2 AA by axe; nothing is wider than the screen in any width, and no page weighs more than a photograph.
    """
    context = await opened(
        browser, cases, Look(360, "light"), bypass_csp=True
    )  # no page has the checker's script
    await context.add_cookies([{"name": AS_COOKIE, "value": "elena", "url": str(cases.http.base_url)}])
    paths = iter((PAGES | await pages_by_link(cases)).values())

    async def look_at_the_next() -> list[Fault]:
        page, faults = await context.new_page(), []
        for path in paths:
            faults += [(path, *fault) for fault in await faults_of(page, path)]
        return faults

    found = await asyncio.gather(look_at_the_next(), look_at_the_next())
    await context.close()

    assert [[], []] == [*found]


async def faults_of(page: Page, path: str) -> list[tuple[str, str]]:
    """Return the serious faults of a page, each with an example."""
    answer = await page.goto(path)
    assert answer
    faults = _too_much(await answer.body())
    await page.evaluate(AXE)
    faults += await _found_by_axe(page, "{resultTypes: ['violations']}")
    await page.emulate_media(color_scheme="dark")
    faults += await _found_by_axe(page, "{resultTypes: ['violations'], runOnly: ['color-contrast']}")
    await page.emulate_media(color_scheme="light")
    for width in reversed(WIDTHS):
        await page.set_viewport_size({"width": width, "height": 800})
        needed = await page.evaluate("document.documentElement.scrollWidth")
        faults += [("wider than the screen", f"{needed} of {width}")] if needed > width else []
    return faults


async def _found_by_axe(page: Page, options: str) -> list[tuple[str, str]]:
    found = await page.evaluate(f"axe.run(document, {options})")
    return [
        (each["id"], each["nodes"][0]["html"])
        for each in found["violations"]
        if each["impact"] in {"serious", "critical"}
    ]


def _too_much(body: bytes) -> list[tuple[str, str]]:
    return [("too many bytes", f"{len(body)}")] if len(body) > MOST_BYTES else []
