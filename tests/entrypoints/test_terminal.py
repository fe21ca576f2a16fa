"""Output on a terminal is text: nothing drives it, nothing is read as markup."""

import ast
import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Group as Lines
from rich.table import Table
from rich.text import Text

from entrypoints import terminal
from entrypoints.cli import program
from entrypoints.cli.program import app
from escalation.kernel.characters import HARMFUL
from tests.complaint import a_complaint
from tests.entrypoints.conftest import Terminal

ROOT = Path(__file__).parents[2]
HOSTILE = "\x1b[31m\x9b2J\x07[red]Ana[/red] [/] :warning: [link=https://evil.example]\u202emoc.live"
SHOWN = "[31m2J[red]Ana[/red] [/] :warning: [link=https://evil.example]moc.live"


def printed(what: Any) -> str:
    screen = StringIO()
    terminal.Terminal(file=screen, width=300, force_terminal=False).print(what)
    return screen.getvalue()


def a_table() -> Table:
    table = Table(HOSTILE, title=HOSTILE, caption=HOSTILE)
    table.add_row(HOSTILE)
    table.add_row(Text(HOSTILE, style="red"))
    return table


@pytest.mark.parametrize("what", [HOSTILE, Text(HOSTILE), Lines(HOSTILE, Text(HOSTILE)), a_table()])
def test_whatever_is_printed_is_shown_as_text(what: Any) -> None:
    """
    COMM-6: no escape sequence, no markup, no emoji code and no reversed text, wherever it stands.
    """
    shown = printed(what)

    assert SHOWN in shown
    assert not HARMFUL.search(shown)


@pytest.mark.parametrize("width", range(3, 12))
def test_a_cell_that_is_too_narrow_ends_between_flags(width: int) -> None:
    """
    COMM-9: half a flag is a letter in a box.
    """
    table = Table.grid()
    table.add_column(overflow="ellipsis", no_wrap=True, width=width)
    table.add_row("a🇹🇷🇮🇩🇬🇧🇹🇷🇮🇩")

    letters = [each for each in printed(table) if "\U0001f1e6" <= each <= "\U0001f1ff"]

    assert 0 == len(letters) % 2


def test_colours_come_from_styles_alone() -> None:
    """
    A terminal is still a coloured one.
    """
    screen = StringIO()
    terminal.Terminal(file=screen, force_terminal=True, color_system="standard").print(
        Text("late", style="red")
    )

    assert "\x1b[31mlate\x1b[0m" in screen.getvalue()


def test_json_says_what_was_there_without_doing_it(capsys: pytest.CaptureFixture[str]) -> None:
    """
    COMM-6: a script gets every character; a terminal gets none that drives it.
    """
    terminal.as_json({"said": HOSTILE})

    said = capsys.readouterr().out
    assert not HARMFUL.search(said)
    assert {"said": HOSTILE} == json.loads(said)


WRITES = (
    "print",
    "typer.echo",
    "click.echo",
    "sys.stdout.write",
    "sys.stderr.write",
    "Console",
    "print_json",
)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "entrypoints").rglob("*.py")), ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_nothing_else_writes_to_a_terminal(path: Path) -> None:
    """Every command writes through `entrypoints/cli/terminal.py`."""
    calls = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))
    written = {ast.unparse(call.func) for call in calls} & set(WRITES)

    assert path.name == "terminal.py" or not written


def commands(command: Any, *words: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command, with the words that call it; a group does something by itself, too."""
    yield words, command
    for name, each in getattr(command, "commands", {}).items():
        yield from commands(each, *words, name)


def hostile_words(command: Any, *, with_options: bool) -> Iterator[str]:
    """A hostile value for each argument and, where wanted, each option that takes one."""
    for each in command.params:
        if each.param_type_name == "argument":
            yield HOSTILE
        elif with_options and not each.is_flag and each.name != "help":
            yield from (each.opts[0], HOSTILE)


EVERY = dict(commands(app))
RUN_ON = {"serve", "web", "gateway", "demo"}
"""Commands that take no text, and run until they are stopped."""
CALLS = [
    (words, with_options)
    for words, command in EVERY.items()
    for with_options in (True, False)
    if not RUN_ON & set(words) and any(hostile_words(command, with_options=with_options))
]


@pytest.mark.parametrize(("words", "with_options"), CALLS)
def test_every_command_refuses_what_is_hostile_in_plain_text(
    words: tuple[str, ...],
    with_options: bool,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """
    START-6: an argument is quoted in the refusal; it does nothing to the terminal that shows it.
    """
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    monkeypatch.setenv("ESCALATION_STATE_FOLDER", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    given = hostile_words(EVERY[words], with_options=with_options)

    program.run([*words, *given])

    said = capsys.readouterr()
    assert not HARMFUL.search(said.out + said.err)
    assert "Traceback" not in said.err


LOOKS: tuple[tuple[str, ...], ...] = (
    ("list", "--all"),
    ("show", "KEY"),
    ("show", "KEY", "--diagram"),
    ("messages", "KEY"),
    ("script", "KEY"),
    ("plan", "KEY"),
    ("inbox", "maya"),
    ("actions",),
    ("rca", "draft", "KEY"),
    ("task-force", "show", "KEY"),
    ("report",),
    ("channels",),
)


async def test_every_look_at_an_escalation_shows_its_texts_as_they_are(terminal: Terminal) -> None:
    """
    COMM-6: brackets that a customer wrote are brackets in every list, table and timeline.
    """
    complaint = a_complaint(
        subject="[red]Nothing works[/red] [/] :warning:", description=HOSTILE, reason_note=HOSTILE
    )
    path = Path(terminal.playbook).with_name("start.json")
    path.write_text(json.dumps(complaint, default=str), "utf-8")
    await terminal.done("start", str(path))

    said = {}
    for words in LOOKS:
        typed = [complaint["key"] if word == "KEY" else word for word in words]
        _, out, err = await terminal.type(*typed)
        said[words] = out + err

    assert [] == [words for words, text in said.items() if HARMFUL.search(text)]
    assert "[red]Nothing works[/red] [/] :warning:" in said["show", "KEY"]
