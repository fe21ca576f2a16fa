"""Callers in open mode: whoever calls is believed."""

import pytest

from identity.caller import Caller, Mode, NotIdentified, OpenCallers


@pytest.mark.parametrize(
    ("headers", "cookies", "person"),
    [
        ({}, {}, None),  # somebody who only looks
        ({"x-escalation-as": "elena"}, {}, "elena"),
        ({}, {"escalation_as": "maya"}, "maya"),
        ({"x-escalation-as": "elena"}, {"escalation_as": "maya"}, "elena"),  # what is said now goes before
        ({"x-escalation-as": "ay\u00c5\u009fe"}, {}, "ayşe"),  # UTF-8, as a server reads it
    ],
)
async def test_who_calls_is_who_they_say(
    headers: dict[str, str], cookies: dict[str, str], person: str | None
) -> None:
    """Open mode: an id is believed, and the caller says that it was."""
    assert Caller(person=person, mode=Mode.OPEN) == await OpenCallers().find(headers, cookies)


@pytest.mark.parametrize("given", ["a\x00b", "x" * 1_000])
async def test_what_can_be_no_id_is_refused(given: str) -> None:
    """Nothing that a playbook could not hold reaches a rule."""
    with pytest.raises(NotIdentified, match="allowed: a person of the playbook"):
        await OpenCallers().find({"x-escalation-as": given}, {})
