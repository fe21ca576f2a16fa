"""
The embedded server's guardian: a small process between us and the server, so that the server never outlives us.

Owns one child process and two promises. Told to stop (a line on standard input), it ends the child in order; when
standard input closes without a word, because we died however hard, it kills the child at once. It must not know
Temporal, and imports the standard library alone.

Why a process: a dead parent cannot stop anything itself, `preexec_fn` in a process with threads can deadlock, and
`PR_SET_PDEATHSIG` fires when the *thread* that forked ends. Here there is one thread, so on Linux it is set as well,
for the case that this process is killed. A closed pipe works everywhere.

Started as `python -I -S guardian.py SECONDS FD COMMAND…` and never imported. `-I` matters: without it this folder
would be first on the module path, and a file of it could stand in for a standard module.

    SECONDS  how long the child may take to end in order
    FD       an open file that the child inherits and so holds for its life: the state folder's lock
"""

import ctypes
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def main() -> int:
    seconds, lock, *command = sys.argv[1:]
    # Ending is our parent's decision alone. Handlers, not SIG_IGN, which the child would inherit.
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, lambda *_: None)
    alive, held_by_child = os.pipe()
    output = os.dup(sys.stdout.fileno())  # the child's too, so that our parent sees the end of both
    child = subprocess.Popen(  # noqa: S603 - our own command line
        command,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        pass_fds=(int(lock), held_by_child, output),
        preexec_fn=_die_with_parent(),  # noqa: PLW1509 - there are no threads here
        start_new_session=True,
    )
    for inherited in (int(lock), held_by_child, output):
        os.close(inherited)
    print(child.pid, flush=True)  # noqa: T201 - how our parent learns the server's process
    ready, _, _ = select.select([sys.stdin.fileno(), alive], [], [])
    if sys.stdin.fileno() in ready:
        _end(child, in_order=bool(os.read(sys.stdin.fileno(), 1)), seconds=float(seconds))
    return child.wait()


def _end(child: "subprocess.Popen[bytes]", *, in_order: bool, seconds: float) -> None:
    if in_order:
        child.terminate()
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            child.kill()
    else:
        child.kill()


def _die_with_parent() -> Callable[[], None] | None:
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl  # looked up before the fork
    guardian = os.getpid()

    def in_child() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != guardian:  # it died between the fork and the line above
            os._exit(1)

    return in_child


if __name__ == "__main__":
    sys.exit(main())
