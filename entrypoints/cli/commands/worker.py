"""`escalate worker`: workers for a cluster that is set up already."""

from typing import Annotated

from entrypoints.cli.options import option


def worker(
    processes: Annotated[
        int,
        option("--processes", "How many processes work side by side: one for each core.", "N", min=1, max=64),
    ] = 1,
) -> None:
    """Run workers for the server that TEMPORAL_ADDRESS or a profile names, until Ctrl-C. Nothing else runs here."""
    import asyncio

    import worker as one_worker
    from runtime.settings import Settings
    from workers.worker_processes import WorkerProcesses

    if processes == 1:
        asyncio.run(one_worker.work())
        return

    async def run_all(settings: Settings) -> None:
        with one_worker.stop_signals() as stop:
            await WorkerProcesses(settings, processes).run(stop)

    asyncio.run(run_all(one_worker.prepared(measures=False)))
