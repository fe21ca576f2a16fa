"""
``escalate rca``: drafted, edited, filed, shown, printed and sent, from a terminal.
"""

import asyncio
import re
import shlex
from pathlib import Path

import pytest

from channels.loopback_mailbox import ReceivedMessage
from entrypoints.cli import program
from runtime.settings import ROOT
from tests.entrypoints.conftest import Terminal
from tests.entrypoints.test_command_line import EXAMPLES
from tests.mailbox import Mailbox

KEY = "ACME/4711"
EXAMPLE = str(EXAMPLES / "rca.yaml")


@pytest.fixture
async def closing(terminal: Terminal) -> Terminal:
    await terminal.done("start", str(EXAMPLES / "complaint.yaml"))
    for words in (
        ("resolve", KEY, "--as", "elena", "--done", "Delivered"),
        ("verify", KEY, "--as", "aisha"),
    ):
        await terminal.done(*words)
    return terminal


def write(folder: Path, text: str, name: str = "rca.md") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def filled_in(draft: str) -> str:
    return (
        draft.replace("## Root causes\n", "## Root causes\n\n- Nobody looked at the weather\n")
        .replace(
            "## Corrective actions\n",
            "## Corrective actions\n\n### Wrap pallets\n\n- owner: hannah\n- due: 2027-01-31\n"
            "- for customers: Paletler sarılıyor\n",
        )
        .replace("## Summary for customers\n", "## Summary for customers\n\nYağmurda ıslandı.\n")
    )


async def test_what_says_nothing_of_the_course_gets_the_timeline_of_the_record(closing: Terminal) -> None:
    """
    CLOSE-3: the timeline is drawn from the record.
    """
    await closing.done("rca", "file", KEY, EXAMPLE, "--as", "kemal")

    assert "Aisha Rahman verified the resolution" in await closing.done("rca", "show", KEY)


async def test_a_draft_is_filled_in_filed_shown_printed_and_sent(closing: Terminal, tmp_path: Path) -> None:
    """
    CLOSE-3, CLOSE-4: the timeline comes from the record, customers get the PDF with the message that tells of it.
    """
    draft = await closing.done("rca", "draft", KEY)
    assert ": opened at level 1 with " in draft
    assert "Aisha Rahman verified the resolution" in draft

    await closing.done("rca", "file", KEY, write(tmp_path, filled_in(draft)), "--as", "kemal")
    await closing.done(
        "rca", "file", KEY, EXAMPLE, "--merge", write(tmp_path, filled_in(draft)), "--as", "kemal"
    )

    assert "- Nobody looked at the weather" in await closing.done("rca", "show", KEY, "--version", "1")
    both = await closing.json("rca", "show", KEY)
    assert (2, [1, 2]) == (both["version"]["number"], [each["number"] for each in both["versions"]])
    assert 2 == len(both["rca"]["root_causes"])

    await closing.done("rca", "derive", KEY, "--as", "kemal")
    await closing.done("rca", "approve", KEY, "--as", "elena")
    pdf, html = tmp_path / "rca.pdf", tmp_path / "rca.html"
    for audience in ("customer", "internal"):
        await closing.done(
            *("rca", "document", KEY, "--audience", audience, "--lang", "tr", "--tz", "Europe/Istanbul"),
            *("--pdf", str(pdf), "--html", str(html)),
        )
        assert pdf.read_bytes().startswith(b"%PDF-")
        assert "Kök neden analizi" in html.read_text(encoding="utf-8")
        assert (audience == "internal") == ("Nobody looked" in html.read_text(encoding="utf-8"))

    await closing.done("rca", "share", KEY, "--as", "dewi")
    letter = await the_letter_with_a_paper(closing.mailbox)
    assert ["ACME-4711-rca.pdf"] == list(letter.attachments)
    assert letter.attachments["ACME-4711-rca.pdf"].startswith(b"%PDF-")
    assert "Yağmurda ıslandı." in letter.text


