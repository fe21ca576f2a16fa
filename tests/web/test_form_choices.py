"""Choices in forms: what is chosen before anybody chooses, and what never is."""

import re

from tests.web.test_console import get, post
from tests.web.test_form_faults import summary
from tests.web.web_client import Door


def chosen_in(text: str, field: str) -> list[str]:
    """Return the values of a select that are chosen in a page."""
    (select,) = re.findall(rf'(?s)<select id="{field}"[^>]*>(.*?)</select>', text)
    return re.findall(r'<option value="([^"]*)" selected>', select)


async def test_nobody_has_said_yes_before_somebody_says_it(door: Door) -> None:
    """
    RESOLVE-6: whether a customer has access again is chosen by a person, also where a command has a default.
    """
    await door.start()
    await door.resolve()
    path = f"/case/{door.key}/confirm_access"
    form = await get(door, path)
    unsaid = await post(door, path, account="ACME", answer="")
    left_out = await post(door, path, account="ACME", preview="1")
    before = await door.client.view(door.key)
    said = await post(door, path, headers={"cookie": "escalation_as=dewi"}, account="ACME", answer="yes")

    assert [] == chosen_in(form.text, "answer")
    assert re.search(r'<select id="answer" name="answer" required', form.text)
    assert 'Answer</label> <span class="quiet small">(needed)' in form.text
    for page in (unsaid, left_out):
        assert 422 == page.status_code
        assert ["#answer Answer : Please choose from the list."] == summary(page)
    assert {} == before.access
    assert 303 == said.status_code


async def test_the_only_customer_is_chosen(door: Door) -> None:
    """
    If one must be chosen, and there is no other. Who said so stays open: nobody needs to say it.
    """
    await door.start()
    form = await get(door, f"/case/{door.key}/record_customer_message")
    two, contacts = door.for_subject(f"{door.key}2"), [{"name": "Ana", "email": "ana@two.example"}]
    await two.start(customers=[{"account": each, "contacts": contacts} for each in ("ACME", "BOLT")])
    form_of_two = await get(two, f"/case/{two.key}/record_customer_message")

    assert ["ACME"] == chosen_in(form.text, "account")
    assert [] == chosen_in(form.text, "contact")
    assert [] == chosen_in(form_of_two.text, "account")
