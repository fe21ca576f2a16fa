"""Letters in previews: what is shown before a move is what is sent by it."""

import re
from urllib.parse import urlencode

import pytest

from channels.loopback_mailbox import ReceivedMessage
from escalation.case.resolution import AccessAnswer
from tests.web.test_api_moves import move
from tests.web.web_client import ANSWERED, Door, seen

OWN = {"en": "(their own link)", "id": "(tautan mereka sendiri)", "tr": "(kendi bağlantısı)"}


async def previewed_letters(door: Door, kind: str, by: str) -> dict[str, str]:
    """The texts of the letters to customers that *kind* would send, by the name of their reader."""
    preview = await move(door, f"{kind}/preview", by)
    assert 200 == preview.status_code, preview.text
    return {each["name"]: each["text"] for each in preview.json()["messages"] if each["for_customers"]}


def without_addresses(letter: ReceivedMessage, own_link: str) -> str:
    return re.sub(r"https://answer\.example\.com\S+", own_link, letter.text).strip()


@pytest.mark.parametrize("language", OWN)
async def test_the_letter_of_a_preview_is_the_one_that_is_sent(door: Door, language: str) -> None:
    """
    With its links, which are made for one letter: words stand in their place, in the language of the letter.
    """
    contact = {"name": "Jo Buyer", "email": "jo@acme.example", "language": language}
    await door.start(customers=[{"account": "ACME", "contacts": [contact]}])
    resolved = {"done": "Replaced bay 3", "customer_text": "New pallets sent."}
    assert 200 == (await move(door, "declare_resolved", "elena", resolution="fix", **resolved)).status_code
    shown = {"access_question": await previewed_letters(door, "verify_resolution", "aisha")}
    await door.client.verify_resolution(door.key, by="aisha")
    await door.client.confirm_access(door.key, by="dewi", account="ACME", answer=AccessAnswer.YES)
    shown["survey"] = await previewed_letters(door, "close", "elena")
    await door.client.close(door.key, by="elena")
    sent = await door.messages(*shown)

    for occasion, letters in shown.items():
        (letter,) = sent[occasion]
        assert {"Jo Buyer": without_addresses(letter, OWN[language])} == {
            name: text.strip() for name, text in letters.items()
        }
        assert 2 == letters["Jo Buyer"].count(OWN[language])  # one answers, one leads to their page


async def test_a_page_shows_the_letter_with_its_links(door: Door) -> None:
    """
    Both the link that answers and the way to the customer's page.
    """
    await door.start()
    path = f"/case/{door.key}/send_update"
    headers = {**ANSWERED, "cookie": "escalation_as=maya"}
    form = urlencode({"customer_text": "New pallets leave today", "preview": "1"})
    page = await door.http.post(path, content=form, headers=headers)

    assert "New pallets leave today" in seen(page)
    assert "Open your page: (their own link)" in seen(page)
    assert ".invalid" not in page.text


async def test_a_letter_to_our_people_leads_to_the_console_and_none_to_a_customer_does(door: Door) -> None:
    """
    IDENTITY-1: by a plain address, which a preview says in words.
    """
    await door.start()
    letters = await door.messages()
    headers = {**ANSWERED, "cookie": "escalation_as=elena"}
    form = urlencode({"reason": "lack_of_expertise", "preview": "1"})
    page = await door.http.post(f"/case/{door.key}/raise_level", content=form, headers=headers)

    there = f"Open the escalation: https://answer.example.com/case/{door.key}\n"
    assert {"assigned": True, "first_notification": True, "case_received": False} == {
        occasion: all(there in letter.text for letter in letters[occasion])
        for occasion in ("assigned", "first_notification", "case_received")
    }
    assert not any(f"/case/{door.key}" in letter.text for letter in letters["case_received"])
    assert "Open the escalation: (the page of this escalation)" in seen(page)
