"""Messages read again: the words that each person got, for whoever may look at the escalation."""

import asyncio

from entrypoints.web.api.api_visit import API
from tests.web.test_console_previews import OWN, without_addresses
from tests.web.web_client import Door, seen

ELENA = {"cookie": "escalation_as=elena"}


async def ids_of(door: Door, *awaited: str) -> dict[str, str]:
    """The id of one delivered message of each of the *awaited* occasions, once they are on record."""
    async with asyncio.timeout(10):
        while True:
            sent = [each for each in await door.client.messages(door.key) if each.is_delivered]
            if {*awaited} <= (found := {each.occasion: each.id for each in sent}).keys():
                return found
            await asyncio.sleep(0.05)


async def test_a_message_is_read_again_as_it_was_sent(door: Door) -> None:
    """
    A customer's and our own, on a page and by the API; of a link, words stand in its place.
    """
    contact = {"name": "Jo Buyer", "email": "jo@acme.example", "language": "id"}
    await door.start(customers=[{"account": "ACME", "contacts": [contact]}])
    letters, ids = await door.messages(), await ids_of(door, "case_received", "assigned")
    (letter,) = letters["case_received"]
    by_api = (
        await door.http.get(f"{API}/escalations/{door.key}/messages/{ids['case_received']}", headers=ELENA)
    ).json()
    pages = {
        occasion: await door.http.get(f"/case/{door.key}/messages/{ids[occasion]}", headers=ELENA)
        for occasion in ("case_received", "assigned")
    }

    assert (True, "id", letter.subject) == (by_api["for_customers"], by_api["language"], by_api["subject"])
    assert without_addresses(letter, OWN["id"]) == by_api["text"].strip()
    assert letter.subject in seen(pages["case_received"])
    assert "customer sees this" in seen(pages["case_received"])
    assert "customer sees this" not in seen(pages["assigned"])
    assert "answer.example.com" not in pages["case_received"].text + pages["assigned"].text
    assert "jo@acme.example" not in str(pages["case_received"].url)


async def test_no_message_of_another_escalation_is_shown(door: Door) -> None:
    """
    IDENTITY-4: an id is looked for among the messages of the escalation that was asked for.
    """
    await door.start()
    other = door.for_subject(f"{door.key}-2")
    await other.start()
    theirs = (await ids_of(other, "assigned"))["assigned"]
    page = await door.http.get(f"/case/{door.key}/messages/{theirs}", headers=ELENA)
    by_api = await door.http.get(f"{API}/escalations/{door.key}/messages/{theirs}", headers=ELENA)

    assert (404, 404) == (page.status_code, by_api.status_code)
    assert f"No message {theirs} of it is known" in seen(page)
