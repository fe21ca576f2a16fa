"""
``python -m benchmarks [--quick] [--no-record]``: the engine against a bare workflow of the same shape.

Both use one embedded server. The last line is one JSON object.
"""

import argparse
import asyncio
import json
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks.decide import decide_per_second
from benchmarks.report import Figures
from benchmarks.rounds import Extent, taken
from benchmarks.rounds import Progress as Told
from runtime.process_exit import exit_process

FULL = Extent(window=3.0, warm_up=2, lives_alone=6, lives_at_once=45, at_once=30, rounds=5, within=180)
QUICK = Extent(window=1.5, warm_up=1, lives_alone=2, lives_at_once=10, at_once=10, rounds=1, within=0)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="in half a minute, with figures as rough")
    parser.add_argument(
        "--no-record", action="store_true", help="write no record, as the bare workflow writes none"
    )
    asked = parser.parse_args()
    is_quick = asked.quick
    console = Console()
    try:
        with _progress(console) as tell:
            tell("decide()", 0, 1)
            decisions = decide_per_second(0.5 if is_quick else 3.0)
            engine, bare = asyncio.run(
                taken(QUICK if is_quick else FULL, tell, is_recorded=not asked.no_record)
            )
        figures = Figures(engine, bare, decisions, is_quick=is_quick)
        console.print(figures.table())
        for note in figures.notes():
            console.print(note, style="dim", highlight=False)
        print(json.dumps(figures.as_json))
    except KeyboardInterrupt:
        exit_process(130)
    except Exception:
        traceback.print_exc(file=sys.stderr)
        exit_process(1)
    exit_process(0)


@contextmanager
def _progress(console: Console) -> Iterator[Told]:
    """A bar on a terminal; a line for each round elsewhere."""
    columns = (TextColumn("{task.description:14}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
    with Progress(*columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal) as bars:
        bar = bars.add_task("", total=1)

        def tell(what: str, done: int, of: int) -> None:
            bars.update(bar, description=what, completed=done, total=of)
            if not console.is_terminal and done == of:
                console.print(f"{what}: {done} lives", highlight=False)

        yield tell


if __name__ == "__main__":
    main()
