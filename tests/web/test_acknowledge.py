"""Acknowledge by link: look first, press once."""

import asyncio

from escalation.case.resolution import ResolutionKind
from tests.web.web_client import Door, links_in, seen


async def test_looking_changes_nothing(door: Door) -> None:
    """
    COMM-1: mail scanners follow every link, with GET and with HEAD.
    """
    await door.start()
    path = await door.to_acknowledge()

    page, head = await door.http.get(path), await door.http.head(path)

    assert (200, 200, b"") == (page.status_code, head.status_code, head.content)
    assert page.headers["content-length"] == head.headers["content-length"]
    assert "Are you handling this escalation?" in seen(page)
    assert f"Reference {door.key} Subject Second delivery in a row is damaged" in seen(page)
    assert 0 == await door.happened("acknowledged")


async def test_pressing_the_button_acknowledges_once(door: Door) -> None:
    """
    MATRIX-5, ROLE-3: the move is that person's; whoever presses again is told who has it.
    """
    await door.start()
    path = await door.to_acknowledge()

    first, second = await door.press(path), await door.press(path)
    look = await door.http.get(path)

    assert (200, 409, 409) == (first.status_code, second.status_code, look.status_code)
    assert f"Thank you, you are the owner now You have acknowledged {door.key}." in seen(first)
    assert f"Already acknowledged Maya Okafor is handling {door.key}." in seen(second)
    assert "<form" not in look.text
    assert 1 == await door.happened("acknowledged")
    assert "maya" == (await door.client.view(door.key)).owner


async def test_two_presses_at_the_same_time_are_one(door: Door) -> None:
    """
    COMM-12: a double click makes one move, and neither answer is trouble.
    """
    await door.start()
    path = await door.to_acknowledge()

    answers = await asyncio.gather(*(door.press(path) for _ in range(8)))

    assert {200, 409} >= {answer.status_code for answer in answers}
    assert 1 == sum(answer.status_code == 200 for answer in answers)
    assert 1 == await door.happened("acknowledged")


async def test_a_link_works_again_when_it_is_asked_again(door: Door) -> None:
    """
    MATRIX-5: what was acknowledged and then handed back waits for an answer again.
    """
    await door.start()
    path = await door.to_acknowledge()
    await door.press(path)
    await door.client.transfer(door.key, by="maya", to="finance")
    await door.client.transfer(door.key, by="elena", to="call_centre")

    again = await door.press(path)

    assert 200 == again.status_code
    assert 2 == await door.happened("acknowledged")


async def test_a_team_is_asked_who_it_is(door: Door) -> None:
    """
    ROLE-3: every move records who made it, so a member answers for the team.
    """
    await door.start()
    path = await door.to_acknowledge("call_centre")

    page = await door.http.get(path)
    nobody, stranger = await door.press(path, by=""), await door.press(path, by="elena")
    tom = await door.press(path, by="tom")

    assert "Your name Choose your name Maya Okafor Tom Lindqvist Yes, I am handling it" in seen(page)
    assert (400, 400, 200) == (nobody.status_code, stranger.status_code, tom.status_code)
    assert 'role="alert">Please choose your name from the list.' in nobody.text
    assert "tom" == (await door.client.view(door.key)).owner


async def test_letters_carry_the_link_that_is_theirs(door: Door) -> None:
    """
    COMM-1: who is asked to acknowledge gets a link to that page, who is only told gets none.
    """
    await door.start()
    letters = await door.messages()

    (path,) = links_in(*letters.pop("assigned"))
    page = await door.http.get(path)

    assert "Choose your name" in seen(page)
    assert {"case_received", "first_notification"} == set(letters)
    assert [] == links_in(*(letter for others in letters.values() for letter in others))


async def test_who_may_not_is_told_without_detail(door: Door) -> None:
    """
    ROLE-2: the engine refuses; its reasons are for the log.
    """
    await door.start()
    path = await door.to_acknowledge("hannah")

    answer = await door.press(path)

    assert 403 == answer.status_code
    assert "We cannot take this answer here" in seen(answer)
    assert "role" not in seen(answer)
    assert 0 == await door.happened("acknowledged")


async def test_once_resolved_or_ended_nothing_is_asked(door: Door) -> None:
    """
    CLOSE-8, CLOSE-10: the page says how it stands; the answer is not taken.
    """
    await door.start()
    path = await door.to_acknowledge()
    await door.client.declare_resolved(door.key, by="elena", resolution=ResolutionKind.FIX, done="Replaced")

    resolved = await door.press(path)
    await door.cancel()
    looked, pressed = await door.http.get(path), await door.press(path)

    assert (409, 410, 410) == (resolved.status_code, looked.status_code, pressed.status_code)
    assert "No longer needed" in seen(resolved)
    assert "This case is closed" in seen(looked)
    assert f"mention {door.key}" in seen(pressed)


async def test_a_link_says_nothing_about_a_successor(door: Door) -> None:
    """
    START-4: the same subject may come back; the old link is the old escalation's.
    """
    await door.start()
    path = await door.to_acknowledge()
    await door.cancel()
    await door.start()

    looked, pressed = await door.http.get(path), await door.press(path)

    assert (410, 410) == (looked.status_code, pressed.status_code)
    assert "This link belongs to an earlier case" in seen(looked)
    assert 0 == await door.happened("acknowledged")


async def test_what_the_server_no_longer_knows_is_over(door: Door) -> None:
    """
    A signed link can outlive all that is known of its escalation.
    """
    await door.start()
    path = await door.to_acknowledge(escalation="ACME/long-ago@2026-11-20T09:00:00.000Z")

    assert 410 == (await door.http.get(path)).status_code
    assert 410 == (await door.press(path)).status_code


async def test_a_team_answers_by_no_link(door: Door) -> None:
    """
    ROLE-3: one of its people does; a link to a team that is filled in for the team itself makes no move.
    """
    await door.start()
    path = await door.to_acknowledge("call_centre")

    as_team = await door.press(path, by="call_centre")

    assert 400 == as_team.status_code
    assert (await door.client.view(door.key)).acknowledged_by is None
