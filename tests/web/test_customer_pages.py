"""The page that a customer's contact opens from a letter: what it shows, what it takes, and to whom it stays closed."""

import asyncio
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from entrypoints.web.customer_layout import CustomerLayout
from entrypoints.web.link_trouble import LARGEST_FORM
from entrypoints.web.page_texts import Languages
from entrypoints.web.pages import Pages
from escalation.case.customer_view import customer_view
from escalation.case.moves.revoke_page import RevokePage
from escalation.case.rca_content import CorrectiveAction, InternalRca
from escalation.kernel.values import CustomerText, InternalText
from escalation.notifications.links import PageLink
from escalation.policy.rates import USES_OF_LINK
from tests.builders import monday
from tests.escalation.marked_case import CLOSED, MARK, RESOLVED, a_marked_case
from tests.web.web_client import ANSWERED, Door, links_in, pages_in, seen

JO = "ACME:jo@acme.example"
_ONCE = re.compile(r'name="once" value="([\w-]+)"')
CONTACT = {"name": "Jo Buyer", "email": "jo@acme.example"}
HOSTILE = '"><script>alert(1)</script>{{ 7*7 }} <b onmouseover=x>'


async def opened(door: Door, **changes: Any) -> str:
    """The path of Jo's page, as the letter that confirms the start names it."""
    await door.start(**changes)
    letters = (await door.messages())["case_received"]
    (path,) = pages_in(*(each for each in letters if "jo@acme.example" in each.recipients))
    return path


async def asked(door: Door, account: str = "ACME") -> None:
    await door.client.ask_customer(
        door.key,
        by="elena",
        account=account,
        text=f"How many pallets are wet at {account}?",
        what_for="We send as many.",
        due_at=datetime.now(UTC) + timedelta(hours=5),
    )


async def sent(door: Door, path: str, form: str, once: str = "", **fields: str) -> httpx.Response:
    """Fill in a form of the page as it is now, and press its button."""
    mark = once or _ONCE.findall((await door.http.get(path)).text)[0]
    return await door.press(path, form=form, once=mark, **fields)


async def shared_rca(door: Door) -> None:
    client, action = door.client, InternalText("Repair the roof")
    for_customers, due = CustomerText("We repair our depot."), datetime.now(UTC).date()
    rca = InternalRca(
        root_causes=(InternalText("the roof leaks"),),
        corrective_actions=(
            CorrectiveAction(what=action, owner="elena", due=due, for_customers=for_customers),
        ),
        summary_for_customers=CustomerText("Rain came into our depot."),
    )
    await client.request_rca(door.key, by="elena")
    await client.file_rca(door.key, by="kemal", rca=rca)
    await client.derive_rca(door.key, by="kemal")
    await client.approve_rca(door.key, by="elena")
    await client.share_rca(door.key, by="dewi")


async def test_what_a_customer_says_on_the_page_reaches_us(door: Door) -> None:
    """
    TALK-1, TALK-3, TALK-4: an answer, a message and evidence, each once, however often its button is pressed.
    """
    path = await opened(door)
    await asked(door)
    page = await door.http.get(path)
    (once, *_) = _ONCE.findall(page.text)

    answers = [await sent(door, path, "question", once, number="1", comment="Nine\r\nof them") for _ in "12"]
    told = [await sent(door, path, "message", once, comment="The shop is empty") for _ in "12"]
    evidence = await sent(door, path, "evidence", comment="Photos", link="https://files.example/1?a=b")
    view = await door.client.view(door.key)

    assert "How many pallets are wet at ACME? What we need it for: We send as many." in seen(page)
    again = await sent(door, path, "question", number="1", comment="Ten")
    assert [200, 200, 409] == [each.status_code for each in (*answers, again)]
    assert [200, 200] == [each.status_code for each in told]
    assert 200 == evidence.status_code
    for each in (*answers, *told, evidence):
        assert "Thank you. We have received it" in seen(each)
    assert [1, 1, 1] == [
        await door.happened(kind)
        for kind in ("question_answered", "customer_message_recorded", "evidence_added")
    ]
    assert ((), ("Photos", "https://files.example/1?a=b")) == (
        view.questions,
        (view.evidence[-1].what, view.evidence[-1].link),
    )
    assert "Nine of them" in seen(evidence)
    assert "The shop is empty" in seen(evidence)
    assert "Photos" not in seen(evidence)  # what evidence says is for our own people, by its type