async def test_what_a_pdf_cannot_show_is_said_to_its_author(closing: Terminal, tmp_path: Path) -> None:
    """
    CLOSE-4: when it is filed and when it is printed, beside the answer; it is filed all the same.
    """
    draft = filled_in(await closing.done("rca", "draft", KEY))
    strange = write(tmp_path, draft.replace("Yağmurda", "Yağmurda \U0010fffe"))

    filed, _, at_filing = await closing.type("rca", "file", KEY, strange, "--as", "kemal")
    printed, _, at_printing = await closing.type(
        *("rca", "document", KEY, "--audience", "internal", "--pdf", str(tmp_path / "rca.pdf"))
    )

    assert (0, 0) == (filed, printed)
    assert "warning: no font of this machine has \U0010fffe" in at_filing
    assert "warning: no font of this machine has" in at_printing


async def the_letter_with_a_paper(mailbox: Mailbox) -> ReceivedMessage:
    async with asyncio.timeout(20):
        while True:
            if found := next((letter for letter in mailbox.messages() if letter.attachments), None):
                return found
            await mailbox.arrived(len(mailbox.messages()) + 1, within=20)


async def test_what_is_wrong_with_a_file_is_told_all_at_once(closing: Terminal, tmp_path: Path) -> None:
    """
    CLOSE-3, START-6: missing and unknown sections, an action without due, another escalation's file.
    """
    text = filled_in(await closing.done("rca", "draft", KEY)).replace("- due: 2027-01-31\n", "")
    broken = text.replace("## Timeline", "## Time").replace(KEY, "ACME/4712", 1)

    status, _, said = await closing.type("rca", "file", KEY, write(tmp_path, broken), "--as", "kemal")

    assert program.BAD_INPUT == status
    assert "the RCA is refused: 4 faults" in said
    for fault in (
        "rca.md:2:1 escalation: given 'ACME/4712'; allowed: ACME/4711",
        "given the section 'Time'; allowed: ## and one of: Summary, Timeline",
        f"rca.md:{len(broken.splitlines())}:1: given nothing; allowed: the section ## Timeline",
        "corrective_actions.0.due: given nothing; allowed: this field is required",
    ):
        assert fault in said, said


@pytest.mark.parametrize("is_markdown", [True, False])
async def test_an_unknown_owner_is_told_with_the_line(
    closing: Terminal, tmp_path: Path, is_markdown: bool
) -> None:
    """
    CLOSE-3: and with who was probably meant; nothing is filed.
    """
    text = filled_in(await closing.done("rca", "draft", KEY)) if is_markdown else Path(EXAMPLE).read_text()
    written = text.replace("owner: hannah", "owner: hana")
    path = write(tmp_path, written, "rca.md" if is_markdown else "rca.yaml")
    line = 1 + next(number for number, each in enumerate(written.splitlines()) if "owner: hana" in each)

    status, _, said = await closing.type("rca", "file", KEY, path, "--as", "kemal")

    assert program.BAD_INPUT == status
    assert f"{path}:{line}:" in said
    assert "corrective_actions.0.owner: given 'hana'" in said
    assert "did you mean hannah?" in said
    assert program.REFUSED == (await closing.type("rca", "show", KEY))[0]


async def test_a_file_that_is_too_large_is_refused(closing: Terminal, tmp_path: Path) -> None:
    """
    CLOSE-3: an RCA is at most 256 KB; the refusal says so, and nothing is filed.
    """
    text = filled_in(await closing.done("rca", "draft", KEY)).replace(
        "## What went well\n", "## What went well\n\n" + "".join(f"- {'x' * 16_000}\n" for _ in range(20))
    )

    status, _, said = await closing.type("rca", "file", KEY, write(tmp_path, text), "--as", "kemal")

    assert program.BAD_INPUT == status
    assert "at most 262,144 bytes" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", KEY), "no internal RCA is filed; write one with `escalate rca draft ACME/4711`"),
        (("show", KEY, "--version", "3"), "no internal RCA of version '3'; known: none"),
        (("document", KEY, "--pdf", "x.pdf"), "no customer RCA is derived yet"),
        (("document", KEY), "--pdf, --html: given neither"),
        (("document", KEY, "--pdf", "x", "--lang", "de"), "--lang: given 'de'; allowed: en, id, tr"),
        (
            ("document", KEY, "--pdf", "x", "--audience", "all"),
            "--audience: given 'all'; allowed: customer, internal",
        ),
        (("document", KEY, "--pdf", "x", "--tz", "Mars"), "--tz: given 'Mars'"),
        (("document", KEY, "--pdf", "x", "--version", "1"), "only for --audience internal"),
        (
            ("file", KEY, "missing.md", "--as", "kemal"),
            "given 'missing.md'; allowed: a file that can be read (No such file",
        ),
    ],
)
async def test_what_is_not_there_is_refused(closing: Terminal, words: tuple[str, ...], said: str) -> None:
    """
    CLOSE-3, CLOSE-4: one message, no traceback.
    """
    status, _, complained = await closing.type("rca", *words)

    assert status in {program.REFUSED, program.BAD_INPUT}
    assert said in complained


