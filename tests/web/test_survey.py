"""Customers say by link how it was, after the close."""

import asyncio

import pytest

from escalation.notifications.links import Question
from tests.web.web_client import Door, links_in, seen

JO = "ACME:jo@acme.example"
LANGUAGES = {
    "en": ("How did we do?", "5 – very well"),
    "id": ("Bagaimana pelayanan kami?", "5 – sangat baik"),
    "tr": ("Size verdiğimiz desteği nasıl değerlendirirsiniz?", "5 – çok iyi"),
}


async def closed(door: Door) -> None:
    """Until customers are asked, and the closed escalation lives on under its id."""
    await door.start()
    await door.resolve()
    await door.client.confirm_access(door.key, by=JO, account="ACME")
    await door.client.close(door.key, by="elena")


async def question(door: Door, **changes: str) -> str:
    await closed(door)
    return await door.link(Question.SURVEY, JO, **({"account": "ACME"} | changes))


async def test_an_answer_is_taken_once_after_the_close(door: Door) -> None:
    """
    CLOSE-6: score and comment are on record; a second answer is told that the first is there.
    """
    path = await question(door)

    page = await door.http.get(path)
    first = await door.press(path, score="4", comment="Quick, in the end")
    second = await door.press(path, score="1")
    view = await door.client.view(door.key)

    assert (200, 200, 409) == (page.status_code, first.status_code, second.status_code)
    assert "How did we do?" in seen(page)
    assert "Your answer helps us to do better" in seen(first)
    assert "We have your answer" in seen(second)
    assert {JO: (4, "Quick, in the end", JO)} == {
        contact: (answer.score, answer.comment, answer.by) for contact, answer in view.survey.items()
    }
    assert 1 == await door.happened("survey_answered")


async def test_the_letter_carries_the_question(door: Door) -> None:
    """
    CLOSE-6: each contact of the customer is asked on close, with a link.
    """
    await closed(door)

    (asked,) = (await door.messages("survey"))["survey"]
    (path,) = links_in(asked)

    assert ("jo@acme.example",) == asked.recipients
    assert "How did we do?" in seen(await door.http.get(path))


async def test_two_presses_at_the_same_time_are_one_answer(door: Door) -> None:
    """
    COMM-12: a double click is recorded once.
    """
    path = await question(door)

    answers = await asyncio.gather(*(door.press(path, score="5") for _ in range(8)))

    assert {200, 409} >= {answer.status_code for answer in answers}
    assert 1 == await door.happened("survey_answered")


async def test_what_is_no_answer_can_be_given_again(door: Door) -> None:
    """
    CLOSE-6: nothing chosen, out of range, or too much to say; what was written is kept.
    """
    path = await question(door)

    nothing = await door.press(path, comment="I wrote <this>")
    out_of_range = [await door.press(path, score=score) for score in ("0", "6", "4.5", "five")]
    long = await door.press(path, score="4", comment="x" * 2_001)

    assert {400} == {page.status_code for page in (nothing, *out_of_range, long)}
    assert 'role="alert">Please choose one of the five' in nothing.text
    assert "I wrote &lt;this&gt;</textarea>" in nothing.text
    assert 'value="4" required checked' in long.text
    assert {} == (await door.client.view(door.key)).survey


async def test_an_answer_reaches_the_closed_one_while_another_of_its_key_runs(door: Door) -> None:
    """
    CLOSE-6, CLOSE-9: a link belongs to one escalation; the key is free at once for the next.
    """
    path = await question(door)
    earlier = (await door.client.view(door.key)).id
    await door.start()

    said = await door.press(path, score="3")

    assert (200, 3) == (said.status_code, (await door.client.view(earlier)).survey[JO].score)
    assert {} == (await door.client.view(door.key)).survey


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_page_is_in_the_readers_language(door: Door, language: str) -> None:
    """
    COMM-9: with five labelled choices and no script.
    """
    title, best = LANGUAGES[language]
    page = await door.http.get(await question(door, language=language))

    assert title in seen(page)
    assert best in seen(page)
    assert 5 == page.text.count('type="radio" name="score"')
    assert f'<html lang="{language}"' in page.text
    assert "<script" not in page.text


async def test_before_the_close_and_for_somebody_elses_account_there_is_nothing_to_answer(door: Door) -> None:
    """
    CLOSE-6, ROLE-2: neither question nor answer, and no word of ours in the page.
    """
    await door.start()
    early = await door.link(Question.SURVEY, JO, account="ACME")
    too_early = await door.http.get(early)
    await door.resolve()
    await door.client.confirm_access(door.key, by=JO, account="ACME")
    await door.client.close(door.key, by="elena")
    refused = await door.press(
        await door.link(Question.SURVEY, "BOLT:al@bolt.example", account="ACME"), score="1"
    )

    assert (409, 403) == (too_early.status_code, refused.status_code)
    for ours in ("Elena", "Call centre", "answer survey", "agent"):
        assert ours not in refused.text
