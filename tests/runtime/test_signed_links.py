"""Keys for links, and where they come from when none is set."""

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeTimedSerializer

from escalation.notifications.links import CasePage, Link, PageLink, Question
from runtime.errors import RuntimeFault, SettingsFault
from runtime.settings import Settings
from runtime.signed_links import KEY_FILE, LinkExpired, LinkUnknown, SignedLinks
from runtime.signing_keys import load_or_make_keys

KEY = "k" * 32
LINK = Link(
    question=Question.ACCESS, escalation="ACME/4711@2026-11-20T09:00:00.000Z", who="ACME:jo@x", account="ACME"
)


@given(
    st.builds(
        Link, who=st.text(max_size=200), account=st.text(max_size=100), escalation=st.text(max_size=200)
    )
)
def test_every_link_comes_back_as_it_was(link: Link) -> None:
    """
    Whatever is in it, the token is made of letters that every mail program keeps.
    """
    links = SignedLinks([KEY])
    token = links.token(link)

    assert link == links.read(token)
    assert token.isascii()
    assert token.replace("-", "").replace("_", "").replace(".", "").isalnum()


def test_a_link_to_a_page_is_no_question_and_a_question_no_page() -> None:
    """
    TALK-5: signed with one key, each is read as what it is; a page says no address of its reader.
    """
    links, page = SignedLinks([KEY]), PageLink(escalation=LINK.escalation, reader="5f" * 16, language="tr")

    assert page == links.read_as(PageLink, links.token(page))
    assert 220 > len(links.token(page))
    assert links.address(page, base_url="https://x").startswith("https://x/case/")
    with pytest.raises(LinkUnknown):
        links.read_as(PageLink, links.token(LINK))
    with pytest.raises(LinkUnknown):
        links.read_as(Link, links.token(page))
    with pytest.raises(LinkExpired) as caught:
        SignedLinks([KEY], valid_for=timedelta(seconds=-1)).read_as(PageLink, links.token(page))
    assert page == caught.value.link


def test_the_page_of_an_escalation_has_a_plain_address() -> None:
    """
    No token, since whoever opens it signs in; a character with a meaning in addresses loses it.
    """
    links = SignedLinks([KEY])

    assert "https://x/case/ACME/4711" == links.address(CasePage(key="ACME/4711"), base_url="https://x")
    assert "https://x/case/ACME/a%23b" == links.address(CasePage(key="ACME/a#b"), base_url="https://x")


def test_a_token_is_short() -> None:
    """The token stands in messages, so only what an answer needs is signed."""
    assert 220 > len(SignedLinks([KEY]).token(LINK))


def test_a_link_ends() -> None:
    """
    After its time it is still known whose it was, so that its reader can be told.
    """
    with pytest.raises(LinkExpired) as caught:
        SignedLinks([KEY], valid_for=timedelta(seconds=-1)).read(SignedLinks([KEY]).token(LINK))

    assert LINK == caught.value.link


def test_what_other_keys_or_other_purposes_signed_is_unknown() -> None:
    """
    A token made for something else with the same key is no link either.
    """
    for foreign in (SignedLinks(["x" * 32]).token(LINK), URLSafeTimedSerializer(KEY).dumps(["access", "x"])):
        with pytest.raises(LinkUnknown):
            SignedLinks([KEY]).read(str(foreign))


def test_a_key_is_made_once_and_for_this_user_alone(tmp_path: Path) -> None:
    """
    Out of the box links work, and go on working after a restart.
    """
    settings = Settings(state_folder=tmp_path / "state")
    token = SignedLinks.from_settings(settings).token(LINK)
    file = tmp_path / "state" / KEY_FILE

    assert LINK == SignedLinks.from_settings(settings).read(token)
    assert stat.S_IRUSR | stat.S_IWUSR == stat.S_IMODE(file.stat().st_mode)
    assert [file] == list(file.parent.iterdir())


def test_a_key_file_can_hold_several(tmp_path: Path) -> None:
    """
    Rotation by hand: a new key goes to the top.
    """
    file = tmp_path / KEY_FILE
    file.write_text(f"{'n' * 40}\n{'o' * 40}\n")

    assert ("n" * 40, "o" * 40) == load_or_make_keys(file)


@pytest.mark.parametrize("content", ["", "short\n", f"{'n' * 40} short"])
def test_a_key_file_that_is_no_good_is_told_without_its_content(tmp_path: Path, content: str) -> None:
    """
    Never a weak key, never the key in a message.
    """
    file = tmp_path / KEY_FILE
    file.write_text(content)

    with pytest.raises(RuntimeFault, match="ESCALATION_LINK_KEY") as caught:
        load_or_make_keys(file)

    assert "short" not in str(caught.value)
    assert "nnn" not in str(caught.value)


def test_a_key_file_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """
    The folder's place is taken by a file.
    """
    (tmp_path / "state").write_text("")

    with pytest.raises(RuntimeFault, match="cannot be used"):
        SignedLinks.from_settings(Settings(state_folder=tmp_path / "state"))


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("ESCALATION_LINK_KEY", "tooshort"),
        ("ESCALATION_LINK_KEY", f"{KEY} tooshort"),
        ("ESCALATION_LINK_KEY", ","),
        ("ESCALATION_INTAKE_SECRET", "tooshort"),
        ("ESCALATION_INTAKE_SECRET", "whsec_tooshort"),
        ("ESCALATION_INTAKE_SECRET", "whsec_" + "A" * 32 + " whsec_tooshort"),
        ("ESCALATION_INTAKE_SECRET", "A" * 32),
    ],
)
def test_weak_keys_are_refused_and_not_shown(name: str, given: str) -> None:
    """
    START-6: the variable and what is allowed; what was given stays secret.
    """
    with pytest.raises(SettingsFault, match=f"{name} is \\*\\*\\*; allowed:") as caught:
        Settings.load({name: given})

    assert "tooshort" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("https://answer.example.com/", "https://answer.example.com"),
        ("http://[::1]:8234", "http://[::1]:8234"),
        ("https://example.com/esc/a/", "https://example.com/esc/a"),
    ],
)
def test_the_address_that_readers_use_has_no_slash_at_its_end(given: str, url: str) -> None:
    """
    With or without a path of its own.
    """
    assert url == Settings.load({"ESCALATION_GATEWAY_URL": given}).gateway_url


@pytest.mark.parametrize(
    "given",
    [
        "answer.example.com",
        "http://answer.example.com",
        "http://10.0.0.1",
        "ftp://x",
        "https://x/?a=b",
        "https://user@x",
        "https://x y",
    ],
)
def test_an_address_that_readers_could_not_use_is_refused(given: str) -> None:
    """The key would stand in every message."""
    with pytest.raises(SettingsFault, match="ESCALATION_GATEWAY_URL"):
        Settings.load({"ESCALATION_GATEWAY_URL": given})
