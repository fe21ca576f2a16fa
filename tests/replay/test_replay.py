"""
Stored histories lead where they led: the same commands, and the same view and timeline at the end.
"""

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from temporalio.worker import UnsandboxedWorkflowRunner
from temporalio.workflow import NondeterminismError

from escalation.kernel.values import reader_of
from runtime.settings import ROOT
from tests.replay.changed_workflows import AsksForMore, CountsOtherwise
from tests.replay.empty_tasks import tasks_without_command, with_empty_tasks
from tests.replay.record import RECORDER
from tests.replay.replaying import replayed
from tests.replay.scenarios import SCENARIOS
from tests.replay.stored import FOLDER, Stored, stored_names
from workflows.readers import build_readers

_RECUT = [name for name in stored_names() if name != "refused" and not name.startswith("continued")]
"""One task is all of a refused start; and a run that goes on after so many events goes on earlier with more."""


@pytest.mark.parametrize("name", stored_names())
async def test_a_stored_history_leads_where_it_led(name: str) -> None:
    """
    Escalations live for months and outlive releases: a changed program must take each up where it stood.
    """
    stored = Stored.load(name)

    assert stored.expected == await replayed(stored.history)


@pytest.mark.parametrize("name", stored_names())
def test_no_task_of_a_stored_history_is_empty(name: str) -> None:
    """
    An empty task may be joined to the next one by a worker without memory of the run, and decided otherwise (ADR 24).
    """
    assert [] == tasks_without_command(Stored.load(name).history)


@pytest.mark.parametrize("name", _RECUT)
async def test_empty_tasks_in_between_change_nothing(name: str) -> None:
    """
    A refused update leaves one, if it had to wait for a worker. State, timeline, keys and commands are as they were.
    """
    stored = Stored.load(name)
    cut = with_empty_tasks(stored.history)

    assert len(cut.events) > len(stored.history.events)
    assert stored.expected == await replayed(cut)


def test_every_story_has_its_histories() -> None:
    """
    Each story is recorded, and each record has its story: otherwise it would not be guarded, or could not
    be recorded again.
    """
    assert set(SCENARIOS) == {re.sub(r"-\d$", "", name) for name in stored_names()}
    assert {"continued-1", "continued-2"} <= set(stored_names())


async def test_a_change_of_what_is_asked_for_is_caught() -> None:
    """
    One timer more is enough: this program could not take up what that one began.
    """
    stored = Stored.load("whole_life")

    with pytest.raises(NondeterminismError):
        await replayed(stored.history, AsksForMore, UnsandboxedWorkflowRunner())


async def test_a_change_of_values_alone_is_caught_too() -> None:
    """
    Temporal notices no changed due time; the view does.
    """
    stored = Stored.load("cancelled")

    found = await replayed(stored.history, CountsOtherwise, UnsandboxedWorkflowRunner())

    assert found is not None
    assert stored.expected is not None
    assert stored.expected["view"] != found["view"]


def test_histories_do_not_say_on_which_machine_they_were_made() -> None:
    """The histories are published with the source."""
    for file in FOLDER.glob("*.json"):
        text = file.read_text()
        assert socket.gethostname() not in text or len(socket.gethostname()) < 4
        assert str(ROOT) not in text
        assert not re.search(r"/(home|root|Users|tmp)/", text)
        assert {RECORDER, "history-service"} >= {found for found in _identities(json.loads(text)) if found}


def test_the_command_names_what_it_can_record() -> None:
    """
    Without a name, or with an unknown one, it records nothing.
    """
    for arguments in ([], ["no_such_story"]):
        done = subprocess.run(
            [sys.executable, "-m", "tests.replay.record", *arguments],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert 2 == done.returncode
        assert "whole_life" in done.stderr


def _identities(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "identity":
                yield value
            else:
                yield from _identities(value)
    elif isinstance(node, list):
        for value in node:
            yield from _identities(value)


async def test_no_run_builds_a_reader() -> None:
    """
    Each of many runs that start at once would build its own for 0.1 s; after two seconds they count as deadlocked.
    """
    cached: Any = reader_of
    cached.cache_clear()
    build_readers()
    built = cached.cache_info().misses

    for name in stored_names():
        await replayed(Stored.load(name).history)

    assert built == cached.cache_info().misses
