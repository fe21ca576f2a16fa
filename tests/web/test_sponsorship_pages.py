"""Executive sponsorships in the browser: from a proposal to its end, and what waits for whom."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

import httpx
import pytest

from tests.web.test_console import get, until_seen
from tests.web.web_client import ANSWERED, Door, seen

IN_A_QUARTER = (datetime.now(UTC) + timedelta(days=90)).date().isoformat()
TERMS = {
    "sponsor": "ingrid",
    "duties": "Speak with the director",
    "entry_criteria": "Two P1",
    "measures": "No P1\nNo P2",
    "exit_criteria": "Two quiet quarters",
    "every_days": "1",
    "review_on": IN_A_QUARTER,
}


async def make(door: Door, path: str, who: str = "elena", **form: str) -> httpx.Response:
    headers = ANSWERED | {"cookie": f"escalation_as={who}"}
    return await door.http.post(path, content=urlencode(form), headers=headers)


async def test_a_sponsorship_is_proposed_enrolled_and_ended_by_mouse(door: Door) -> None:
    """
    SPONSOR-1, SPONSOR-2: by forms, each previewed; a refusal keeps what was written.
    """
    account = door.key.partition("/")[2].strip("-") + "-CORP"
    here = f"/sponsorships/{account}"
    asked = await get(door, f"/sponsorships?account={account}")
    form = await get(door, asked.headers["location"])
    early = await get(door, here)

    proposed = await make(door, f"{here}/propose", why="Two P1 within a month")
    wrong = await make(door, f"{here}/enrol", **TERMS | {"every_days": "0"})
    preview = await make(door, f"{here}/enrol", **TERMS, preview="1")
    enrolled = await make(door, f"{here}/enrol", **TERMS)
    page = await get(door, here)
    listed = await until_seen(door, "/sponsorships", f'href="{here}"')
    ended = await make(door, f"{here}/exit", who="elena", why="Quiet again")
    after = await get(door, here)

    assert f"{here}/propose" == asked.headers["location"]
    assert "Propose that the account be sponsored" in form.text
    assert 404 == early.status_code
    assert (303, 422, 200) == (proposed.status_code, wrong.status_code, preview.status_code)
    assert "Speak with the director</textarea>" in wrong.text
    assert "What will happen" in seen(preview)
    assert (303, here) == (enrolled.status_code, enrolled.headers["location"])
    assert "Measures of success No P1 No P2" in seen(page)
    assert "Ingrid" in seen(listed)
    assert 303 == ended.status_code
    assert "Quiet again" in seen(after)
    assert f'href="{here}/exit"' not in after.text


async def test_a_proposal_and_a_touch_point_wait_for_their_people(door: Door) -> None:
    """
    SPONSOR-2: a proposal for those who decide; a touch-point for the sponsor, once it is due soon.
    """
    account = door.key.partition("/")[2].strip("-") + "-GROUP"
    here = f"/sponsorships/{account}"
    await make(door, f"{here}/propose", why="Two P1 within a month", who="maya")

    proposal = await until_seen(door, "/", f"{here}/enrol", escalation_as="elena")
    nobody = await get(door, "/", {"escalation_as": "ben"})
    await make(door, f"{here}/enrol", **TERMS)
    touch = await until_seen(door, "/", f"{here}/log_touch_point", escalation_as="ingrid")
    decided = await get(door, "/", {"escalation_as": "elena"})

    assert f"Executive sponsorship of {account}" in seen(proposal)
    assert account not in nobody.text
    assert f"{here}/review" not in touch.text
    assert account not in decided.text


@pytest.mark.parametrize(
    ("language", "title"), [("en", "Sponsorships"), ("id", "Sponsor eksekutif"), ("tr", "Sponsorluklar")]
)
async def test_the_list_speaks_each_language(door: Door, language: str, title: str) -> None:
    """
    COMM-9.
    """
    page = await get(door, "/sponsorships", {"escalation_as": "elena", "escalation_language": language})

    assert f"<h1>{title}</h1>" in page.text


async def test_an_account_with_a_slash_has_its_page_and_its_reasons(door: Door) -> None:
    """
    SPONSOR-2: by the page and by the API; who may not decide reads who may.
    """
    account = door.key.partition("/")[2].strip("-") + " A/S"
    here = f"/sponsorships/{quote(account, safe='')}"
    await make(door, f"{here}/propose", why="Two P1 within a month", who="maya")

    page = await get(door, here, {"escalation_as": "maya"})
    form = await get(door, f"{here}/enrol", {"escalation_as": "elena"})
    shown = await door.http.get(f"/api/v1{here}")
    moves = await door.http.get(f"/api/v1{here}/moves")

    assert [200] * 4 == [each.status_code for each in (page, form, shown, moves)]
    assert f"Executive sponsorship of {account}" in seen(page)
    assert f'href="{here}/exit"' not in page.text
    assert "Exit: Maya Okafor may not exit; who may:" in seen(page)
    assert "teams and rotas cannot be sponsors" in seen(form)
    assert ["propose", "enrol", "exit"] == [each["move"] for each in moves.json() if each["is_allowed"]]