async def test_nobody_reads_of_another_customer_of_the_outage(door: Door) -> None:
    """
    COMM-6: neither their words nor their questions; nor can one answer for the other.
    """
    others = {"account": "BOLT", "contacts": [{"name": "Al", "email": "al@bolt.example"}]}
    path = await opened(door, customers=[{"account": "ACME", "contacts": [CONTACT]}, others])
    await asked(door, "BOLT")
    await door.client.state_impact(door.key, by="elena", account="BOLT", impact="Our trucks wait")
    page = await door.http.get(path)

    answered = await sent(door, path, "question", number="1", comment="Not mine")

    assert 409 == answered.status_code
    assert 0 == await door.happened("question_answered")
    for hidden in ("BOLT", "trucks", "Please answer"):
        assert hidden not in seen(page)


async def test_access_rca_and_survey_come_when_their_time_has_come(door: Door) -> None:
    """
    RESOLVE-6, CLOSE-4, CLOSE-6: each is answered on the page; after the close it takes no words, and shows the RCA.
    """
    path = await opened(door)
    early = await sent(door, path, "access", answer="yes")
    await door.resolve()
    no = await sent(door, path, "access", answer="no", comment="One is still wet")
    await door.resolve()
    yes = await sent(door, path, "access", answer="yes")
    nothing_yet = await door.http.get(f"{path}?rca")
    await shared_rca(door)
    await door.client.close(door.key, by="elena")
    earlier = (await door.client.view(door.key)).id
    await door.start()  # another one has the key now
    closed = await door.http.get(path)
    paper = await door.http.get(f"{path}?rca")
    late = await sent(door, path, "message", comment="Too late")
    survey = await sent(door, path, "survey", score="4", comment="Quick")

    assert (409, 200, 200) == (early.status_code, no.status_code, yes.status_code)
    assert "We have taken up" in seen(no)
    assert "We are sorry that it does not work yet" in seen(no)
    assert (404, 200, "application/pdf") == (
        nothing_yet.status_code,
        paper.status_code,
        paper.headers["content-type"],
    )
    assert paper.content.startswith(b"%PDF")
    assert "attachment" in paper.headers["content-disposition"]
    for said in (
        "Your case is closed",
        "Rain came into our depot.",
        "We repair our depot.",
        "How did we do?",
    ):
        assert said in seen(closed)
    for ours in ("the roof leaks", "Repair the roof", "Replaced bay 3", "Tell us something"):
        assert ours not in seen(closed)
    assert (409, 200) == (late.status_code, survey.status_code)
    assert "How did we do?" not in seen(survey)
    assert {JO: 4} == {who: each.score for who, each in (await door.client.view(earlier)).survey.items()}


async def test_a_link_is_closed_to_whom_it_should_be(door: Door) -> None:
    """
    TALK-5: revoked, with the questions of earlier letters; changed, of another kind, of an earlier case. Each says so
    in the reader's language.
    """
    customers = [{"account": "ACME", "contacts": [{**CONTACT, "language": "tr"}]}]
    path = await opened(door, customers=customers)
    link = door.links.read_as(PageLink, path.removeprefix("/case/"))

    def of(**changes: str) -> str:
        fields = {"escalation": link.escalation, "reader": link.reader, "language": "en", **changes}
        return door.links.address(PageLink(**fields), base_url="")

    await door.resolve()
    (asked_earlier,) = links_in(*(await door.messages("access_question"))["access_question"])
    answerable = await door.http.get(asked_earlier)
    await door.client.ask(door.key, RevokePage(by="elena", contact="jo@acme.example"))
    withdrawn = await door.press(asked_earlier, answer="yes")
    revoked, pressed = await door.http.get(path), await sent(door, path, "message", "a" * 12, comment="Hello")
    unknown = [path + "x", path.replace("/case/", "/answer/"), "/case/x", await door.to_acknowledge()]
    unknown[-1] = unknown[-1].replace("/answer/", "/case/")

    assert (200, 410) == (answerable.status_code, withdrawn.status_code)
    assert "jo@acme" not in repr(door.links.read(asked_earlier.removeprefix("/answer/")))
    assert 0 == await door.happened("access_answered")
    assert (410, 410) == (revoked.status_code, pressed.status_code)
    assert "Bu bağlantı iptal edildi" in seen(revoked)
    assert "tr" == revoked.headers["content-language"]
    assert [404] * 4 == [(await door.http.get(each)).status_code for each in unknown]
    assert 410 == (await door.http.get(of(reader="0" * 32))).status_code
    assert "earlier case" in seen(await door.http.get(of(escalation=f"{door.key}@2020-01-01T00:00:00.000Z")))
    assert 410 == (await door.http.get(of(escalation="NOBODY/1@2020-01-01T00:00:00.000Z"))).status_code
    assert 0 == await door.happened("customer_message_recorded")


