"""The console over HTTP, as a browser without a script sees it."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from urllib.parse import urlencode

import httpx
import pytest

from tests.web.web_client import ANSWERED, Door, seen

MAYA = {"escalation_as": "maya"}


async def get(
    door: Door, path: str, cookies: Mapping[str, str] | None = None, **headers: str
) -> httpx.Response:
    return await door.http.get(
        path, headers={"cookie": _cookies(MAYA if cookies is None else cookies), **headers}
    )


async def post(
    door: Door, path: str, *, headers: dict[str, str] | None = None, **form: str
) -> httpx.Response:
    sent = {**ANSWERED, "cookie": _cookies(MAYA), **(headers or {})}
    return await door.http.post(path, content=urlencode(form), headers=sent)


def _cookies(cookies: Mapping[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


async def until_seen(door: Door, path: str, text: str, **cookies: str) -> httpx.Response:
    """Lists follow a moment after what they list."""
    async with asyncio.timeout(10):
        while text not in (page := await get(door, path, cookies or None)).text:  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0.2)
    return page


async def test_what_waits_for_somebody_leads_to_the_move_that_does_it(door: Door) -> None:
    """
    From the start page to an acknowledged escalation, by what the pages offer.
    """
    await door.start()
    waiting = await until_seen(door, "/", door.key)
    (path,) = re.findall(rf'href="(/case/{door.key}[^"]*/acknowledge)"', waiting.text)
    form = await get(door, path)
    done = await post(door, path, note="I call <them>")
    page = await get(door, done.headers["location"])

    assert 303 == done.status_code
    assert "What you want to add, for our own people." in form.text
    assert "Done: acknowledge" in seen(page)
    assert "Maya Okafor" in seen(page)
    assert "I call &lt;them&gt;" in page.text
    assert "maya" == (await door.client.view(door.key)).owner


async def test_nobody_is_asked_who_they_are_only_where_nobody_signs_in(door: Door) -> None:
    """
    Each page says that whoever calls is believed; a name is remembered by the browser.
    """
    asked = await get(door, "/", {})
    chosen = await post(door, "/who", person="elena")
    elsewhere = await post(door, "/who", person="elena", next="//evil.example/")

    assert "Who are you?" in seen(asked)
    assert "Open mode" in seen(asked)
    assert "escalation_as=elena" in chosen.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=lax"} <= set(chosen.headers["set-cookie"].split("; "))
    assert "/" == elsewhere.headers["location"]


async def test_the_list_is_narrowed_by_its_address(door: Door) -> None:
    """
    Everything has an address: a filter can be pasted into a chat.
    """
    await door.start(subject=f"Pump {door.key} leaks")
    found = await until_seen(door, f"/all?words=pump+{door.key}", "leaks")
    elsewhere = await get(door, f"/all?words=pump+{door.key}&state=closing")

    assert f'href="/case/{door.key}"' in found.text
    assert door.key not in elsewhere.text.replace(f"pump {door.key}", "")
    assert "No open escalation matches." in seen(elsewhere)


async def test_a_refused_form_keeps_what_was_written(door: Door) -> None:
    """
    Nothing is lost on a refused form: neither where a field is wrong, nor where the engine says no.
    """
    await door.start()
    wrong = await post(door, f"/case/{door.key}/raise_level", reason="because", note="They are angry")
    refused = await post(door, f"/case/{door.key}/verify_resolution", note="Looks good")

    assert (422, 409) == (wrong.status_code, refused.status_code)
    assert "They are angry</textarea>" in wrong.text
    assert 'id="reason-fault"' in wrong.text
    assert "cannot verify resolution while communicating" in seen(refused)
    assert "Looks good</textarea>" in refused.text


async def test_a_form_of_another_site_is_not_taken(door: Door) -> None:
    """
    CSRF: the browser says where a form comes from, and only our own pages count.
    """
    await door.start()
    answers = [
        await post(door, f"/case/{door.key}/acknowledge", headers={"origin": "https://evil.example"}),
        await post(door, f"/case/{door.key}/acknowledge", headers={"sec-fetch-site": "cross-site"}),
        await get(door, f"/case/{door.key}/acknowledge"),
    ]

    assert [403, 403, 200] == [answer.status_code for answer in answers]
    assert 0 == await door.happened("acknowledged")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/case/ACME/nowhere", 404),
        ("/case/ACME/nowhere/acknowledge", 404),
        ("/case/ACME/nowhere/dance", 404),
        ("/static/../console.py", 404),
        ("/nothing", 404),
    ],
)
async def test_what_is_not_there_is_a_page_that_says_so(door: Door, path: str, status: int) -> None:
    """
    No traceback reaches a reader.
    """
    answer = await get(door, path)

    assert status == answer.status_code
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("language", "heading"), [("id", "Untuk saya"), ("tr", "Benim için"), ("en", "For me")]
)
async def test_the_console_speaks_the_readers_language(door: Door, language: str, heading: str) -> None:
    """
    COMM-9: by the choice of the reader, else by the browser.
    """
    by_browser = await get(door, "/", MAYA, **{"accept-language": f"{language},en;q=0.5"})
    by_choice = await get(door, "/", {**MAYA, "escalation_language": language})

    for page in (by_browser, by_choice):
        assert heading in seen(page)
        assert f'<html lang="{language}"' in page.text


async def test_pages_are_small_and_closed(door: Door) -> None:
    """
    Under 150 KB with all that a page loads; nothing is fetched from elsewhere, and no script stands in a page.
    """
    await door.start()
    pages = [await get(door, path) for path in ("/", "/all", f"/case/{door.key}", "/playbook")]
    files = [await get(door, f"/static/{name}") for name in ("console.css", "console.js", "htmx.js")]

    for page in pages:
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "no-store" == page.headers["cache-control"]
        assert not re.findall(r"<script(?![^>]* src=)", page.text)
        assert not re.findall(r'(?:src|href)="https?:', page.text)
        assert 150_000 > len(page.content) + sum(len(file.content) for file in files)


async def test_a_live_page_learns_that_something_changed(door: Door) -> None:
    """
    By server-sent events, which carry no content.
    """
    async with door.http.stream("GET", "/live", headers={"cookie": _cookies(MAYA)}) as stream:
        lines = stream.aiter_lines()
        first = await anext(lines)
        await door.start()
        async with asyncio.timeout(15):
            heard = [line async for line in _until_changed(lines)]

    assert "retry: 3000" == first
    assert ["event: changed"] == heard


async def test_the_page_of_an_escalation_hears_of_a_comment(door: Door) -> None:
    """
    TALK-2: nothing of it shows in a row of the list. What the page showed already is no news.
    """
    await door.start()
    seen_already = (await door.client.timeline(door.key))[-1].seq
    await door.client.add_comment(door.key, by="maya", note="They are angry")
    async with (
        asyncio.timeout(15),
        door.http.stream(
            "GET", f"/case/{door.key}/live?seen={seen_already}", headers={"cookie": _cookies(MAYA)}
        ) as stream,
    ):
        heard = [line async for line in _until_changed(stream.aiter_lines())]

    assert ["event: changed"] == heard


async def _until_changed(lines: AsyncIterator[str]) -> AsyncIterator[str]:
    async for line in lines:
        if line.startswith("event"):
            yield line
            return


async def test_a_move_is_previewed_before_it_is_made(door: Door) -> None:
    """
    The page says what would happen and who would be notified; nothing has happened yet.
    """
    await door.start()
    page = await post(
        door, f"/case/{door.key}/raise_level", reason="sla_breach", note="Too slow", preview="1"
    )

    assert 200 == page.status_code
    assert "What will happen" in seen(page)
    assert "Priya Nair" in seen(page)
    assert "Too slow</textarea>" in page.text
    assert 0 == await door.happened("level_raised")


async def test_the_outlook_says_what_happens_if_nobody_acts(door: Door) -> None:
    """
    The rules run forward from now, until nothing more happens by itself.
    """
    await door.start()
    page = await get(door, f"/case/{door.key}/outlook")

    assert "the window of level 1 ended" in seen(page)
    assert 0 == await door.happened("level_raised")


async def test_what_somebody_may_not_do_is_there_with_its_reason(door: Door) -> None:
    """
    ROLE-2: the state machine and the roles teach.
    """
    await door.start()
    page = await get(door, f"/case/{door.key}")

    assert "Verify resolution: cannot verify resolution while communicating" in seen(page)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/playbook", "Reference"),
        ("/playbook/simulate", "Nothing is started"),
        ("/playbook/simulate?category=customer_service_requests/complaint&priority=P2", "opened at level 1"),
        ("/playbook/on-call?week=2026-12-02", "rotas"),
        ("/playbook/coverage?week=2026-12-02", "30 Nov 2026 – 6 Dec 2026"),
        ("/playbook/changes", "Nothing would change"),
        ("/look-back?by=category&from=2020-01-01", "Divided by"),
    ],
)
async def test_pages_of_the_playbook_and_of_the_record_are_there(door: Door, path: str, shown: str) -> None:
    """
    Each has an address, with what was chosen in it.
    """
    page = await get(door, path)

    assert 200 == page.status_code
    assert shown in seen(page)
    assert "Reason(" not in page.text


async def test_the_playbook_reads_in_the_language_of_the_reader(door: Door) -> None:
    """
    COMM-9: the clocks of its table, and the lines of a simulation; people, levels and responses are the playbook's.
    """
    turkish = {"cookie": "escalation_language=tr"}
    matrix = seen(await door.http.get("/playbook", headers=turkish))
    at = "/playbook/simulate?category=customer_service_requests/complaint&priority=P2"
    simulated = seen(await door.http.get(at, headers=turkish))

    assert ("Next update" in matrix, "Sonraki bilgilendirme" in matrix) == (False, True)
    assert ("opened at level" in simulated, "1. seviyede P2 önceliğiyle açıldı" in simulated) == (False, True)
    assert ("case received to customers" in simulated, "alındı bildirimi" in simulated) == (False, True)


async def test_a_rebase_is_shown_before_it_is_made(door: Door) -> None:
    """
    CLOCK-4: one that goes by the playbook of today already has nothing to change.
    """
    await door.start()
    page = await get(door, f"/case/{door.key}/rebase")
    refused = await post(door, f"/case/{door.key}/rebase", why="New targets")

    assert "already" in seen(page)
    assert 409 == refused.status_code


async def test_settings_show_no_secret_and_test_a_channel_of_the_reader_alone(door: Door) -> None:
    """
    IDENTITY-4: a test message goes to the reader's own address.
    """
    page = await get(door, "/settings")
    sent = await post(door, "/settings", address="email:maya.okafor@example.com")
    elsewhere = await post(door, "/settings", address="email:somebody@else.example")

    assert "whoever calls is believed" in seen(page)
    assert "email:maya.okafor@example.com: delivered" in seen(sent)
    assert 400 == elsewhere.status_code
    assert door.settings.link_key is not None
    assert door.settings.link_key.get_secret_value() not in page.text
