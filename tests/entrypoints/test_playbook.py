"""Commands with which a manager checks a playbook and looks at it; no server runs."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from entrypoints.cli import program
from runtime.settings import ROOT

REFERENCE = ROOT / "playbooks" / "reference.yaml"


class Typed:
    """A command line that was run: its status, what it said and what it complained of."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *words: str) -> None:
        self.status = program.run(["playbook", *words])
        self.said, self.complained = capsys.readouterr()


def a_playbook(folder: Path, *changes: tuple[str, str], name: str = "ours.yaml") -> str:
    text = REFERENCE.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def test_a_good_playbook_passes(capsys: pytest.CaptureFixture[str]) -> None:
    """
    The configured one is checked when none is named.
    """
    typed = Typed(capsys, "check")

    assert 0 == typed.status
    assert "no faults, no warnings (Reference 1.0, 21 categories, " in typed.said
    holding = "a missed update sends 3 holding updates in a row at most, at least 4 h apart"
    assert holding in " ".join(typed.said.split())


def test_every_fault_is_told_and_the_status_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    File, line, column, what was given, what is allowed, what was probably meant; exit status 2.
    """
    path = a_playbook(tmp_path, ("[jonas]", "[jnas]"), ("unreached: stay", "unreched: stay"))

    typed = Typed(capsys, "check", path)

    assert 2 == typed.status
    assert "ours.yaml:" in typed.said
    assert "given 'jnas'; did you mean jonas? allowed: a person, a team" in typed.said
    assert f"{path}: 2 faults; nothing would start with this playbook" in typed.said
    assert "" == typed.complained


def test_warnings_are_no_faults(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    MATRIX-2: a window that does not grow is odd, not wrong; exit status 0.
    """
    typed = Typed(capsys, "check", a_playbook(tmp_path, ("1 - 2 h", "10 - 20 min")))

    assert 0 == typed.status
    assert "warning  ours.yaml:" in typed.said
    assert "better: a window that grows from level to level" in typed.said
    assert "no faults, 1 warning (" in typed.said


def test_faults_and_warnings_come_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    For editors and pipelines: each with its place in parts.
    """
    faulty = Typed(capsys, "check", a_playbook(tmp_path, ("[jonas]", "[jnas]")), "--json")
    odd = Typed(capsys, "check", a_playbook(tmp_path, ("1 - 2 h", "10 - 20 min")), "--json")

    assert (2, 0) == (faulty.status, odd.status)
    (fault,) = json.loads(faulty.said)["faults"]
    (warning,) = json.loads(odd.said)["warnings"]
    assert ("ours.yaml", "'jnas'", "jonas") == (fault["file"], fault["given"], fault["suggestion"])
    assert fault["line"] == warning["line"] - 1
    assert "issue_types.customer_service_requests.levels.3.window" == warning["path"]
    assert [] == json.loads(odd.said)["faults"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "No such file"),
        (b"", "an empty file"),
        (b"name: [", "while parsing"),
        (b"name: \xff", "a file in UTF-8"),
        (b"a: &a [*a]", "*a"),
        (b"\x00" * 2_000_000, "more than 1,048,576 bytes"),
    ],
)
@pytest.mark.parametrize("command", ["check", "show"])
def test_what_is_no_playbook_is_refused_clearly(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, told: str, command: str
) -> None:
    """
    One sentence and exit status 2, never a traceback.
    """
    path = tmp_path / "bad.yaml"
    if content is not None:
        path.write_bytes(content)

    typed = Typed(capsys, command, str(path))

    assert 2 == typed.status
    assert told in typed.said + typed.complained
    assert "Traceback" not in typed.complained


def test_the_matrix_is_shown(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """
    MATRIX-1: categories with the same levels share a table; then the priorities.
    """
    monkeypatch.setenv("COLUMNS", "160")

    whole, one = Typed(capsys, "show"), Typed(capsys, "show", "--category", "complaint")

    assert (0, 0) == (whole.status, one.status)
    for words in (
        "training_request",
        "Steering committee",
        "a contract penalty falls due",
        "→",
        "Priorities",
    ):
        assert words in whole.said
    assert "order_status" not in one.said
    assert "executive threats go here" in one.said


def test_the_matrix_comes_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """
    For scripts: the same, as objects.
    """
    shown = json.loads(Typed(capsys, "show", "--issue-type", "sla_breaches", "--json").said)

    assert 4 == len(shown["categories"])
    assert "penalty_due" == shown["categories"][0]["levels"][0]["triggers"][1]["name"]
    assert ["P1", "P2", "P3", "P4"] == [row["priority"] for row in shown["priorities"]]


class Seen(HTMLParser):
    """Tables, texts, and whatever a page would load or run."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tables, self.loaded, self.open, self.text = 0, [""][:0], [""][:0], ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tables += tag == "table"
        if tag not in {"meta", "br", "link", "img"}:
            self.open.append(tag)
        outside = [
            value or ""
            for name, value in attrs
            if name in {"src", "href"} and not (value or "").startswith("#")
        ]
        self.loaded += outside + ([tag] if tag in {"script", "link", "iframe"} else [])

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.open.pop()

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_has_one_table_for_each_category(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    To print, and to look at: well-formed, self-contained, and texts stay texts.
    """
    evil = "'<script>alert(1)</script> & \"more\"'"
    path = a_playbook(tmp_path, ("bad_review: a bad review", f"bad_review: {evil}"))
    out = tmp_path / "matrix.html"

    typed = Typed(capsys, "show", path, "--html", str(out))

    seen = Seen(out.read_text(encoding="utf-8"))
    assert 0 == typed.status
    assert 21 + 1 == seen.tables
    assert [] == seen.loaded
    assert [] == seen.open
    assert '<script>alert(1)</script> & "more"' in seen.text
    assert "url(" not in out.read_text(encoding="utf-8")


def test_the_schema_can_be_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """
    The same as the file beside the playbooks.
    """
    typed = Typed(capsys, "schema")

    assert json.loads((ROOT / "playbooks" / "playbook.schema.json").read_text()) == json.loads(typed.said)


def test_diagrams_are_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    The lifecycle, or a category's ladder; Mermaid, or SVG into a file.
    """
    out = tmp_path / "ladder.svg"

    assert Typed(capsys, "diagram").said.startswith("stateDiagram-v2\n")
    assert Typed(capsys, "diagram", "--category", "complaint").said.startswith("flowchart BT\n")
    assert 0 == Typed(capsys, "diagram", "--category", "complaint", "--svg", str(out)).status
    for svg in (out.read_text(encoding="utf-8"), Typed(capsys, "diagram", "--svg", "-").said):
        assert ET.fromstring(svg).tag.endswith("svg")  # noqa: S314 - our own drawing


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("show", "--category", "complaints"), "did you mean complaint?"),
        (("show", "--issue-type", "sla"), "allowed: customer_service_requests"),
        (("diagram", "--category", "nothing"), "--category: given 'nothing'"),
        (
            ("show", "--html", "/nowhere/at/all.html"),
            "given '/nowhere/at/all.html'; allowed: a file that can be written (No such file",
        ),
    ],
)
def test_bad_words_are_refused(capsys: pytest.CaptureFixture[str], words: tuple[str, ...], told: str) -> None:
    """The refusal says what was given and what there is; exit status 2."""
    typed = Typed(capsys, *words)

    assert 2 == typed.status
    assert told in typed.complained


