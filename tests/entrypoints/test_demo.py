"""
``make demo``: the story that a newcomer sees first.
"""

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from entrypoints.cli import program
from runtime.settings import ROOT

ADDRESS = re.compile(r"https?://|127\.0\.0\.1")


class Demo:
    """One run of the demo in *folder*, with *temporary* as the folder of its own files."""

    def __init__(self, *options: str, temporary: Path, folder: Path = ROOT) -> None:
        words = [sys.executable, "-m", "entrypoints.cli.program", "demo", *options]
        environment = {"TMPDIR": str(temporary), "PATH": "/usr/bin:/bin", "HOME": str(temporary)}
        self.temporary = temporary
        self._program = subprocess.Popen(
            words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
        )

    def said(self) -> str:
        """Return all that it said, once it has ended as it should."""
        said, complained = self._program.communicate()
        assert 0 == self._program.returncode, said + complained
        return said


@pytest.fixture(scope="module")
def demos(tmp_path_factory: pytest.TempPathFactory) -> tuple[Demo, Demo]:
    """One demo with papers and one without, side by side: each waits most of its time."""
    with_papers, without = (tmp_path_factory.mktemp(name) for name in ("papers", "without"))
    return (
        Demo("--papers", str(with_papers / "papers"), temporary=with_papers),
        Demo(temporary=without, folder=without),
    )


class Cards(HTMLParser):
    """The cards of the messages page, with the texts of each, and the targets and links of all."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.cards: list[str] = []
        self.ids: set[str] = set()
        self.links: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self.cards += [""] * (tag == "article")
        self.ids.add(given.get("id") or "")
        self.links.add((given.get("href") or "").removeprefix("#"))

    def handle_data(self, data: str) -> None:
        if self.cards:
            self.cards[-1] += data


def test_the_demo_tells_its_story_and_keeps_what_was_written(demos: tuple[Demo, Demo]) -> None:
    """
    Each of its commands ends as it should, or the demo fails: rises, a task force, an access denied (RESOLVE-6), the
    RCA for us and for the customer (CLOSE-3, CLOSE-4), a survey answered by link (CLOSE-6), record and report. Whatever
    it says is true after its end: each button did something, each file is there, each address answers.
    """
    papers, said = demos[0].temporary / "papers", demos[0].said()

    for told in ("rose from level 3 to 4", "seat agent", "answer: no", "score: 2", "escalate report"):
        assert told in said
    beats = [line[0] for line in said.splitlines() if line.startswith(("☞", "  the page says: "))]
    assert ["☞", " "] * 4 == beats, "each button has an answer before the next one is pressed"
    for file in re.findall(r"^Written: (.*)$", said, re.MULTILINE):
        assert Path(file).is_file(), file
    assert not ADDRESS.search(said)
    for paper in ("rca-internal.pdf", "rca-customer.pdf", "ACME-4711-rca.pdf"):
        assert (papers / paper).read_bytes().startswith(b"%PDF")
    assert "<svg" in (papers / "report.html").read_text(encoding="utf-8")
    _shows_what_readme_says(said)
    _reads_well((papers / "messages.html").read_text(encoding="utf-8"), said, papers)


def test_a_demo_without_papers_promises_none(demos: tuple[Demo, Demo]) -> None:
    """
    No file is said to be written that goes with the demo, no address told that ends with it, and nothing is left. It
    runs in any folder.
    """
    said = demos[1].said()

    assert "Written:" not in said
    assert "--papers FOLDER keeps the messages" in said
    assert not ADDRESS.search(said)
    assert [] == [each.name for each in demos[1].temporary.glob("escalation-demo-*")]


def test_papers_need_a_folder_that_can_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The fault is reported before anything runs."""
    (tmp_path / "file").touch()

    status = program.run(["demo", "--papers", str(tmp_path / "file" / "papers")])

    assert program.BAD_INPUT == status
    assert "allowed: a folder that can be written" in capsys.readouterr().err


def _shows_what_readme_says(said: str) -> None:
    """Each line of README's excerpt is there, apart from times, and from what "…" leaves out."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    excerpt = next(block for block in readme.split("```") if "──" in block)
    told = {_timeless(line) for line in said.splitlines()}
    for line in _timeless(excerpt).splitlines():
        start = line.removesuffix("…").rstrip()
        assert any(each.startswith(start) for each in told), line


def _timeless(text: str) -> str:
    return re.sub(r"\d\d:\d\d(:\d\d)?", "00:00", re.sub(r"\d{4}-\d\d-\d\d", "a day", text))


def _reads_well(page: str, said: str, papers: Path) -> None:
    """Check the messages page: one card a message; contents lead to cards, and no link leads nowhere."""
    messages = Cards(page)
    count = re.search(r"(\d+) messages to", said)
    assert count
    assert int(count[1]) == len(messages.cards)
    for card in messages.cards:
        assert re.search(
            r"To.*<\S+@\S+>.*At\s*\d\d:\d\d:\d\d UTC\s*Language\s*(English|Indonesian|Turkish)",
            card,
            re.DOTALL,
        )
    for link in messages.links - {""}:
        assert link in messages.ids or (papers / link).is_file(), link
    assert "127.0.0.1" not in page
    for subject in ("We have taken up your case again", "Laporan Anda sudah ditutup", "Başvurunuz kapatıldı"):
        assert subject in page
