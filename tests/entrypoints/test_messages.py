"""Commands that show and check messages."""

import json
import re
from pathlib import Path

import pytest

from entrypoints.cli import program
from messages.examples import LINK
from runtime.settings import ROOT
from tests.messages.page import Page


class Typed:
    """A command line after `escalate message`, its exit status and what it said."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *words: str) -> None:
        self.status = program.run(["message", *words])
        self.said, self.complained = capsys.readouterr()
        assert "Traceback" not in self.complained


def followed(page: str, folder: Path) -> list[str]:
    """Write each file that a how-to tells to write, and give back the names of those files."""
    told = re.findall(r"`(ours/[\w/.-]+)`[^`]*?:\n\n```\w+\n(.*?)```", page, re.DOTALL)
    for name, content in told:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    return [name for name, _ in told]


def commands(page: str) -> list[list[str]]:
    return [words.split() for words in re.findall(r"^escalate message (.*)$", page, re.MULTILINE)]


def test_a_message_is_shown_in_the_readers_language_and_zone(capsys: pytest.CaptureFixture[str]) -> None:
    """
    COMM-9: subject and text, whole.
    """
    typed = Typed(capsys, "preview", "case_received", "--lang", "tr", "--tz", "Europe/Istanbul")

    assert 0 == typed.status
    assert "[ACME/4711] Başvurunuzu aldık: Orders cannot be paid" in typed.said
    assert "Sayın Elif Yılmaz," in typed.said
    assert "20 Kasım 2026 Cuma" in typed.said


@pytest.mark.parametrize(
    ("occasion", "is_answered"),
    [("assigned", True), ("breach", False), ("reminder", False), ("survey", True)],
)
def test_only_a_link_that_would_be_sent_is_shown(
    occasion: str, is_answered: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    COMM-3: a breach of the next update asks for an update, and not who has it.
    """
    assert is_answered == (LINK in Typed(capsys, "preview", occasion, "--html", "-").said)


def test_a_message_is_written_as_a_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    To a file, or printed as it is.
    """
    out = tmp_path / "page.html"

    written = Typed(capsys, "preview", "survey", "--lang", "id", "--html", str(out))
    printed = Typed(capsys, "preview", "survey", "--lang", "id", "--html", "-")

    assert (0, f"Written: {out}") == (written.status, written.complained.strip().replace("\n", ""))
    assert printed.said == out.read_text(encoding="utf-8")
    assert '<html lang="id" dir="ltr">' in printed.said
    ways = ["https://support.example/a/one-click", "https://support.example/case/of-your-own"]
    assert ways == Page(printed.said).addresses


def test_scripts_get_messages_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """
    All that a message is, and the list of what there is.
    """
    shown = json.loads(Typed(capsys, "preview", "digest", "--audience", "internal", "--json").said)
    listed = json.loads(Typed(capsys, "list", "--json").said)

    assert ("internal", "digest", "en") == (shown["audience"], shown["occasion"], shown["language"])
    assert "3 messages about ACME/4711" == shown["subject"]
    assert {"occasion": "survey", "audience": "customer", "languages": ["en", "id", "tr"]} in listed


def test_the_list_is_read_in_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """
    Occasion, audience, languages.
    """
    said = Typed(capsys, "list").said

    assert re.search(r"hand_over +customer +en, id, tr", said)
    assert re.search(r"assigned +internal +en, id, tr", said)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("preview", "case_recived"), "did you mean case_received?"),
        (("preview", "survey", "--audience", "internal"), "OCCASION: given 'survey'"),
        (("preview", "case_received", "--audience", "custmer"), "did you mean customer?"),
        (("preview", "case_received", "--tz", "Mars/Base"), "--tz: given 'Mars/Base'"),
        (("preview", "case_received", "--facts", "shrt"), "did you mean short?"),
        (("preview", "case_received", "--html", "/nowhere/x.html"), "--html: given '/nowhere/x.html'"),
        (("preview", "case_received", "--templates", "/nowhere"), "--templates: given '/nowhere'"),
        (("check", "--templates", "/nowhere"), "a folder that exists"),
    ],
)
def test_bad_words_are_refused(capsys: pytest.CaptureFixture[str], words: tuple[str, ...], told: str) -> None:
    """The refusal says what was given and what there is; exit status 2."""
    typed = Typed(capsys, *words)

    assert 2 == typed.status
    assert told in typed.complained


def test_changing_a_message_can_be_followed_literally(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    docs/how-to/change-a-message.md: its slip is found, its end is right, and every command does what it says.
    """
    page = (ROOT / "docs" / "how-to" / "change-a-message.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    (name,) = followed(page, tmp_path)
    slip = Typed(capsys, "check", "--templates", "ours")
    (tmp_path / name).write_text((tmp_path / name).read_text().replace("ownr", "owner"), encoding="utf-8")

    assert 1 == slip.status
    (fault,) = re.findall(r"^fault    (.*), …$", page, re.MULTILINE)
    assert f"fault    {fault}" in slip.said
    assert "1 fault, no warnings" in slip.said
    said = {" ".join(words): Typed(capsys, *words) for words in commands(page)}
    assert {0} == {typed.status for typed in said.values()}
    assert "no faults, no warnings in the messages" in said["check --templates ours"].said
    assert "We are on it" in said["preview case_received --templates ours"].said
    assert "We are on it" not in said["preview case_received"].said


def test_adding_a_language_can_be_followed_literally(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    docs/how-to/add-a-language.md: the message is in the new language, and what is left is listed.
    """
    page = (ROOT / "docs" / "how-to" / "add-a-language.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    written = followed(page, tmp_path)
    preview, check = (Typed(capsys, *words) for words in commands(page))

    assert ["ours/pt/customer/layout.txt", "ours/pt/customer/closed.txt", "ours/pt/words.po"] == written
    assert (0, 0) == (preview.status, check.status)
    assert "Seu caso foi encerrado: Orders cannot be paid" in preview.said
    assert "Prezado(a) Ana Lima," in preview.said
    for warning in re.findall(r"^warning .*$", page, re.MULTILINE):
        assert warning in check.said


def test_the_check_tells_scripts_of_faults_and_warnings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    Exit status 1, each fault with its file.
    """
    broken = tmp_path / "tr" / "customer" / "survey.txt"
    broken.parent.mkdir(parents=True)
    broken.write_text("Merhaba\n\n{{ nobody }}", encoding="utf-8")

    typed = Typed(capsys, "check", "--templates", str(tmp_path), "--json")

    assert 1 == typed.status
    report = json.loads(typed.said)
    assert [] == report["warnings"]
    assert str(broken) in {fault["file"] for fault in report["faults"]}


@pytest.mark.parametrize(("occasion", "state"), [("resolved", "closing"), ("reopened", "resolving")])
def test_a_preview_shows_the_state_that_its_message_is_sent_in(
    occasion: str, state: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    COMM-9: a letter that says it is resolved does not say that nobody works on it yet.
    """
    said = Typed(capsys, "preview", occasion, "--audience", "internal").said

    assert re.search(rf"State\W+{state}\b", said)
