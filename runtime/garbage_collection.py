"""Garbage collection of processes that live long. It must not know what the process does."""

import gc

_YOUNG = 20_000
"""New objects before the youngest are looked at; Python's own 700 are a few messages."""


def collect_garbage_seldom() -> None:
    """
    Leave out of every collection what is there now, and collect the rest less often.

    A worker keeps thousands of runs in memory, and looks at all that it has each time that a quarter is new: with the
    modules of our libraries among it that was a tenth of its time, in pauses of 0.3 s.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, *gc.get_threshold()[1:])
