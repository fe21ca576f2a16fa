"""
Common parts of every page: the reader's language, harmless text, headers that protect it, and nothing to
load.
"""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from entrypoints.web.link_trouble import LARGEST_FORM
from escalation.notifications.links import Question
from tests.web.web_client import ANSWERED, Door, seen

HOSTILE = '"><script>alert(1)</script>{{ 7*7 }} $reference &amp; ${who}'
LANGUAGES = {
    "en": ("Are you handling this escalation?", "Yes, I am handling it", "Can you use the service again?"),
    "id": ("Apakah Anda menangani eskalasi ini?", "Ya, saya tangani", "Apakah layanan sudah dapat"),
    "tr": ("Bu eskalasyonu üstleniyor musunuz?", "Evet, üstleniyorum", "Hizmeti yeniden"),
}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_pages_are_in_the_readers_language(door: Door, language: str) -> None:
    """
    COMM-9: question, thanks and trouble alike; marked as that language.
    """
    title, button, access = LANGUAGES[language]
    await door.start()
    path = await door.to_acknowledge(language=f"{language}-XX", time_zone="Asia/Jakarta")

    page, thanks = await door.http.get(path), await door.press(path)
    await door.resolve()
    asked = await door.http.get(await door.link(Question.ACCESS, "dewi", account="ACME", language=language))

    assert title in seen(page)
    assert f"<button>{button}</button>" in page.text
    assert access in seen(asked)
    for each in (page, thanks, asked):
        assert f'<html lang="{language}" dir="ltr">' in each.text
        assert language == each.headers["content-language"]
    assert ("Thank you" in seen(thanks)) == (language == "en")


async def test_due_times_are_written_as_messages_write_them(door: Door) -> None:
    """
    COMM-9: the same instant, in the locale and zone of each reader.
    """
    await door.start(priority="P1")
    due_at = (await door.client.view(door.key)).next_due_at
    assert due_at

    readers = (
        ("en", "Asia/Jakarta", 7, ", {:%H:%M} WIB"),
        ("tr", "Europe/Istanbul", 3, ", saat {:%H:%M} (Türkiye Saati)"),
        ("id", "Nowhere/Known", 0, " pukul {:%H.%M} UTC"),
    )
    for language, zone, ahead, time in readers:
        path = await door.to_acknowledge("priya", language=language, time_zone=zone)
        assert time.format(due_at + timedelta(hours=ahead)) in seen(await door.http.get(path))


async def test_hostile_text_is_shown_and_does_nothing(door: Door) -> None:
    """
    COMM-6: what customers and others wrote is text, in every page that shows it.
    """
    await door.start(subject=HOSTILE)
    ours = await door.http.get(await door.to_acknowledge())
    await door.resolve()
    path = await door.link(Question.ACCESS, "dewi", account="ACME")
    theirs, mistaken = await door.http.get(path), await door.press(path, comment=HOSTILE)

    for page in (ours, theirs, mistaken):
        assert "<script" not in page.text
        assert "{{ 7*7 }} $reference" in page.text
        assert "&#34;&gt;&lt;script&gt;" in page.text


async def test_every_answer_is_protected(door: Door) -> None:
    """
    Not framed, cached, indexed or passed on; nothing is loaded, and no script can run.
    """
    await door.start()
    path = await door.to_acknowledge()
    answers = [
        await door.http.get(path),
        await door.http.head(path),
        await door.press(path),
        await door.http.get("/answer/x"),
        await door.http.get("/nothing"),
        await door.http.get("/health"),
        await door.hand_in({}),
    ]

    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'; style-src 'sha256-" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "no-store" == answer.headers["cache-control"]
        assert "no-referrer" == answer.headers["referrer-policy"]
        assert "noindex, nofollow" == answer.headers["x-robots-tag"]
        assert "nosniff" == answer.headers["x-content-type-options"]
        assert "server" not in answer.headers
        assert not re.search(r"<script|<link|<img|\son\w+=|style=", answer.text)


async def test_every_field_has_its_label(door: Door) -> None:
    """
    Readable without sight or mouse: one heading, and a label for each field that is filled in.
    """
    await door.start()
    pages = [await door.http.get(await door.to_acknowledge("call_centre"))]
    await door.resolve()
    pages.append(await door.http.get(await door.link(Question.ACCESS, "dewi", account="ACME")))

    for page in pages:
        fields = re.findall(r'<(?:select|textarea) id="(\w+)"', page.text)
        assert fields == re.findall(r'<label class="label" for="(\w+)"', page.text)
        radios = re.findall(r"<input type=\"radio\"", page.text)
        assert len(radios) == len(re.findall(r'<label class="choice"><input', page.text))
        assert 1 == page.text.count("<h1>") == page.text.count("<main>") == page.text.count("<title>")
        assert "width=device-width" in page.text


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"content-type": "application/json"}, b"{}", 415),
        ({}, b"by=maya", 415),
        ({"content-type": "multipart/form-data; boundary=x"}, b"--x--", 415),
        (ANSWERED, b"comment=" + b"x" * LARGEST_FORM, 413),
        (ANSWERED, b"&".join(b"a=1" for _ in range(50)), 400),
        (ANSWERED, b"\xff\xfe", 400),
    ],
)
async def test_what_is_no_form_is_refused(
    door: Door, headers: dict[str, str], body: bytes, status: int
) -> None:
    """
    Wrong type, too large, too many fields, no text: told plainly, and nothing happens.
    """
    await door.start()
    path = await door.to_acknowledge(language="tr")

    answer = await door.http.post(path, content=body, headers=headers)

    assert status == answer.status_code
    assert "Yanıtınız okunamadı" in seen(answer)
    assert 0 == await door.happened("acknowledged")


async def test_a_large_form_is_cut_off_even_if_its_length_is_not_told(door: Door) -> None:
    """
    Sent in pieces, without a length.
    """
    await door.start()
    path = await door.to_acknowledge()

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * (LARGEST_FORM // 30)

    answer = await door.http.post(path, content=pieces(), headers=ANSWERED)

    assert 413 == answer.status_code
