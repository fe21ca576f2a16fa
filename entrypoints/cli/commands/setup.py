"""`escalate setup`: the record store and a Temporal cluster, made ready."""

from typing import Annotated

from entrypoints.cli.client_call import call_client
from entrypoints.cli.options import option


def setup(
    records_only: Annotated[
        bool, option("--records", "Prepare only the record store; no Temporal server is needed.")
    ] = False,
) -> None:
    """Make the record store and a Temporal cluster ready: tables, search attributes. Can be repeated."""
    from entrypoints.cli.record_store import open_store
    from entrypoints.terminal import out

    with open_store() as store:
        out.print(f"Record store: {store.migrate()}")
    if records_only:
        return
    registered = call_client(lambda client: client.prepare())
    names = ", ".join(registered.added) or "nothing to do"
    out.print(
        f"Search attributes: {len(registered.present)} were there, {len(registered.added)} added: {names}"
    )
