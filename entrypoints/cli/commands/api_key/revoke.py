"""`escalate api-key revoke`: a key that is believed no more."""

from typing import Annotated

from entrypoints.cli.options import Json, argument


def revoke(
    key: Annotated[str, argument("ID", "The id of the key, as `escalate api-key list` shows it.")],
    in_json: Json = False,
) -> None:
    """Revoke a key: from now on it is refused."""
    from datetime import UTC, datetime

    from entrypoints.cli.api_key_options import open_keys
    from entrypoints.cli.operator import operator
    from entrypoints.cli.render.key_table import show_keys

    with open_keys() as keys:
        show_keys([keys.revoke(key, datetime.now(UTC), by=operator())], in_json=in_json)
