"""`escalate rca show`: a version of the internal RCA."""

from entrypoints.cli.client_call import call_client
from entrypoints.cli.options import Json, Key, RcaVersionNumber


def show(key: Key, version: RcaVersionNumber = None, in_json: Json = False) -> None:
    """Show a version of the internal RCA, as the file that it could have come from."""
    from documents.rca_writer import write_rca
    from entrypoints.paper_maker import find_rca
    from entrypoints.terminal import as_json, write

    on_file = call_client(lambda client: client.rca_on_file(key, version))
    filed, rca = find_rca(key, on_file, version)
    if in_json:
        as_json({"version": filed, "versions": on_file.versions, "rca": rca})
    else:
        write(write_rca(rca, key))
