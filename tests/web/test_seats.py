"""Whoever is invited to a task force answers by link (RESOLVE-2)."""

import asyncio

import pytest

from escalation.kernel.values import from_plain
from escalation.notifications.links import Link, Question
from escalation.policy.classification import CancelCause
from escalation.task_force.state import SeatRequest
from tests.web.web_client import Door, links_in, seen

NAME = "dry-pallets"
LANGUAGES = {
    "en": ("Can you join this task force?", "Yes, I will join"),
    "id": ("Dapatkah Anda bergabung dengan gugus tugas ini?", "Ya, saya bersedia"),
    "tr": ("Bu görev gücüne katılabilir misiniz?", "Evet, katılıyorum"),
}


async def deployed(door: Door, *people: str) -> None:
    """Led by Hannah; its one seat is offered to Tom, then to Maya."""
    await door.start()
    seats = [SeatRequest(role="agent", people=people or ("tom", "maya"))]
    await door.client.deploy_task_force(
        door.key, by="elena", name=NAME, mission="Find the <leak>", lead="hannah", seats=seats
    )
    async with asyncio.timeout(10):
        while not (await door.client.view(door.key)).task_forces[0].heard:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.05)


async def invitation(door: Door, who: str = "tom", **changes: str) -> str:
    """The path of a link to the task force."""
    id_ = (await door.client.task_force(door.key, NAME)).id
    link = from_plain(Link, {"question": Question.SEAT, "escalation": id_, "who": who, **changes})
    return door.links.address(link, base_url="")


async def held_by(door: Door) -> tuple[str | None, str | None]:
    """Return who has the seat, and who is asked for it."""
    (seat,) = (await door.client.task_force(door.key, NAME)).seats
    return seat.held_by, seat.offered_to


async def test_a_seat_is_accepted_once(door: Door) -> None:
    """
    RESOLVE-2: to look changes nothing; a second press is told that the answer is there.
    """
    await deployed(door)
    path = await invitation(door)

    page = await door.http.get(path)
    assert (None, "tom") == await held_by(door)
    first = await door.press(path, answer="yes", comment="From noon")
    second = await door.press(path, answer="no")

    for said in ("Can you join", "Mission Find the <leak>", "Your seat agent", "Lead Hannah", "Answer by"):
        assert said in seen(page)
    assert (200, 200, 409) == (page.status_code, first.status_code, second.status_code)
    assert "you have joined" in seen(first)
    assert "You have already joined" in seen(second)
    assert ("tom", None) == await held_by(door)
    notes = [entry.note for entry in await door.client.task_force_timeline(door.key, NAME)]
    assert "From noon" in notes


async def test_a_declined_seat_is_offered_to_the_next_who_has_a_letter(door: Door) -> None:
    """
    RESOLVE-2: the link is in the invitation; the first one's leads nowhere any more.
    """
    await deployed(door)
    path = await invitation(door)

    declined = await door.press(path, answer="no")
    again = await door.press(path, answer="yes")
    async with asyncio.timeout(10):
        while len(letters := (await door.messages()).get("task_force_invited", [])) < 2:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.05)

    assert (200, 409) == (declined.status_code, again.status_code)
    assert "is offered to somebody else" in seen(declined)
    assert "This seat is not on offer to you" in seen(again)
    (maya,) = (letter for letter in letters if letter.recipients[0].startswith("maya"))
    (theirs,) = links_in(maya)
    assert 200 == (await door.press(theirs, answer="yes")).status_code
    assert ("maya", None) == await held_by(door)


async def test_two_presses_at_the_same_time_are_one_answer(door: Door) -> None:
    """
    COMM-12: a double click is recorded once.
    """
    await deployed(door)
    path = await invitation(door)

    answers = await asyncio.gather(*(door.press(path, answer="yes") for _ in range(6)))

    assert {200, 409} == {answer.status_code for answer in answers}
    told = [entry.kind for entry in await door.client.task_force_timeline(door.key, NAME)]
    assert 1 == told.count("seat_accepted")


async def test_what_is_no_answer_can_be_given_again(door: Door) -> None:
    """
    Nothing chosen, something else, or too much to say; what was written is kept.
    """
    await deployed(door)
    path = await invitation(door)

    nothing = await door.press(path, comment="I wrote <this>")
    other = await door.press(path, answer="waived")
    long = await door.press(path, answer="yes", comment="x" * 2_001)

    assert [400, 400, 400] == [nothing.status_code, other.status_code, long.status_code]
    assert 'role="alert">Please choose one' in nothing.text
    assert "I wrote &lt;this&gt;</textarea>" in nothing.text
    assert (None, "tom") == await held_by(door)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_it_is_asked_in_the_readers_language(door: Door, language: str) -> None:
    """
    COMM-9.
    """
    await deployed(door)

    page = await door.http.get(await invitation(door, language=language))

    assert language == page.headers["content-language"]
    assert all(words in seen(page) for words in LANGUAGES[language])


async def test_nobody_answers_for_somebody_else_or_for_what_is_gone(door: Door) -> None:
    """
    RESOLVE-2, RESOLVE-3: not asked; another task force of that name; none of it; stood down.
    """
    await deployed(door)
    paths = {
        409: await invitation(door, "maya"),
        410: await invitation(door, escalation=f"{door.key}@2020-01-01T00:00:00Z/{NAME}"),
    }
    never = await invitation(door, escalation=f"{door.key}@2020-01-01T00:00:00Z/roof")
    mine = await invitation(door)

    for status, path in paths.items():
        assert status == (await door.press(path, answer="yes")).status_code
    assert "This link belongs to an earlier case" in seen(await door.http.get(paths[410]))
    assert 410 == (await door.http.get(never)).status_code
    await door.client.cancel(door.key, by="elena", why="Twice", cause=CancelCause.WITHDRAWN)
    async with asyncio.timeout(10):
        while (await door.client.task_force(door.key, NAME)).ended_at is None:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.05)
    ended = await door.press(mine, answer="yes")
    assert (410, True) == (ended.status_code, "This task force has been stood down" in seen(ended))