def test_the_how_to_can_be_followed_literally(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    docs/how-to/change-the-matrix.md: its slip is found, its warning is given, and its end is right.
    """
    page = (ROOT / "docs" / "how-to" / "change-the-matrix.md").read_text(encoding="utf-8")
    _, old, new, rest = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    monkeypatch.chdir(tmp_path)

    slip = a_playbook(tmp_path, (old, new))
    found = Typed(capsys, "check", slip)
    odd = Typed(capsys, "check", a_playbook(tmp_path, (old, new.replace("finanse", "finance"))))
    second = "          2: {window: 30 min - 1 h}\n"
    done = new.replace("finanse", "finance").replace(
        second, second.replace("30 min - 1 h", "4 - 8 business h") + rest
    )
    right = Typed(capsys, "check", a_playbook(tmp_path, (old, done)))

    assert (2, 0, 0) == (found.status, odd.status, right.status)
    assert "did you mean finance?" in found.said
    assert "level 2 has at most 1 h, not more than level 1 with 4 business h" in odd.said
    assert "no faults, 1 warning (" in odd.said
    assert "no faults, no warnings (" in right.said
    for words in re.findall(r"^escalate playbook (.*)$", page, re.MULTILINE):
        here = words.replace("playbooks/reference.yaml", str(REFERENCE)).replace("playbooks/ours.yaml", slip)
        assert 0 == Typed(capsys, *here.split()).status, words


def test_warnings_count_when_asked_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    For pipelines that take nothing odd: exit status 1.
    """
    odd = a_playbook(tmp_path, ("1 - 2 h", "10 - 20 min"))

    assert 1 == Typed(capsys, "check", odd, "--strict").status
    assert 0 == Typed(capsys, "check", "--strict").status


def test_faults_that_hide_others_are_told_as_such(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    MATRIX-8: whoever mends a fault expects no more of them, unless told.
    """
    hiding = a_playbook(tmp_path, ("email:maya", "emial:maya"), ("[jonas]", "[jnas]"))
    whole = a_playbook(tmp_path, ("[jonas]", "[jnas]"), name="whole.yaml")

    assert "; fixing these may show more" in Typed(capsys, "check", hiding).said
    assert "may show more" not in Typed(capsys, "check", whole).said
    assert [False, True] == [
        json.loads(Typed(capsys, "check", path, "--json").said)["is_complete"] for path in (hiding, whole)
    ]
