"""Customers say by link whether they can use the service again."""

import asyncio

from escalation.case.resolution import AccessAnswer
from escalation.notifications.links import Question
from tests.web.web_client import Door, links_in, seen

WHO = "ACME:jo@acme.example"  # the customer's own contact
LONGEST_ACCOUNT = "A" * 200
LONGEST_EMAIL = f"{'j' * 64}@{'.'.join(['a' * 62] * 3)}"


async def question(door: Door, **changes: str) -> str:
    await door.start()
    await door.resolve()
    return await door.link(Question.ACCESS, WHO, **({"account": "ACME"} | changes))


async def test_a_yes_confirms_access_once(door: Door) -> None:
    """
    RESOLVE-6: customer by customer; a second press is told that the answer is there.
    """
    path = await question(door)

    page = await door.http.get(path)
    first, second = (
        await door.press(path, answer="yes", comment="Fine now"),
        await door.press(path, answer="no"),
    )

    assert "Can you use the service again?" in seen(page)
    assert (200, 200, 409) == (page.status_code, first.status_code, second.status_code)
    assert "We have noted that everything works" in seen(first)
    assert "We have your answer" in seen(second)
    assert {"ACME": AccessAnswer.YES} == (await door.client.view(door.key)).access
    assert 1 == await door.happened("access_answered")


async def test_a_no_takes_it_up_again_and_can_be_asked_anew(door: Door) -> None:
    """
    RESOLVE-6: a customer who says no sends it back; after the next resolution the same link asks again.
    """
    path = await question(door)

    no = await door.press(path, answer="no", comment="The gate\r\nstays shut")
    meanwhile = await door.http.get(path)
    await door.resolve()
    again = await door.press(path, answer="no")

    assert (200, 409, 200) == (no.status_code, meanwhile.status_code, again.status_code)
    assert "We are sorry that it does not work yet" in seen(no)
    assert "We are still working on it" in seen(meanwhile)
    assert 2 == await door.happened("reopened")


async def test_a_no_counts_though_a_colleague_said_yes(door: Door) -> None:
    """
    RESOLVE-6: each contact may say that it does not work; nobody's answer is lost behind another one's.
    """
    contacts = [{"name": name, "email": f"{name.lower()}@acme.example"} for name in ("Jo", "Ada")]
    await door.start(customers=[{"account": "ACME", "contacts": contacts}])
    await door.resolve()
    jos, adas = [
        await door.link(Question.ACCESS, f"ACME:{name}@acme.example", account="ACME")
        for name in ("jo", "ada")
    ]

    yes = await door.press(adas, answer="yes")
    no = await door.press(jos, answer="no", comment="Still wet")

    assert (200, 200) == (yes.status_code, no.status_code)
    assert "We are sorry that it does not work yet" in seen(no)
    assert 1 == await door.happened("reopened")


async def test_a_yes_and_a_no_at_the_same_time_are_one_answer(door: Door) -> None:
    """
    RESOLVE-6: whichever comes first counts, and whoever gave the other one is told so.
    """
    path = await question(door)

    answers = await asyncio.gather(*(door.press(path, answer=each) for each in ("yes", "no") * 3))

    counted = "yes" if (await door.client.view(door.key)).access else "no"
    assert 1 == await door.happened("access_answered")
    others = [told for told, given in zip(answers, ("yes", "no") * 3, strict=True) if given != counted]
    assert not any("We have noted" in seen(told) or "We are sorry" in seen(told) for told in others)


async def test_two_presses_at_the_same_time_are_one_answer(door: Door) -> None:
    """
    COMM-12: a double click is recorded once.
    """
    path = await question(door)

    answers = await asyncio.gather(*(door.press(path, answer="yes") for _ in range(8)))

    assert {200, 409} >= {answer.status_code for answer in answers}
    assert 1 == await door.happened("access_answered")


async def test_what_is_no_answer_can_be_given_again(door: Door) -> None:
    """
    Nothing chosen, something else, or too much to say: the form comes back, says why, and keeps what was written.
    """
    path = await question(door)

    nothing = await door.press(path, comment="I wrote <this>")
    other = await door.press(path, answer="waived")
    long = await door.press(path, answer="yes", comment="x" * 2_001)

    assert (400, 400, 400) == (nothing.status_code, other.status_code, long.status_code)
    assert 'role="alert">Please choose one' in nothing.text
    assert "I wrote &lt;this&gt;</textarea>" in nothing.text
    assert 'value="yes" required checked' in long.text
    assert {} == (await door.client.view(door.key)).access


