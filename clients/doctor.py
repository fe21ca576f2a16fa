"""
What is wrong with runs, as the server alone can say it.
"""

from collections.abc import Iterable

from clients.asking import Asking
from clients.many import ask_each
from clients.stalls import Stall
from clients.visibility import stalled_runs


class Doctor(Asking):
    """Look for runs that do not go on."""

    async def stalled(self, kinds: Iterable[str] = ()) -> tuple[Stall, ...]:
        """
        The stalled runs that the server knows of, the longest stalled first; of *kinds* of workflows, or of all.

        The server notices one after a few failures in a row, which takes it some seconds.
        """
        runs = [run async for run in self._executions(stalled_runs(kinds))]
        found = [
            stall
            async for _, stall in ask_each(runs, lambda run: self._stall(run.id, run.run_id))
            if isinstance(stall, Stall)
        ]
        return tuple(sorted(found, key=lambda stall: stall.since))
