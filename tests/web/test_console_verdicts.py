"""Forms in which somebody judges what others wrote: it stands above the button, and nobody judges blind."""

import re
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from escalation.case.rca_content import InternalRca
from escalation.case.resolution import ResolutionKind
from escalation.kernel.values import from_plain
from tests.web.signed_in import API, where_people_sign_in
from tests.web.web_client import ANSWERED, Door, seen

WILL_SEE, SEES = "customer will see this", "customer sees this"
WITH_VERIFICATION = "Customers get this text when the resolution is verified, and not before."
RCA = {
    "summary": "Nobody looked at the weather",
    "root_causes": ["A worn seal"],
    "corrective_actions": [
        {"what": "Replace it", "owner": "jonas", "due": "2030-12-31", "for_customers": "Bays are closed"}
    ],
    "summary_for_customers": "Rain came in.",
}
APPROVALS = "extends: reference.yaml\napprovals: {customer_updates: [support_manager, escalation_manager]}\n"
ELENA = "elena.petrova@example.com"


async def get(door: Door, part: str = "", who: str = "maya") -> httpx.Response:
    return await door.http.get(f"/case/{door.key}{part}", headers={"cookie": f"escalation_as={who}"})


async def post(door: Door, path: str, who: str = "maya", **form: str) -> httpx.Response:
    headers = {**ANSWERED, "cookie": f"escalation_as={who}"}
    return await door.http.post(path, content=urlencode(form), headers=headers)


def above_the_form(page: httpx.Response) -> str:
    """Return the part of a page that a reader has seen before the first field."""
    before, _, _ = page.text.partition('class="form"')
    assert before != page.text
    return seen(httpx.Response(200, text=before))


async def until_rca_filed(door: Door) -> None:
    await door.start()
    await door.resolve()
    await door.client.request_rca(door.key, by="elena")
    await door.client.file_rca(door.key, by="kemal", rca=from_plain(InternalRca, RCA))


@pytest.mark.parametrize(
    ("move", "otherwise"),
    [("verify_resolution", "reject_resolution"), ("reject_resolution", "verify_resolution")],
)
async def test_whoever_verifies_reads_what_was_done_and_what_customers_will(
    door: Door, move: str, otherwise: str
) -> None:
    """
    RESOLVE-5, COMM-6: the verification approves the text; next to it is the way to judge otherwise.
    """
    await door.start()
    await door.declare()
    page = await get(door, f"/{move}", "aisha")
    previewed = await post(door, f"/case/{door.key}/{move}", "aisha", why="No", preview="1")

    for form in (page, previewed):
        shown = above_the_form(form)
        assert "Fix: Replaced bay 3 Elena Petrova" in shown
        assert f"{WILL_SEE} New pallets sent. {WITH_VERIFICATION}" in shown
        assert f'href="/case/{door.key}/{otherwise}"' in form.text


async def test_where_customers_get_no_text_of_ours_the_form_says_so(door: Door) -> None:
    """
    RESOLVE-5.
    """
    await door.start()
    await door.client.declare_resolved(
        door.key, by="elena", resolution=ResolutionKind.WORKAROUND, done="Sent others"
    )

    shown = above_the_form(await get(door, "/verify_resolution", "aisha"))
    assert "Workaround: Sent others" in shown
    assert "No text for customers is written: they get the usual letter when it is verified." in shown


async def test_a_form_that_judges_nothing_now_shows_nothing(door: Door) -> None:
    """
    The move itself says why it is not possible.
    """
    await door.start()
    for move in ("verify_resolution", "approve_rca", "approve_text", "acknowledge"):
        assert "What this is about" not in (await get(door, f"/{move}")).text


async def test_an_rca_is_derived_approved_and_shared_by_people_who_read_it(door: Door) -> None:
    """
    CLOSE-4: who derives it reads the internal one, who approves or shares it reads what customers will, too. Who may
    not put it in other words reads who may.
    """
    await until_rca_filed(door)
    deriving = await get(door, "/derive_rca", "dewi")
    await door.client.derive_rca(door.key, by="dewi")
    approving = await get(door, "/approve_rca", "elena")
    await door.client.approve_rca(door.key, by="elena")
    sharing = await get(door, "/share_rca", "dewi")

    internal = (
        "Nobody looked at the weather Root causes A worn seal Corrective actions Replace it Jonas Weber"
    )
    assert '<details id="rca-internal" open>' in deriving.text
    for page in (deriving, approving, sharing):
        assert internal in above_the_form(page)
    for page in (approving, sharing):
        assert f"{WILL_SEE} Rain came in. Bays are closed" in above_the_form(page)
    assert f'href="/case/{door.key}/derive_rca"' in sharing.text
    assert f'href="/case/{door.key}/derive_rca"' not in approving.text
    assert "Write customer RCA: Elena Petrova may not write customer RCA" in above_the_form(approving)
    assert "Kemal Aydın" in above_the_form(approving)  # who may, and not the id of a role