async def test_the_page_shows_reference_and_subject_alone(door: Door) -> None:
    """
    COMM-6: who of ours does what, and our notes, are not for customers; nor are the engine's reasons.
    """
    path = await question(door)
    refused = await door.link(Question.ACCESS, "maya", account="ACME")

    pages = [
        await door.http.get(path),
        await door.press(refused, answer="yes"),
        await door.press(path, answer="yes"),
    ]
    pages.append(await door.http.get(path))

    assert [200, 403, 200, 409] == [page.status_code for page in pages]
    for page in pages:
        for ours in ("Replaced bay 3", "Maya", "Elena", "Call centre", "Level", "P3", "wet", "engagement"):
            assert ours not in page.text
    assert f"Reference {door.key} Problem Second delivery in a row is damaged Your answer" in seen(pages[0])


async def test_a_letter_of_its_own_carries_the_question(door: Door) -> None:
    """
    RESOLVE-6: the contact of the customer answers for their own account; told that it is resolved, they are asked once.
    """
    await door.start()
    await door.messages()
    await door.resolve()

    letters = await door.messages("access_question")
    (asked,) = letters["access_question"]
    (path,) = links_in(asked)
    page = await door.http.get(path)
    said = await door.press(path, answer="yes")

    assert ("jo@acme.example",) == asked.recipients
    assert "Can you use the service again?" in seen(page)
    assert "We have noted that everything works" in seen(said)
    assert [] == links_in(*letters["resolved"])


async def test_the_page_of_somebody_of_two_accounts_names_them_and_takes_one_answer(door: Door) -> None:
    """
    RESOLVE-6: one mailbox is one person, who is asked once.
    """
    contacts = [[{"name": "Jo", "email": email}] for email in ("jo@acme.example", "Jo@ACME.example")]
    await door.start(
        customers=[
            {"account": account, "contacts": of}
            for account, of in zip(("ACME", "BOLT"), contacts, strict=True)
        ]
    )
    await door.resolve()
    path = await door.link(Question.ACCESS, "ACME:jo@acme.example", account="ACME", accounts=("ACME", "BOLT"))

    page = await door.http.get(path)
    answer = await door.press(path, answer="yes")

    assert "ACME, BOLT" in seen(page)
    assert 200 == answer.status_code
    assert 2 == await door.happened("access_answered")


async def test_a_contact_with_the_longest_account_and_address_can_answer(door: Door) -> None:
    """
    RESOLVE-6, CLOSE-6: what a start takes, an answer takes, to access and survey alike; and the longest comment too.
    """
    contacts = [{"name": "Jo", "email": LONGEST_EMAIL}]
    await door.start(customers=[{"account": LONGEST_ACCOUNT, "contacts": contacts}])
    await door.resolve()
    who = f"{LONGEST_ACCOUNT}:{LONGEST_EMAIL}"

    access = await door.link(Question.ACCESS, who, account=LONGEST_ACCOUNT)
    answered = await door.press(access, answer="yes", comment="😀" * 2_000)
    await door.client.close(door.key, by="elena")
    survey = await door.link(Question.SURVEY, who, account=LONGEST_ACCOUNT)
    surveyed = await door.press(survey, score="5", comment="中" * 2_000)

    assert (200, 200) == (answered.status_code, surveyed.status_code)
    assert {LONGEST_ACCOUNT: AccessAnswer.YES} == (await door.client.view(door.key)).access
    assert 1 == await door.happened("survey_answered")


async def test_lines_count_as_the_reader_counts_them(door: Door) -> None:
    """
    A browser counts the end of a line once, and sends two characters.
    """
    path = await question(door)

    assert 200 == (await door.press(path, answer="yes", comment="\r\n" * 1_999 + "x")).status_code


async def test_an_answer_that_cannot_be_a_move_is_refused(door: Door) -> None:
    """
    An id that no move takes is a page that refuses, not a fault with the data in the log.
    """
    await question(door)
    path = await door.link(Question.ACCESS, "A" * 500, account="ACME")

    assert 403 == (await door.press(path, answer="yes")).status_code
