"""*All*: what has ended is found by its state and by words, with the time at which it ended."""

import re

import pytest

from tests.web.test_console import get, until_seen
from tests.web.web_client import Door, seen


async def test_what_was_cancelled_is_found_by_its_state(door: Door) -> None:
    """
    Everything has an address: the state is in it, and each state says how many it has.
    """
    await door.start(subject=f"Pump {door.key} leaks")
    await door.cancel()
    found = await until_seen(door, "/all?state=cancelled", f"Pump {door.key}")
    closed = await get(door, f"/all?state=closed&words={door.key}")
    is_open = await get(door, "/all")

    assert f'href="/case/{door.key}"' in found.text
    assert "Next due" not in seen(found)
    assert "Ended" in seen(found)
    assert "selected>Cancelled</option>" in found.text
    assert 'href="/all?state=cancelled">Cancelled</a> ' in is_open.text
    assert f"Pump {door.key}" not in is_open.text
    assert "No escalation matches." in seen(closed)


async def test_the_number_in_the_heading_is_that_of_the_rows_shown(door: Door) -> None:
    """
    Ended ones are counted where they are shown; and each filter above the table has its number.
    """
    words = door.key.partition("/")[2]
    await door.start()
    await door.cancel()
    ended = await until_seen(door, f"/all?words={words}&state=cancelled", f'href="/case/{door.key}"')
    nothing = await get(door, f"/all?words={words}&state=closing")

    assert "All 1" in seen(ended)
    assert "All 0" in seen(nothing)
    assert re.search(r"Breached</a> \d+</li>", ended.text)


async def test_words_find_linked_tickets_and_descriptions(door: Door) -> None:
    """
    Words that a row does not show are found, too; the page says where it has looked.
    """
    number = door.key.partition("/")[2]
    await door.start(linked_tickets=[f"INC-{number}"], description=f"The turbine of hall {number} hums")
    by_ticket = await until_seen(door, f"/all?words=inc-{number}", f'href="/case/{door.key}"')
    by_description = await get(door, f"/all?words=TURBINE+{number}")
    nothing = await get(door, f"/all?words=turbine+inc-{number}x")

    assert f'href="/case/{door.key}"' in by_description.text
    assert "No escalation matches." in seen(nothing)
    assert "not in comments, evidence or messages" in seen(by_ticket)


async def test_words_find_what_has_ended_after_what_is_open(door: Door) -> None:
    """
    A search without a state looks everywhere; the key leads to the latest escalation that has it.
    """
    words = door.key.partition("/")[2]
    await door.start(subject=f"Old pump {words}")
    await door.cancel()
    await until_seen(door, f"/all?words={words}", ">ended</span>")
    await door.start(subject=f"New pump {words}")
    found = await until_seen(door, f"/all?words={words}", "New pump")
    text = seen(found)

    assert 1 == found.text.count(f'href="/case/{door.key}"')
    assert text.index("New pump") < text.index("Old pump")
    assert "ended" in text[text.index("Old pump") :]


@pytest.mark.parametrize(("language", "word"), [("en", "Ended"), ("id", "Berakhir"), ("tr", "Sona erdi")])
async def test_the_column_says_when_it_ended_in_each_language(door: Door, language: str, word: str) -> None:
    """
    COMM-9.
    """
    await door.start()
    await door.cancel()
    chosen = {"escalation_as": "maya", "escalation_language": language}

    assert word in seen(await until_seen(door, "/all?state=cancelled", door.key, **chosen))


async def test_the_api_says_when_it_ended(door: Door) -> None:
    """
    A list of those that have ended, by their state.
    """
    await door.start()
    await door.cancel()
    await until_seen(door, "/all?state=cancelled", door.key)
    found = (await door.http.get("/api/v1/escalations?state=cancelled&customer=ACME")).json()["items"]
    (row,) = [row for row in found if row["key"] == door.key]

    assert row["opened_at"] < row["ended_at"]
