"""
Record histories again, against a real dev server: `python -m tests.replay.record NAME...`, or `--all`.

To be done for a new story, and for all before a first release; never to make a failing replay pass for what has been
released, since running escalations have the old histories.
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Any

from temporalio.client import WorkflowExecutionStatus, WorkflowQueryFailedError

from runtime.process_exit import exit_process
from tests.escalations import Desk, desk_on_skipping_server
from tests.replay.replaying import LOOKS, shown
from tests.replay.scenarios import SCENARIOS
from tests.replay.stored import FOLDER, Stored

RECORDER = "recorder"
"""Instead of the process and the machine."""


async def record(names: Sequence[str]) -> None:
    """Tell each story and keep the histories of its runs: `NAME`, or `NAME-1`, `NAME-2` for several."""
    async with desk_on_skipping_server(identity=RECORDER) as desk:
        for number, name in enumerate(names, 4711):
            at_work = Desk(desk.env, desk.mailbox, f"ACME/{number}")
            key = await SCENARIOS[name](at_work) or at_work.key
            await at_work.at_rest(key)
            await at_work.nothing_went_wrong_in(at_work.key)
            runs = [run async for run in _runs(at_work, key)]
            for file in (*FOLDER.glob(f"{name}.*"), *FOLDER.glob(f"{name}-[0-9].*")):
                file.unlink()
            for position, run in enumerate(runs, 1):
                label = name if len(runs) == 1 else f"{name}-{position}"
                await _store(at_work, label, key, run)


async def _runs(desk: Desk, key: str) -> AsyncIterator[str]:
    """From the first to the last."""
    run: str | None = (await desk.run(key).describe()).raw_description.workflow_execution_info.first_run_id
    while run:
        yield run
        handle = desk.temporal.get_workflow_handle(key, run_id=run)
        if (await handle.describe()).status != WorkflowExecutionStatus.CONTINUED_AS_NEW:
            return
        last = (await handle.fetch_history()).events[-1]
        run = last.workflow_execution_continued_as_new_event_attributes.new_execution_run_id


async def _store(desk: Desk, label: str, key: str, run: str) -> None:
    handle = desk.temporal.get_workflow_handle(key, run_id=run)
    before, history = None, await handle.fetch_history()
    # What was on its way may come in between the history and the answers.
    while before is None or len(before.events) < len(history.events):
        answers: dict[str, Any] = {}
        for query in LOOKS:
            with suppress(WorkflowQueryFailedError):
                answers[query] = await handle.query(query)
        before, history = history, await handle.fetch_history()
    Stored(label, history, shown(answers)).store()
    sys.stdout.write(f"{label}: {len(history.events)} events\n")


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.replay.record", description="Record histories again."
    )
    parser.add_argument("names", nargs="*", choices=[*SCENARIOS, []], help="stories", metavar="NAME")
    parser.add_argument("--all", action="store_true", help=f"all of them: {', '.join(SCENARIOS)}")
    given = parser.parse_args()
    names = list(SCENARIOS) if given.all else given.names
    if not names:
        parser.error(f"a NAME is wanted, or --all; known: {', '.join(SCENARIOS)}")
    asyncio.run(record(names))
    exit_process(0)


if __name__ == "__main__":
    main()
