"""Two people make the same move at the same moment: one does it, and the other is told by whom it was done."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from clients.same_move import made_before
from escalation.kernel.reasons import Reason
from escalation.kernel.timeline_entry import TimelineEntry
from messages.speaker import speaker
from tests.web.web_client import ANSWERED, Door, seen

API = "/api/v1"
FIELDS = {
    "acknowledge": {},
    "declare_resolved": {"resolution": "fix", "done": "Replaced bay 3", "customer_text": "New pallets sent."},
}
NAMES = {"maya": "Maya Okafor", "elena": "Elena Petrova"}


async def asked(door: Door, way: str, move: str, by: str) -> tuple[int, str]:
    """Make a *move* by API or on a page; return the status and what was said."""
    fields = FIELDS[move]
    if way == "api":
        path = f"{API}/escalations/{door.key}/moves/{move}"
        answer = await door.http.post(path, json=fields, headers={"x-escalation-as": by})
        return answer.status_code, answer.json().get("detail", "")
    answer = await door.http.post(
        f"/case/{door.key}/{move}", data=fields, headers=ANSWERED | {"cookie": f"escalation_as={by}"}
    )
    return answer.status_code, seen(answer)


@pytest.mark.parametrize("ways", [("api", "api"), ("page", "page"), ("api", "page")])
@pytest.mark.parametrize(
    ("move", "event", "people"),
    [
        ("acknowledge", "acknowledged", ("maya", "elena")),
        ("declare_resolved", "resolution_declared", ("maya", "elena")),
    ],
)
async def test_one_makes_it_and_the_other_is_told_by_whom(
    door: Door, ways: tuple[str, str], move: str, event: str, people: tuple[str, str]
) -> None:
    """By two connections of the API, in two browsers, or one of each."""
    await door.start()
    if move == "declare_resolved":
        await door.client.acknowledge(door.key, by="maya")

    answers = await asyncio.gather(
        *(asked(door, way, move, by) for way, by in zip(ways, people, strict=True))
    )

    statuses = [status for status, _ in answers]
    assert 409 in statuses, answers
    second = statuses.index(409)
    assert statuses[1 - second] in {200, 303}, answers
    first = people[1 - second]
    who = first if ways[second] == "api" else NAMES[first]
    assert who in answers[second][1]
    assert "has just made this move" in answers[second][1], answers[second][1]
    made = [entry for entry in await door.client.timeline(door.key) if entry.kind == event]
    assert [first] == [entry.by for entry in made]


async def test_a_rebase_that_changes_nothing_is_refused_plainly(door: Door) -> None:
    """A rebase is no command of a person, and so no move that two could make at once."""
    await door.start()
    path = f"{API}/escalations/{door.key}/moves/rebase"

    answer = await door.http.post(path, json={"why": "New targets"}, headers={"x-escalation-as": "elena"})

    assert (409, "move_not_allowed") == (answer.status_code, answer.json()["code"])


async def test_a_form_that_lay_open_says_who_made_the_move_meanwhile(door: Door) -> None:
    """At its top, for the preview and the move; a form from after the move does not name it."""
    await door.start()
    drawn = await door.http.get(
        f"/case/{door.key}/declare_resolved", headers={"cookie": "escalation_as=elena"}
    )
    (read_at,) = re.findall(r'name="form_read_at" value="([^"]+)"', drawn.text)
    assert 303 == (await asked(door, "page", "declare_resolved", "maya"))[0]
    form = FIELDS["declare_resolved"] | {"form_read_at": read_at}

    previewed = await sent(door, "elena", form | {"preview": "1"})
    refused = await sent(door, "elena", form)
    later = await sent(door, "elena", form | {"form_read_at": datetime.now(UTC).isoformat()})

    for page in (previewed, refused):
        assert 409 == page.status_code
        (alert,) = re.findall(r'(?s)role="alert">(.*?)</div>', page.text)
        assert "Maya Okafor has just made this move" in alert
        assert page.text.index('role="alert"') < page.text.index("<form method", page.text.index("<main"))
    assert 409 == later.status_code
    assert "made this move" not in later.text


async def sent(door: Door, who: str, fields: dict[str, str]) -> httpx.Response:
    headers = ANSWERED | {"cookie": f"escalation_as={who}"}
    return await door.http.post(f"/case/{door.key}/declare_resolved", data=fields, headers=headers)


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(seconds=20), "closed; maya has just made this move, 2026-11-20 09:00 UTC"),
        (timedelta(minutes=2), "closed; maya made this move meanwhile, 2026-11-20 09:00 UTC"),
        (timedelta(hours=9), "closed; maya made this move meanwhile, 2026-11-20 09:00 UTC"),
    ],
)
def test_just_is_within_the_last_minute(ago: timedelta, said: str) -> None:
    """The time alone says how long ago an earlier one was."""
    at = datetime(2026, 11, 20, 9, tzinfo=UTC)
    entry = TimelineEntry(seq=1, at=at, by="maya", kind="closed", what=Reason("closed"))

    assert said == speaker().say(made_before(entry, "closed", at + ago))
