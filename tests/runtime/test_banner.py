"""
The lines that say that the engine is ready.
"""

import inspect
import subprocess
import sys

from runtime.settings import ROOT
from worker import say_now, serve


def test_lines_of_serve_are_written_at_once() -> None:
    """
    Whoever waits for them may read them from a file; a process that is ended hard has still said them.
    """
    program = "import os; from worker import say_now; say_now('Ready'); os._exit(0)"

    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert "Ready\n" == ended.stdout
    assert say_now is inspect.signature(serve).parameters["say"].default