@pytest.mark.parametrize(
    ("status", "request_"),
    [
        (405, {"method": "PUT"}),
        (405, {"method": "DELETE"}),
        (415, {"method": "POST", "content": b"{}", "headers": {"content-type": "application/json"}}),
        (413, {"method": "POST", "content": b"x" * (LARGEST_FORM + 1), "headers": ANSWERED}),
        (400, {"method": "POST", "content": b"form=message&once=" + b"&a=b" * 20, "headers": ANSWERED}),
        (403, {"method": "POST", "headers": {**ANSWERED, "sec-fetch-site": "cross-site"}}),
        (403, {"method": "POST", "headers": {**ANSWERED, "sec-fetch-site": "same-site"}}),
        (400, {"method": "POST", "content": b"form=message&comment=Hi", "headers": ANSWERED}),
        (400, {"method": "POST", "content": b"form=message&once=aaaaaaaaa&comment=+", "headers": ANSWERED}),
        (400, {"method": "POST", "content": b"form=close&once=aaaaaaaaa&comment=Hi", "headers": ANSWERED}),
        (400, {"method": "POST", "content": b"form=evidence&once=aaaaaaaaa&comment=Hi&link=javascript:1"}),
    ],
)
async def test_odd_requests_change_nothing_and_are_answered_by_a_page(
    door: Door, status: int, request_: Mapping[str, Any]
) -> None:
    """
    Another method, type or size, another website, a form that is none of ours.
    """
    path = await page_of_a_running_case(door)

    answer = await door.http.request(url=path, **{"headers": ANSWERED, **request_})

    assert status == answer.status_code
    assert "<!doctype html>" in answer.text
    happened = {entry.kind for entry in await door.client.timeline(door.key)}
    assert set() == happened & {"customer_message_recorded", "evidence_added", "closed", "move_refused"}


_RUNNING: dict[str, str] = {}


async def page_of_a_running_case(door: Door) -> str:
    """One case for all the tests that change nothing."""
    if not _RUNNING:
        _RUNNING[door.key] = await opened(door)
    ((key, path),) = _RUNNING.items()
    object.__setattr__(door, "key", key)
    return path


async def test_the_page_is_protected_and_says_nothing_about_its_reader(door: Door) -> None:
    """
    Not framed, cached, indexed or passed on; nothing is loaded, no script runs, no name is in the address.
    """
    path = await page_of_a_running_case(door)
    answer = await door.http.get(path)

    assert "default-src 'none'; style-src 'sha256-" in answer.headers["content-security-policy"]
    assert ("no-store", "noindex, nofollow", "no-referrer", "DENY") == tuple(
        answer.headers[name]
        for name in ("cache-control", "x-robots-tag", "referrer-policy", "x-frame-options")
    )
    assert "set-cookie" not in answer.headers
    assert "<script" not in answer.text
    assert 200 == (await door.http.head(path)).status_code
    assert "jo@acme" not in repr(door.links.read_as(PageLink, path.removeprefix("/case/")))
    assert "jo@acme" not in answer.text


async def test_a_link_that_is_used_too_often_has_to_wait(door: Door) -> None:
    """
    One link is no way to ask the workers again and again; other links go on.
    """
    path = await page_of_a_running_case(door)
    link = door.links.read_as(PageLink, path.removeprefix("/case/"))
    nobody = PageLink(escalation=link.escalation, reader="1" * 32)
    other = door.links.address(nobody, base_url="")

    answers = await asyncio.gather(*(door.http.head(other) for _ in range(USES_OF_LINK.at_most)))
    over = await door.http.get(other)

    assert {410} == {each.status_code for each in answers}
    assert (429, True) == (over.status_code, "retry-after" in over.headers)
    assert 200 == (await door.http.get(path)).status_code


async def test_hostile_words_are_text(door: Door) -> None:
    """
    COMM-6: what was filled in and was no answer is there again, and does nothing.
    """
    path = await page_of_a_running_case(door)

    page = await sent(door, path, "evidence", comment=HOSTILE, link='javascript:alert("1")')

    assert 400 == page.status_code
    assert "<script" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}" in page.text
    assert "<details open>" in page.text
    assert 'role="alert">Please write what it shows' in page.text


@pytest.mark.parametrize("language", ["en", "id", "tr"])
@pytest.mark.parametrize("later", [(), RESOLVED, CLOSED])
def test_no_text_of_ours_is_on_the_page(language: str, later: tuple[Any, ...]) -> None:
    """
    COMM-6: at every stage, where each text of ours has a mark; and no word of the page is missing.
    """
    now, events = a_marked_case(*later)
    (contact, *_) = now.request.recipients
    languages = Languages()
    view = customer_view(now, events, contact, monday("09:10"))

    page = CustomerLayout(languages, Pages(languages)).draw(view)

    assert MARK not in page.html
    for ours in ("Bolt", "Max", "Eva"):
        assert ours not in page.html