async def test_approval_takes_the_role_and_only_once(closing: Terminal) -> None:
    """
    CLOSE-4, ROLE-2.
    """
    await closing.done("rca", "file", KEY, EXAMPLE, "--as", "kemal")
    await closing.done("rca", "derive", KEY, "--as", "kemal")

    wrong = await closing.type("rca", "approve", KEY, "--as", "kemal")
    await closing.done("rca", "approve", KEY, "--as", "elena")
    twice = await closing.type("rca", "approve", KEY, "--as", "elena")

    assert "may not approve RCA; roles that may: escalation_manager, executive" in wrong[2]
    assert "cannot approve RCA while the RCA is approved" in twice[2]
    assert (program.REFUSED, program.REFUSED) == (wrong[0], twice[0])


async def test_the_how_to_can_be_followed_literally(
    closing: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    docs/how-to/write-an-rca.md: every command as it stands, with the sections that it has people write.
    """
    page = (ROOT / "docs" / "how-to" / "write-an-rca.md").read_text(encoding="utf-8")
    (sections,) = re.findall(r"```markdown\n(.*?)```", page, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(EXAMPLES)

    for line in re.findall(r"^\$ escalate (.+)$", page, re.MULTILINE):
        command, _, redirected = line.partition(" > ")
        said = await closing.done(*shlex.split(command))
        if redirected:
            (tmp_path / redirected).write_text(with_sections(said, sections), encoding="utf-8")

    assert (tmp_path / "rca.pdf").exists()
    assert "nobody checks the weather" in await closing.done("rca", "show", KEY)
    assert "1 action to be done" in await closing.done("actions"), "that of the post-mortem"


async def test_a_post_mortem_is_drafted_filed_and_shown(closing: Terminal, tmp_path: Path) -> None:
    """
    CLOSE-7: the draft says who took part and what belongs where; what is shown can be filed again.
    """
    status, _, complained = await closing.type("post-mortem", "show", KEY)
    assert (program.REFUSED, True) == (
        status,
        "`escalate post-mortem draft` writes one to fill in" in complained,
    )
    drafted = await closing.done("post-mortem", "draft", KEY)
    assert '  - "Elena Petrova"' in drafted
    file = tmp_path / "post-mortem.yaml"
    file.write_text(drafted)
    refused = await closing.type("post-mortem", "file", KEY, str(file), "--as", "elena")
    assert "findings: given nothing; allowed: at least 1 of these" in refused[2]

    await closing.done("post-mortem", "file", KEY, str(EXAMPLES / "post_mortem.yaml"), "--as", "elena")
    filed = await closing.json("post-mortem", "show", KEY)
    shown = await closing.done("post-mortem", "show", KEY)
    file.write_text(shown)
    await closing.done("post-mortem", "file", KEY, str(file), "--as", "elena")
    again = await closing.json("post-mortem", "show", KEY)
    assert (1, 2) == (filed["version"], again["version"])
    assert filed["post_mortem"] == again["post_mortem"]
    assert shown == await closing.done("post-mortem", "draft", KEY)


def with_sections(draft: str, written: str) -> str:
    for section in re.findall(r"^## .*?(?=^## |\Z)", written, re.DOTALL | re.MULTILINE):
        heading = section.partition("\n")[0]
        draft = re.sub(rf"^{heading}\n.*?(?=^## |\Z)", f"{section}\n", draft, flags=re.DOTALL | re.MULTILINE)
    return draft
