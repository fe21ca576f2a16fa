"""
The rules stay pure, and workflows replay: what `escalation/` and `workflows/` may import and call.

The list is of what is allowed, so that a module nobody thought of is refused too, and calls are looked at as well. The
sandbox passes both folders through, so this alone keeps the clock out of them. The layers of pyproject.toml hold the
rest.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

ALLOWED_MODULES = frozenset(
    {
        "__future__",
        "abc",
        "bisect",
        "collections",
        "contextlib",
        "contextvars",
        "dataclasses",
        "datetime",
        "decimal",
        "difflib",
        "enum",
        "escalation",
        "fractions",
        "functools",
        "hashlib",
        "heapq",
        "itertools",
        "json",
        "math",
        "operator",
        "pydantic",
        "pydantic_core",
        "re",
        "statistics",
        "string",
        "textwrap",
        "types",
        "typing",
        "unicodedata",
    }
)
ALLOWED_IN_ONE_FILE = {"transitions": "state_machine.py"} | dict.fromkeys(
    ("base64", "weakref", "zlib"), "plan.py"
)
FOLDERS = {
    "escalation": frozenset[str](),
    "workflows": frozenset({"asyncio", "inspect", "messages", "temporalio", "workflows"}),
}
"""Further modules that each may import. Of messages, the catalogue is read before a run says anything."""
OF_TEMPORAL = frozenset({"temporalio", "temporalio.common", "temporalio.exceptions", "temporalio.workflow"})
FOR_THE_CLIENT = frozenset(
    {
        "hidden_names.py",
        "payload_targets.py",
        "plugin.py",
        "repeated_queries.py",
        "signed_client.py",
        "workflow_task_boundaries.py",
    }
)
"""Files of `workflows/` that no workflow runs: they may use all of Temporal's."""

# What reads the clock or the local time zone; of asyncio, what leaves the run or goes by the order of a set.
FORBIDDEN_NAMES = frozenset(
    {
        "asyncio.as_completed",
        "asyncio.create_subprocess_exec",
        "asyncio.create_subprocess_shell",
        "asyncio.get_event_loop",
        "asyncio.get_running_loop",
        "asyncio.open_connection",
        "asyncio.run",
        "asyncio.subprocess",
        "asyncio.to_thread",
        "asyncio.wait",
        "datetime.date.fromtimestamp",
        "datetime.date.today",
        "datetime.datetime.now",
        "datetime.datetime.today",
        "datetime.datetime.utcfromtimestamp",
        "datetime.datetime.utcnow",
        "temporalio.workflow.unsafe",
    }
)
# What speaks to the outside, runs text as code, or answers differently from one process to the next (id, hash).
FORBIDDEN_BUILTINS = frozenset(
    {"__import__", "breakpoint", "eval", "exec", "hash", "id", "input", "open", "print"}
)


def impurities(source: str, filename: str, folder: str = "escalation") -> list[str]:
    """
    Say what in *source*, the text of the file *filename*, breaks the purity of its *folder*: one line each.
    """
    tree = ast.parse(source)
    origins = dict(imported_names(tree))
    found = [
        f"{filename}: imports {module}"
        for module in imported_modules(tree)
        if not is_allowed(module, filename, folder)
    ]
    for node in ast.walk(tree):
        name = dotted(node, origins)
        if name in FORBIDDEN_NAMES or (name in FORBIDDEN_BUILTINS and is_read(node)):
            found.append(f"{filename}: uses {name}")
        elif is_local_time(node):
            found.append(f"{filename}: uses the local time zone")
    return found


def is_allowed(module: str, filename: str, folder: str) -> bool:
    package = module.partition(".")[0]
    if package == "temporalio" and filename not in FOR_THE_CLIENT and module not in OF_TEMPORAL:
        return False
    return package in ALLOWED_MODULES | FOLDERS[folder] or ALLOWED_IN_ONE_FILE.get(package) == filename


def imported_modules(tree: ast.Module) -> Iterator[str]:
    """
    Yield the module of each import, wherever it stands; a relative one is `escalation`'s own.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "") if not node.level else "escalation"


def imported_names(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """
    Yield what each imported name stands for: `from datetime import date as d` gives ("d", "datetime.date").
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                yield alias.asname or first, alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def dotted(node: ast.AST, origins: dict[str, str]) -> str:
    """
    Give the full dotted name that *node* stands for, or nothing if it is not a plain name.
    """
    match node:
        case ast.Name(id=name):
            return origins.get(name, name)
        case ast.Attribute(value=value, attr=attr):
            return f"{dotted(value, origins)}.{attr}"
        case _:
            return ""


