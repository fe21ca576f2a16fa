"""Forms of the console: every move can be made by mouse, and nothing that was written is lost."""

import asyncio
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from entrypoints.web.console.move_form import form_of, has_form
from entrypoints.web.console.record_form import FormField, Known, RecordForm
from escalation.case.lifecycle import LIFECYCLE, NOBODYS, Move
from escalation.case.move_index import COMMAND_OF
from escalation.case.rca_content import InternalRca
from escalation.case.request import StartRequest
from escalation.kernel.field_reader import fields_of, record_of
from escalation.notifications.links import Question
from tests.web.web_client import ANSWERED, Door, seen

NOTHING = Known({}, {}, {})


def leaves(fields: Sequence[FormField]) -> Iterator[str]:
    for field in fields:
        for group in field.groups:
            yield from leaves(group)
        if not field.groups:
            yield field.path


def required(command: type, before: str = "") -> Iterator[str]:
    """The fields that a declaration cannot do without, by path; of a list the first item."""
    for field in fields_of(command):
        path, record = f"{before}{field.name}", record_of(command, field.name)
        if not field.is_required or path == "by":
            continue
        if record:
            yield from required(record, f"{path}.0." if field.is_list else f"{path}.")
        else:
            yield path


@pytest.mark.parametrize("move", sorted({row.move for row in LIFECYCLE} - NOBODYS - {Move.REBASE}))
def test_every_move_has_a_form_with_all_that_it_cannot_do_without(move: Move) -> None:
    """
    A rebase, which is made of the playbook, has a page of its own.
    """
    assert has_form(move)
    assert set() == set(required(COMMAND_OF[move])) - set(leaves(form_of(move).fields(NOTHING, {})))


def test_what_is_on_file_comes_back_from_its_form_as_it_was() -> None:
    """
    A new version of an RCA begins with the last one; a list of texts is one a line, and instants are the reader's.
    """
    rca: dict[str, Any] = {
        "root_causes": ["A worn seal", "No spare"],
        "timeline": [{"at": "2026-11-02T09:00:00+00:00", "what": "Rain came in"}],
        "five_whys": [{"problem": "Wet pallets", "whys": ["Rain", "A worn seal"]}],
        "corrective_actions": [
            {"what": "Replace all seals", "owner": "jonas", "due": "2026-12-20"},
            {"what": "Keep spares", "owner": "maya", "due": "2027-01-20", "for_customers": "We keep spares."},
        ],
    }
    form = RecordForm(InternalRca)
    given = form.given_of(rca, UTC)

    assert InternalRca.model_validate(rca) == InternalRca.model_validate(form.plain(given, UTC))
    assert "A worn seal\nNo spare" == given["root_causes"]


def test_a_group_in_which_nothing_is_written_is_not_there() -> None:
    """
    Also one between others, and one in which only the default of a field stands; the others are counted on.
    """
    form = RecordForm(StartRequest)
    given = {
        "customers.0.account": "",
        "customers.0.contacts.0.language": "en",
        "customers.3.account": "ACME",
        "customers.3.contacts.1.name": "Jo",
        "customers.3.contacts.1.language": "en",
    }

    assert {
        "customers.0.account": "ACME",
        "customers.0.contacts.0.name": "Jo",
        "customers.0.contacts.0.language": "en",
    } == form.filled(given)
    drawn = form.fields(NOTHING, given, add="customers")
    (customers,) = (field for field in drawn if field.name == "customers")
    assert 2 == len(customers.groups)
    assert "customers.0.contacts.0.email" in leaves(customers.groups[0])


async def post(door: Door, path: str, who: str = "maya", **form: str) -> httpx.Response:
    headers = {**ANSWERED, "cookie": f"escalation_as={who}"}
    return await door.http.post(path, content=urlencode(form), headers=headers)


def a_start(key: str) -> dict[str, str]:
    return {
        "key": key,
        "subject": "Second delivery in a row arrived damaged",
        "category": "customer_service_requests/complaint",
        "priority": "P3",
        "reason": "dissatisfied_customer",
        "customers.0.account": "ACME",
        "customers.0.contacts.0.name": "Jo Buyer",
        "customers.0.contacts.0.email": "jo@acme.example",
        "customers.0.contacts.0.language": "en",
        "evidence.0.kind": "report",
        "evidence.0.what": "Photos of wet pallets",
    }


