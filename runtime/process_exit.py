"""
The end of a process that used the Temporal SDK.

Owns the last line of every command. It must not know what the command did.
"""

import contextlib
import logging
import os
import sys
from typing import NoReturn

from runtime.traces import send_what_is_left


def exit_process(code: int) -> NoReturn:
    """
    End this process now with *code*, everything written so far flushed.

    The SDK's native threads outlive the interpreter: an ordinary exit aborted in 5 % of measured runs
    (`PyGILState_Release`), and hung in every second one after a long poll was cancelled
    (https://github.com/temporalio/sdk-python/issues/300). `os._exit` skips the interpreter's teardown, so whatever
    must happen at the end has to have happened before: close clients' work, stop servers, then leave.
    """
    send_what_is_left()
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        # A reader that has gone (`escalate list | head`) is no reason to fail, and a closed stream has nothing left.
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)
