"""Ways to look at a page: widths and colours."""

from typing import Literal, NamedTuple, get_args

from playwright.async_api import Browser, BrowserContext

from tests.web.web_client import Door

WIDTHS = (360, 768, 1440)
Colour = Literal["light", "dark"]
COLOURS: tuple[Colour, ...] = get_args(Colour)


class Look(NamedTuple):
    """A width and a colour."""

    width: int
    colour: Colour

    def __str__(self) -> str:
        return f"{self.width}-{self.colour}"


async def opened(browser: Browser, house: Door, look: Look, *, bypass_csp: bool = False) -> BrowserContext:
    return await browser.new_context(
        base_url=str(house.http.base_url),
        viewport={"width": look.width, "height": 800},
        color_scheme=look.colour,
        locale="en-GB",
        timezone_id="Europe/London",
        bypass_csp=bypass_csp,
    )