async def test_the_page_of_a_case_says_whether_customers_have_a_text_already(door: Door) -> None:
    """
    COMM-6: the text of a resolution goes out with the verification, an RCA once it is shared.
    """
    await until_rca_filed(door)
    await door.client.derive_rca(door.key, by="dewi")
    derived = seen(await get(door))
    await door.client.approve_rca(door.key, by="elena")
    await door.client.share_rca(door.key, by="dewi")
    shared = seen(await get(door))

    assert f"{WILL_SEE} Rain came in." in derived
    assert f"{SEES} Rain came in." in shared
    for page in (derived, shared):
        assert f"{SEES} New pallets sent." in page
    assert WILL_SEE not in shared


@pytest.mark.parametrize(
    ("language", "mark", "later"),
    [
        ("en", WILL_SEE, WITH_VERIFICATION),
        ("id", "akan dilihat pelanggan", "Pelanggan menerima teks ini saat penyelesaian diverifikasi"),
        ("tr", "müşteri bunu görecek", "Müşteriler bu metni çözüm doğrulandığında alır"),
    ],
)
async def test_a_resolution_says_when_its_text_goes_out(
    door: Door, language: str, mark: str, later: str
) -> None:
    """
    RESOLVE-5: in the preview, and on the page of the case until it is verified.
    """
    await door.start()
    path, fields = f"/case/{door.key}/declare_resolved", {"resolution": "fix", "done": "Replaced bay 3"}
    who = f"maya; escalation_language={language}"
    previewed = await post(door, path, who, **fields, customer_text="New pallets sent.", preview="1")
    without = await post(door, path, who, **fields, preview="1")
    await post(door, path, who, **fields, customer_text="New pallets sent.")
    waiting = await get(door, "", who)

    for page in (previewed, waiting):
        assert f"{mark} New pallets sent. {later}" in seen(page)
    assert later not in seen(without)
    assert 1 == await door.happened("resolution_declared")


async def test_a_text_that_waits_is_read_where_it_is_judged(tmp_path: Path) -> None:
    """
    COMM-6: the one that is chosen, with all that customers would read of it; else all that wait.
    """
    async with where_people_sign_in(tmp_path, APPROVALS) as house:
        key, elena, maya = "ACME/1", house.cookie(ELENA), house.bearer("maya.okafor@example.com")
        assert 201 == (await house.start(key, maya, priority="P3")).status_code
        moves = f"{API}/escalations/{key}/moves"
        question = {"account": "ACME", "text": "How many?", "what_for": "We send them"}
        due = {"due_at": "2030-12-01T09:00:00Z"}
        for move, said in (
            ("send_update", {"customer_text": "New goods left", "apologise": True}),
            ("ask_customer", question | due),
        ):
            answer = await house.door.http.post(f"{moves}/{move}", json=said, headers=maya)
            assert 200 == answer.status_code, answer.text
        pages = {
            move: await house.door.http.get(f"/case/{key}/{move}", headers=elena)
            for move in ("approve_text?number=2", "reject_text?number=1", "approve_text")
        }

    second, first, both = (above_the_form(page) for page in pages.values())
    assert f"A text of Maya Okafor for customers waits for approval. {WILL_SEE} How many? ACME" in second
    assert "What for: We send them" in second
    assert f"{WILL_SEE} New goods left The message apologises." in first
    assert ("New goods left" in second, "How many?" in first) == (False, False)
    assert "New goods left" in both
    assert "How many?" in both
    assert f'href="/case/{key}/reject_text?number=2"' in pages["approve_text?number=2"].text
    assert f'href="/case/{key}/approve_text?number=1"' in pages["reject_text?number=1"].text


async def test_a_preview_is_where_the_browser_goes(door: Door) -> None:
    """
    Without a script: each button that previews names the place of the preview, which can take the focus.
    """
    await door.start()
    for path in ("/start", f"/case/{door.key}/raise_level"):
        headers = {"cookie": "escalation_as=maya"}
        buttons = re.findall(
            r'<button[^>]*name="preview"[^>]*>', (await door.http.get(path, headers=headers)).text
        )
        assert 2 == len(buttons)
        assert all('formaction="#preview"' in button for button in buttons)
    page = await post(door, f"/case/{door.key}/raise_level", reason="sla_breach", preview="1")
    assert re.search(r'<section[^>]* id="preview" tabindex="-1" aria-label="What will happen"', page.text)


@pytest.mark.parametrize(
    ("language", "internal", "customer", "fix"),
    [
        ("en", "for our own people alone", "which customers will read", "A fix removes the cause"),
        (
            "id",
            "hanya untuk orang kami sendiri",
            "yang akan dibaca pelanggan",
            "Perbaikan tetap menghilangkan",
        ),
        (
            "tr",
            "yalnızca kendi ekibimiz için",
            "Müşterilerin okuyacağı",
            "Kalıcı çözüm nedeni ortadan kaldırır",
        ),
    ],
)
async def test_a_form_says_what_its_move_is_for(
    door: Door, language: str, internal: str, customer: str, fix: str
) -> None:
    """
    COMM-9: in the words of the declaration; those who file an RCA and those who derive one learn the difference.
    """
    await until_rca_filed(door)
    who = f"maya; escalation_language={language}"

    assert internal in seen(await get(door, "/file_rca", who))
    assert customer in seen(await get(door, "/derive_rca", who))
    assert fix in seen(await get(door, "/declare_resolved", who))
