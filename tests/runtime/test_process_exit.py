"""Leaving: with the right code, with everything written, without the interpreter's teardown."""

import os
import subprocess
import sys

from runtime.settings import ROOT


def test_everything_written_is_out_and_teardown_is_skipped() -> None:
    """
    Exit handlers would run in the teardown that aborts now and then.
    """
    done = _python(
        "import atexit, logging, sys; from runtime.process_exit import exit_process\n"
        "atexit.register(print, 'teardown')\n"
        "logging.warning('logged'); print('out', end=''); print('err', end='', file=sys.stderr); exit_process(3)"
    )

    assert (3, b"out", b"WARNING:root:logged\nerr") == (done.returncode, done.stdout, done.stderr)


def test_reader_that_has_gone_is_no_reason_to_fail() -> None:
    """
    As in `escalate list | head -1`.
    """
    reader, writer = os.pipe()
    os.close(reader)
    program = "from runtime.process_exit import exit_process; print(1); exit_process(0)"
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with os.fdopen(writer, "wb") as gone:
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env=environ,
            stdout=gone,
            stderr=subprocess.PIPE,
            check=False,
            timeout=10,
        )
    assert (0, b"") == (done.returncode, done.stderr)


def test_process_that_used_the_sdk_leaves_at_once() -> None:
    """
    With a connection attempt cancelled half-way, an ordinary exit may hang.
    """
    done = _python(
        "import asyncio; from datetime import timedelta; from runtime.connection import connect\n"
        "from runtime.errors import NoServer; from runtime.process_exit import exit_process\n"
        "from runtime.settings import Settings\n"
        "async def main():\n"
        "    mute = await asyncio.start_server(lambda r, w: None, '127.0.0.1', 0)\n"
        "    port = mute.sockets[0].getsockname()[1]\n"
        "    await connect(Settings.load({}), address=f'127.0.0.1:{port}', environ={'TEMPORAL_CONFIG_FILE': ''},\n"
        "        within=timedelta(seconds=0.2))\n"
        "try: asyncio.run(main())\n"
        "except NoServer as error: print(error); exit_process(3)\n"
    )
    assert (3, b"") == (done.returncode, done.stderr)
    assert b"no answer within 0.2 s" in done.stdout


def _python(program: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=False, timeout=10
    )
