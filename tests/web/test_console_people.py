"""Reasons in the console: who may do it instead is said by name, with the role in words."""

import re
from html import unescape
from urllib.parse import urlencode

import httpx
import pytest

from tests.web.test_api_moves import move
from tests.web.web_client import ANSWERED, Door, seen


async def page_of(door: Door, who: str, language: str = "en") -> httpx.Response:
    cookies = f"escalation_as={who}; escalation_language={language}"
    return await door.http.get(f"/case/{door.key}", headers={"cookie": cookies})


async def declare_resolved(door: Door) -> None:
    said = {"resolution": "fix", "done": "Replaced bay 3", "customer_text": "New pallets sent."}
    assert 200 == (await move(door, "declare_resolved", "elena", **said)).status_code


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Maya Okafor may not verify resolution; who may: Aisha Rahman (de-escalation architect)"),
        ("id", "yang boleh: Aisha Rahman (arsitek de-eskalasi)"),
        ("tr", "yetkililer: Aisha Rahman (de-eskalasyon mimarı)"),
    ],
)
async def test_a_reason_names_the_people_who_may(door: Door, language: str, said: str) -> None:
    """
    ROLE-2: those of the plan.
    """
    await door.start()
    await declare_resolved(door)

    assert said in seen(await page_of(door, "maya", language))


async def test_a_long_reason_names_some_and_counts_the_others(door: Door) -> None:
    """
    In the order of the roles: first the owner, then those whom the level names.
    """
    await door.start()
    await door.client.acknowledge(door.key, by="tom")
    page = await page_of(door, "kemal")
    (line,) = re.findall(r"<li>(Correct contact: [^<]*)</li>", unescape(page.text))

    assert (
        "Correct contact: Kemal Aydın may not correct contact; who may: Tom Lindqvist (owner), Maya Okafor "
        "(contact of the level), Chloe Martin (customer success manager), Ben Carter (account executive), "
        "Dewi Lestari (customer engagement manager) and 1 other"
    ) == line
    assert not re.findall(r"\b[a-z]+_[a-z_]+\b", line)


async def test_a_refused_form_names_them_and_data_keeps_the_roles(door: Door) -> None:
    """
    Programs go by the ids of roles.
    """
    await door.start()
    await declare_resolved(door)
    headers = {**ANSWERED, "cookie": "escalation_as=maya"}
    refused = await door.http.post(
        f"/case/{door.key}/verify_resolution", content=urlencode({"note": "Dry"}), headers=headers
    )
    data = await move(door, "verify_resolution", "maya")

    assert 409 == refused.status_code
    assert "who may: Aisha Rahman (de-escalation architect)" in seen(refused)
    assert "roles that may: de_escalation_architect" in data.json()["detail"]


async def test_the_action_of_somebody_else_is_refused_with_those_who_may(door: Door) -> None:
    """
    CLOSE-7: an owner of one action may not finish that of another.
    """
    action = {"what": "Replace all seals", "owner": "jonas", "due": "2100-01-31"}
    own = {"what": "Keep spares", "owner": "maya", "due": "2100-01-31"}
    await door.start()
    await move(door, "request_rca", "elena")
    await declare_resolved(door)
    await move(door, "verify_resolution", "aisha")
    filed = await move(
        door, "file_rca", "kemal", rca={"root_causes": ["A worn seal"], "corrective_actions": [action, own]}
    )
    headers = {**ANSWERED, "cookie": "escalation_as=maya"}
    refused = await door.http.post(f"/case/{door.key}/finish_action", content="action=1", headers=headers)

    assert 200 == filed.status_code, filed.text
    assert (
        "Maya Okafor may not finish action 1, which is for Jonas Weber; others who may: "
        "Elena Petrova (escalation manager), Kemal Aydın (problem coordinator)"
    ) in seen(refused)


async def test_people_are_listed_with_their_roles(door: Door) -> None:
    """
    IDENTITY-1: in open mode, where somebody says who they are.
    """
    asked = await door.http.get("/")

    assert "Aisha Rahman (de-escalation architect)" in seen(asked)
    assert "Maya Okafor (agent)" in seen(asked)
    assert not re.findall(r">[^<]*_[^<]*</option>", asked.text)
