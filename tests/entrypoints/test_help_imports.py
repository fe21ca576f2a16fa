"""Help comes at once: what a command runs is not imported to describe it."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from typer.core import TyperGroup

from entrypoints.cli.command_tree import make_program
from entrypoints.cli.playbook_names import names_of
from runtime.settings import ROOT

HEAVY = [
    "pydantic",
    "rich",
    "temporalio",
    "ruamel",
    "sqlalchemy",
    "jinja2",
    "client",
    "planning",
    "workflows",
]


def commands_of(group: TyperGroup, *before: str) -> Iterator[tuple[str, ...]]:
    """Every command and every group, as it is typed."""
    yield before
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands_of(command, *before, name)
        else:
            yield (*before, name)


EVERY = list(commands_of(make_program()))


@pytest.fixture(scope="module")
def names_are_kept() -> None:
    """Names of the configured playbook are in the cache, as after the first time."""
    assert names_of("categories")


def test_help_of_no_command_imports_what_it_runs(names_are_kept: None) -> None:
    """
    Neither the rules nor the server's client nor a library for tables: `escalate --help` takes as long as Python and
    Typer do. All in one process, because one import would show in each help after it.
    """
    code = """
import sys
from entrypoints.cli.program import run
for words in sys.argv[1:]:
    assert run([*words.split(), "--help"]) == 0, words
    heavy = {name.partition(".")[0] for name in sys.modules} & set(HEAVY)
    assert not heavy, (words, sorted(heavy))
""".replace("HEAVY", repr(HEAVY))

    done = subprocess.run(
        [sys.executable, "-c", code, *(" ".join(words) for words in EVERY)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=60,
    )

    assert 0 == done.returncode, done.stderr[-2000:]
    assert done.stdout.count("Usage: escalate") == len(EVERY) > 90
