"""
A child process that never outlives us: our end of `runtime.guardian`.

Owns the two pipes to the guardian. It must not know what the child is.
"""

import asyncio
import contextlib
import os
import select
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

GUARDIAN = Path(__file__).with_name("guardian.py")
_DYING_TAKES_AT_MOST = 1  # second


class GuardedProcess:
    """
    A child and its guardian, both started by the constructor.

    The child writes to *log* and holds the open file *lock* for its life.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        log: BinaryIO,
        lock: int,
        stopped_within: timedelta,
    ) -> None:
        guardian = [sys.executable, "-I", "-S", str(GUARDIAN), str(stopped_within.total_seconds()), str(lock)]
        its_input, self._orders = os.pipe()
        self._answers, its_output = os.pipe()
        self._guardian = subprocess.Popen(  # noqa: S603 - our own command line
            [*guardian, *command],
            stdin=its_input,
            stdout=its_output,
            stderr=log,
            pass_fds=(lock,),
            start_new_session=True,
            env=environment,
            umask=0o077,  # what it writes is customers' data
        )
        os.close(its_input)
        os.close(its_output)
        self._is_closed = False

    @property
    def is_running(self) -> bool:
        """True while the child is alive: the guardian ends with it."""
        return self._guardian.poll() is None

    async def child_id(self) -> int | None:
        """Wait until the child was started and return its process id, or nothing if it could not be."""
        said = await asyncio.to_thread(os.read, self._answers, 20)
        return int(said) if said else None

    async def stop(self) -> None:
        """Ask the child to end in order and wait; the guardian kills it when its time is over."""
        with contextlib.suppress(BrokenPipeError):
            os.write(self._orders, b"stop\n")
        await self.until_ended()

    async def until_ended(self) -> None:
        """Wait for the child's end, by whatever hand."""
        while self.is_running:  # noqa: ASYNC110 - a process has no event, and this must work on any loop
            await asyncio.sleep(0.02)

    def kill(self) -> None:
        """Kill the child, if it still runs, and let go of the guardian. Harmless when repeated."""
        if self._is_closed:
            return
        self._is_closed = True
        os.close(self._orders)  # without a word: the guardian kills at once, as it would if we had died
        self._guardian.wait()
        # Should the guardian have been killed, the child may be dying still, its ports not yet free: this pipe ends
        # with the last of both.
        select.select([self._answers], [], [], _DYING_TAKES_AT_MOST)
        os.close(self._answers)