def is_read(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)


def is_local_time(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr="astimezone"), args=[], keywords=[]):
            return True
        case _:
            return False


@pytest.mark.parametrize(
    "path",
    sorted(path.relative_to(ROOT) for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")),
    ids=Path.as_posix,
)
def test_neither_rules_nor_workflows_reach_outside_or_read_the_clock(path: Path) -> None:
    """
    No input or output, no clock, no randomness and no logging of their own; the rules do without Temporal too.
    """
    assert [] == impurities((ROOT / path).read_text(encoding="utf-8"), path.name, path.parts[0])


@pytest.mark.parametrize(
    "source",
    [
        "import os",
        "import os.path as paths",
        "from time import monotonic",
        "import random",
        "import uuid",
        "import logging",
        "import temporalio.workflow",
        "from planning.playbook import Playbook",
        "import transitions",  # state_machine.py alone
        "import zoneinfo",  # zone data drifts: planning compiles it away
        "def late():\n    import secrets",  # inside a function too
        "from datetime import datetime\nat = datetime.now()",
        "from datetime import UTC, datetime as dt\nat = dt.now(UTC)",
        "import datetime\nat = datetime.datetime.utcnow()",
        "import datetime as d\nat = d.date.today()",
        "from datetime import datetime\nfactory = datetime.now",  # not called here, but by pydantic
        "local = opened_at.astimezone()",
        "print('hello')",
        "text = open('playbook.yaml').read()",
        "key = hash('ACME/4711')",  # another one in each process
    ],
)
def test_impure_code_is_noticed(source: str) -> None:
    """
    The guard itself is guarded: each of these breaks the rule above.
    """
    assert 1 == len(impurities(source, "engine.py"))


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime, time, timedelta",  # time of day is a value, not the clock
        "def decide(escalation, command, now): return now",
        "due_at = clock.now",
        "from .model import Escalation",
        "from escalation.model import Escalation",
        "import pydantic",
        "from collections.abc import Mapping",
        "at = opened_at.astimezone(UTC)",
        "key = escalation.id",  # an attribute of that name is no builtin
        "class Person:\n    id: str",  # nor is a field
    ],
)
def test_pure_code_is_left_alone(source: str) -> None:
    """
    The guard takes what the rules need: values of time, pydantic, themselves.
    """
    assert [] == impurities(source, "engine.py")


@pytest.mark.parametrize(
    "source",
    [
        "import random",
        "from temporalio.client import Client",
        "import asyncio\nasyncio.wait(tasks)",
        "import asyncio\nasyncio.to_thread(open_the_door)",
        "from asyncio import as_completed\nas_completed(tasks)",
        "import asyncio\nasyncio.get_running_loop().run_in_executor(None, open_the_door)",
        "from temporalio import workflow\nwith workflow.unsafe.sandbox_unrestricted(): pass",
    ],
)
def test_a_workflow_that_would_not_replay_is_noticed(source: str) -> None:
    """Return what the sandbox would say if our modules were not passed through."""
    assert 1 == len(impurities(source, "escalation.py", "workflows"))


def test_workflows_alone_know_temporal() -> None:
    """Yield the modules that a workflow needs of it."""
    needed = "import asyncio\nfrom temporalio import workflow\nfrom temporalio.common import RetryPolicy\n"

    assert [] == impurities(f"{needed}asyncio.create_task(workflow.sleep(1))", "escalation.py", "workflows")
    assert 2 == len(impurities("from temporalio import workflow\nimport asyncio", "engine.py"))


def test_machines_are_made_in_one_file() -> None:
    """
    One file imports `transitions`: the one that makes machines from tables.
    """
    assert [] == impurities("from transitions import Machine", "state_machine.py")


KNOW_TEMPORAL = {
    "messages": frozenset[str](),
    "delivery": frozenset({"inbox_client.py", "interruptible_client.py", "limited_channel.py"}),
}
"""Files that speak to its server; the rest of the folder runs, and is tested, without it."""


@pytest.mark.parametrize("folder", sorted(KNOW_TEMPORAL))
def test_messages_and_stages_of_delivery_know_no_temporal(folder: str) -> None:
    """Attempts, heartbeats and retries are of `activities/`; a preview needs no server."""
    knowing = {
        path.name
        for path in (ROOT / folder).rglob("*.py")
        if any(
            module.partition(".")[0] == "temporalio"
            for module in imported_modules(ast.parse(path.read_text(encoding="utf-8")))
        )
    }

    assert KNOW_TEMPORAL[folder] == knowing
