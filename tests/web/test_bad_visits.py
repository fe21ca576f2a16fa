"""Visits that must not get through, by page or API: sessions that are over, other sites, wrong methods, too much."""

import hashlib
import time

import httpx
import pytest
from itsdangerous import TimestampSigner, URLSafeTimedSerializer

from entrypoints.web.console.page_service import LARGEST_FORM
from escalation.kernel.budgets import REQUEST
from identity.session import SESSION_COOKIE
from runtime.signed_links import link_keys
from tests.web.signed_in import API, SignedIn
from tests.web.web_client import ANSWERED, seen

MAYA = "maya.okafor@example.com"
PROBLEM = "application/problem+json"


class LongAgo(TimestampSigner):
    """Signs as the service did nine hours ago; a session lasts eight."""

    def get_timestamp(self) -> int:
        return int(time.time()) - 9 * 3600


def expired_session(house: SignedIn) -> dict[str, str]:
    written = URLSafeTimedSerializer(
        [*reversed(link_keys(house.door.settings))],
        salt="escalation-session",
        signer=LongAgo,
        signer_kwargs={"digest_method": hashlib.sha256},
    ).dumps({"email": MAYA, "id_token": "", "id": "1"})
    return {"cookie": f"{SESSION_COOKIE}={written!s}"}


async def started(house: SignedIn, key: str) -> str:
    """Start an escalation, and return the path of its page."""
    answer = await house.start(key, house.bearer(MAYA))
    assert answer.status_code in {200, 201}, answer.text
    return f"/case/{key}"


async def send(house: SignedIn, method: str, path: str, **request: object) -> httpx.Response:
    return await house.door.http.request(method, path, follow_redirects=False, **request)  # type: ignore[arg-type]


async def test_a_session_that_is_over_leads_to_sign_in(signed_in: SignedIn) -> None:
    """A page that is looked at leads there; a form says so, and nothing was done; the API answers with a problem."""
    path = await started(signed_in, "ACME/60")
    headers = expired_session(signed_in)

    looked = await send(signed_in, "GET", path, headers=headers)
    pressed = await send(signed_in, "POST", f"{path}/nudge_owner", headers=headers | ANSWERED)
    asked = await send(
        signed_in, "POST", f"{API}/escalations/ACME/60/moves/nudge_owner", headers=headers, json={}
    )

    assert (303, f"/sign-in?then={path}") == (looked.status_code, looked.headers["location"])
    assert (401, True) == (pressed.status_code, "the sign-in has expired; sign in again" in seen(pressed))
    assert f'href="/sign-in?then={path}/nudge_owner"' in pressed.text
    assert (401, PROBLEM, "Bearer") == (
        asked.status_code,
        asked.headers["content-type"],
        asked.headers["www-authenticate"],
    )
    assert "has expired" in asked.json()["detail"]
    assert "owner_nudged" not in {entry.kind for entry in await signed_in.door.client.timeline("ACME/60")}


@pytest.mark.parametrize(
    "sent",
    [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"}],
)
async def test_what_another_site_sends_with_somebodys_session_is_not_taken(
    signed_in: SignedIn, sent: dict[str, str]
) -> None:
    """CSRF: neither a form, nor an operation of the API, with a body or without one."""
    path = await started(signed_in, "ACME/61")
    headers = signed_in.cookie(MAYA) | sent

    form = await send(signed_in, "POST", f"{path}/nudge_owner", headers=headers | ANSWERED)
    moves = f"{API}/escalations/ACME/61/moves/add_comment"
    answers = [
        await send(signed_in, "POST", moves, headers=headers, json={"note": "Hello"}),
        await send(signed_in, "POST", f"{API}/report-schedules/weekly/remove", headers=headers),
    ]

    assert 403 == form.status_code
    for answer in answers:
        assert (403, PROBLEM) == (answer.status_code, answer.headers["content-type"])
        assert "another site" in answer.json()["detail"]
    own = signed_in.cookie(MAYA) | {"sec-fetch-site": "same-origin"}
    assert 200 == (await send(signed_in, "POST", moves, headers=own, json={"note": "Hello"})).status_code


async def test_wrong_methods_and_too_much_are_refused(signed_in: SignedIn) -> None:
    """With 405 and what is allowed, and with 413."""
    path = await started(signed_in, "ACME/62")
    session = signed_in.cookie(MAYA)
    form = f"{path}/add_comment"
    large = b"note=" + b"x" * LARGEST_FORM
    moves = f"{API}/escalations/ACME/62/moves/add_comment"

    methods = [await send(signed_in, method, form, headers=session) for method in ("PUT", "DELETE", "PATCH")]
    by_api = await send(signed_in, "PUT", moves, headers=session)
    too_large = await send(signed_in, "POST", form, headers=session | ANSWERED, content=large)
    too_large_by_api = await send(
        signed_in, "POST", moves, headers=session, json={"note": "x" * (REQUEST + 1)}
    )

    assert [405, 405, 405, 405] == [answer.status_code for answer in (*methods, by_api)]
    assert {"GET", "HEAD", "POST"} == set(methods[0].headers["allow"].split(", "))
    assert (PROBLEM, "POST") == (by_api.headers["content-type"], by_api.headers["allow"])
    assert (413, 413) == (too_large.status_code, too_large_by_api.status_code)
    assert "Traceback" not in too_large.text


async def test_what_is_anothers_is_not_there(signed_in: SignedIn) -> None:
    """IDENTITY-4: neither its page, nor its forms, nor its moves; a link that was passed on shows no more."""
    path = await started(signed_in, "ACME/63")
    stranger = signed_in.cookie("hannah.fischer@example.com")

    pages = [
        await send(signed_in, "GET", path, headers=stranger),
        await send(signed_in, "GET", f"{path}/acknowledge", headers=stranger),
        await send(signed_in, "POST", f"{path}/acknowledge", headers=stranger | ANSWERED),
        await send(
            signed_in, "POST", f"{API}/escalations/ACME/63/moves/acknowledge", headers=stranger, json={}
        ),
        await send(signed_in, "GET", f"{API}/escalations/ACME/63/events", headers=stranger),
    ]

    assert [404] * 5 == [page.status_code for page in pages]


async def test_what_is_not_there_is_said_within_the_console(signed_in: SignedIn) -> None:
    """Whoever is known keeps the menu, their name and the way out; nothing is said of what exists."""
    house, key = signed_in, "ACME/69"
    await started(house, key)
    for path in ("/case/ACME/nowhere", f"/case/{key}/dance", "/case/ACME/nowhere/outlook"):
        page = await send(house, "GET", path, headers=house.cookie(MAYA))

        assert 404 == page.status_code
        assert '<a href="/all">All</a>' in page.text
        assert "Maya Okafor" in seen(page)
        assert 'action="/sign-out"' in page.text
        assert "aria-current" not in page.text
        assert key not in page.text