async def test_an_escalation_lives_from_its_start_to_its_close_by_forms_alone(door: Door) -> None:
    """
    START to CLOSE: each form is sent as a browser without a script sends it.
    """

    async def made(move: str, who: str, **form: str) -> None:
        answer = await post(door, f"/case/{door.key}/{move}", who, **form)
        assert 303 == answer.status_code, (move, seen(answer))

    started = await post(door, "/start", **a_start(door.key))
    assert 303 == started.status_code, seen(started)
    assert f"/case/{door.key}?done=start" == started.headers["location"]
    await made("acknowledge", "maya")
    await made("request_rca", "elena")
    await made("revise_plan", "maya", **{"steps.0.what": "Inspect bay 3", "steps.0.owner": "jonas"})
    await made("send_update", "maya", customer_text="New pallets leave today")
    await made("declare_resolved", "maya", resolution="fix", done="Replaced the seal", customer_text="Sent")
    await made("verify_resolution", "aisha")
    await made("confirm_access", "dewi", account="ACME", answer="yes")
    rca = {
        "rca.root_causes": "A worn seal",
        "rca.corrective_actions.0.what": "Replace all seals",
        "rca.corrective_actions.0.owner": "jonas",
        "rca.corrective_actions.0.due": f"{datetime.now(UTC):%Y}-12-31",
        "rca.summary_for_customers": "Rain came in through a worn seal.",
    }
    await made("file_rca", "kemal", **rca)
    derived = await door.http.get(f"/case/{door.key}/derive_rca", headers={"cookie": "escalation_as=maya"})
    assert "Rain came in through a worn seal.</textarea>" in derived.text
    await made("derive_rca", "dewi", **{"rca.summary": "Rain came in."})
    await made("approve_rca", "elena")
    await made("share_rca", "dewi")
    await made("close", "elena")

    assert "closed" == (await door.client.view(door.key)).state
    talk = seen(await door.http.get(f"/case/{door.key}?show=talk", headers={"cookie": "escalation_as=maya"}))
    for told in ("New pallets leave today", "Sent", "Rain came in."):
        assert f"customer sees this {told}" in talk


async def test_a_start_is_previewed_and_refused_without_losing_a_word(door: Door) -> None:
    """
    START-6: every fault at once, each at its field; and nothing begins before the last button.
    """
    form = a_start(door.key)
    previewed = await post(door, "/start", **form, preview="1")
    wrong = await post(door, "/start", **{**form, "reason": "", "customers.0.contacts.0.email": "jo at acme"})
    more = await post(door, "/start", **form, add="customers.0.contacts")
    less = await post(door, "/start", **form, remove="evidence.0")

    assert "What will happen" in seen(previewed)
    assert "Maya Okafor" in seen(previewed)
    assert "Jo Buyer" in seen(previewed)
    assert 422 == wrong.status_code
    for field in ("reason", "customers.0.contacts.0.email"):
        assert f'id="{field}-fault"' in wrong.text
    assert 'value="jo at acme"' in wrong.text
    assert "Photos of wet pallets</textarea>" in wrong.text
    assert 'name="customers.0.contacts.1.email"' in more.text
    assert "Photos of wet pallets" not in less.text
    assert [] == re.findall("Traceback", previewed.text + wrong.text)
    assert [] == [row async for row in door.client.list() if row.key == door.key]


async def test_a_start_of_what_runs_already_leads_there(door: Door) -> None:
    """
    START-4, START-5: before anything is sent, by a link; and once it is sent, to the page of what runs.
    """
    there, form = f"/case/{door.key}", a_start(door.key)
    await door.start()
    repeat = await post(door, "/start", **form, preview="1")
    outage = await post(door, "/start", **{**form, "key": f"{door.key}b", "outage": door.key}, preview="1")
    sent = await post(door, "/start", **form)
    page = await door.http.get(sent.headers["location"])

    assert "a start of the same key changes nothing" in seen(repeat)
    assert "adds its customers to that escalation" in seen(outage)
    assert [True, True] == [f'<a href="{there}">' in form.text for form in (repeat, outage)]
    assert f"{there}?done=repeat" == sent.headers["location"]
    assert "It runs already: nothing was started." in seen(page)


