"""Links that cannot be used, and those that the world writes itself."""

from datetime import timedelta

import pytest
from pydantic import SecretStr

from runtime.signed_links import SignedLinks
from runtime.signing_keys import parse_keys
from tests.web.web_client import LINK_KEY, Door, open_door, seen

OTHER_KEY = SecretStr("another-key-that-signs-links-in-tests")


async def test_a_changed_link_is_none(door: Door) -> None:
    """
    Whoever changes one letter of a link has none; nor has who makes one up.
    """
    await door.start()
    path = await door.to_acknowledge()
    middle = len(path) // 2
    changed = [
        path[:middle] + ("A" if path[middle] != "A" else "B") + path[middle + 1 :],
        path[:-6],
        path + "x",
        "/answer/x",
        "/answer/" + "x" * 3_000,
        "/answer/%00%ff",
        SignedLinks(parse_keys(OTHER_KEY)).address(
            door.links.read(path.removeprefix("/answer/")), base_url=""
        ),
    ]

    for each in changed:
        looked, pressed = await door.http.get(each), await door.press(each)
        assert (404, 404) == (looked.status_code, pressed.status_code), each
        assert "This link does not work" in seen(pressed)
    assert 0 == await door.happened("acknowledged")


@pytest.mark.parametrize(
    ("accepted", "says"),
    [
        ("tr-TR,tr;q=0.9,en;q=0.8", "Bu bağlantı çalışmıyor"),
        ("xx, id;q=0.5", "Tautan ini tidak berfungsi"),
        ("", "This link does not work"),
        ("*;q=0.1, ../../x", "This link does not work"),
    ],
)
async def test_where_the_reader_is_not_known_the_browser_says_the_language(
    door: Door, accepted: str, says: str
) -> None:
    """
    COMM-9: English where nobody knows better.
    """
    answer = await door.http.get("/answer/x", headers={"accept-language": accepted})

    assert says in seen(answer)


async def test_an_expired_link_says_so_in_the_readers_language(door: Door) -> None:
    """
    COMM-9: it was ours, so its language is known; the answer is not taken.
    """
    await door.start()
    path = await door.to_acknowledge(language="tr")
    expired = SignedLinks(parse_keys(LINK_KEY), valid_for=timedelta(seconds=-1))

    async with open_door(door.settings, door.mailbox, door.temporal, expired) as later:
        looked, pressed = await later.http.get(path), await later.press(path)

    assert (410, 410) == (looked.status_code, pressed.status_code)
    assert "Bu bağlantının süresi doldu Lütfen en son mesajımızdaki" in seen(pressed)
    assert f"şu numarayı belirtin: {door.key}." in seen(pressed)
    assert 0 == await door.happened("acknowledged")


async def test_old_keys_are_believed_and_the_first_signs(door: Door) -> None:
    """
    Keys are rotated without a link in a mailbox being lost.
    """
    await door.start()
    link = door.links.read((await door.to_acknowledge()).removeprefix("/answer/"))
    both = SecretStr(f"{OTHER_KEY.get_secret_value()} {LINK_KEY.get_secret_value()}")
    rotated = SignedLinks(parse_keys(both))

    assert link == rotated.read(door.links.token(link))
    assert link == SignedLinks(parse_keys(OTHER_KEY)).read(rotated.token(link))


async def test_other_addresses_and_methods_are_answered_plainly(door: Door) -> None:
    """
    No traceback, no default page: the same plain words, and the right status.
    """
    put = await door.http.put("/answer/x")

    assert (404, 404) == (
        (await door.http.get("/nowhere")).status_code,
        (await door.http.get("/answer")).status_code,
    )
    assert (405, {"GET", "HEAD", "POST"}) == (put.status_code, set(put.headers["allow"].split(", ")))
    assert "We could not read your answer" in seen(put)
