"""Faults of forms: each at its field and in a summary, by the labels and in the language of the page."""

import re
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from tests.web.signed_in import API, where_people_sign_in
from tests.web.test_console_forms import a_start, post
from tests.web.test_console_verdicts import APPROVALS, ELENA
from tests.web.web_client import ANSWERED, Door, seen

PATH_OF_A_FIELD = re.compile(r"[a-z_]+\.(?:\d+\.)?[a-z_]+")


def summary(page: httpx.Response) -> list[str]:
    """Return the lines above the form; those that lead to a field with the address that they lead to."""
    box = re.search(r'(?s)<div class="notice bad" id="faults" role="alert">(.*?)</div>', page.text)
    assert box, seen(page)
    lines = re.findall(r"(?s)<li>(.*?)</li>", box[1])
    return [seen(httpx.Response(200, text=re.sub(r'<a href="(.*?)">', r"\1 ", line))) for line in lines]


def tag_of(page: httpx.Response, field: str) -> str:
    """Return the tag of a field."""
    found = re.search(rf'<[a-z]+[^>]* id="{re.escape(field)}"[^>]*>', page.text)
    assert found, field
    return found[0]


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        (
            "en",
            [
                "#reason Reason : Please choose from the list.",
                "#priority Priority : Please give either a priority, or both impact and urgency.",
                "#customers.0.contacts.1.name Customers, Contacts 2, Name : Please fill this in.",
                (
                    "#customers.0.contacts.1.email Customers, Contacts 2, E-mail address : "
                    "Given: 'jo at acme'. Allowed: an e-mail address, name@host."
                ),
                (
                    "#evidence.0.outcome Evidence, Outcome : "
                    "Please give an outcome with each attempt, and with nothing else."
                ),
            ],
        ),
        ("id", ["#reason Alasan : Mohon pilih satu dari daftar."]),
        ("tr", ["#reason Neden : Lütfen listeden birini seçin."]),
    ],
)
async def test_each_fault_is_told_by_the_label_of_its_field(
    door: Door, language: str, lines: list[str]
) -> None:
    """
    START-6: all at once; each line leads to its field, which says the same.
    """
    more = {"customers.0.contacts.1.email": "jo at acme", "evidence.0.kind": "attempt"}
    form = a_start(door.key) | {"reason": "", "priority": ""} | more
    page = await post(door, "/start", f"maya; escalation_language={language}", **form)
    said = summary(page)

    assert 422 == page.status_code
    assert 5 == len(said)
    assert set(lines) <= set(said)
    assert [] == [line for line in said if PATH_OF_A_FIELD.search(line.partition(" ")[2])]
    for line in said:
        field = line.partition(" ")[0].removeprefix("#")
        assert 'aria-invalid="true"' in tag_of(page, field)
        assert f"{field}-fault" in re.findall(r'aria-describedby="(.*?)"', tag_of(page, field))[0].split()
        assert f'id="{field}-fault"' in page.text


async def test_a_kind_that_is_not_chosen_is_one_fault(door: Door) -> None:
    """
    START-6: the form asks for the category, from which the issue type follows.
    """
    page = await post(door, "/start", **a_start(door.key) | {"category": ""})

    assert ["#category Category : Please choose from the list."] == summary(page)


@pytest.mark.parametrize(
    ("move", "who", "form", "line"),
    [
        (
            "send_update",
            "maya",
            {"internal_note": "We know why", "estimate": "2031-01-31T12:00"},
            "#customer_text Text for customers : Please give a text for customers with the estimate.",
        ),
        (
            "cancel",
            "elena",
            {"cause": "duplicate", "why": "It is the same"},
            "#into Goes on as : Please give the key of the other escalation (duplicate).",
        ),
        # About several fields at once, so it leads to none.
        (
            "correct_contact",
            "maya",
            {"contact": "jo@acme.example"},
            "Please give an e-mail address, a name, a language or a time zone.",
        ),
        # The form says it without the record that the move wraps around it.
        (
            "file_rca",
            "kemal",
            {"rca.root_causes": "A seal", "rca.links.0.what": "The log", "rca.links.0.url": "log"},
            "#rca.links.0.url Links, Web address : Given: 'log'. Allowed: a web address, https://host/path.",
        ),
        (
            "deploy_task_force",
            "elena",
            {"name": "dry-bays", "mission": "Find out", "lead": "jonas", "status_every": "soon"},
            "#status_every Status every : Given: 'soon'. Allowed: a time such as 15 min, 4 h or 2 days.",
        ),
    ],
)
async def test_faults_that_the_rules_find_are_told_like_those_of_the_form(
    door: Door, move: str, who: str, form: dict[str, str], line: str
) -> None:
    """
    Whoever finds it, the person reads the same kind of line.
    """
    await door.start()
    page = await post(door, f"/case/{door.key}/{move}", who, **form)

    assert 422 == page.status_code
    assert line in summary(page)


async def test_a_member_of_a_task_force_reads_them_alike(door: Door) -> None:
    """
    RESOLVE-2: a task is for a member.
    """
    await door.start()
    force = {"name": "dry-bays", "mission": "Find out", "lead": "jonas"}
    made = await post(door, f"/case/{door.key}/deploy_task_force", "elena", **force)
    path = f"/case/{door.key}/task-force/dry-bays/add_task"
    page = await post(door, path, "jonas", owner="jonas", what="", due_at="1500-01-01T10:00")

    assert 303 == made.status_code, seen(made)
    assert [
        "#what What : Please fill this in.",
        "#due_at Due : Given: '1500-01-01T10:00:00+00:00'. Allowed: a year from 1970 to 2200.",
    ] == summary(page)


async def test_a_form_says_what_is_needed_and_when(door: Door) -> None:
    """
    Optional fields have no mark; a field that depends on another one says on which.
    """
    page = await door.http.get("/start", headers={"cookie": "escalation_as=maya"})

    assert "Key (needed) Whose case it is, a slash, its number: such as ACME/4711." in seen(page)
    assert "needed if no priority is given" in seen(page)
    assert "(optional)" not in page.text
    assert 'aria-describedby="key-help"' in tag_of(page, "key")


async def test_of_several_texts_that_wait_one_is_chosen_and_stands_in_the_form(tmp_path: Path) -> None:
    """
    COMM-6: nobody edits one text with the words of another.
    """
    async with where_people_sign_in(tmp_path, APPROVALS) as house:
        key, elena, maya = "ACME/1", house.cookie(ELENA), house.bearer("maya.okafor@example.com")
        assert 201 == (await house.start(key, maya, priority="P3")).status_code
        for said in ("New goods left", "They arrive at ten"):
            move = f"{API}/escalations/{key}/moves/send_update"
            answer = await house.door.http.post(move, json={"customer_text": said}, headers=maya)
            assert 200 == answer.status_code, answer.text
        path = f"/case/{key}/edit_text"
        which, second = [
            await house.door.http.get(f"{path}{query}", headers=elena) for query in ("", "?number=2")
        ]
        sent = await house.door.http.post(
            path,
            content=urlencode({"number": "2", "text": "They arrive at noon"}),
            headers={**ANSWERED, **elena},
        )
        texts = {text.number: text.text for text in (await house.door.client.view(key)).pending_texts}

    assert [f'href="{path}?number={number}"' in which.text for number in (1, 2)] == [True, True]
    assert 'name="text"' not in which.text
    assert "They arrive at ten</textarea>" in second.text
    assert re.findall(r'<option value="(\d*)"[^>]*>', second.text) == ["", "2"]
    assert 303 == sent.status_code, seen(sent)
    assert {1: "New goods left", 2: "They arrive at noon"} == texts
