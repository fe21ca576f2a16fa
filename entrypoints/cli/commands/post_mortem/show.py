"""`escalate post-mortem show`: the latest version."""

from entrypoints.cli.client_call import call_client
from entrypoints.cli.options import Json, Key


def show(key: Key, in_json: Json = False) -> None:
    """Show the latest version, as the file that it could have come from."""
    from documents.post_mortem_file import as_yaml
    from entrypoints.terminal import as_json, write
    from escalation.kernel.refusals import MoveNotAllowed

    view = call_client(lambda client: client.view(key))
    if view.post_mortem is None:
        raise MoveNotAllowed(
            f"{key}: no post-mortem is filed yet; `escalate post-mortem draft` writes one to fill in"
        )
    if in_json:
        as_json({"version": view.post_mortem_version, "post_mortem": view.post_mortem})
    else:
        write(as_yaml(view.post_mortem, key))