async def test_members_of_a_task_force_act_on_its_page(door: Door) -> None:
    """
    RESOLVE-2: a seat is accepted, a task is added and finished, the status is reported, and the force stands down.
    """
    at = f"/case/{door.key}/task-force/dry-bays"

    async def made(path: str, who: str, **form: str) -> None:
        answer = await post(door, path, who, **form)
        assert 303 == answer.status_code, (path, seen(answer))

    await made("/start", "maya", **a_start(door.key))
    seat = {"seats.0.role": "facility engineer", "seats.0.people": "maya"}
    force = {
        "name": "dry-bays",
        "mission": "Find out why bay 3 leaks",
        "lead": "jonas",
        "status_every": "4 h",
    }
    await made(f"/case/{door.key}/deploy_task_force", "elena", **force, **seat)
    async with asyncio.timeout(30):  # it is deployed by a run of its own
        while (await post(door, f"{at}/accept_seat", "maya", preview="1")).status_code != 200:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    previewed = await post(door, f"{at}/accept_seat", "maya", note="On my way", preview="1")
    held = (await door.client.task_force(door.key, "dry-bays")).seats[0].held_by
    await made(f"{at}/accept_seat", "maya", note="On my way")
    await made(f"{at}/add_task", "jonas", what="Open the roof", owner="maya")
    refused = await post(door, f"{at}/add_task", "jonas", what="Close the roof", owner="nobody")
    await made(f"{at}/finish_task", "maya", task="1")
    await made(f"{at}/report_status", "jonas", text="The seal is worn out")
    page = await door.http.get(at, headers={"cookie": "escalation_as=maya"})
    adding = await door.http.get(f"{at}/add_task", headers={"cookie": "escalation_as=jonas"})
    await made(f"/case/{door.key}/stand_down_task_force", "elena", name="dry-bays", why="The roof is dry")

    assert (200, None) == (previewed.status_code, held)
    assert "What will happen Maya Okafor accepted the seat facility engineer" in seen(previewed)
    assert "Working · Jonas Weber" in seen(previewed)
    assert "On my way" in previewed.text
    assert "facility engineer: Maya Okafor" in seen(page)
    assert "The seal is worn out" in seen(page)
    assert (409, 'role="alert"' in refused.text) == (refused.status_code, True)
    assert "Report status: Maya Okafor may not report status; who may: Jonas Weber" in seen(page)
    assert f'href="{at}/report_status"' not in page.text
    assert "Only members of the task force are listed" in seen(adding)
    assert 'value="elena"' not in adding.text
    assert "Close the roof</textarea>" in refused.text


async def test_a_page_says_who_reads_and_who_said_what(door: Door) -> None:
    """
    COMM-6, TALK-2: customer text and internal text look different, in the story and beside it.
    """
    await door.start()
    await post(door, f"/case/{door.key}/send_update", customer_text="New pallets leave today")
    await post(door, f"/case/{door.key}/state_impact", account="ACME", impact="Our shops are empty")
    await post(door, f"/case/{door.key}/add_comment", note="They are angry")
    pages = [
        await door.http.get(f"/case/{door.key}{part}", headers={"cookie": "escalation_as=maya"})
        for part in ("", "?show=talk", "?show=all")
    ]

    for page in pages:
        assert "customer sees this New pallets leave today" in seen(page)
        assert "the customer's words Our shops are empty" in seen(page)
        assert "<blockquote>They are angry</blockquote>" in page.text
    assert ["Opened at level 1" in page.text for page in pages] == [True, False, True]
    assert ["clock started" in page.text for page in pages] == [False, False, True]


async def test_each_line_of_a_story_says_who_acted(door: Door) -> None:
    """
    ROLE-3: by name, also where the sentence is about somebody else; what nobody did happened by itself.
    """
    await door.start()
    await door.client.acknowledge(door.key, by="maya")
    await door.client.begin_resolution(door.key, by="elena")
    await door.client.request_rca(door.key, by="elena", note="They ask")
    await door.resolve()
    await door.press(await door.link(Question.ACCESS, "ACME:jo@acme.example", account="ACME"), answer="yes")
    shown = {
        language: seen(
            await door.http.get(
                f"/case/{door.key}", headers={"cookie": "escalation_as=maya", "accept-language": language}
            )
        )
        for language in ("en", "id", "tr")
    }

    for line in (
        "Maya Okafor Acknowledged at level 1",
        "Elena Petrova Work on the resolution began",
        "Elena Petrova RCA requested They ask",
        "Aisha Rahman Verified the resolution",
        "Jo Buyer ACME has access again",
        "by itself Confirmation of receipt and first notifications under way",
    ):
        assert line in shown["en"]
    assert "Maya Okafor Mengonfirmasi penanganan di tingkat 1" in shown["id"]
    assert "Maya Okafor 1. seviyede üstlendi" in shown["tr"]
