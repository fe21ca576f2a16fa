"""
The process of one side: client and worker. Takes orders on standard input, answers on standard output, in JSON lines.

It ends when its input does, so it never outlives whoever started it.
"""

import asyncio
import logging
import os
import sys
from pathlib import Path
from typing import TextIO

import psutil
from pydantic import BaseModel
from temporalio.runtime import Runtime

from benchmarks.contestants import Bare, Engine
from benchmarks.history_shape import Script
from benchmarks.load import Lives, Measured, Round, Side
from runtime.garbage_collection import collect_garbage_seldom
from runtime.log_setup import configure_logging, logging_runtime
from runtime.process_exit import exit_process
from runtime.setting_types import LogFormat, LogLevel


class Setup(BaseModel):
    """The first order."""

    address: str
    playbook: Path
    window: float
    is_recorded: bool = True
    """True if the engine's record is written."""
    script: Script | None = None
    """None: be the engine. Otherwise: be the bare workflow, and live by this."""


class Answer(BaseModel):
    """Either how many lives of the round have ended so far, or what became of it; neither: ready."""

    ended: int | None = None
    measured: Measured | None = None


async def _serve(orders: TextIO, answers: TextIO) -> None:
    setup = Setup.model_validate_json(await asyncio.to_thread(orders.readline))
    if setup.script is None:
        async with Engine.at_work(setup.address, setup.playbook, is_recorded=setup.is_recorded) as engine:
            await _obey(engine, orders, answers)
    else:
        async with Bare.at_work(setup.address, setup.script, setup.window) as bare:
            await _obey(bare, orders, answers)


async def _obey(side: Side, orders: TextIO, answers: TextIO) -> None:
    def say(answer: Answer) -> None:
        print(answer.model_dump_json(exclude_none=True), file=answers, flush=True)

    collect_garbage_seldom()
    say(Answer())
    while order := await asyncio.to_thread(orders.readline):
        lives = Lives(side, Round.model_validate_json(order), lambda ended: say(Answer(ended=ended)))
        say(Answer(measured=await lives.measured(lambda: psutil.Process().memory_info().rss)))
    exit_process(0)  # nothing is under way, so nobody needs to wait for the workers to stop


def main() -> None:
    # Log lines are written as in production, and thrown away: writing them is a part of the cost.
    configure_logging(LogFormat.JSON, LogLevel.INFO, Path(os.devnull).open("w"))  # noqa: SIM115 - as long as we live
    Runtime.set_default(logging_runtime())
    try:
        asyncio.run(_serve(sys.stdin, sys.stdout))
    except BaseException:
        logging.getLogger().handlers[:] = [logging.StreamHandler(sys.stderr)]
        logging.getLogger(__name__).exception("side_failed")
        exit_process(1)


if __name__ == "__main__":
    main()
